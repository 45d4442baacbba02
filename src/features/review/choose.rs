//! Which questions a review asks.

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};

use crate::session::recall::{chance, path};
use crate::session::{QuestionKind, QuestionSummary, Questions};
use crate::store::{ReviewItem, ReviewLog, SessionQuestion};

/// How many items that are due are asked at a time: a sitting of ten minutes.
const DUE: usize = 20;
/// How many new items a day.
const NEW: usize = 5;
/// How long a day is for that.
pub(super) const A_DAY: SignedDuration = SignedDuration::from_hours(16);

/// What can be asked without choices, for the student to judge themselves: one answer is right.
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

/// The questions: what is due, what is nearest to being forgotten first, then new items in the
/// order in which to learn them, as many as the last hours' answers leave room for, or five with
/// `more`.
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

/// A question on an item: one to choose from at first, then in turn one to type, one to judge
/// oneself, one to choose from. `None` when nothing is asked about it any more.
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
