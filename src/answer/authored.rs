//! Finds editors' answers by comparing the question with their ways of asking.

use super::map::HashMap;

use super::Answer;
use super::holds::Holds;
use super::intent::{Intent, agreement, intent, without_courtesy};
use super::rank::{self, Evidence};
use super::reading::{ParsedQuestion, QueryTerm};
use super::stems::stem;
use super::terms::{Feature, Terms};
use super::texts::{TextOrigin, Texts};
use super::vectors::Meaning;
use super::words::{DAY, is_function, of_text, stands_in};
use crate::pack::{EntryIdx, Kind, Pack};

/// An answer that may fit a question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Fit {
    /// Its index in the pack.
    pub answer: u32,
    /// How well its best way of asking matches, from 0 to 1.
    pub score: f32,
    /// How much of the question that way of asking covers.
    pub covered: f32,
    /// The same, using only the words of the way of asking and not those of the answer.
    pub own: f32,
    /// How much of that way of asking the question covers.
    pub given: f32,
    /// That way of asking, as an index into the texts.
    pub text: u32,
    /// How well the intents agree.
    pub agreed: f32,
    /// Whether both ask for the same kind of thing.
    pub same: bool,
    /// Whether the question names somebody, something, a day or a year that does not occur in it.
    pub strange: bool,
    /// Whether the answer's first sentence lacks the kind of thing asked for.
    pub lacks: bool,
    /// What speaks for the answer altogether; only that of the best answers is complete.
    pub evidence: Evidence,
    /// By how much it is likelier than any other answer, from 0 to 1; 0 unless it is the best.
    pub ahead: f32,
}

impl Fit {
    /// Adds another way of asking the same answer; the best one stands for it.
    fn add(&mut self, fit: Fit) {
        let [best, second, third] = self.evidence.scores;
        let mut scores = [best, second, third, fit.score];
        scores.sort_by(|a, b| b.total_cmp(a));
        if fit.score > self.score {
            *self = fit;
        }
        self.evidence.scores = [scores[0], scores[1], scores[2]];
    }
}

/// The weight of the question's coverage; the rest is the coverage of the way of asking.
const QUESTION: f32 = 0.62;
/// The weight of the intent, in comparison with the words.
const KIND: f32 = 3.0;
/// The weight of a word that occurs only in the answer, or in another way of asking it.
const BACKGROUND: f32 = 0.5;
/// The factor if the question names somebody or some day that the way of asking does not, or the other
/// way round.
const OTHER_NAME: f32 = 0.55;
const MORE_NAMED: f32 = 0.82;
/// The same if the name occurs in the rest of the answer.
const ONLY_BEHIND: f32 = 0.75;
/// The weight of a name that several entries share.
const SHARED_NAME: f32 = 0.6;
/// A name below this rarity identifies nobody: the country, its capital.
const AMBIENT: f32 = 3.2;
/// The factor for the pack's own subject in a way of asking that also says other things.
const LIGHT: f32 = 0.4;
/// How many ways of asking are compared in full. More than there are about any one person, because a
/// name alone does not distinguish them.
const COMPARED: usize = 400;
/// How many of the best answers are compared by everything that speaks for them. Of the ways of asking
/// that were left out one by one, 94 % had their answer among them.
const SHORTLIST: usize = 40;
/// The weight of the second-best way of asking for coming among them.
const SECOND: f32 = 0.5;
/// What the same word order adds.
const ORDER: f32 = 0.06;
/// The factors if the question asks for a date (place, name, number) and the way of asking has another
/// intent: the first if the answer begins with such a thing, the second if not.
const HOLDS: f32 = 0.88;
const LACKS: f32 = 0.62;

/// The factor if the question asks whether something is so and the answer does not begin with a verdict.
const UNJUDGED: f32 = 0.93;
const JUDGEMENTS: &str = "yes no true false not never partly hardly only neither nobody almost probably";

