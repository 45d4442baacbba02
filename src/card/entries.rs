//! What every card about entries shares: the presses that open one, lines and menus of them, and the
//! foot that explains their citations.

use super::action::{MenuItem, Press};
use super::{Card, Line, format};
use crate::pack::{Citation, Entry, EntryIdx, Kind, Pack};

/// The press that shows an entry.
pub fn open(entry: &Entry) -> Press {
    open_page(entry, 0)
}

/// The press that shows a page of an entry.
pub fn open_page(entry: &Entry, page: usize) -> Press {
    let id = entry.id.split_once('/').map_or(entry.id.as_str(), |(_, id)| id);
    let (verb, mut arguments) = match entry.kind {
        Kind::Event => ("event", vec![]),
        Kind::Person | Kind::Group => ("who", vec![entry.kind.word().to_owned()]),
        Kind::Place => ("place", vec![]),
        Kind::Term => ("term", vec![]),
    };
    arguments.push(id.to_owned());
    if page > 0 {
        arguments.push(page.to_string());
    }
    Press::new(verb, arguments)
}

/// The press that shows what mattered most on a month (1–12) and day, whatever the year.
pub fn on_day(month: i8, day: i8) -> Press {
    Press::new("onthisday", [format!("{month:02}-{day:02}")])
}

/// The press that shows a page (from 0) of all that happened on a month (1–12) and day.
pub fn all_of_day(month: i8, day: i8, page: usize) -> Press {
    Press::new("onthisday", [format!("{month:02}-{day:02}"), page.to_string()])
}

/// One line an event: when, and what.
pub fn events(events: &[EntryIdx], pack: &Pack) -> Vec<Line> {
    let line = |idx: &EntryIdx| {
        let event = pack.entry(*idx);
        let when = event.when().map(format::short_moment).unwrap_or_default();
        Line::new(event.name.as_str()).led(format!("{when}:"))
    };
    events.iter().map(line).collect()
}

/// A menu line that opens an entry.
pub fn item(idx: EntryIdx, prefix: &str, pack: &Pack) -> MenuItem {
    let entry = pack.entry(idx);
    MenuItem::new(&format!("{prefix}{}", entry.name), Some(&format::hint(entry)), open(entry))
}

/// Explains at the foot what the lines of this page cite, and not what those of another do.
pub fn explain(card: &mut Card, cited: &[Citation], pack: &Pack) {
    let shown: Vec<&String> = card.sections.iter().flat_map(|section| &section.lines).flat_map(|line| &line.cite).collect();
    let explained = format::explained(pack, cited).into_iter().filter(|line| {
        let short = line.split_once(" — ").map_or(line.as_str(), |(short, _)| short);
        short.split(' ').any(|word| word.starts_with(['¶', 'Q']) && shown.iter().any(|name| *name == word))
            || shown.iter().any(|name| line.starts_with(&format!("{name} — ")))
    });
    card.sources = explained.collect();
}
