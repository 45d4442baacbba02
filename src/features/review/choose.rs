//! Chooses the questions of a review.

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};

use crate::session::recall::{chance, path};
use crate::session::{QuestionKind, QuestionSummary, Questions};
use crate::store::{ReviewItem, ReviewLog, SessionQuestion};

/// How many due items are asked at a time: a session of ten minutes.
const DUE: usize = 20;
/// How many new items per day.
const NEW: usize = 5;
/// The length of a day for that limit.
pub(super) const A_DAY: SignedDuration = SignedDuration::from_hours(16);

/// The kinds that can be asked without choices, for students to rate themselves, because they have one
/// right answer.
const OPEN: [QuestionKind; 11] = [
    QuestionKind::Date,
    QuestionKind::DateTyped,
    QuestionKind::Person,
    QuestionKind::PersonTyped,
    QuestionKind::Role,
    QuestionKind::Term,
    QuestionKind::TermTyped,
    QuestionKind::Meaning,
    QuestionKind::Group,
    QuestionKind::Body,
    QuestionKind::Place,
];

/// The questions: due items first, those nearest to being forgotten before others; then new items in
/// learning order, up to the daily limit, or five with `more`.
pub(super) fn steps(
    recalls: &[ReviewItem],
    answered: &[ReviewLog],
    more: bool,
    (now, seed): (Timestamp, u64),
    questions: Questions<'_>,
) -> Vec<SessionQuestion> {
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut due: Vec<(&ReviewItem, f32)> =
        recalls.iter().filter(|recall| recall.memory.due <= now).map(|recall| (recall, chance(&recall.memory, now))).collect();
    due.sort_by(|(one, a), (other, b)| a.total_cmp(b).then_with(|| one.item.cmp(&other.item)));
    let mut steps: Vec<SessionQuestion> =
        due.iter().filter_map(|(recall, _)| step(&recall.item, recall.memory.reviews, &mut rng, questions)).take(DUE).collect();
    let known: HashSet<&str> = recalls.iter().map(|recall| recall.item.as_str()).collect();
    let left = if more { NEW } else { NEW.saturating_sub(begun(recalls, answered)) };
    let new = path(questions.pack, questions.bank).into_iter().filter(|item| !known.contains(item.as_str()));
    steps.extend(new.filter_map(|item| step(&item, 0, &mut rng, questions)).take(left));
    steps
}

/// How many items were answered for the first time among these answers.
fn begun(recalls: &[ReviewItem], answered: &[ReviewLog]) -> usize {
    let mut times: HashMap<&str, u32> = HashMap::new();
    for review in answered {
        *times.entry(&review.item).or_default() += 1;
    }
    recalls.iter().filter(|recall| times.get(recall.item.as_str()) == Some(&recall.memory.reviews)).count()
}

/// A question on an item: multiple-choice at first, then alternating between typing, rating oneself and
/// multiple-choice. `None` if the pack no longer asks about it.
fn step(item: &str, reviews: u32, rng: &mut fastrand::Rng, questions: Questions<'_>) -> Option<SessionQuestion> {
    let all: Vec<&QuestionSummary> = questions.bank.on_item(questions.pack, item).collect();
    let mut choices: Vec<&QuestionSummary> = all.iter().copied().filter(|listed| !listed.is_typed).collect();
    let typed = all.iter().copied().find(|listed| listed.is_typed);
    let open = all.iter().copied().find(|listed| OPEN.contains(&listed.kind)).filter(|_| reviews > 0);
    rng.shuffle(&mut choices);
    let choice =
        if reviews == 0 { choices.iter().min_by_key(|listed| listed.difficulty).copied() } else { choices.first().copied() };
    let one = |listed: Option<&QuestionSummary>, self_judged: bool| listed.map(|listed| (listed.id.clone(), self_judged));
    let order = match reviews % 3 {
        0 => [one(choice, false), one(typed, false), one(open, true)],
        1 => [one(typed, false), one(open, true), one(choice, false)],
        _ => [one(open, true), one(typed, false), one(choice, false)],
    };
    let (id, self_judged) = order.into_iter().flatten().next()?;
    Some(SessionQuestion::new(&id, rng.u64(..), self_judged))
}
