//! The question bank: all questions of a pack, and the choice among them.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use super::candidates::{QuestionSummary, bare, id};
use super::text_index::TextIndex;
use super::{AnswerFormat, Difficulty, Question, QuestionKind, candidates, chance, make};
use crate::pack::{EntryIdx, Kind, Pack};

/// Which questions to choose from. Empty fields do not restrict.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// About one of these entries.
    pub about: Vec<EntryIdx>,
    /// Of one of these themes.
    pub themes: Vec<String>,
    /// Of one of these kinds.
    pub kinds: Vec<QuestionKind>,
    pub difficulty: Option<Difficulty>,
    /// Whether to include questions whose answer is typed.
    pub typed: bool,
    /// Exclude these items.
    pub but: Vec<String>,
}

impl Filter {
    /// Whether the filter accepts a question.
    pub fn takes(&self, listed: &QuestionSummary) -> bool {
        let about = |entry: &EntryIdx| listed.about == *entry || listed.also_about.contains(entry);
        (self.about.is_empty() || self.about.iter().any(about))
            && (self.themes.is_empty() || self.themes.iter().any(|theme| listed.themes.contains(theme)))
            && (self.kinds.is_empty() || self.kinds.contains(&listed.kind))
            && self.difficulty.is_none_or(|difficulty| difficulty == listed.difficulty)
            && (self.typed || !listed.is_typed)
            && !self.but.contains(&listed.item)
    }
}

/// The questions of one pack.
///
/// The candidates are known from ids alone. Whether a question can be generated is computed when it is
/// first needed, and cached. So the first quiz does not have to wait, even with thousands of events.
pub struct QuestionBank {
    text_index: TextIndex,
    candidates: Vec<QuestionSummary>,
    by_id: HashMap<String, usize>,
    by_item: HashMap<String, Vec<usize>>,
    by_entry: HashMap<EntryIdx, Vec<usize>>,
    /// For each candidate whether it can be generated, once that was tried.
    tried: Vec<OnceLock<bool>>,
}

/// A pack with its question bank.
#[derive(Clone, Copy)]
pub struct Questions<'a> {
    pub pack: &'a Pack,
    pub bank: &'a QuestionBank,
}

/// How many candidates of a kind are tried before another kind is: if so many fail, hardly any of that
/// kind can be generated.
const TRIES: usize = 24;

impl QuestionBank {
    /// Indexes a pack's texts and lists the candidates.
    pub fn new(pack: &Pack) -> QuestionBank {
        let text_index = TextIndex::new(pack);
        let candidates = candidates::all(pack, &text_index);
        let (mut by_id, mut by_item, mut by_entry) = (HashMap::new(), HashMap::new(), HashMap::new());
        for (place, listed) in candidates.iter().enumerate() {
            by_id.insert(listed.id.clone(), place);
            by_item.entry(listed.item.clone()).or_insert_with(Vec::new).push(place);
            for entry in std::iter::once(&listed.about).chain(&listed.also_about) {
                by_entry.entry(*entry).or_insert_with(Vec::new).push(place);
            }
        }
        let tried = candidates.iter().map(|_| OnceLock::new()).collect();
        QuestionBank { text_index, candidates, by_id, by_item, by_entry, tried }
    }

    /// All candidates, by kind and in the pack's order. Some of them cannot be generated.
    pub fn candidates(&self) -> &[QuestionSummary] {
        &self.candidates
    }

    /// All questions, by kind and in the pack's order. Generates each candidate once, which takes a
    /// while.
    pub fn all(&self, pack: &Pack) -> Vec<&QuestionSummary> {
        self.those(pack, 0..self.candidates.len()).collect()
    }

    /// How many candidates were tried so far.
    pub fn tried(&self) -> usize {
        self.tried.iter().filter(|tried| tried.get().is_some()).count()
    }

    fn those(&self, pack: &Pack, places: impl Iterator<Item = usize>) -> impl Iterator<Item = &QuestionSummary> {
        places.filter(move |place| self.can_make(pack, *place)).map(|place| &self.candidates[place])
    }

    fn can_make(&self, pack: &Pack, place: usize) -> bool {
        *self.tried[place].get_or_init(|| make(pack, &self.text_index, &self.candidates[place].id, 0).is_some())
    }

    /// The summary of the question with that id.
    pub fn find(&self, pack: &Pack, id: &str) -> Option<&QuestionSummary> {
        let place = *self.by_id.get(id)?;
        self.can_make(pack, place).then(|| &self.candidates[place])
    }

    /// The question with that id and seed, as [`super::question`] returns it.
    pub fn question(&self, pack: &Pack, id: &str, seed: u64) -> Option<Question> {
        make(pack, &self.text_index, id, seed)
    }

    /// The questions on one item.
    pub fn on_item(&self, pack: &Pack, item: &str) -> impl Iterator<Item = &QuestionSummary> {
        self.those(pack, self.by_item.get(item).into_iter().flatten().copied())
    }

    /// The question about an entry with the smallest key; `None` if there is none.
    pub fn first_about<K: Ord>(
        &self,
        pack: &Pack,
        entry: EntryIdx,
        key: impl Fn(&QuestionSummary) -> K,
    ) -> Option<&QuestionSummary> {
        let mut places = self.by_entry.get(&entry).cloned().unwrap_or_default();
        places.sort_by_key(|place| key(&self.candidates[*place]));
        self.those(pack, places.into_iter()).next()
    }