/// The intents of all ways of asking, computed once.
#[derive(Debug, Default)]
pub(super) struct Asks {
    known: HashMap<(u32, u32), KnownAnswer>,
    /// The answers by their exact ways of asking, and whether the answer is mainly about that.
    exact: HashMap<String, (u32, bool)>,
    /// For each answer, the entries that its first sentence names.
    named: Vec<Vec<(EntryIdx, Kind)>>,
    /// For each answer, the meaning of its first sentence.
    sentences: Vec<Meaning>,
}

/// What is known of a way of asking besides its words.
#[derive(Debug, Clone)]
struct KnownAnswer {
    intent: Intent,
    /// The kinds of things in the answer's first sentence.
    holds: Holds,
    /// Whether the answer begins with a verdict, such as yes, no or partly.
    judges: bool,
    /// Its words, in order.
    said: Vec<String>,
    meaning: Meaning,
}

impl Asks {
    /// Indexes the ways of asking of a pack.
    pub(super) fn new(pack: &Pack, terms: &Terms, texts: &Texts) -> Asks {
        let mut asks = Asks::default();
        for (answer, written) in pack.answers.iter().enumerate() {
            let words = written.answer.first().map(|claim| of_text(&claim.text)).unwrap_or_default();
            let holds = Holds::of(&words);
            let judges = begins_with_judgement(&words);
            asks.sentences.push(meaning(&words, terms, texts));
            let named = terms.read(&words).into_iter().flat_map(|feature| feature.entries);
            let kind = |idx: &EntryIdx| pack.entry(*idx).kind;
            asks.named.push(named.map(|idx| (idx, kind(&idx))).collect());
            for (place, ask) in written.asks.iter().enumerate() {
                let words = of_text(ask);
                let (said, meaning) = (in_order(&words), meaning(&words, terms, texts));
                let dated = words.iter().any(|word| word.starts_with(DAY) && word.len() > DAY.len());
                let intent = intent(&words, dated);
                // Two editors may have written the same question; an answer is mainly about its first
                // way of asking.
                let main = asks.known.get(&(answer as u32, 0)).is_none_or(|first| first.intent == intent);
                let exact = asks.exact.entry(said.join(" ")).or_insert((answer as u32, main));
                if main && !exact.1 {
                    *exact = (answer as u32, main);
                }
                asks.known.insert((answer as u32, place as u32), KnownAnswer { intent, holds, judges, said, meaning });
            }
        }
        asks
    }

