//! Indexes all sentences and all ways of asking by their terms.

use super::map::HashMap;

use super::holds::Holds;
use super::question::{ParsedQuestion, QueryTerm};
use super::terms::{Feature, Term, Terms};
use super::words::of_text;
use crate::pack::{Entry, EntryIdx, Facts, Kind, Pack};

/// The origin of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum TextOrigin {
    /// A way of asking: the index of the answer, and the index of the way of asking.
    Ask(u32, u32),
    /// A sentence about an entry.
    Said(EntryIdx, Part),
}

/// A part of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Part {
    /// The name, which for an event says what happened.
    Name,
    Gist,
    /// One of its claims.
    Claim(u32),
    /// What the historical record says in an editor's note.
    Note(u32),
}

/// An indexed text.
#[derive(Debug)]
pub(super) struct IndexedText {
    pub source: TextOrigin,
    pub features: Vec<Feature>,
    /// The kinds of things in it, apart from names.
    pub holds: Holds,
}

/// The weight of a word that occurs in the entry's name and not in the sentence.
const CONTEXT: f32 = 0.75;
/// The weight of an entry that takes part in an event and is not named in the sentence.
const LINKED: f32 = 0.55;
/// The weight of a single word of a longer name.
const PIECE: f32 = 0.55;

/// The texts of an answer.
#[derive(Debug)]
struct AnswerTexts {
    /// The index of its first way of asking; the others follow.
    first: u32,
    asks: u32,
    /// The features of its sentences, and of the entry that it opens.
    said: Vec<Feature>,
}

#[derive(Debug, Default)]
pub(super) struct Texts {
    texts: Vec<IndexedText>,
    of_term: HashMap<Term, Vec<(u32, f32)>>,
    of_entry: HashMap<EntryIdx, Vec<(u32, f32)>>,
    answers: Vec<AnswerTexts>,
}

impl Texts {
    /// Indexes a pack.
    pub(super) fn new(pack: &Pack, terms: &mut Terms) -> Texts {
        let mut texts = Texts::default();
        for (idx, entry) in pack.numbered() {
            let context = context(idx, entry, terms);
            if entry.kind == Kind::Event {
                texts.add(TextOrigin::Said(idx, Part::Name), &entry.name, &context, terms);
            }
            if let Some(gist) = &entry.gist {
                texts.add(TextOrigin::Said(idx, Part::Gist), &gist.text, &context, terms);
            }
            for (place, claim) in entry.claims.iter().enumerate() {
                texts.add(TextOrigin::Said(idx, Part::Claim(place as u32)), &claim.text, &context, terms);
            }
            for (place, note) in entry.notes.iter().enumerate() {
                texts.add(TextOrigin::Said(idx, Part::Note(place as u32)), &note.record, &context, terms);
            }
        }
        for (answer, written) in pack.answers.iter().enumerate() {
            let first = texts.texts.len() as u32;
            for (place, ask) in written.asks.iter().enumerate() {
                texts.add(TextOrigin::Ask(answer as u32, place as u32), ask, &[], terms);
            }
            let claims = written.answer.iter().chain(written.points.iter().map(|point| &point.claim));
            let mut said: Vec<Feature> = claims.flat_map(|claim| terms.learn(&of_text(&claim.text))).collect();
            let opened = written.open.iter().take(1).map(|idx| Feature {
                term: None,
                entries: vec![*idx],
                parts: Vec::new(),
                words: (0, 0),
            });
            said.extend(opened);
            texts.answers.push(AnswerTexts { first, asks: written.asks.len() as u32, said });
        }
        texts
    }

    fn add(&mut self, source: TextOrigin, said: &str, context: &[(Feature, f32)], terms: &mut Terms) {
        let words = of_text(said);
        let features = terms.learn(&words);
        let idx = self.texts.len() as u32;
        let mut by_term: HashMap<Term, f32> = HashMap::default();
        let mut by_entry: HashMap<EntryIdx, f32> = HashMap::default();
        let weighted =
            features.iter().map(|feature| (feature, 1.0)).chain(context.iter().map(|(feature, weight)| (feature, *weight)));
        for (feature, weight) in weighted {
            let raise = |known: &mut f32, weight: f32| *known = known.max(weight);
            if let Some(term) = feature.term {
                raise(by_term.entry(term).or_default(), weight);
            }
            for part in &feature.parts {
                raise(by_term.entry(*part).or_default(), PIECE * weight);
            }
            for entry in &feature.entries {
                raise(by_entry.entry(*entry).or_default(), weight);
            }
        }
        for (term, weight) in by_term {
            self.of_term.entry(term).or_default().push((idx, weight));
        }
        for (entry, weight) in by_entry {
            self.of_entry.entry(entry).or_default().push((idx, weight));
        }
        self.texts.push(IndexedText { source, features, holds: Holds::of(&words) });
    }

