//! The background works: whether a teacher could open and accept them.

use std::collections::HashMap;

use jiff::civil::Date;

use super::check::{at_most, check_kebab, limits};
use super::pack::{Source, SourceNo};
use super::problem::{File, Report};
use super::written::WrittenSource;

pub(super) fn check<'a>(sources: &'a [WrittenSource], file: &File<'_>, report: &mut Report) -> HashMap<&'a str, SourceNo> {
    let mut ids = HashMap::new();
    let mut shorts: HashMap<&str, &str> = HashMap::new();
    for (no, source) in sources.iter().enumerate() {
        let id = source.id.value().as_str();
        check_kebab(&source.id, file, report);
        if ids.insert(id, SourceNo(no as u32)).is_some() {
            let wrong = format!("there is another source with the id \"{id}\"");
            report.at(file, source.id.span(), wrong, "Every id stands once in its file".to_owned());
        }
        let short = source.short.value().as_str();
        at_most(&source.short, limits::SHORT, "short name", file, report);
        check_details(source, file, report);
        if let Some(other) = shorts.insert(short, id) {
            let wrong = format!("\"{short}\" is also the short name of {other}");
            report.at(file, source.short.span(), wrong, "Give every source a short name of its own".to_owned());
        }
    }
    ids
}

pub(super) fn source(written: &WrittenSource) -> Source {
    Source {
        id: written.id.value().clone(),
        short: written.short.value().clone(),
        kind: written.kind,
        author: written.author.clone(),
        publisher: written.publisher.clone(),
        year: written.year,
        title: written.title.clone(),
        url: written.url.as_ref().map(|url| url.value().clone()),
        // A day that is none was reported when the sources were checked.
        opened: written.opened.as_ref().and_then(|day| day.value().parse().ok()),
        language: written.language.as_ref().map_or_else(|| "en".to_owned(), |code| code.value().clone()),
    }
}

fn check_details(source: &WrittenSource, file: &File<'_>, report: &mut Report) {
    if let Some(day) = source.opened.as_ref().filter(|day| day.value().parse::<Date>().is_err()) {
        let wrong = format!("\"{}\" is no day", day.value());
        report.at(file, day.span(), wrong, "Write year, month and day: 2026-11-27".to_owned());
    }
    let is_code = |code: &str| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_lowercase());
    if let Some(code) = source.language.as_ref().filter(|code| !is_code(code.value())) {
        let wrong = format!("\"{}\" is no language", code.value());
        report.at(file, code.span(), wrong, "Write a two-letter code: en, hu, de".to_owned());
    }
}
