//! Answers questions in free words.
//!
//! Everything is deterministic and no text is generated: an answer consists of sentences of the pack,
//! each with its citations. `words`, `terms`, `spelling`, `intent` and `reading` parse a question. Three
//! sources then propose answers: editors' answers (`authored`), the pack's structure (`facts`: dates,
//! lives, causes and consequences, the day's events, corrections) and its sentences (`evidence`). Each
//! says how much of the question it covers. An answer that covers too little is shown as nearest or not
//! at all (`scope`, `whole`, `office`). `safety` handles words that suggest that a student is in danger;
//! they are never treated as a question.

mod authored;
mod casing;
mod evidence;
mod facts;
mod holders;
mod holds;
mod intent;
mod lead;
mod map;
mod moments;
mod office;
mod question;
mod rank;
mod reading;
mod safety;
mod scope;
mod spelling;
mod stems;
mod terms;
mod texts;
mod vectors;
mod whole;
mod words;

use crate::lookup::Lookup;
use crate::pack::{Citation, Claim, Dispute, EntryIdx, Kind, Pack};

use authored::{Asks, Fit};
use casing::Casing;
use evidence::Found;
use intent::Intent;
use reading::{ParsedQuestion, Reader};
use scope::Elsewhere;
use spelling::StemIndex;
use terms::{Feature, Terms};
use texts::{Part, Texts};

pub use safety::suggests_danger;
pub use words::LONGEST;

/// One sentence of an answer with its citations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    /// The text before it: a name, a date, a heading.
    pub lead: Option<String>,
    pub text: String,
    /// The citations; never empty.
    pub cite: Vec<Citation>,
}

impl Sentence {
    fn of(claim: &Claim) -> Sentence {
        Sentence { lead: None, text: claim.text.clone(), cite: claim.cite.clone() }
    }

    fn led(mut self, lead: impl Into<String>) -> Sentence {
        self.lead = Some(lead.into());
        self
    }
}

/// An answer to a question.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answer {
    /// The question as an editor wrote it, for an editor's answer.
    pub question: Option<String>,
    /// One to three sentences, of which the first answers by itself.
    pub lines: Vec<Sentence>,
    /// A list or table that belongs to the answer.
    pub points: Vec<Sentence>,
    /// At most three supporting sentences.
    pub support: Vec<Sentence>,
    pub differ: Vec<Sentence>,
    /// The entries to open, the most relevant first.
    pub open: Vec<EntryIdx>,
    /// The discussion in which to write about it, as an index into the pack.
    pub discuss: Option<usize>,
    /// The day of the year to open, as (month, day).
    pub day: Option<(i8, i8)>,
}

/// The result of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AskOutcome {
    Answered(Answer),
    /// Probably not an answer, but the nearest thing that is known.
    Nearest(Answer),
    /// The question is about something else, or nothing is known.
    Nothing,
}

