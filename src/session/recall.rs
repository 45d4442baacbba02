//! Spaced repetition: when to ask an item again, and what to learn next.
//!
//! The scheduler is FSRS-6 (<https://github.com/open-spaced-repetition/fsrs4anki/wiki/The-Algorithm>),
//! in the crate of its authors, with the published parameters. Intervals are whole days, and an item is
//! due a few hours earlier, so that a student may come earlier than the day before.

use std::collections::{BTreeMap, HashMap};

use fsrs::{FSRS, FSRS6_DEFAULT_DECAY, MemoryState, current_retrievability};
use jiff::{SignedDuration, Timestamp};

use super::{QuestionBank, QuestionKind, QuestionSummary};
use crate::card::format;
use crate::model::{CardState, Rating};
use crate::pack::{AuthoredForm, EntryIdx, Moment, Pack};

/// The probability of recall at which an item is due again.
pub const RETENTION: f32 = 0.9;
/// The longest interval, in days: no class lasts longer.
pub const LONGEST: i64 = 365;
/// The number of events in the [`skeleton`].
pub const SKELETON: usize = 12;

/// How much earlier than after whole days an item is due.
const EARLIER: SignedDuration = SignedDuration::from_hours(8);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// The state after an answer. `before` is `None` for an item that was never asked.
pub fn after(before: Option<CardState>, rated: Rating, now: Timestamp) -> CardState {
    let scheduler = FSRS::default();
    let state = before.map(|memory| MemoryState { stability: memory.stability, difficulty: memory.difficulty });
    let days = before.map_or(0, |memory| days_between(memory.last, now));
    // FSRS cannot continue from a state that is not a number, so the item counts as new.
    let next = scheduler.next_states(state, RETENTION, days).or_else(|_| scheduler.next_states(None, RETENTION, 0));
    let next = next.map(|next| match rated {
        Rating::Again => next.again,
        Rating::Hard => next.hard,
        Rating::Good => next.good,
        Rating::Easy => next.easy,
    });
    let (memory, interval) = match next {
        Ok(next) => (next.memory, next.interval),
        Err(_) => (MemoryState { stability: 1.0, difficulty: 5.0 }, 1.0),
    };
    let lapsed = rated == Rating::Again && before.is_some();
    CardState {
        stability: memory.stability,
        difficulty: memory.difficulty,
        last: now,
        due: due(now, interval),
        reviews: before.map_or(0, |memory| memory.reviews).saturating_add(1),
        lapses: before.map_or(0, |memory| memory.lapses).saturating_add(u32::from(lapsed)),
    }
}

/// Whole days between two instants, rounded: 20 hours are one day, 4 hours are none.
fn days_between(last: Timestamp, now: Timestamp) -> u32 {
    let days = last.duration_until(now).as_secs_f64() / DAY.as_secs_f64();
    // Not negative, and rounded to a whole number.
    days.round().clamp(0.0, f64::from(u32::MAX)) as u32
}

fn due(now: Timestamp, interval: f32) -> Timestamp {
    let days = interval.round().clamp(1.0, LONGEST as f32) as i64;
    now.checked_add(SignedDuration::from_hours(24 * days) - EARLIER).unwrap_or(Timestamp::MAX)
}

/// The interval in days from the last answer until the item is due.
pub fn interval(memory: &CardState) -> i64 {
    (memory.last.duration_until(memory.due).saturating_add(EARLIER).as_secs() + DAY.as_secs() / 2) / DAY.as_secs()
}

/// The probability that an item is remembered at an instant, from 0 to 1.
pub fn chance(memory: &CardState, now: Timestamp) -> f32 {
    let state = MemoryState { stability: memory.stability, difficulty: memory.difficulty };
    let days = (memory.last.duration_until(now).as_secs_f64() / DAY.as_secs_f64()).max(0.0);
    current_retrievability(state, days as f32, FSRS6_DEFAULT_DECAY)
}

