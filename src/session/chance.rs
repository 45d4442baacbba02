//! The random parts of a question: which wrong answers, in which order. The same seed gives the same
//! result.

use super::AnswerFormat;
use crate::pack::{limits, plain};

/// The generator for a question, with a different sequence for each id and seed (FNV-1a over the id).
pub(super) fn seeded(id: &str, seed: u64) -> fastrand::Rng {
    let hash = id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    fastrand::Rng::with_seed(hash ^ seed.rotate_left(32))
}

/// From how many of the most plausible wrong answers to draw. With fewer, the same three come every
/// time; with more, some are implausible.
const DRAWN_FROM: usize = 12;
/// How many plausible answers are searched for a long one.
const LOOKED_AT: usize = 60;
/// The length ratio to all other answers from which on an answer's length reveals it.
const TELLING: f32 = 1.6;

/// A right answer among at most `most` wrong ones from `pool`, which is sorted by plausibility.
///
/// `None` if fewer than `least` wrong ones remain, if the right one is too long for a button, or if its
/// length alone would reveal it. That does not depend on `rng`.
pub(super) fn choice(rng: &mut fastrand::Rng, right: &str, pool: Vec<String>, least: usize, most: usize) -> Option<AnswerFormat> {
    let fits = |text: &str| text.chars().count() <= limits::ANSWER;
    if !fits(right) {
        return None;
    }
    let mut read = vec![plain(right)];
    let mut wrong: Vec<String> = Vec::new();
    for text in pool.into_iter().take(LOOKED_AT) {
        let key = plain(&text);
        if fits(&text) && !key.is_empty() && !read.contains(&key) {
            read.push(key);
            wrong.push(text);
        }
    }
    let length = |text: &str| text.chars().count() as f32;
    let is_long = |text: &String| length(text) * TELLING >= length(right);
    let long = wrong.iter().find(|text| is_long(text)).cloned()?;
    if wrong.len() < least {
        return None;
    }
    wrong.truncate(DRAWN_FROM);
    rng.shuffle(&mut wrong);
    wrong.truncate(most);
    if !wrong.iter().any(is_long) {
        wrong.pop();
        wrong.push(long);
    }
    let mut choices = wrong;
    choices.push(right.to_owned());
    rng.shuffle(&mut choices);
    let right = choices.iter().position(|text| text == right)?;
    Some(AnswerFormat::Choice { choices, right })
}

/// Two answers, of which the first is right if `first` is true.
pub(super) fn either(first: bool, yes: &str, idx: &str) -> AnswerFormat {
    AnswerFormat::Choice { choices: vec![yes.to_owned(), idx.to_owned()], right: usize::from(!first) }
}

/// Random letters for `count` things, and the possible orders as answers. `layout[0]` is the thing with
/// letter A, `layout[1]` with B …, as indices into the right order.
pub(super) fn lettered(rng: &mut fastrand::Rng, count: usize) -> (Vec<usize>, AnswerFormat) {
    let mut layout: Vec<usize> = (0..count).collect();
    rng.shuffle(&mut layout);
    let spell = |order: &[usize]| {
        let letters: Vec<String> =
            order.iter().filter_map(|thing| layout.iter().position(|laid| laid == thing)).map(letter).collect();
        letters.join(" – ")
    };
    let right = spell(&(0..count).collect::<Vec<_>>());
    let mut choices = vec![right.clone()];
    while choices.len() < 4 {
        let mut order: Vec<usize> = (0..count).collect();
        rng.shuffle(&mut order);
        let spelt = spell(&order);
        if !choices.contains(&spelt) {
            choices.push(spelt);
        }
    }
    rng.shuffle(&mut choices);
    let right = choices.iter().position(|choice| *choice == right).unwrap_or_default();
    (layout, AnswerFormat::Choice { choices, right })
}

/// The letter of an index: `A`, `B`, `C` …
pub(super) fn letter(place: usize) -> String {
    char::from(b'A' + u8::try_from(place % 26).unwrap_or_default()).to_string()
}
