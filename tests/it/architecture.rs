//! The dependency rules, checked against the source itself.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

fn sources(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path: PathBuf = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") && !is_of_tests(&path) {
            let text = fs::read_to_string(&path).expect("text");
            // Tests may reach where the code may not.
            let code = text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
            found.push((path.strip_prefix(env!("CARGO_MANIFEST_DIR")).expect("inside").display().to_string(), code));
        }
    }
    found
}

/// Whether a file holds nothing but the tests of the module beside it.
fn is_of_tests(path: &Path) -> bool {
    path.file_stem().and_then(|name| name.to_str()).is_some_and(|name| name == "tests" || name.ends_with("_tests"))
}

fn all() -> Vec<(String, String)> {
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"))
}

/// What each part may name of the others, from the ground up.
const MAY: &[(&str, &[&str])] = &[
    ("src/clock", &["clock"]),
    ("src/model", &["model"]),
    ("src/store", &["model", "store"]),
    ("src/pack", &["pack"]),
    ("src/lookup", &["pack", "lookup"]),
    ("src/calendar", &["pack", "calendar"]),
    ("src/card", &["pack", "model", "card"]),
    ("src/answer", &["pack", "lookup", "calendar", "card", "answer"]),
    ("src/picture", &["pack", "card", "picture"]),
    ("src/messenger", &["card", "model", "messenger"]),
    ("src/delivery", &["card", "model", "store", "clock", "messenger", "delivery"]),
    ("src/session", &["pack", "lookup", "card", "model", "store", "clock", "messenger", "picture", "session"]),
    (
        "src/command",
        &[
            "pack",
            "lookup",
            "answer",
            "card",
            "model",
            "store",
            "clock",
            "picture",
            "messenger",
            "delivery",
            "session",
            "command",
        ],
    ),
    (
        "src/features",
        &[
            "pack",
            "lookup",
            "answer",
            "card",
            "calendar",
            "model",
            "store",
            "clock",
            "picture",
            "messenger",
            "delivery",
            "session",
            "command",
            "features",
        ],
    ),
    ("src/settings", &["delivery", "model", "settings"]),
    // The edges see everything but each other.
    (
        "src/terminal",
        &[
            "pack",
            "lookup",
            "answer",
            "card",
            "calendar",
            "delivery",
            "model",
            "store",
            "clock",
            "messenger",
            "command",
            "features",
            "terminal",
        ],
    ),
    (
        "src/discord",
        &["pack", "answer", "card", "model", "store", "clock", "messenger", "command", "features", "settings", "discord"],
    ),
    // The composition root of `kronikas serve`.
    (
        "src/serve",
        &["pack", "model", "store", "clock", "messenger", "delivery", "command", "features", "settings", "discord", "serve"],
    ),
    ("src/main", &[]),
    ("src/lib", &[]),
];

/// Files whose module is excused from lints of `clippy.toml` and `[lints]`, each with its reason.
const EXCUSED: &[&str] = &["src/main.rs", "src/clock.rs", "src/discord/mod.rs", "src/serve/mod.rs", "src/terminal/mod.rs"];

#[test]
fn arrows_point_one_way() {
    for (file, code) in all() {
        let (_, may) = MAY.iter().find(|(part, _)| is_in(&file, part)).unwrap_or_else(|| panic!("{file} has no place here"));
        for used in paths(&code, &module_of(&file)).iter().filter_map(|path| path.first()) {
            assert!(may.contains(&used.as_str()), "{file} uses crate::{used}");
        }
    }
}