/// The events that everything else depends on: the twelve most important ones about which there are
/// questions, by time.
pub fn skeleton(pack: &Pack, bank: &QuestionBank) -> Vec<EntryIdx> {
    let mut events: Vec<EntryIdx> = pack.events().map(|(idx, ..)| idx).collect();
    events.sort_by_key(|event| (std::cmp::Reverse(pack.entry(*event).importance), *event));
    let asked = |event: &EntryIdx| bank.first_about(pack, *event, |_| ()).is_some();
    let mut events: Vec<EntryIdx> = events.into_iter().filter(asked).take(SKELETON).collect();
    // Events are numbered by time.
    events.sort_unstable();
    events
}

/// The first question about an event, on none of the items in `known`: its date, if that is certain
/// enough to be asked, else people, words and places, the easiest first. For events whose name contains
/// the date ("Ceasefire of 28 October"), an editor's question asks for it.
fn first_item<'a>(pack: &Pack, event: EntryIdx, bank: &'a QuestionBank, known: &[String]) -> Option<&'a QuestionSummary> {
    bank.first_about(pack, event, |listed| {
        (known.contains(&listed.item), turn(pack, event, listed), listed.difficulty, listed.about != event)
    })
}

/// The order of the kinds of questions about an event for a beginner; smaller is earlier.
fn turn(pack: &Pack, event: EntryIdx, listed: &QuestionSummary) -> u8 {
    match listed.kind {
        QuestionKind::Date => 0,
        QuestionKind::DateTyped | QuestionKind::EventOn => 1,
        QuestionKind::Authored if asks_for_date(pack, event, listed) => 2,
        // These compare several events, which a beginner does not know yet.
        QuestionKind::Order | QuestionKind::First | QuestionKind::Effect | QuestionKind::Cause | QuestionKind::TrueGist => 4,
        // These ask about the class document rather than about what happened.
        QuestionKind::Paragraph | QuestionKind::Holds => 5,
        _ => 3,
    }
}

/// Whether the answer to an editor's question is the date of an event.
fn asks_for_date(pack: &Pack, event: EntryIdx, listed: &QuestionSummary) -> bool {
    let date = pack.entry(event).when().and_then(Moment::day).map(format::date);
    let written = pack.questions.iter().find(|authored| listed.id == super::candidates::id(QuestionKind::Authored, &authored.id));
    match written.map(|authored| &authored.form) {
        Some(AuthoredForm::Choice { right: answer, .. } | AuthoredForm::Typed { shown: answer, .. }) => {
            date.as_ref() == Some(answer)
        }
        _ => false,
    }
}

/// All items, including those without a question, in the order in which to learn them: one for each
/// event of the [`skeleton`], then the themes in turn, each beginning with the most important, so that
/// no theme waits for another to end.
pub fn path(pack: &Pack, bank: &QuestionBank) -> Vec<String> {
    let mut path: Vec<String> = Vec::new();
    for event in skeleton(pack, bank) {
        let first = first_item(pack, event, bank, &path).map(|listed| listed.item.clone());
        path.extend(first.filter(|item| !path.contains(item)));
    }
    let mut items: HashMap<&str, (u16, &str)> = HashMap::new();
    for listed in bank.candidates() {
        let theme = listed.themes.first().map_or("", String::as_str);
        let known = items.entry(&listed.item).or_insert((0, theme));
        known.0 = known.0.max(listed.importance);
    }
    let mut themes: BTreeMap<&str, Vec<(u16, &str)>> = BTreeMap::new();
    for (item, (importance, theme)) in items.into_iter().filter(|(item, _)| !path.iter().any(|known| known == item)) {
        themes.entry(theme).or_default().push((importance, item));
    }
    for items in themes.values_mut() {
        // In reverse order, so that the next one is taken from the end.
        items.sort_by(|(one, a), (other, b)| one.cmp(other).then(b.cmp(a)));
    }
    while themes.values().any(|items| !items.is_empty()) {
        path.extend(themes.values_mut().filter_map(Vec::pop).map(|(_, item)| item.to_owned()));
    }
    path
}

