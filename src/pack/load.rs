//! Reads a pack's files, and reports all problems of all files at once.
//!
//! `toml` stops at the first error. An author with thirty mistakes wants to see all thirty, so each
//! entry is deserialised separately. The part that fails is removed and the entry is deserialised again,
//! until it succeeds or lacks a required field.

use std::fs;
use std::ops::Range;
use std::path::Path;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue, ValueDeserializer};

use super::check;
use super::draft::Drafts;
use super::problem::{File, Report};
use super::types::Pack;
use super::written::{WrittenEvent, WrittenGroup, WrittenPerson, WrittenPlace, WrittenSource, WrittenTerm};
use super::written_alike::WrittenAlike;
use super::written_almanac::WrittenAlmanacDay;
use super::written_answers::{WrittenAnswer, WrittenSynonym};
use super::written_map::WrittenSheet;
use super::written_pack::PackFile;
use super::written_questions::{WrittenAuthored, WrittenDiscussion};
use super::written_replay::WrittenTurning;

/// The files of a pack, and whether each is required.
const FILES: [(&str, bool); 14] = [
    ("pack.toml", true),
    ("sources.toml", true),
    ("events.toml", false),
    ("people.toml", false),
    ("groups.toml", false),
    ("places.toml", false),
    ("terms.toml", false),
    ("questions.toml", false),
    ("discussions.toml", false),
    ("replay.toml", false),
    ("synonyms.toml", false),
    ("almanac.toml", false),
    ("map.toml", false),
    ("alike.toml", false),
];

/// Whether a file contains answers: `answers.toml`, or one of the files `answers-NAME.toml`.
fn holds_answers(name: &str) -> bool {
    name == "answers.toml" || name.starts_with("answers-") && name.ends_with(".toml")
}

// Defines `ANSWERS: &[(&str, &str)]`, the files of answers of the built-in pack.
include!(concat!(env!("OUT_DIR"), "/answers.rs"));

/// The texts of a pack's files, not yet parsed.
#[derive(Debug, Clone)]
pub struct PackFiles {
    /// The folder's name in error messages.
    folder: String,
    /// File name and text.
    files: Vec<(String, String)>,
}

impl PackFiles {
    /// Files in memory as (name, text) pairs. `folder` is the folder's name in error messages.
    pub fn new(folder: &str, files: Vec<(String, String)>) -> PackFiles {
        PackFiles { folder: folder.trim_end_matches('/').to_owned(), files }
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.files.iter().find(|(file, _)| file == name).map(|(_, text)| text.as_str())
    }

    fn shown(&self, name: &str) -> String {
        format!("{}/{name}", self.folder)
    }
}

/// The built-in pack.
pub fn built_in() -> PackFiles {
    let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let mut pack = PackFiles::new(
        "knowledge",
        vec![
            file("pack.toml", include_str!("../../knowledge/pack.toml")),
            file("sources.toml", include_str!("../../knowledge/sources.toml")),
            file("events.toml", include_str!("../../knowledge/events.toml")),
            file("people.toml", include_str!("../../knowledge/people.toml")),
            file("groups.toml", include_str!("../../knowledge/groups.toml")),
            file("places.toml", include_str!("../../knowledge/places.toml")),
            file("terms.toml", include_str!("../../knowledge/terms.toml")),
            file("questions.toml", include_str!("../../knowledge/questions.toml")),
            file("discussions.toml", include_str!("../../knowledge/discussions.toml")),
            file("replay.toml", include_str!("../../knowledge/replay.toml")),
            file("synonyms.toml", include_str!("../../knowledge/synonyms.toml")),
            file("almanac.toml", include_str!("../../knowledge/almanac.toml")),
            file("map.toml", include_str!("../../knowledge/map.toml")),
            file("alike.toml", include_str!("../../knowledge/alike.toml")),
        ],
    );
    pack.files.extend(ANSWERS.iter().map(|(name, text)| file(name, text)));
    pack
}

