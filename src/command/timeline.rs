//! Timelines: the most important events, or all of them, fifteen per page.

use jiff::civil::Date;

use super::topic::Topic;
use crate::card::action::Press;
use crate::card::press::{ButtonId, TimelinePress};
use crate::card::{Action, Card, Line, Outcome, Section, format};
use crate::pack::{EntryIdx, EventFacts, Pack};
use crate::picture;

/// Events per page; a page with its menu then fits a message.
const PAGE: usize = 15;

/// Events in the overview of a longer timeline, so that it fits one screen.
const OVERVIEW: usize = 12;

/// The overview divides the events into this many parts of equal size, so that it shows the whole course
/// and not only its peak.
const STRETCHES: usize = 6;

/// The minimum number of events from each part.
const OF_EACH: usize = 1;

/// The part of a timeline to show.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum TimelineView {
    /// The most important events.
    Overview,
    /// A page of all of them, from 0.
    Page(usize),
}

/// A parsed timeline.
pub(crate) struct Timeline {
    pub(crate) from: Option<Date>,
    pub(crate) to: Option<Date>,
    pub(crate) about: Topic,
}

/// The timeline from one day to another.
pub(crate) fn between(from: Date, to: Date, said: Vec<Line>, pack: &Pack) -> Card {
    show(&Timeline { from: Some(from), to: Some(to), about: Topic::Everything }, TimelineView::Overview, said, pack)
}

fn matches(timeline: &Timeline, idx: EntryIdx, facts: &EventFacts, pack: &Pack) -> bool {
    let after = timeline.from.is_none_or(|from| facts.when.last_day() >= from);
    let before = timeline.to.is_none_or(|to| facts.when.first_day() <= to);
    after && before && timeline.about.has(idx, facts, pack)
}

pub(crate) fn show(timeline: &Timeline, view: TimelineView, said: Vec<Line>, pack: &Pack) -> Card {
    let found: Vec<EntryIdx> =
        pack.events().filter(|(idx, _, facts)| matches(timeline, *idx, facts, pack)).map(|(idx, ..)| idx).collect();
    if found.is_empty() {
        let mut card = Card::new(Outcome::Nothing, "Timeline");
        card.subtitle = Some(format!("{}{}", format::count(0, "event"), understood(timeline, pack)));
        let say = "I know of no events there. Widen the dates, or leave out the topic.";
        return card.section(Section::opening(said)).section(Section::opening(vec![Line::new(say)]));
    }
    match view {
        TimelineView::Overview if found.len() > PAGE => overview(timeline, &found, said, pack),
        TimelineView::Overview => page_of(timeline, &found, 0, said, pack),
        TimelineView::Page(page) => page_of(timeline, &found, page, said, pack),
    }
}

/// The most important events by time, and how many more there are.
fn overview(timeline: &Timeline, found: &[EntryIdx], said: Vec<Line>, pack: &Pack) -> Card {
    let shown = weightiest(found, pack);
    let mut card = Card::new(Outcome::Found, "Timeline");
    let subtitle = format!("the {} that matter most of {}{}", shown.len(), found.len(), understood(timeline, pack));
    card.subtitle = Some(subtitle);
    card.picture = Some(picture::timeline(pack, &shown, &title(timeline, &shown, pack)).picture());
    let lines = shown.iter().map(|idx| {
        let entry = pack.entry(*idx);
        let when = entry.when().map(format::short_moment).unwrap_or_default();
        Line::new(entry.name.as_str()).led(format!("{when}:"))
    });
    let items = shown.iter().map(|idx| crate::card::entries::item(*idx, "", pack)).collect();
    let all = Action::new(&format!("All {} events", found.len()), turn(timeline, 0, pack));
    card.section(Section::opening(said))
        .section(Section::opening(lines.collect()))
        .buttons(vec![all])
        .menu("Open an event …", items)
}

