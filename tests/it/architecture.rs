//! The one direction, and what keeps it: read off the source itself.

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

/// What each part may name of the others.
const MAY: &[(&str, &[&str])] = &[
    ("src/knowledge", &["knowledge"]),
    ("src/lookup", &["knowledge", "lookup"]),
    ("src/answer", &["knowledge", "lookup", "calendar", "card", "answer"]),
    ("src/card", &["knowledge", "card"]),
    ("src/calendar", &["knowledge", "calendar"]),
    ("src/picture", &["knowledge", "card", "picture"]),
    ("src/clock", &["clock"]),
    ("src/store", &["store"]),
    ("src/tutor", &["knowledge", "lookup", "card", "store", "tutor"]),
    ("src/daily", &["knowledge", "calendar", "card", "tutor", "store", "clock", "daily"]),
    ("src/messenger", &["card", "messenger"]),
    ("src/round", &["knowledge", "card", "tutor", "store", "clock", "messenger", "picture", "round"]),
    ("src/replay", &["knowledge", "card", "store", "daily", "replay"]),
    (
        "src/commands",
        &[
            "knowledge",
            "lookup",
            "answer",
            "card",
            "calendar",
            "daily",
            "replay",
            "store",
            "clock",
            "tutor",
            "picture",
            "messenger",
            "round",
            "commands",
        ],
    ),
    ("src/settings", &["calendar", "daily", "settings"]),
    // The edges see everything but each other.
    (
        "src/terminal",
        &["knowledge", "lookup", "answer", "card", "calendar", "daily", "store", "clock", "messenger", "commands", "terminal"],
    ),
    (
        "src/discord",
        &["knowledge", "answer", "card", "daily", "store", "clock", "messenger", "commands", "settings", "observe", "discord"],
    ),
    ("src/observe", &["daily", "settings", "discord", "observe"]),
    ("src/main", &[]),
    ("src/lib", &[]),
];

/// Files whose module is excused from lints of `clippy.toml` and `[lints]`, each with its reason.
const EXCUSED: &[&str] = &["src/main.rs", "src/clock.rs", "src/discord/mod.rs", "src/observe/mod.rs", "src/terminal/mod.rs"];

#[test]
fn arrows_point_one_way() {
    for (file, code) in all() {
        let (_, may) = MAY.iter().find(|(part, _)| file.starts_with(part)).unwrap_or_else(|| panic!("{file} has no place here"));
        for used in code.split("crate::").skip(1) {
            let part: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            assert!(may.contains(&part.as_str()), "{file} uses crate::{part}");
        }
    }
}

#[test]
fn only_the_edges_know_their_libraries() {
    for (word, homes) in [
        ("serenity", &["src/discord/", "src/observe/", "src/settings.rs"][..]),
        ("rustyline", &["src/terminal/"]),
        ("governor", &["src/discord/"]),
        ("sqlx", &["src/store/"]),
        ("resvg", &["src/picture/png.rs"]),
        ("skrifa", &["src/picture/font.rs"]),
        ("std::env", &["src/settings.rs"]),
    ] {
        for (file, code) in all() {
            let mentions = code.lines().any(|line| line.contains(word) && !line.trim_start().starts_with("//"));
            assert!(!mentions || homes.iter().any(|home| file.starts_with(home)), "{file} uses {word}");
        }
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
