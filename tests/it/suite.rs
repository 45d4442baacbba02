//! The suite about itself: no test is left out by accident, no snapshot is orphaned, and
//! `docs/PROMISES.md` names tests that exist.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn names_in(folder: &Path, extension: &str) -> Vec<String> {
    let files = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let of_kind = files.filter(|path| path.extension().is_some_and(|found| found == extension));
    let mut names: Vec<String> = of_kind.filter_map(|path| Some(path.file_stem()?.to_str().expect("text").to_owned())).collect();
    names.sort();
    names
}

fn module(name: &str) -> String {
    let path = root().join(format!("tests/it/{name}.rs"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Rust compiles only modules that are declared: a file that is not would never run.
#[test]
fn every_file_is_a_module_of_the_one_binary() {
    let declared: Vec<&str> =
        include_str!("main.rs").lines().filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';')).collect();
    for name in names_in(&root().join("tests/it"), "rs").iter().filter(|name| *name != "main") {
        assert!(declared.contains(&name.as_str()), "tests/it/{name}.rs is not declared in tests/it/main.rs");
    }
    assert_eq!(names_in(&root().join("tests"), "rs"), Vec::<String>::new(), "tests belong in tests/it");
}

#[test]
fn every_snapshot_has_its_test() {
    for file in names_in(&root().join("tests/it/snapshots"), "snap") {
        let (of, name) = file.strip_prefix("it__").and_then(|rest| rest.split_once("__")).expect("it__module__name");
        assert!(module(of).contains(&format!("\"{name}\"")), "no test in tests/it/{of}.rs names {name}");
    }
}

/// The text of a unit-tested module, its children and its tests beside it.
fn unit(path: &str) -> String {
    let stem = root().join("src").join(path.replace("::", "/"));
    let beside = |ending: &str| fs::read_to_string(format!("{}{ending}", stem.display())).ok();
    let children = fs::read_dir(&stem).into_iter().flatten().filter_map(|entry| fs::read_to_string(entry.ok()?.path()).ok());
    let text: String = [beside(".rs"), beside("_tests.rs")].into_iter().flatten().chain(children).collect();
    assert!(!text.is_empty(), "there is no module {path}");
    text
}

/// The last column of a table names modules in backticks, each followed by tests; a name that ends
/// in `…` is the beginning of one.
#[test]
fn every_promise_names_a_test_that_exists() {
    let rows = include_str!("../../docs/PROMISES.md").lines().filter(|line| line.starts_with("| "));
    let mut checked = 0;
    for cell in rows.filter_map(|row| row.trim_end_matches([' ', '|']).rsplit(" | ").next()) {
        let mut text = None;
        for word in cell.split([' ', ',', ';']).filter(|word| !word.is_empty()) {
            if let Some(name) = word.strip_prefix('`').and_then(|word| word.strip_suffix('`')) {
                text = Some(if name.contains("::") { unit(name) } else { module(name) });
            } else if word.contains('_') {
                let of = text.as_ref().unwrap_or_else(|| panic!("no module before {word}"));
                let function = word.strip_suffix('…').map_or_else(|| format!("fn {word}("), |begin| format!("fn {begin}"));
                assert!(of.contains(&function), "{word} does not exist: {cell}");
                checked += 1;
            }
        }
        assert!(text.is_some() || ["test", "---"].contains(&cell), "no test is named: {cell}");
    }
    assert!(checked > 80, "only {checked} names were found");
}