/// From this score on, an authored answer may be right.
const AUTHORED: f32 = 0.6;
/// From this score on, an authored answer is certainly right.
const SURE: f32 = 0.86;
/// A way of asking that covers less than this is a different question.
const HALF: f32 = 0.5;
/// Among this many best fits, the first one with all names of the question is the nearest.
const LIKELY: usize = 3;
/// From this score on, a way of asking is the same question.
const JUST_THAT: f32 = 0.97;
/// The minimum coverage of the question, the minimum coverage of the way of asking, and the minimum
/// score for an authored answer to count as the answer.
const OWN: f32 = 0.7;
const GIVEN: f32 = 0.65;
const CLEAR: f32 = 0.85;
/// From this score on, an authored answer is near; from this share of known words on, a question is
/// about the unit.
const LIKE: f32 = 0.58;
const KNOWN: f32 = 0.85;
/// Below a certain score, the best authored answer must be likelier than the next one by this much.
const AHEAD: f32 = 0.05;
/// An authored answer must be likelier than the next one by this much to count as the answer. Of the ways
/// of asking that were left out one by one, 87 % of those beyond it led to their own answer.
const AHEAD_SURE: f32 = 0.8;
/// The bonus of an answer from the structure over a single sentence.
const FAVOUR: f32 = 0.06;
/// By how much an authored answer may cover less of the question than other sources, by intent.
const SLACK: f32 = -0.12;
/// The penalty for an answer that does not begin with the kind of thing asked for.
const LACKING: f32 = 0.2;
/// For "what is", the entry's gist is preferred to an answer with another intent.
const SLACK_OTHER: f32 = -0.05;
const SLACK_SAME: f32 = 0.1;
const SLACK_TOLD: f32 = 0.34;
/// The minimum score for an answer from the structure.
const STRUCTURE: f32 = 0.68;
/// The minimum coverage for a sentence to count as the answer.
const EVIDENCE: f32 = 0.85;
/// The factor for the coverage of a sentence without the kind of thing asked for.
const UNFIT: f32 = 0.85;
/// The same if a specific thing is asked for: a date, a place, a name, a number.
const MISSING: f32 = 0.6;
/// The minimum coverage of a sentence for a yes-or-no question, because half a statement is a different
/// statement.
const WHETHER: f32 = 0.86;
/// The minimum coverage for the nearest answer.
const NEAR: f32 = 0.52;
/// Another answer that ranks lower by at most this much is about as near; the most of them.
const ABOUT_AS_NEAR: f32 = 6.0;
const OTHERS: usize = 2;
/// The most supporting sentences, and the most nearest sentences.
const SUPPORT: usize = 3;
/// The most entries to open.
const OPEN: usize = 5;

/// The index for answering questions about a pack.
#[derive(Debug)]
pub struct Answers {
    terms: Terms,
    texts: Texts,
    spelling: StemIndex,
    asks: Asks,
    casing: Casing,
    elsewhere: Elsewhere,
}

impl Answers {
    /// Indexes all sentences and ways of asking of a pack.
    pub fn new(pack: &Pack) -> Answers {
        let mut terms = Terms::new(pack);
        let texts = Texts::new(pack, &mut terms);
        let spelling = StemIndex::new(&terms, &texts);
        let (asks, elsewhere) = (Asks::new(pack, &terms, &texts), Elsewhere::new(pack));
        Answers { spelling, asks, casing: Casing::new(pack), elsewhere, terms, texts }
    }

    /// Answers a question; only its first 300 characters count.
    pub fn answer(&self, typed: &str, pack: &Pack, lookup: &Lookup) -> AskOutcome {
        let reader = Reader { pack, lookup, terms: &self.terms, texts: &self.texts, spelling: &self.spelling };
        let question = reader.read(typed);
        // An editor's own question is about the unit, whatever words it has.
        if let Some(answer) = self.asks.exact(&question) {
            let mut answer = self.written(answer, pack);
            if question.intent != Intent::TrueFalse {
                lead::without_yes(&mut answer);
            }
            return AskOutcome::Answered(answer);
        }
        if self.elsewhere.has(&question, pack) {
            return AskOutcome::Nothing;
        }
        let fits = self.asks.fitting(&question, &self.terms, &self.texts, None);
        let matching = self.texts.matching(&question);
        let found = evidence::ranked(&question, &matching, &self.texts, &self.terms, pack);
        let held = if matches!(question.intent, Intent::Who | Intent::WhatIs) { lookup.held(typed) } else { Vec::new() };
        let told = facts::answer(&question, &found, &matching, &self.texts, pack, &held);
        let known = scope::known(&question);
        let structure = told.as_ref().map_or(0.0, |(sure, _)| *sure * known);
        let sentence = found.first().map_or(0.0, |best| evidence_sure(best, question.intent)) * known;
        let authored = sure(&fits, AUTHORED);
        // If the office is the whole question, an editor's answer to it says more.
        if !held.is_empty()
            && let Some((_, answer)) = &told
            && authored.is_none_or(|fit| fit.score < JUST_THAT || lookup.asks_who_was_next(typed))
        {
            return AskOutcome::Answered(answer.clone());
        }
        if let Some(fit) = authored.filter(|fit| fit.own + slack(fit, question.intent) >= structure.max(sentence)) {
            return self.as_sure(fit, &fits, &question, pack);
        }
        match told {
            Some((_, answer)) if structure >= STRUCTURE && structure + FAVOUR >= sentence => {
                return self.whole(answer, &[], &question, pack);
            }
            _ => {}
        }
        self.evidence(&question, &found, sentence, (authored, &fits), pack)
    }