    /// The answers that fit a question, the best first. `without` excludes one way of asking, for tests.
    pub(super) fn fitting(
        &self,
        question: &ParsedQuestion,
        terms: &Terms,
        texts: &Texts,
        without: Option<(u32, u32)>,
    ) -> Vec<Fit> {
        let mut touched: Vec<(f32, u32, u32, u32)> = Vec::new();
        for (idx, likes) in texts.matching(question) {
            if let TextOrigin::Ask(answer, place) = texts.text(idx).source
                && without != Some((answer, place))
            {
                let sum: f32 = likes.iter().zip(&question.asked).map(|(like, asked)| like * asked.weight).sum();
                touched.push((sum, idx, answer, place));
            }
        }
        // Among equals, prefer the way of asking with the fewest other words.
        let length = |idx: u32| texts.text(idx).features.len();
        touched.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| length(a.1).cmp(&length(b.1))).then(a.1.cmp(&b.1)));
        touched.truncate(COMPARED);
        let mut fits: Vec<Fit> = Vec::new();
        let mut behind: HashMap<u32, Vec<Behind>> = HashMap::default();
        for (_, idx, answer, place) in touched {
            let Some(known) = self.known.get(&(answer, place)) else { continue };
            let agreed = self.agreement(question, known, answer);
            let behind = behind.entry(answer).or_insert_with(|| behind_of(question, answer, without, terms, texts));
            let fit = fit(question, agreed, (idx, answer), behind, terms, texts);
            match fits.iter_mut().find(|other| other.answer == answer) {
                Some(other) => other.add(fit),
                None => fits.push(fit),
            }
        }
        let shortlisted = |fit: &Fit| fit.evidence.scores[0] + SECOND * fit.evidence.scores[1];
        fits.sort_by(|a, b| shortlisted(b).total_cmp(&shortlisted(a)).then(a.answer.cmp(&b.answer)));
        fits.truncate(SHORTLIST);
        let said = in_order(&question.words);
        let meaning = meaning(&question.words, terms, texts);
        for fit in &mut fits {
            // Among ways of asking with the same words, prefer the one with the same order.
            if let TextOrigin::Ask(answer, place) = texts.text(fit.text).source
                && let Some(known) = self.known.get(&(answer, place))
            {
                fit.score += ORDER * order(&said, &known.said);
                fit.evidence.scores[0] = fit.score;
            }
            let without = without.filter(|(of, _)| *of == fit.answer).map(|(_, place)| place);
            let behind = behind.get(&fit.answer).map_or(&[][..], Vec::as_slice);
            cover(&mut fit.evidence, question, behind);
            self.compare_meanings(&mut fit.evidence, &meaning, fit.answer, without);
        }
        fits.sort_by(|a, b| b.evidence.rank().total_cmp(&a.evidence.rank()).then(a.answer.cmp(&b.answer)));
        let ranks: Vec<f32> = fits.iter().map(|fit| fit.evidence.rank()).collect();
        if let Some(best) = fits.first_mut() {
            best.ahead = rank::ahead(&ranks);
        }
        fits
    }

    /// Compares the meaning of a question with those of an answer's ways of asking and first sentence.
    fn compare_meanings(&self, evidence: &mut Evidence, question: &Meaning, answer: u32, without: Option<u32>) {
        let asks = (0..).filter(|place| without != Some(*place)).map_while(|place| self.known.get(&(answer, place)));
        let (mut count, mut sum, mut nearest) = (0u16, 0.0, 0.0f32);
        for ask in asks {
            let near = question.near(&ask.meaning);
            (count, sum, nearest) = (count + 1, sum + near, nearest.max(near));
        }
        evidence.nearest = nearest;
        evidence.mean = sum / f32::from(count.max(1));
        evidence.sentence = self.sentences.get(answer as usize).map_or(0.0, |sentence| question.near(sentence));
    }
}

impl Asks {
    /// The answer with exactly this way of asking.
    pub(super) fn exact(&self, question: &ParsedQuestion) -> Option<u32> {
        self.exact.get(&in_order(&question.words).join(" ")).map(|(answer, _)| *answer)
    }

    /// How well the intent of a question agrees with that of a way of asking.
    fn agreement(&self, question: &ParsedQuestion, known: &KnownAnswer, answer: u32) -> f32 {
        let asked = question.intent;
        if asked == Intent::TrueFalse {
            let like = agreement(asked, known.intent);
            return if known.judges { like.max(HOLDS) } else { UNJUDGED * like };
        }
        let exact = matches!(asked, Intent::When | Intent::Where | Intent::Who | Intent::HowMany | Intent::HowLong);
        if !exact || asked == known.intent {
            return agreement(asked, known.intent);
        }
        // A question for a date needs a date, whatever the intent of the way of asking. And a question
        // that names somebody asks for somebody else.
        let new = |idx: &EntryIdx| !question.asked.iter().any(|asked| asked.feature.entries.contains(idx));
        let names = |kinds: &[Kind]| self.named[answer as usize].iter().any(|(idx, kind)| kinds.contains(kind) && new(idx));
        let holds = match asked {
            Intent::Who => names(&[Kind::Person, Kind::Group]),
            Intent::Where => names(&[Kind::Place]),
            _ => known.holds.fits(asked),
        };
        if holds { HOLDS } else { LACKS }
    }
}

/// Whether an answer begins with a verdict, such as yes, no or partly.
pub(super) fn judges(answer: &Answer) -> bool {
    answer.lines.first().is_some_and(|line| begins_with_judgement(&of_text(&line.text)))
}

