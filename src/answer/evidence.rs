//! Ranks the pack's sentences by how much of a question they cover.

use super::map::HashMap;

use super::authored::is_year;
use super::intent::Intent;
use super::reading::ParsedQuestion;
use super::terms::Terms;
use super::texts::{Part, TextOrigin, Texts};
use crate::pack::{EntryIdx, Kind, Pack};

/// A sentence that may answer the question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Found {
    /// The entry that it is about.
    pub entry: EntryIdx,
    /// The part of the entry.
    pub part: Part,
    /// How much of the question it covers, from 0 to 1, weighted by the rarity of the words.
    pub covered: f32,
    /// Whether the entry is connected with every name in the question.
    pub names: bool,
    /// The coverage together with other sentences about the same entry.
    pub near: f32,
    /// Whether it contains the kind of thing asked for (a number, a person, a place, a day).
    pub fits: bool,
    /// The score for ranking.
    pub score: f32,
}

/// The weight of a word that only another sentence about the same entry has.
const AROUND: f32 = 0.6;
/// The weight of that coverage in the ranking.
const NEARBY: f32 = 0.3;
/// The bonus for a sentence that contains the kind of thing asked for; then the same if a specific thing
/// is asked for.
const FITTING: f32 = 0.22;
const FITTING_ONE: f32 = 0.34;
/// The bonus for an event if a date is asked for, and for the sentence that says what the event is.
const DATED: f32 = 0.08;
const TITLE: f32 = 0.06;
/// The penalty per word, for long sentences.
const LENGTH: f32 = 0.003;
/// The bonus for an entry that the question names.
const NAMED: f32 = 0.08;
/// How many sentences are kept.
const KEPT: usize = 12;
/// From this likeness on, the entry is connected with a name in the question.
const NAME: f32 = 0.4;
/// The most sentences of one entry.
const OF_ONE_ENTRY: usize = 3;

/// The sentences that answer a question best, the best first.
pub(super) fn ranked(
    question: &ParsedQuestion,
    matching: &HashMap<u32, Vec<f32>>,
    texts: &Texts,
    terms: &Terms,
    pack: &Pack,
) -> Vec<Found> {
    let all: f32 = question.asked.iter().map(|asked| asked.weight).sum();
    let of_entries = of_entries(matching, texts);
    let mut found: Vec<Found> = Vec::new();
    for (idx, likes) in matching {
        let text = texts.text(*idx);
        let TextOrigin::Said(entry, part) = text.source else { continue };
        let sum = |of: &dyn Fn(usize) -> f32| {
            question.asked.iter().enumerate().map(|(place, asked)| of(place) * asked.weight).sum::<f32>()
        };
        let around = of_entries.get(&entry).unwrap_or(likes);
        let covered = sum(&|place| likes[place]) / all.max(0.01);
        let near = sum(&|place| likes[place].max(AROUND * around[place])) / all.max(0.01);
        let named = |place: usize| likes[place].max(around[place]) >= NAME;
        let names = question.asked.iter().enumerate().all(|(place, asked)| {
            !(terms.is_name(&asked.feature) || is_year(&asked.word) && question.year != Some(pack.year)) || named(place)
        });
        let fits = holds(question, *idx, entry, texts, pack);
        let mut score = covered + NEARBY * (near - covered) - LENGTH * text.features.len() as f32;
        score += if fits { fitting(question.intent) } else { 0.0 };
        if question.intent == Intent::When && pack.entry(entry).kind == Kind::Event {
            score += DATED + if matches!(part, Part::Name | Part::Gist) { TITLE } else { 0.0 };
        }
        if question.asked.iter().any(|asked| asked.feature.entries.contains(&entry)) {
            score += NAMED;
        }
        score += f32::from(pack.entry(entry).importance.min(40)) / 1000.0;
        found.push(Found { entry, part, covered, names, near, fits, score });
    }
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.entry.cmp(&b.entry)).then(order(a.part).cmp(&order(b.part))));
    let mut of_entry: HashMap<EntryIdx, usize> = HashMap::default();
    found.retain(|found| {
        let count = of_entry.entry(found.entry).or_default();
        *count += 1;
        *count <= OF_ONE_ENTRY
    });
    found.truncate(KEPT);
    found
}

/// How well any sentence of an entry matches each word of a question.
fn of_entries(matching: &HashMap<u32, Vec<f32>>, texts: &Texts) -> HashMap<EntryIdx, Vec<f32>> {
    let mut of_entries: HashMap<EntryIdx, Vec<f32>> = HashMap::default();
    for (idx, likes) in matching {
        let TextOrigin::Said(entry, _) = texts.text(*idx).source else { continue };
        let known = of_entries.entry(entry).or_insert_with(|| vec![0.0; likes.len()]);
        for (known, like) in known.iter_mut().zip(likes) {
            *known = known.max(*like);
        }
    }
    of_entries
}

fn fitting(intent: Intent) -> f32 {
    if matches!(intent, Intent::Who | Intent::Where | Intent::HowMany | Intent::HowLong) { FITTING_ONE } else { FITTING }
}

fn order(part: Part) -> u32 {
    match part {
        Part::Gist => 0,
        Part::Claim(idx) => 1 + idx,
        Part::Note(idx) => 1000 + idx,
        Part::Name => 2000,
    }
}

/// Whether a text contains the kind of thing asked for, apart from what the question itself says.
fn holds(question: &ParsedQuestion, idx: u32, entry: EntryIdx, texts: &Texts, pack: &Pack) -> bool {
    let text = texts.text(idx);
    let new = |kinds: &[Kind]| {
        let named = text.features.iter().flat_map(|feature| &feature.entries).chain(std::iter::once(&entry));
        let asked = |idx: &EntryIdx| question.asked.iter().any(|asked| asked.feature.entries.contains(idx));
        named.filter(|idx| kinds.contains(&pack.entry(**idx).kind)).any(|idx| !asked(idx))
    };
    match question.intent {
        Intent::Who => new(&[Kind::Person, Kind::Group]),
        Intent::Where => new(&[Kind::Place]),
        // A year alone is no date for an event whose day is known, unless the question asks for a year.
        Intent::When if question.words.iter().any(|word| word == "year") => text.holds.date || pack.entry(entry).when().is_some(),
        Intent::When => text.holds.day || pack.entry(entry).when().is_some(),
        intent => text.holds.fits(intent),
    }
}