/// The most important of many events, with at least [`OF_EACH`] from every part.
fn weightiest(found: &[EntryIdx], pack: &Pack) -> Vec<EntryIdx> {
    let by_weight = |events: &[EntryIdx]| {
        let mut events = events.to_vec();
        events.sort_by_key(|idx| (std::cmp::Reverse(pack.entry(*idx).importance), *idx));
        events
    };
    let stretch = found.len().div_ceil(STRETCHES).max(1);
    let mut shown: Vec<EntryIdx> = found.chunks(stretch).flat_map(|part| by_weight(part).into_iter().take(OF_EACH)).collect();
    let others: Vec<EntryIdx> = by_weight(found).into_iter().filter(|idx| !shown.contains(idx)).collect();
    shown.extend(others.into_iter().take(OVERVIEW.saturating_sub(shown.len())));
    // Events are numbered by time.
    shown.sort();
    shown
}

fn page_of(timeline: &Timeline, found: &[EntryIdx], page: usize, said: Vec<Line>, pack: &Pack) -> Card {
    let pages = found.len().div_ceil(PAGE).max(1);
    let page = page.min(pages - 1);
    let mut card = Card::new(Outcome::Found, "Timeline");
    let place = if pages > 1 { format!(" · page {} of {pages}", page + 1) } else { String::new() };
    card.subtitle = Some(format!("{}{}{place}", format::count(found.len(), "event"), understood(timeline, pack)));
    card = card.section(Section::opening(said));
    let on_page = &found[page * PAGE..found.len().min((page + 1) * PAGE)];
    card.picture = Some(picture::timeline(pack, on_page, &title(timeline, on_page, pack)).picture());
    for section in by_day(on_page, pack) {
        card = card.section(section);
    }
    let mut turns = Vec::new();
    if page > 0 {
        turns.push(Action::new("◀ Earlier", turn(timeline, page - 1, pack)));
    }
    if page + 1 < pages {
        turns.push(Action::new(&format!("Later ▶ (page {} of {pages})", page + 2), turn(timeline, page + 1, pack)));
    }
    let items = on_page.iter().map(|idx| crate::card::entries::item(*idx, "", pack)).collect();
    card.buttons(turns).menu("Open an event …", items)
}

/// The parsed options in words: ` about Jacques Necker, from 11 July 1789 on`.
fn understood(timeline: &Timeline, pack: &Pack) -> String {
    let range = match (timeline.from, timeline.to) {
        (None, None) => "from the first to the last I know".to_owned(),
        (Some(from), None) => format!("from {} on", format::date(from)),
        (None, Some(to)) => format!("up to {}", format::date(to)),
        (Some(from), Some(to)) if from == to => format!("on {}", format::date(from)),
        (Some(from), Some(to)) => format!("from {} to {}", format::date(from), format::date(to)),
    };
    let about = timeline.about.name(pack).map(|name| format!(" about {name}")).unwrap_or_default();
    format!("{about}, {range}")
}

/// The title of a page's picture: its topic and days.
fn title(timeline: &Timeline, events: &[EntryIdx], pack: &Pack) -> String {
    let moments = || events.iter().filter_map(|idx| pack.entry(*idx).when());
    let first = moments().map(|when| when.first_day()).min();
    // A long event does not extend the page, which ends where the last event begins.
    let last = moments().map(|when| when.first_day()).max();
    let span = match (first, last) {
        (Some(first), Some(last)) if first == last => format::date(first),
        (Some(first), Some(last)) if first.year() == last.year() => format::days(first, last),
        (Some(first), Some(last)) => format::years(first.year(), last.year()),
        _ => String::new(),
    };
    match timeline.about.name(pack) {
        Some(name) => format!("{name}, {span}"),
        None => span,
    }
}

/// The events of a page with a heading for each day, month or year.
fn by_day(events: &[EntryIdx], pack: &Pack) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for idx in events {
        let entry = pack.entry(*idx);
        let Some(when) = entry.when() else { continue };
        let (heading, lead) = match when.day() {
            Some(day) if when.to.is_none() => (format::long_date(day), format::time_on_day(when)),
            _ => (format::moment(when, pack), None),
        };
        let mut line = Line::new(entry.name.as_str());
        line.lead = lead.map(|time| format!("{time}:"));
        match sections.last_mut() {
            Some(section) if section.heading.as_deref() == Some(&heading) => section.lines.push(line),
            _ => sections.push(Section::headed(&heading, vec![line])),
        }
    }
    sections
}

fn turn(timeline: &Timeline, page: usize, pack: &Pack) -> Press {
    let topic = timeline.about.id(pack);
    TimelinePress { from: timeline.from, to: timeline.to, topic, page: Some(page) }.press()
}
