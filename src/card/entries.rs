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

/// Replaces the short names of works in a card's citations by numbers, which one line at its foot explains.
/// For cards with many lines, whose foot would otherwise be longer than they are.
pub fn number(card: &mut Card) {
    let mut names: Vec<String> = Vec::new();
    let mut document = false;
    for cite in card.sections.iter_mut().flat_map(|section| &mut section.lines).flat_map(|line| &mut line.cite) {
        if is_passage(cite) {
            document = true;
            continue;
        }
        let known = names.iter().position(|name| name == cite);
        let number = known.unwrap_or_else(|| {
            names.push(cite.clone());
            names.len() - 1
        });
        *cite = (number + 1).to_string();
    }
    let numbered = names.iter().enumerate().map(|(idx, name)| format!("{} {name}", idx + 1));
    let parts: Vec<String> = document.then(|| "¶ the class document".to_owned()).into_iter().chain(numbered).collect();
    card.sources = if parts.is_empty() { Vec::new() } else { vec![parts.join(" · ")] };
}

/// `¶9`, `Q1`
fn is_passage(cite: &str) -> bool {
    let number = cite.strip_prefix(['¶', 'Q']);
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
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