    /// The text with that index.
    pub(super) fn text(&self, idx: u32) -> &IndexedText {
        &self.texts[idx as usize]
    }

    /// The number of texts.
    pub(super) fn len(&self) -> usize {
        self.texts.len()
    }

    /// All features of an answer's sentences.
    pub(super) fn said_by(&self, answer: u32) -> &[Feature] {
        &self.answers[answer as usize].said
    }

    /// All features of an answer's ways of asking, apart from one of them, for tests.
    pub(super) fn asked_by(&self, answer: u32, without: Option<u32>) -> impl Iterator<Item = &Feature> {
        let AnswerTexts { first, asks, .. } = self.answers[answer as usize];
        (0..asks).filter(move |place| without != Some(*place)).flat_map(move |place| &self.text(first + place).features)
    }

    /// In how many texts a term occurs.
    pub(super) fn frequency(&self, term: Term) -> usize {
        self.of_term.get(&term).map_or(0, Vec::len)
    }

    /// The texts that match one word of a question, each with how well.
    pub(super) fn with(&self, asked: &QueryTerm) -> HashMap<u32, f32> {
        let mut found: HashMap<u32, f32> = HashMap::default();
        let mut raise = |list: Option<&Vec<(u32, f32)>>, how: f32| {
            for (idx, weight) in list.into_iter().flatten() {
                let known = found.entry(*idx).or_default();
                *known = known.max(how * weight);
            }
        };
        for entry in &asked.feature.entries {
            raise(self.of_entry.get(entry), 1.0);
        }
        for (term, how) in &asked.terms {
            raise(self.of_term.get(term), *how);
        }
        let pieces = asked.feature.parts.len().max(1) as f32;
        let mut sums: HashMap<u32, f32> = HashMap::default();
        for part in &asked.feature.parts {
            for (idx, weight) in self.of_term.get(part).into_iter().flatten() {
                *sums.entry(*idx).or_default() += weight / pieces;
            }
        }
        for (idx, sum) in sums {
            let known = found.entry(idx).or_default();
            *known = known.max(0.8 * sum);
        }
        found
    }

    /// For each text that matches a question, how well it matches each of the words.
    pub(super) fn matching(&self, question: &ParsedQuestion) -> HashMap<u32, Vec<f32>> {
        let mut found: HashMap<u32, Vec<f32>> = HashMap::default();
        for (place, asked) in question.asked.iter().enumerate() {
            for (idx, how) in self.with(asked) {
                found.entry(idx).or_insert_with(|| vec![0.0; question.asked.len()])[place] = how;
            }
        }
        found
    }
}

/// What a sentence about an entry is implicitly about: the entry and its names, an event's day, and who
/// and what took part in it.
fn context(idx: EntryIdx, entry: &Entry, terms: &mut Terms) -> Vec<(Feature, f32)> {
    let own = Feature { term: None, entries: vec![idx], parts: Vec::new(), words: (0, 0) };
    let mut context = vec![(own, CONTEXT)];
    let names = std::iter::once(&entry.name).chain(&entry.native).chain(&entry.short).chain(&entry.aliases);
    for name in names {
        context.extend(terms.learn(&of_text(name)).into_iter().map(|feature| (feature, CONTEXT)));
    }
    if let Facts::Event(facts) = &entry.facts {
        if let Some(day) = facts.when.day() {
            let words = [super::words::day_token(day.month().unsigned_abs().into(), day.day().unsigned_abs().into())];
            context.extend(terms.learn(&words).into_iter().map(|feature| (feature, CONTEXT)));
        }
        let year = [super::words::year_token(facts.when.first_day().year())];
        context.extend(terms.learn(&year).into_iter().map(|feature| (feature, LINKED)));
        for linked in facts.people.iter().chain(&facts.groups).chain(&facts.places) {
            context.push((Feature { term: None, entries: vec![*linked], parts: Vec::new(), words: (0, 0) }, LINKED));
        }
    }
    context
}