    /// The sentences that come nearest, as the answer or as nearest.
    fn evidence(
        &self,
        question: &ParsedQuestion,
        found: &[Found],
        sure: f32,
        (authored, fits): (Option<Fit>, &[Fit]),
        pack: &Pack,
    ) -> AskOutcome {
        let ours = self.is_ours(question, pack);
        let near = found.first().filter(|best| best.names && best.near >= NEAR && ours);
        let line = if question.intent == Intent::TrueFalse { WHETHER } else { EVIDENCE };
        if sure < line
            && let Some(fit) = authored
        {
            return self.as_sure(fit, fits, question, pack);
        }
        // An editor's answer to a similar question is nearer than a single sentence.
        let like = fits.iter().take(LIKELY).find(|fit| !fit.strange && fit.score >= LIKE).filter(|_| ours);
        if let Some(fit) = like.filter(|_| sure < line)
            && near.is_none_or(|best| fit.own >= best.covered - FAVOUR)
        {
            return AskOutcome::Nearest(self.beside_others(*fit, fits, question, pack));
        }
        let Some(best) = near else { return AskOutcome::Nothing };
        let mut answer = Answer::default();
        for found in found.iter().filter(|other| other.names && other.near >= 0.8 * best.near) {
            let sentence = said(found, pack);
            if answer.support.len() == SUPPORT
                || answer.lines.iter().chain(&answer.support).any(|known| known.text == sentence.text)
            {
                continue;
            }
            if answer.lines.is_empty() {
                answer.lines.push(sentence)
            } else {
                answer.support.push(sentence)
            }
            if !answer.open.contains(&found.entry) && answer.open.len() < OPEN {
                answer.open.push(found.entry);
            }
        }
        if sure >= line {
            return self.whole(answer, &[], question, pack);
        }
        // The best of another source is likelier to be what was meant than one more sentence of this one.
        if let Some(fit) = fits.first().filter(|fit| !fit.strange) {
            let mut other = self.authored(*fit, question, pack);
            lead::without_yes(&mut other);
            answer.support.splice(0..0, other.lines.into_iter().take(1));
            answer.support.truncate(SUPPORT);
        }
        AskOutcome::Nearest(answer)
    }

    /// Whether the pack knows nearly all words of the question, or at least half of them and the
    /// question names the pack's subject, or an entry that is not just a place.
    fn is_ours(&self, question: &ParsedQuestion, pack: &Pack) -> bool {
        let known = scope::known(question);
        let in_it = |asked: &reading::QueryTerm| asked.feature.entries.iter().any(|idx| pack.entry(*idx).kind != Kind::Place);
        let named = || question.asked.iter().any(|asked| self.terms.is_ambient(&asked.feature) || in_it(asked));
        scope::enough(question) && (known >= KNOWN || known >= HALF && named())
    }

    /// The answer, if it covers the whole question; otherwise it is only the nearest.
    fn whole(&self, answer: Answer, asks: &[&Feature], question: &ParsedQuestion, pack: &Pack) -> AskOutcome {
        if whole::is_whole(&answer, asks, question, &self.terms, pack) {
            AskOutcome::Answered(answer)
        } else {
            AskOutcome::Nearest(answer)
        }
    }

