//! Chooses the first sentence of an authored answer: the one with the date, place, name or number that
//! was asked for.

use super::authored::like;
use super::holds::Holds;
use super::intent::Intent;
use super::reading::ParsedQuestion;
use super::terms::Terms;
use super::words::of_text;
use super::{Answer, Sentence};
use crate::pack::{EntryIdx, Kind, Pack};

/// How much more of the question another sentence must cover to come first.
const LINE: f32 = 0.12;
/// The same for a point of the list, and if the first sentence already contains the kind of thing asked
/// for, because an editor put it first.
const POINT: f32 = 0.3;

/// The bonus for containing the kind of thing asked for.
const HELD: f32 = 0.5;

/// Puts the best sentence first, if the question asks for one thing.
pub(super) fn put_first(answer: &mut Answer, question: &ParsedQuestion, pack: &Pack, terms: &Terms) {
    if !matches!(question.intent, Intent::When | Intent::Where | Intent::Who | Intent::HowMany | Intent::HowLong) {
        return;
    }
    let worth = |sentence: &Sentence| worth(sentence, question, pack, terms);
    let Some(first) = answer.lines.first().map(worth) else { return };
    let lead = if first >= HELD { POINT } else { LINE };
    let best = |sentences: &[Sentence]| {
        let worths = sentences.iter().enumerate().map(|(place, sentence)| (place, worth(sentence)));
        worths.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
    };
    let (line, point) = (best(&answer.lines), best(&answer.points));
    match (line, point) {
        (Some((_, line)), Some((place, point))) if point >= first + POINT && point >= line + LINE => {
            let point = answer.points.remove(place);
            answer.lines.insert(0, point);
        }
        (Some((place, line)), _) if line >= first + lead => {
            let line = answer.lines.remove(place);
            answer.lines.insert(0, line);
        }
        _ => {}
    }
}

/// Removes "Yes" or "No" from the answer to a question that does not ask whether something is so.
pub(super) fn without_yes(answer: &mut Answer) {
    let Some(first) = answer.lines.first_mut() else { return };
    let rest = ["Yes, ", "No, ", "Yes: ", "No: "].iter().find_map(|said| first.text.strip_prefix(said));
    if let Some(rest) = rest {
        let mut letters = rest.chars();
        first.text = letters.next().map_or_else(String::new, |letter| letter.to_uppercase().chain(letters).collect());
    }
}

/// How much of a question a sentence covers, from 0 to 1, plus a bonus for containing the kind of thing
/// asked for.
fn worth(sentence: &Sentence, question: &ParsedQuestion, pack: &Pack, terms: &Terms) -> f32 {
    let words = of_text(&format!("{} {}", sentence.lead.as_deref().unwrap_or_default(), sentence.text));
    let features = terms.read(&words);
    let (mut all, mut had) = (0.0, 0.0);
    for asked in &question.asked {
        all += asked.weight;
        had += asked.weight * features.iter().map(|feature| like(asked, feature, terms)).fold(0.0, f32::max);
    }
    let new = |kinds: &[Kind]| {
        let asked = |idx: &EntryIdx| question.asked.iter().any(|asked| asked.feature.entries.contains(idx));
        features.iter().flat_map(|feature| &feature.entries).any(|idx| kinds.contains(&pack.entry(*idx).kind) && !asked(idx))
    };
    let holds = match question.intent {
        Intent::Who => new(&[Kind::Person, Kind::Group]),
        Intent::Where => new(&[Kind::Place]),
        intent => Holds::of(&words).fits(intent),
    };
    had / f32::max(all, 0.01) + if holds { HELD } else { 0.0 }
}
