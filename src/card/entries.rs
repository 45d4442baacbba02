//! What all cards about entries share: presses that open entries, lines and menus of entries, and the
//! explanation of their citations.

use super::action::{MenuItem, Press};
use super::press::{ButtonId, DayPress, EntryPress, EntryView};
use super::{Card, Line, format};
use crate::pack::{Citation, Entry, EntryIdx, Pack};

/// The press that shows an entry.
pub fn open(entry: &Entry) -> Press {
    open_view(entry, EntryView::First)
}

/// The press that shows a part of an entry.
pub fn open_view(entry: &Entry, view: EntryView) -> Press {
    EntryPress { kind: entry.kind, id: entry.bare_id().to_owned(), view }.press()
}

/// The press that shows what mattered most on a day of the year.
pub fn on_day(month: i8, day: i8) -> Press {
    DayPress { month, day, page: None }.press()
}

/// The button that opens all of a day.
pub const ALL_OF_THAT_DAY: &str = "All of that day";

/// The press that shows a page (from 0) of everything that happened on a day of the year.
pub fn all_of_day(month: i8, day: i8, page: usize) -> Press {
    DayPress { month, day, page: Some(page) }.press()
}

/// One line per event: when, and what.
pub fn events(events: &[EntryIdx], pack: &Pack) -> Vec<Line> {
    let line = |idx: &EntryIdx| {
        let event = pack.entry(*idx);
        let when = event.when().map(format::short_moment).unwrap_or_default();
        Line::new(event.name.as_str()).led(format!("{when}:"))
    };
    events.iter().map(line).collect()
}

/// A menu item that opens an entry.
pub fn item(idx: EntryIdx, prefix: &str, pack: &Pack) -> MenuItem {
    let entry = pack.entry(idx);
    MenuItem::new(&format!("{prefix}{}", entry.name), Some(&format::hint(entry)), open(entry))
}

/// Explains the citations of this page at its foot, and not those of other pages.
pub fn explain(card: &mut Card, cited: &[Citation], pack: &Pack) {
    let shown: Vec<&String> = card.sections.iter().flat_map(|section| &section.lines).flat_map(|line| &line.cite).collect();
    let explained = format::explained(pack, cited).into_iter().filter(|line| {
        let short = line.split_once(" — ").map_or(line.as_str(), |(short, _)| short);
        short.split(' ').any(|word| word.starts_with(['¶', 'Q']) && shown.iter().any(|name| *name == word))
            || shown.iter().any(|name| line.starts_with(&format!("{name} — ")))
    });
    card.sources = explained.collect();
}