fn begins_with_judgement(words: &[String]) -> bool {
    words.first().is_some_and(|first| stands_in(JUDGEMENTS, first))
}

/// The words for comparing their order: without articles and courtesies, as stems.
fn in_order(words: &[String]) -> Vec<String> {
    const BESIDE: &str = "the a an please exactly actually really";
    const BE: &str = "is are was were";
    let form = |word: &String| if stands_in(BE, word) { "be".to_owned() } else { stem(word) };
    without_courtesy(words).iter().filter(|word| !stands_in(BESIDE, word)).map(form).collect()
}

/// How similar the order of two questions is, from 0 to 1: the length of their longest common
/// subsequence.
fn order(one: &[String], other: &[String]) -> f32 {
    let mut above = vec![0usize; other.len() + 1];
    for word in one {
        let mut left = 0;
        for place in 0..other.len() {
            let here = if word == &other[place] { left + 1 } else { above[place + 1].max(above[place]) };
            left = std::mem::replace(&mut above[place + 1], here);
            above[place + 1] = above[place + 1].max(above[place]);
        }
    }
    above[other.len()] as f32 / one.len().max(other.len()).max(1) as f32
}

/// How well a word of a question matches any word of an answer's ways of asking, and of its sentences.
#[derive(Debug, Clone, Copy)]
struct Behind {
    asks: f32,
    said: f32,
}

fn behind_of(question: &ParsedQuestion, answer: u32, without: Option<(u32, u32)>, terms: &Terms, texts: &Texts) -> Vec<Behind> {
    let without = without.filter(|(of, _)| *of == answer).map(|(_, place)| place);
    let best = |asked: &QueryTerm| {
        let like = |feature: &Feature| like(asked, feature, terms);
        Behind {
            asks: texts.asked_by(answer, without).map(like).fold(0.0, f32::max),
            said: texts.said_by(answer).iter().map(like).fold(0.0, f32::max),
        }
    };
    question.asked.iter().map(best).collect()
}

/// How much of the question an answer's ways of asking cover, its sentences, and both.
fn cover(evidence: &mut Evidence, question: &ParsedQuestion, behind: &[Behind]) {
    let all: f32 = question.asked.iter().map(|asked| asked.weight).sum();
    let share = |of: &dyn Fn(&Behind) -> f32| {
        let had: f32 = question.asked.iter().zip(behind).map(|(asked, behind)| asked.weight * of(behind)).sum();
        had / all.max(0.01)
    };
    evidence.asks = share(&|behind| behind.asks);
    evidence.said = share(&|behind| behind.said);
    evidence.both = share(&|behind| behind.asks.max(behind.said));
}

/// The meaning of words, weighted by how rare they are in the pack.
fn meaning(words: &[String], terms: &Terms, texts: &Texts) -> Meaning {
    let rarity = |word: &str| {
        let with = terms.known(&stem(word)).map_or(0, |term| texts.frequency(term)) as f32;
        (1.0 + texts.len() as f32 / (1.0 + with)).ln()
    };
    Meaning::of(words.iter().filter(|word| !is_function(word)).map(|word| (word.as_str(), rarity(word))))
}