/// The themes of each item, to report recall by theme.
pub fn themes(bank: &QuestionBank) -> HashMap<&str, &[String]> {
    let mut themes: HashMap<&str, &[String]> = HashMap::new();
    for listed in bank.candidates() {
        let known = themes.entry(&listed.item).or_default();
        if known.is_empty() {
            *known = &listed.themes;
        }
    }
    themes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(days: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * days)
    }

    fn walk(history: &[(Rating, i64)]) -> CardState {
        let mut day = 0;
        let mut memory = None;
        for (rated, days) in history {
            day += days;
            memory = Some(after(memory, *rated, at(day)));
        }
        memory.expect("a history is not empty")
    }

    /// The first answers' states, as FSRS-6's default parameters give them; from the documentation
    /// of `fsrs-rs` (`FSRS::next_states`).
    #[test]
    fn first_answers_are_as_published() {
        for (rated, stability, difficulty, days) in [
            (Rating::Again, 0.212, 6.4133, 1),
            (Rating::Hard, 1.2931, 5.112_170_7, 1),
            (Rating::Good, 2.3065, 2.118_104, 2),
            (Rating::Easy, 8.2956, 1.0, 8),
        ] {
            let memory = walk(&[(rated, 0)]);
            assert_eq!((memory.stability, memory.difficulty), (stability, difficulty), "{rated:?}");
            assert_eq!(interval(&memory), days, "{rated:?}");
        }
    }

    /// The reference vector that the implementations of FSRS-6 share (`test_memory_state` of
    /// fsrs-rs, `test_memo_state` of py-fsrs): again, then good five times after 0, 1, 3, 8, 21 days.
    #[test]
    fn the_published_history_ends_in_the_published_state() {
        let good = |days| (Rating::Good, days);
        let memory = walk(&[(Rating::Again, 0), good(0), good(1), good(3), good(8), good(21)]);
        assert!((memory.stability - 53.62691).abs() < 1e-4, "{memory:?}");
        assert!((memory.difficulty - 6.357_486_7).abs() < 1e-4, "{memory:?}");
    }

    /// The intervals of py-fsrs (`test_review_card`): good, good on the same day, then good whenever
    /// it is due, is 2, 11, 46 and 163 days.
    #[test]
    fn intervals_grow_as_published() {
        let mut memory = walk(&[(Rating::Good, 0), (Rating::Good, 0)]);
        let mut intervals = vec![interval(&memory)];
        for _ in 0..3 {
            let due = memory.last + SignedDuration::from_hours(24 * intervals[intervals.len() - 1]);
            memory = after(Some(memory), Rating::Good, due);
            intervals.push(interval(&memory));
        }
        assert_eq!(intervals, [2, 11, 46, 163]);
        // No interval is longer than a year.
        let due = memory.last + SignedDuration::from_hours(24 * 163);
        assert_eq!(interval(&after(Some(memory), Rating::Good, due)), LONGEST);
    }

    #[test]
    fn the_chance_of_recall_is_as_wished_when_an_item_is_due() {
        let memory = walk(&[(Rating::Good, 0), (Rating::Good, 2), (Rating::Good, 11)]);
        let when = memory.last + SignedDuration::from_hours(24 * interval(&memory));
        assert!((chance(&memory, when) - RETENTION).abs() < 0.005, "{}", chance(&memory, when));
        assert!((chance(&memory, memory.last) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn a_day_may_be_shorter_than_a_day() {
        let memory = walk(&[(Rating::Again, 0)]);
        assert!(memory.due <= at(0) + SignedDuration::from_hours(17), "answered at six, asked again from eleven");
        let early = after(Some(memory), Rating::Good, at(0) + SignedDuration::from_hours(17));
        let punctual = after(Some(memory), Rating::Good, at(1));
        assert_eq!(early.stability, punctual.stability);
    }

    #[test]
    fn what_is_no_number_is_begun_anew() {
        let broken = CardState { stability: f32::NAN, ..walk(&[(Rating::Good, 0)]) };
        let memory = after(Some(broken), Rating::Good, at(3));
        assert!(memory.stability.is_finite() && memory.stability > 0.0, "{memory:?}");
    }
}