/// Whether a file is that module's, or of its folder.
fn is_in(file: &str, part: &str) -> bool {
    file.strip_prefix(part).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

#[test]
fn features_do_not_name_one_another() {
    let sources = all();
    let features: Vec<String> = sources.iter().filter_map(|(file, _)| feature_of(file)).collect();
    assert!(features.len() > 20, "the features are not where this test looks for them");
    for (file, code) in &sources {
        let Some(own) = feature_of(file) else { continue };
        for path in paths(code, &module_of(file)) {
            let [first, other, ..] = path.as_slice() else { continue };
            assert!(first != "features" || *other == own || !features.contains(other), "{file} uses {other}");
        }
    }
}

/// The feature that a file belongs to; the registry and completion, which lists commands, belong to none.
fn feature_of(file: &str) -> Option<String> {
    let name = file.strip_prefix("src/features/")?.split(['/', '.']).next()?;
    (name != "mod" && name != "completion").then(|| name.to_owned())
}

/// The module that a file holds: `src/a/mod.rs` and `src/a.rs` are `a`.
fn module_of(file: &str) -> Vec<String> {
    let mut parts: Vec<String> = file.trim_start_matches("src/").trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    parts.pop_if(|last| matches!(last.as_str(), "mod" | "lib" | "main"));
    parts
}

/// Every path of ours that code names, in full: those of its imports, and those that begin with `crate`,
/// `super` or `self` elsewhere.
fn paths(code: &str, module: &[String]) -> Vec<Vec<String>> {
    let code: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
    let code = code.join("\n");
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut found = Vec::new();
    for root in ["crate::", "super::", "self::"] {
        for (at, _) in code.match_indices(root) {
            let before = code[..at].chars().next_back();
            if before.is_some_and(|c| is_word(c) || c == ':') {
                continue;
            }
            let rest = &code[at..];
            let end = rest.find([';', '(', ')', '<', '>', '!', '=', '"', '\'', '|', '&', '.', '?']).unwrap_or(rest.len());
            for names in leaves(&rest[..end]) {
                let mut base = module.to_vec();
                let mut path = Vec::new();
                for name in names {
                    match name.as_str() {
                        "crate" => base.clear(),
                        "super" => drop(base.pop()),
                        "self" => {}
                        _ => path.push(name),
                    }
                }
                found.push(base.into_iter().chain(path).collect());
            }
        }
    }
    found
}

#[test]
fn no_file_imports_another_that_imports_it_back() {
    let sources: Vec<(Vec<String>, String)> = all().into_iter().map(|(file, code)| (module_of(&file), code)).collect();
    let modules: HashSet<&[String]> = sources.iter().map(|(module, _)| module.as_slice()).collect();
    let exported = exported(&sources);
    let imports: HashSet<(&[String], &[String])> = sources
        .iter()
        .flat_map(|(module, code)| {
            let named = paths(code, module).into_iter().filter_map(|path| home_of(path, &modules, &exported));
            named.map(|named| (module.as_slice(), named)).collect::<Vec<_>>()
        })
        .collect();
    assert!(imports.len() > 500, "imports are not read: {}", imports.len());
    let is_kin = |one: &[String], other: &[String]| one.starts_with(other) || other.starts_with(one);
    let mut circles: Vec<String> = imports
        .iter()
        .filter(|(one, other)| one < other && !is_kin(one, other) && imports.contains(&(*other, *one)))
        .map(|(one, other)| format!("{} and {}", one.join("::"), other.join("::")))
        .collect();
    circles.sort_unstable();
    assert!(circles.is_empty(), "{circles:#?} import each other; what both need goes into a file below them");
}

/// What modules give out under a name of their own, and where it is.
fn exported(sources: &[(Vec<String>, String)]) -> HashMap<Vec<String>, Vec<String>> {
    let mut exported = HashMap::new();
    for (module, code) in sources {
        for (at, _) in code.match_indices("use ") {
            let line = code[..at].rfind('\n').map_or(0, |end| end + 1);
            if !code[line..at].starts_with("pub") {
                continue;
            }
            let tree = code[at + 4..].split(';').next().unwrap_or_default();
            for leaf in leaves(tree) {
                let inside = leaf.first().is_some_and(|first| !matches!(first.as_str(), "crate" | "super" | "self"));
                let text = if inside { format!("self::{}", leaf.join("::")) } else { leaf.join("::") };
                let (Some(full), Some(name)) = (paths(&text, module).pop(), leaf.last()) else { continue };
                exported.insert(module.iter().cloned().chain([name.clone()]).collect(), full);
            }
        }
    }
    exported
}

/// The module in whose file a path ends, whoever gives it out.
fn home_of<'a>(
    mut path: Vec<String>,
    modules: &HashSet<&'a [String]>,
    exported: &HashMap<Vec<String>, Vec<String>>,
) -> Option<&'a [String]> {
    for _ in 0..8 {
        // A module may have the name of something that is given out; then a longer path goes through it.
        let through = (1..=path.len()).rev().find(|end| {
            let head = &path[..*end];
            exported.get(head).is_some_and(|full| full != head) && (*end == path.len() || !modules.contains(head))
        });
        let Some(end) = through else { break };
        path = exported[&path[..end]].iter().chain(&path[end..]).cloned().collect();
    }
    (1..=path.len()).rev().find_map(|end| modules.get(&path[..end]).copied())
}

