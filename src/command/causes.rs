//! What the commands about causes and consequences share.

use crate::card::action::{MenuItem, Press};
use crate::card::{Card, Line, Outcome, Section, format};
use crate::command::CommandContext;
use crate::command::resolve::openers;
use crate::pack::{EntryIdx, Pack};

/// Asked about a person or place where an event is meant: which of its events? `verb` is the command
/// that each line of the menu goes to, `placeholder` what the menu says.
pub(crate) fn which_event(idx: EntryIdx, verb: &str, placeholder: &str, ctx: &CommandContext<'_>) -> Card {
    let entry = ctx.pack.entry(idx);
    let mut events = ctx.pack.events_naming(idx).to_vec();
    if events.is_empty() {
        let say = format!("{} is a {}, and I know of no event to explain it by.", entry.name, entry.kind);
        return Card::new(Outcome::Nothing, entry.name.as_str())
            .section(Section::opening(vec![Line::new(say)]))
            .buttons(openers(&[idx], ctx));
    }
    events.sort_by_key(|event| std::cmp::Reverse(ctx.pack.entry(*event).importance));
    events.truncate(25);
    events.sort();
    let say = format!("{} is a {}, not an event. Which of its events do you mean?", entry.name, entry.kind);
    let items = events.iter().map(|event| item(*event, verb, ctx.pack)).collect();
    Card::new(Outcome::Choose, entry.name.as_str()).section(Section::opening(vec![Line::new(say)])).menu(placeholder, items)
}

/// One cited line an event: when, and what.
pub(crate) fn lines(events: &[EntryIdx], pack: &Pack) -> Vec<Line> {
    let line = |idx: &EntryIdx| {
        let entry = pack.entry(*idx);
        let when = entry.when().map(format::short_moment).unwrap_or_default();
        let line = Line::new(entry.name.as_str()).led(format!("{when}:"));
        line.citing(format::citations(pack, &entry.cite[..1.min(entry.cite.len())]))
    };
    events.iter().map(line).collect()
}

pub(crate) fn item(idx: EntryIdx, verb: &str, pack: &Pack) -> MenuItem {
    let entry = pack.entry(idx);
    MenuItem::new(&entry.name, Some(&format::hint(entry)), Press::new(verb, [bare(&entry.id)]))
}

/// An entry's id without its kind.
pub(crate) fn bare(id: &str) -> &str {
    id.split_once('/').map_or(id, |(_, id)| id)
}
