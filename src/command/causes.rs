//! What the commands about causes and consequences share.

use crate::card::action::{MenuItem, Press};
use crate::card::press::{ButtonId, CausesPress, CausesView};
use crate::card::{Card, Line, Outcome, Section, format};
use crate::command::CommandContext;
use crate::command::resolve::openers;
use crate::pack::{Entry, EntryIdx, Pack};

/// Asks which event is meant, for an entry of another kind. `view` is what each menu item opens,
/// `placeholder` the text of the menu.
pub(crate) fn which_event(idx: EntryIdx, view: CausesView, placeholder: &str, ctx: &CommandContext<'_>) -> Card {
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
    let items = events.iter().map(|event| item(*event, view, ctx.pack)).collect();
    Card::new(Outcome::Choose, entry.name.as_str()).section(Section::opening(vec![Line::new(say)])).menu(placeholder, items)
}

/// One line per event with its citations: when, and what.
pub(crate) fn lines(events: &[EntryIdx], pack: &Pack) -> Vec<Line> {
    let line = |idx: &EntryIdx| {
        let entry = pack.entry(*idx);
        let when = entry.when().map(format::short_moment).unwrap_or_default();
        let line = Line::new(entry.name.as_str()).led(format!("{when}:"));
        line.citing(format::citations(pack, &entry.cite[..1.min(entry.cite.len())]))
    };
    events.iter().map(line).collect()
}

pub(crate) fn item(idx: EntryIdx, view: CausesView, pack: &Pack) -> MenuItem {
    let entry = pack.entry(idx);
    MenuItem::new(&entry.name, Some(&format::hint(entry)), press(entry, view, None))
}

/// The press that shows an event's causes and consequences, or a page of them.
pub(crate) fn press(event: &Entry, view: CausesView, page: Option<usize>) -> Press {
    CausesPress { view, event: event.bare_id().to_owned(), page }.press()
}

/// The event whose causes and consequences a press shows, and the page.
pub(crate) fn pressed(press: &Press, pack: &Pack) -> Option<(EntryIdx, usize)> {
    let CausesPress { event, page, .. } = CausesPress::read(press)?;
    Some((pack.find(&format!("event/{event}"))?, page.unwrap_or_default()))
}