    /// Picks a question that the filter accepts: first a kind, so that kinds mix, then a question of
    /// that kind, more important topics more often. `None` if there is none. The result depends only on
    /// `rng` and the filter, never on what was tried before.
    pub fn pick(&self, pack: &Pack, rng: &mut fastrand::Rng, filter: &Filter) -> Option<&QuestionSummary> {
        let taken = (0..self.candidates.len()).filter(|place| filter.takes(&self.candidates[*place]));
        let mut kinds: BTreeMap<QuestionKind, Vec<usize>> = BTreeMap::new();
        for place in taken {
            kinds.entry(self.candidates[place].kind).or_default().push(place);
        }
        let mut left: Vec<Vec<usize>> = kinds.into_values().collect();
        let mut put_off = Vec::new();
        while !left.is_empty() {
            let mut of_kind = left.remove(rng.usize(0..left.len()));
            if let Some(place) = self.draw(pack, rng, &mut of_kind, TRIES) {
                return Some(&self.candidates[place]);
            }
            put_off.push(of_kind);
        }
        // Hardly anything can be generated, so take whatever can.
        let place = put_off.iter_mut().find_map(|of_kind| self.draw(pack, rng, of_kind, usize::MAX))?;
        Some(&self.candidates[place])
    }

    /// Draws candidates until one can be generated, at most `tries` times. Removes those that cannot.
    fn draw(&self, pack: &Pack, rng: &mut fastrand::Rng, places: &mut Vec<usize>, tries: usize) -> Option<usize> {
        let weight = |place: usize| 1 + u64::from(self.candidates[place].importance);
        let mut total: u64 = places.iter().map(|place| weight(*place)).sum();
        for _ in 0..tries {
            let mut rest = rng.u64(0..total.max(1));
            let drawn = places.iter().position(|place| match rest.checked_sub(weight(*place)) {
                Some(left) => {
                    rest = left;
                    false
                }
                None => true,
            })?;
            if self.can_make(pack, places[drawn]) {
                return Some(places[drawn]);
            }
            total -= weight(places.remove(drawn));
        }
        None
    }

    /// A multiple-choice question about one of a day's events, or about their people, places and terms,
    /// for a post that shows the events' names, dates and times. Preferably one whose answer is not in
    /// the post. `None` if there is none.
    pub fn of_day(&self, pack: &Pack, events: &[EntryIdx], seed: u64) -> Option<Question> {
        of_day(pack, &self.text_index, events, seed)
    }
}

/// See [`QuestionBank::of_day`].
pub(super) fn of_day(pack: &Pack, text_index: &TextIndex, events: &[EntryIdx], seed: u64) -> Option<Question> {
    let mut rng = chance::seeded("of-day", seed);
    let names: Vec<String> = events.iter().map(|event| pack.entry(*event).name.clone()).collect();
    let shown = format!(" {} ", crate::pack::plain(&names.join(" / ")));
    let in_plain_sight = |question: &Question| {
        let answer = crate::pack::plain(question.answer());
        let told = shown.contains(&format!(" {answer} "));
        told || question.about.get(1).is_some_and(|other| text_index.names_in(*other, &names.join(" / ")))
    };
    for ids in day_ids(pack, events) {
        let mut ids = ids;
        rng.shuffle(&mut ids);
        let made = ids.iter().filter_map(|id| make(pack, text_index, id, seed));
        let mut fitting =
            made.filter(|question| matches!(question.form, AnswerFormat::Choice { .. }) && !in_plain_sight(question));
        if let Some(question) = fitting.next() {
            return Some(question);
        }
    }
    // A question whose answer is visible is better than none.
    let dates = events
        .iter()
        .flat_map(|event| [QuestionKind::Date, QuestionKind::EventOn].map(|kind| id(kind, bare(pack.entry(*event)))));
    let mut ids: Vec<String> = dates.collect();
    rng.shuffle(&mut ids);
    ids.iter().find_map(|id| make(pack, text_index, id, seed))
}

/// The ids of questions about a day's events, the best first: about the events, about their people,
/// places and terms, and about their order.
fn day_ids(pack: &Pack, events: &[EntryIdx]) -> [Vec<String>; 3] {
    let [mut best, mut named, mut turns] = [Vec::new(), Vec::new(), Vec::new()];
    for event in events {
        let entry = pack.entry(*event);
        let Some(facts) = entry.event() else { continue };
        best.extend(
            [QuestionKind::Who, QuestionKind::Place, QuestionKind::Effect, QuestionKind::Cause].map(|kind| id(kind, bare(entry))),
        );
        best.extend(
            pack.questions.iter().filter(|authored| authored.about.contains(event)).map(|a| id(QuestionKind::Authored, &a.id)),
        );
        let terms = pack.terms_shown_by(*event);
        for other in facts.people.iter().chain(&facts.groups).copied().chain(terms) {
            let other = pack.entry(other);
            let kinds = match other.kind {
                Kind::Person => [QuestionKind::Person, QuestionKind::Role],
                Kind::Group => [QuestionKind::Group, QuestionKind::Body],
                _ => [QuestionKind::Term, QuestionKind::Meaning],
            };
            named.extend(kinds.map(|kind| id(kind, bare(other))));
            named.push(id(QuestionKind::TrueGist, &other.id.replacen('/', ".", 1)));
        }
        turns.extend([QuestionKind::First, QuestionKind::Order].map(|kind| id(kind, bare(entry))));
    }
    named.sort_unstable();
    named.dedup();
    [best, named, turns]
}
