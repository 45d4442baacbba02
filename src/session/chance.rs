//! What is left to chance: which wrong answers, in which order. The same seed, the same choice.

use super::AnswerFormat;
use crate::pack::{limits, plain};

/// The generator for a question: its own sequence for every id and seed (FNV-1a over the id).
pub(super) fn seeded(id: &str, seed: u64) -> fastrand::Rng {
    let hash = id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    fastrand::Rng::with_seed(hash ^ seed.rotate_left(32))
}

/// How many of the most plausible wrong answers are drawn from. Fewer, and the same three come
/// every time; more, and they stop being plausible.
const DRAWN_FROM: usize = 12;
/// How far down the plausible ones a long one is looked for.
const LOOKED_AT: usize = 60;
/// By how much an answer may be longer than all others before its length tells.
const TELLING: f32 = 1.6;

/// Lays out a right answer among at most `most` wrong ones out of `pool`, the most plausible first.
///
/// `None` when fewer than `least` wrong ones are left, when the right one is too long for a button,
/// or when it is so long that its length alone would give it away. That does not depend on chance.
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

/// Two answers of which the first is right if `first` is.
pub(super) fn either(first: bool, yes: &str, idx: &str) -> AnswerFormat {
    AnswerFormat::Choice { choices: vec![yes.to_owned(), idx.to_owned()], right: usize::from(!first) }
}

/// A lettered order: how the `count` things are laid out, and the answers to choose from. The
/// things stand at `layout[0]` (A), `layout[1]` (B) …, as indices into the right order.
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

/// `A`, `B`, `C` …
pub(super) fn letter(place: usize) -> String {
    char::from(b'A' + u8::try_from(place % 26).unwrap_or_default()).to_string()
}