/// The single paths of a tree of imports: `a::{b, c::d}` is `a::b` and `a::c::d`.
fn leaves(tree: &str) -> Vec<Vec<String>> {
    let tree = tree.trim();
    let head_end = tree.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':')).unwrap_or(tree.len());
    let head: Vec<String> = tree[..head_end].split("::").filter(|name| !name.is_empty()).map(str::to_owned).collect();
    let Some(inner) = tree[head_end..].strip_prefix('{') else { return vec![head] };
    let (mut depth, mut start, mut parts) = (1, 0, Vec::new());
    for (at, c) in inner.char_indices() {
        depth += i32::from(c == '{') - i32::from(c == '}');
        if (c == ',' && depth == 1) || depth == 0 {
            parts.push(&inner[start..at]);
            start = at + 1;
        }
        if depth == 0 {
            break;
        }
    }
    let parts = parts.into_iter().filter(|part| !part.trim().is_empty());
    parts.flat_map(leaves).map(|leaf| head.iter().cloned().chain(leaf).collect()).collect()
}

#[test]
fn trees_of_imports_are_read() {
    let own = |path: &str| module_of(path);
    let read =
        |code: &str, file: &str| paths(code, &own(file)).into_iter().map(|path| path.join("::")).collect::<Vec<_>>().join(" ");
    assert_eq!(read("use crate::{a::{self, b}, c};", "src/x.rs"), "a a::b c");
    assert_eq!(
        read("use super::{\n    other,\n    third::Name,\n};", "src/features/map.rs"),
        "features::other features::third::Name"
    );
    assert_eq!(read("super::why::lines(&x, super::super::y)", "src/features/daily/mod.rs"), "features::why::lines y");
    assert_eq!(read("// crate::no\nstd::self_test", "src/x.rs"), "");
}

#[test]
fn only_the_edges_know_their_libraries() {
    for (word, homes) in [
        ("serenity", &["src/discord/", "src/serve/", "src/settings.rs"][..]),
        ("rustyline", &["src/terminal/"]),
        ("governor", &["src/discord/"]),
        ("sqlx", &["src/store/"]),
        ("resvg", &["src/picture/png.rs"]),
        ("skrifa", &["src/picture/font.rs"]),
        ("std::env", &["src/settings.rs"]),
        // Who serves puts the parts together; an edge is given them.
        ("Sqlite::open", &["src/store/", "src/serve/", "src/terminal/"]),
        ("Deliverer::new", &["src/delivery/", "src/serve/", "src/terminal/"]),
        ("post_kinds(", &["src/features/mod.rs", "src/serve/", "src/terminal/"]),
    ] {
        for (file, code) in all() {
            let mentions = code.lines().any(|line| line.contains(word) && !line.trim_start().starts_with("//"));
            assert!(!mentions || homes.iter().any(|home| file.starts_with(home)), "{file} uses {word}");
        }
    }
}