    /// An editor's answer. It is only the nearest if its way of asking and the question overlap too
    /// little, or if it lacks the specific thing asked for.
    fn as_sure(&self, fit: Fit, fits: &[Fit], question: &ParsedQuestion, pack: &Pack) -> AskOutcome {
        let answer = self.authored(fit, question, pack);
        // A yes-or-no question needs an answer that begins with a verdict.
        let judged = question.intent != Intent::TrueFalse || authored::judges(&answer);
        // Questions for a person or a date are seldom answered by what was written about something else.
        let precise = matches!(question.intent, Intent::When | Intent::Who | Intent::Consequence);
        let kind = fit.same || !fit.lacks && (!precise || fit.score >= JUST_THAT);
        let clear = fit.own >= OWN && fit.score >= CLEAR && fit.given >= GIVEN && fit.ahead >= AHEAD_SURE;
        let sure = judged && kind && clear;
        let asks: Vec<&Feature> = self.texts.asked_by(fit.answer, None).chain(self.texts.said_by(fit.answer)).collect();
        if !sure
            || scope::is_supposition(question) && fit.score < JUST_THAT
            || !whole::is_whole(&answer, &asks, question, &self.terms, pack)
        {
            return AskOutcome::Nearest(self.beside_others(fit, fits, question, pack));
        }
        AskOutcome::Answered(answer)
    }

    /// An answer that is only the nearest, with the first sentences of others that are about as near: the
    /// asker sees which of them was meant.
    fn beside_others(&self, fit: Fit, fits: &[Fit], question: &ParsedQuestion, pack: &Pack) -> Answer {
        let mut answer = self.authored(fit, question, pack);
        // What may answer another question gives no verdict on this one.
        lead::without_yes(&mut answer);
        let about_as_near = |other: &&Fit| {
            let (rank, other_rank) = (fit.evidence.rank(), other.evidence.rank());
            other.answer != fit.answer && !other.strange && other_rank >= rank - ABOUT_AS_NEAR
        };
        let mut others: Vec<Sentence> = Vec::new();
        for other in fits.iter().filter(about_as_near) {
            let mut other = self.authored(*other, question, pack);
            lead::without_yes(&mut other);
            let Some(first) = other.lines.into_iter().next() else { continue };
            if others.len() < OTHERS && answer.lines.iter().chain(&others).all(|known| known.text != first.text) {
                others.push(first);
                let new = other.open.into_iter().take(1).filter(|idx| !answer.open.contains(idx)).collect::<Vec<_>>();
                answer.open.extend(new);
            }
        }
        if !others.is_empty() {
            answer.lines.truncate(1);
            answer.points.clear();
            answer.differ.clear();
            answer.open.truncate(OPEN);
            answer.support = others;
        }
        answer
    }

    fn authored(&self, fit: Fit, question: &ParsedQuestion, pack: &Pack) -> Answer {
        let mut answer = self.written(fit.answer, pack);
        lead::put_first(&mut answer, question, pack, &self.terms);
        if question.intent != Intent::TrueFalse {
            lead::without_yes(&mut answer);
        }
        answer
    }

    /// An answer as its editor wrote it.
    fn written(&self, answer: u32, pack: &Pack) -> Answer {
        let written = &pack.answers[answer as usize];
        let point = |point: &crate::pack::AnswerPoint| {
            let sentence = Sentence::of(&point.claim);
            match &point.heading {
                Some(heading) => sentence.led(format!("{heading}:")),
                None => sentence,
            }
        };
        Answer {
            question: written.asks.first().map(|ask| self.casing.question(ask)),
            lines: written.answer.iter().map(Sentence::of).collect(),
            points: written.points.iter().map(point).collect(),
            support: Vec::new(),
            differ: written.disputes.iter().map(disputed).collect(),
            open: written.open.clone(),
            discuss: written.discuss,
            day: None,
        }
    }
}