/// Reads the texts of a pack's files from a folder.
///
/// # Errors
/// If the folder or one of its files cannot be read, or if a TOML file has a name that no pack file has.
pub fn read_dir(folder: &Path) -> Result<PackFiles, Report> {
    let mut report = Report::default();
    let shown = folder.display().to_string();
    let mut pack = PackFiles::new(&shown, Vec::new());
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            report.about(
                &shown,
                format!("this folder cannot be read: {error}"),
                "Name a folder that holds a pack.toml".to_owned(),
            );
            return Err(report);
        }
    };
    let mut names: Vec<String> = entries
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| name.ends_with(".toml"))
        .collect();
    names.sort();
    for name in names {
        if !holds_answers(&name) && !FILES.iter().any(|(known, _)| *known == name) {
            let known: Vec<&str> = FILES.iter().map(|(known, _)| *known).collect();
            report.about(
                &pack.shown(&name),
                "no file of that name is read".to_owned(),
                format!("A pack's files are {}, answers.toml and answers-NAME.toml", known.join(", ")),
            );
            continue;
        }
        match fs::read_to_string(folder.join(&name)) {
            Ok(text) => pack.files.push((name, text)),
            Err(error) => report.about(
                &pack.shown(&name),
                format!("this file cannot be read: {error}"),
                "It must be a UTF-8 text file that this user may read".to_owned(),
            ),
        }
    }
    if report.is_empty() { Ok(pack) } else { Err(report) }
}

/// Parses and checks a pack.
///
/// # Errors
/// A [`Report`] of all problems.
pub fn load(files: &PackFiles) -> Result<Pack, Report> {
    let mut report = Report::default();
    for (name, needed) in FILES {
        if needed && files.text(name).is_none() {
            report.about(&files.shown(name), "this file is missing".to_owned(), "Every pack has one".to_owned());
        }
    }
    let shown: Vec<String> = FILES.iter().map(|(name, _)| files.shown(name)).collect();
    let file = |index: usize| File { shown: &shown[index], text: files.text(FILES[index].0).unwrap_or("") };

    let answers: Vec<(String, &str)> = files
        .files
        .iter()
        .filter(|(name, _)| holds_answers(name))
        .map(|(name, text)| (files.shown(name), text.as_str()))
        .collect();

    let pack: Option<PackFile> = whole(&file(0), &mut report);
    let drafts = Drafts {
        sources: entries::<WrittenSource>(&file(1), "source", &mut report),
        events: entries::<WrittenEvent>(&file(2), "event", &mut report),
        people: entries::<WrittenPerson>(&file(3), "person", &mut report),
        groups: entries::<WrittenGroup>(&file(4), "group", &mut report),
        places: entries::<WrittenPlace>(&file(5), "place", &mut report),
        terms: entries::<WrittenTerm>(&file(6), "term", &mut report),
        questions: entries::<WrittenAuthored>(&file(7), "question", &mut report),
        discussions: entries::<WrittenDiscussion>(&file(8), "discussion", &mut report),
        turnings: entries::<WrittenTurning>(&file(9), "turning", &mut report),
        synonyms: entries::<WrittenSynonym>(&file(10), "synonym", &mut report),
        almanac: entries::<WrittenAlmanacDay>(&file(11), "day", &mut report),
        sheets: entries::<WrittenSheet>(&file(12), "sheet", &mut report),
        alike: entries::<WrittenAlike>(&file(13), "alike", &mut report),
        files: std::array::from_fn(file),
        answers: answers.iter().map(|(shown, text)| answers_of(File { shown, text }, &mut report)).collect(),
    };
    let pack = pack.and_then(|pack| check::check(&pack, &drafts, &mut report));
    report.sort();
    match pack {
        Some(pack) if report.is_empty() => Ok(pack),
        _ => Err(report),
    }
}

/// Parses a file into its table. Reports and leaves out what cannot be parsed.
fn table<'a>(file: &File<'a>, report: &mut Report) -> Spanned<DeTable<'a>> {
    let (table, errors) = DeTable::parse_recoverable(file.text);
    for error in errors {
        report.at(
            file,
            error.span().unwrap_or(0..0),
            format!("this is not TOML: {}", sentence(error.message())),
            "See https://toml.io; text goes in double quotes, lists in [ ]".to_owned(),
        );
    }
    table
}

/// Reads a file of answers.
fn answers_of<'a>(file: File<'a>, report: &mut Report) -> (File<'a>, Vec<WrittenAnswer>) {
    let read = entries(&file, "answer", report);
    (file, read)
}