/// Commands run side by side on a few threads: one that blocks its thread until a future is ready keeps
/// others from being answered.
#[test]
fn commands_await_and_never_block_on_a_future() {
    let asynchronous = ["src/command/", "src/features/", "src/session/"];
    let files: Vec<(String, String)> =
        all().into_iter().filter(|(file, _)| asynchronous.iter().any(|part| file.starts_with(part))).collect();
    assert!(files.len() > 60, "the commands are not where this test looks for them");
    for (file, code) in files {
        for word in ["block_on", "Handle::current"] {
            assert!(!code.contains(word), "{file} names {word}");
        }
    }
}

/// Whom a card is for is said by [`Card::private`](kronikas::card::Card::private) or `seen_by`, where it is made.
#[test]
fn nobody_sets_a_cards_audience_by_hand() {
    for (file, code) in all() {
        assert!(file == "src/card/mod.rs" || !code.contains("audience = "), "{file} sets a card's audience");
    }
}

/// Unwrapping, printing and reading the clock are forbidden by lints: for everybody else.
#[test]
fn only_the_edges_are_excused_from_lints() {
    let kept = ["disallowed_methods", "print_std", "unwrap_used", "expect_used"];
    for (file, code) in all() {
        let excused = code.lines().filter(|line| line.trim_start().starts_with('#') && !line.contains("cfg_attr"));
        let mut excused = excused.filter(|line| kept.iter().any(|lint| line.contains(lint)));
        assert!(EXCUSED.contains(&file.as_str()) || excused.next().is_none(), "{file} excuses itself");
    }
    let manifest = include_str!("../../Cargo.toml");
    assert!(
        kept.iter().all(|lint| manifest.contains(lint) || include_str!("../../clippy.toml").contains(&lint.replace('_', "-")))
    );
}

#[test]
fn files_are_read_in_one_sitting() {
    for (file, code) in all() {
        assert!(code.lines().count() <= 450, "{file} has {} lines", code.lines().count());
    }
}

#[test]
fn the_example_environment_names_every_setting() {
    let settings = include_str!("../../src/settings.rs");
    let example = include_str!("../../.env.example");
    let mut named: Vec<&str> = settings.split("env = \"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    named.sort_unstable();
    let mut explained: Vec<&str> = example
        .lines()
        .filter_map(|line| line.trim_start_matches("# ").split_once('='))
        .map(|(name, _)| name)
        .filter(|name| name.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
        .collect();
    explained.sort_unstable();
    assert_eq!(named, explained);
}

#[test]
fn every_command_stands_in_the_readme() {
    let readme = include_str!("../../README.md");
    for command in kronikas::features::ALL {
        assert!(readme.contains(&format!("`/{}", command.name)), "/{} is not in the README", command.name);
    }
}

#[test]
fn every_line_of_the_log_is_explained_to_operators() {
    let explained = include_str!("../../docs/operators.md");
    let mut lines = 0;
    for (path, code) in all() {
        for (at, macro_name) in ["info!(", "warn!(", "error!("].iter().flat_map(|name| code.match_indices(name)) {
            // `thiserror`'s attribute is no macro, and a name may end like one.
            if code[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_') {
                continue;
            }
            // The message is the last text in the call, whose parentheses come in pairs.
            let mut open = 1;
            let ends = |letter: char| {
                open += i32::from(letter == '(') - i32::from(letter == ')');
                open == 0
            };
            let call = &code[at + macro_name.len()..];
            let call = &call[..call.find(ends).expect("it ends")];
            let Some(said) = call.rsplit('"').nth(1) else { continue };
            let said = said.split(['{', '\\']).next().unwrap_or_default().trim_end();
            if said.is_empty() {
                continue;
            }
            lines += 1;
            assert!(explained.contains(said), "{path}: docs/operators.md does not explain the line {said:?}");
        }
    }
    assert!(lines > 70, "{lines} lines were found");
}