/// How well a way of asking, given as text and answer, matches a question.
fn fit(
    question: &ParsedQuestion,
    agreed: f32,
    (text, answer): (u32, u32),
    behind: &[Behind],
    terms: &Terms,
    texts: &Texts,
) -> Fit {
    let ask = texts.text(text).features.as_slice();
    let (mut all, mut had, mut own) = (0.0, 0.0, 0.0);
    let mut of_ask = vec![0.0f32; ask.len()];
    let (mut doubt, mut lacking, mut strange) = (1.0, false, false);
    for (asked, behind) in question.asked.iter().zip(behind) {
        let behind = behind.asks.max(behind.said);
        let mut best = 0.0f32;
        for (place, feature) in ask.iter().enumerate() {
            let like = like(asked, feature, terms);
            best = best.max(like);
            of_ask[place] = of_ask[place].max(like);
        }
        let counted = best.max(BACKGROUND * behind);
        all += asked.weight;
        had += asked.weight * counted;
        own += asked.weight * best;
        strange |= (is_name(asked, terms) || is_year(&asked.word) && !terms.is_ambient(&asked.feature)) && best.max(behind) < 0.5;
        if is_name(asked, terms) && best < 0.5 {
            lacking = true;
            doubt *= if behind > 0.5 { ONLY_BEHIND } else { OTHER_NAME };
        }
    }
    let (mut wanted, mut given) = (0.0, 0.0);
    let only_ambient = ask.iter().all(|feature| terms.is_ambient(feature));
    for (feature, like) in ask.iter().zip(&of_ask) {
        let light = if terms.is_ambient(feature) && !only_ambient { LIGHT } else { 1.0 };
        let weight = light * weight(feature, texts);
        wanted += weight;
        given += weight * like;
        if terms.is_name(feature) && *like < 0.5 && weight > AMBIENT {
            doubt *= if lacking { OTHER_NAME } else { MORE_NAMED };
        }
    }
    let covered = had / f32::max(all, 0.01);
    // The intent counts as a part of the question, like a word.
    let of = |had: f32, all: f32| (had + KIND * agreed) / (all + KIND);
    let share = QUESTION * of(had, all) + (1.0 - QUESTION) * of(given, wanted);
    let score = share * doubt * agreed.sqrt();
    Fit {
        answer,
        score,
        covered,
        own: own / f32::max(all, 0.01),
        given: given / f32::max(wanted, 0.01),
        text,
        agreed,
        same: agreed >= 1.0,
        strange,
        lacks: agreed <= LACKS,
        evidence: Evidence { scores: [score, 0.0, 0.0], agreed, ..Evidence::default() },
        ahead: 0.0,
    }
}

/// Whether a word of a question names a certain person, thing or day.
fn is_name(asked: &QueryTerm, terms: &Terms) -> bool {
    terms.is_name(&asked.feature) && asked.weight > AMBIENT || asked.word.starts_with(DAY) && asked.word.len() > DAY.len()
}

/// Whether a word is a year.
pub(super) fn is_year(word: &str) -> bool {
    word.len() == 4 && word.parse().is_ok_and(|year: u16| (1000..2200).contains(&year))
}

/// The weight of a feature of a way of asking.
fn weight(feature: &Feature, texts: &Texts) -> f32 {
    let all = texts.len() as f32;
    let with = feature.term.map_or(0, |term| texts.frequency(term)) as f32;
    (1.0 + (all - with + 0.5) / (with + 0.5)).ln()
}

/// How well a feature of the pack matches a word of a question.
pub(super) fn like(asked: &QueryTerm, feature: &Feature, terms: &Terms) -> f32 {
    if asked.feature.entries.iter().any(|entry| feature.entries.contains(entry)) {
        // A family name that two people share matches the full name only partly.
        return if feature.entries.len() > asked.feature.entries.len() { SHARED_NAME } else { 1.0 };
    }
    let term = feature.term.map_or(0.0, |said| {
        let direct = asked.terms.iter().filter(|(term, _)| *term == said).map(|(_, how)| *how).fold(0.0, f32::max);
        // A wider word of the pack also matches the narrower one in the question.
        let wider = asked.feature.term.map_or(0.0, |term| 0.9 * terms.likeness(said, term));
        direct.max(wider)
    });
    let shared = |parts: &[super::terms::Term]| match parts.len() {
        0 => 0.0,
        many => {
            let of = |part: &&super::terms::Term| {
                asked.terms.iter().any(|(term, _)| term == *part) || asked.feature.parts.contains(part)
            };
            0.8 * parts.iter().filter(of).count() as f32 / many as f32
        }
    };
    let within = match (asked.feature.parts.len(), feature.term) {
        (0, _) | (_, None) => 0.0,
        (many, Some(said)) if asked.feature.parts.contains(&said) => 0.8 / many as f32,
        _ => 0.0,
    };
    term.max(shared(&feature.parts)).max(within)
}