/// Deserialises a file that is one value.
fn whole<T: DeserializeOwned>(file: &File<'_>, report: &mut Report) -> Option<T> {
    let table = table(file, report);
    let span = table.span();
    peel(file, Spanned::new(span, DeValue::Table(table.into_inner())), report)
}

/// Deserialises a file that is a list of entries under one key.
fn entries<T: DeserializeOwned>(file: &File<'_>, key: &str, report: &mut Report) -> Vec<T> {
    let mut read = Vec::new();
    for (name, value) in table(file, report).into_inner() {
        if name.get_ref() != key {
            report.at(
                file,
                name.span(),
                format!("unknown key `{}`", name.get_ref()),
                format!("Entries of this file begin with [[{key}]]"),
            );
            continue;
        }
        match value.into_inner() {
            DeValue::Array(array) => {
                for item in array {
                    read.extend(peel(file, item, report));
                }
            }
            _ => report.at(
                file,
                name.span(),
                format!("`{key}` is not a list of entries"),
                format!("Begin each entry with [[{key}]], two brackets on each side"),
            ),
        }
    }
    read
}

/// Deserialises a value. Reports and removes each part that fails, and tries again.
fn peel<T: DeserializeOwned>(file: &File<'_>, mut value: Spanned<DeValue<'_>>, report: &mut Report) -> Option<T> {
    let mut sound = true;
    loop {
        let error = match T::deserialize(ValueDeserializer::from(value.clone())) {
            Ok(read) => return sound.then_some(read),
            Err(error) => error,
        };
        // serde's error has no kind, only a message and a span. If the wording changes, a removed field
        // is reported twice.
        // words change, a field that was taken out is reported twice.
        let missing = error.message().starts_with("missing field");
        let span = error.span().unwrap_or_else(|| value.span());
        // A field that was removed below is missing next, which was already reported.
        if sound || !missing {
            report.at(file, span.clone(), sentence(error.message()), cure(error.message()));
        }
        sound = false;
        if missing || !take_out(value.get_mut(), &span) {
            return None;
        }
    }
}

/// Removes the smallest part of a value that contains `span`. Returns whether there was one.
fn take_out(value: &mut DeValue<'_>, span: &Range<usize>) -> bool {
    let holds = |outer: Range<usize>| outer.start <= span.start && span.end <= outer.end;
    match value {
        DeValue::Table(table) => {
            let found = table.iter().find(|(key, value)| holds(key.span()) || holds(value.span())).map(|(key, _)| key.clone());
            let Some(key) = found else { return false };
            let inside = !holds(key.span()) && table.get_mut(&key).is_some_and(|value| take_out(value.get_mut(), span));
            inside || table.remove(&key).is_some()
        }
        DeValue::Array(array) => take_out_of_array(array, span),
        _ => false,
    }
}

fn take_out_of_array(array: &mut DeArray<'_>, span: &Range<usize>) -> bool {
    let position = array.iter().position(|item| {
        let outer = item.span();
        outer.start <= span.start && span.end <= outer.end
    });
    match position {
        Some(index) => {
            let inside = array.get_mut(index).is_some_and(|item| take_out(item.get_mut(), span));
            if !inside {
                let rest = std::mem::replace(array, DeArray::new()).into_iter().enumerate().filter(|(idx, _)| *idx != index);
                *array = rest.map(|(_, item)| item).collect();
            }
            true
        }
        None => false,
    }
}

/// The parser's message as the first half of an error message.
fn sentence(message: &str) -> String {
    message.trim().trim_end_matches('.').replace('\n', ", ")
}

/// The correction, for the parser's most common errors.
fn cure(message: &str) -> String {
    if let Some((_, expected)) = message.split_once("expected one of ") {
        return format!("An entry of this kind may have {expected}");
    }
    if let Some(rest) = message.strip_prefix("missing field ") {
        return format!("Add {rest} = …; the schema under knowledge/schema/ says what goes there");
    }
    if let Some((_, expected)) = message.split_once("expected ") {
        return format!("Write {expected} here");
    }
    "The schema under knowledge/schema/ says what goes here".to_owned()
}