/// The best answer, if its score is high enough and no other is as good.
fn sure(fits: &[Fit], line: f32) -> Option<Fit> {
    let best = *fits.first().filter(|best| best.score >= line)?;
    (best.score >= SURE || best.ahead >= AHEAD).then_some(best)
}

/// By how much an authored answer may cover less of the question than the structure or a sentence.
/// Questions for a date, a place, a name or a number need a precise answer; an editor explains reasons
/// and results better than any single sentence.
fn slack(fit: &Fit, intent: Intent) -> f32 {
    // An answer that begins without the thing asked for is hardly an answer.
    let lacks = if fit.lacks { LACKING } else { 0.0 };
    match intent {
        Intent::When | Intent::Where | Intent::Who | Intent::HowMany | Intent::HowLong | Intent::WhatIs if fit.same => SLACK_SAME,
        Intent::When | Intent::Where | Intent::Who | Intent::HowMany | Intent::HowLong => SLACK - lacks,
        Intent::WhatIs => SLACK_OTHER,
        _ => SLACK_TOLD,
    }
}

/// The confidence that a sentence answers. One that names nobody cannot answer "who".
fn evidence_sure(found: &Found, intent: Intent) -> f32 {
    let held = match intent {
        _ if !found.names => 0.0,
        _ if found.fits => 1.0,
        Intent::When | Intent::Where | Intent::Who | Intent::HowMany | Intent::HowLong => MISSING,
        _ => UNFIT,
    };
    held * found.covered
}

fn disputed(dispute: &Dispute) -> Sentence {
    Sentence { lead: None, text: dispute.text.clone(), cite: dispute.cite.clone() }
}

/// A sentence of an entry, preceded by the entry's name and date.
fn said(found: &Found, pack: &Pack) -> Sentence {
    let entry = pack.entry(found.entry);
    let when = entry.when().map(|when| format!(" ({})", crate::card::format::short_moment(when))).unwrap_or_default();
    let (text, cite) = match found.part {
        Part::Name => return Sentence { lead: None, text: format!("{}{when}.", entry.name), cite: entry.cite.clone() },
        Part::Claim(idx) => {
            entry.claims.get(idx as usize).map_or((String::new(), Vec::new()), |claim| (claim.text.clone(), claim.cite.clone()))
        }
        Part::Note(idx) => {
            entry.notes.get(idx as usize).map_or((String::new(), Vec::new()), |note| (note.record.clone(), note.cite.clone()))
        }
        Part::Gist => (entry.gist.as_ref().map_or_else(String::new, |gist| gist.text.clone()), entry.cite.clone()),
    };
    Sentence { lead: Some(format!("{}{when}:", entry.name)), text, cite }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::{built_in, load};

    /// Every third way of asking is tried while it is left out: the others must lead to its answer, or show
    /// it among the three that are shown if none is sure.
    #[test]
    fn a_way_of_asking_that_was_not_written_is_found_by_the_others() {
        let pack = load(&built_in()).expect("a sound pack");
        let lookup = Lookup::new(&pack);
        let answers = Answers::new(&pack);
        let reader =
            Reader { pack: &pack, lookup: &lookup, terms: &answers.terms, texts: &answers.texts, spelling: &answers.spelling };
        let (mut all, mut first, mut three) = (0, 0, 0);
        for (idx, written) in pack.answers.iter().enumerate() {
            for (place, ask) in written.asks.iter().enumerate().skip(idx % 3).step_by(3) {
                let question = reader.read(ask);
                let fits = answers.asks.fitting(&question, &answers.terms, &answers.texts, Some((idx as u32, place as u32)));
                all += 1;
                first += usize::from(fits.first().is_some_and(|fit| fit.answer == idx as u32));
                three += usize::from(fits.iter().take(1 + OTHERS).any(|fit| fit.answer == idx as u32));
            }
        }
        println!("{first} of {all} first, {three} within three");
        assert!(first * 100 >= all * 59, "{first} of {all}");
        assert!(three * 100 >= all * 79, "{three} of {all}");
    }
}
