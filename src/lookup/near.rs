//! The dictionary of distinct tokens, and the nearest of them to one that was typed.
//!
//! Every token is kept once, with how it sounds. Two-letter pieces of the sound, vowels made equal,
//! lead from what was typed to tokens that may be meant; those sharing most pieces are measured by
//! [`likeness`], on the letters and on the sounds, whichever is better.

use super::fold::{sound, stem};
use super::likeness;

/// How many tokens are measured for one that was typed; beyond it only worse ones were seen.
const MEASURED: usize = 40;
/// How many tokens may be looked at for their pieces, and the fewest pieces that are used all the
/// same: a slip of the fingers spoils up to three.
const LOOKED: usize = 40_000;
const FEWEST_PIECES: usize = 4;
/// About how many of them have all their pieces compared.
const PRESELECTED: usize = 300;
/// Dice's coefficient in thousandths below which two sounds are not worth measuring.
const LEAST_DICE: u32 = 360;
/// Below this, two tokens have nothing to do with one another: it is what unrelated words of five
/// to eight letters reach by chance.
const UNRELATED: f32 = 0.60;
/// Sounding alike is nearly being alike, but being alike is better.
const SOUND: f32 = 0.96;
/// Two forms of one word ("executed", "execution").
const FORM: f32 = 0.95;
/// From so many tokens on, a slip in one name makes another name often enough.
const CROWDED: usize = 8_000;
/// How many letters of a word are tried the other way round.
const TURNED: usize = 12;
/// How many two-letter pieces there are: 26 letters, ten digits and the two ends, squared.
const SYMBOLS: usize = 38;

/// A token of the dictionary that may be what was typed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Near {
    /// The token.
    pub token: u32,
    /// How like what was typed it is, from 0 to 1, already squashed: 0.5 is a bad match.
    pub like: f32,
}

/// All distinct tokens of a pack's names, in flat arrays.
#[derive(Debug, Default)]
pub struct Dictionary {
    letters: String,
    letter_ends: Vec<u32>,
    sounds: String,
    sound_ends: Vec<u32>,
    /// For every piece, where its tokens begin in `piece_tokens`.
    piece_starts: Vec<u32>,
    piece_tokens: Vec<u32>,
    /// Tokens in the order of their letters, for finding one exactly and for finding by prefix.
    sorted: Vec<u32>,
    /// Tokens in the order of their stems.
    stemmed: Vec<u32>,
}

/// What one search needs to count with; kept between searches so that none has to allocate.
#[derive(Debug, Default)]
pub struct Counting {
    /// For every token, how many pieces it shares with what was typed.
    shared: Vec<u8>,
    touched: Vec<u32>,
}

impl Dictionary {
    /// A dictionary of the given distinct tokens; their numbers are their places.
    pub fn new(tokens: &[String]) -> Dictionary {
        let mut dictionary = Dictionary::default();
        for token in tokens {
            dictionary.letters.push_str(token);
            dictionary.letter_ends.push(dictionary.letters.len() as u32);
            dictionary.sounds.push_str(&sound(token));
            dictionary.sound_ends.push(dictionary.sounds.len() as u32);
        }
        let count = tokens.len() as u32;
        let mut pieces: Vec<(u16, u32)> = Vec::new();
        for token in 0..count {
            for piece in pieces_of(dictionary.sound(token)) {
                pieces.push((piece, token));
            }
        }
        pieces.sort_unstable();
        pieces.dedup();
        dictionary.piece_starts = vec![0; SYMBOLS * SYMBOLS + 1];
        for (piece, _) in &pieces {
            dictionary.piece_starts[usize::from(*piece) + 1] += 1;
        }
        for piece in 0..SYMBOLS * SYMBOLS {
            dictionary.piece_starts[piece + 1] += dictionary.piece_starts[piece];
        }
        dictionary.piece_tokens = pieces.into_iter().map(|(_, token)| token).collect();
        let mut sorted: Vec<u32> = (0..count).collect();
        sorted.sort_unstable_by(|a, b| dictionary.token(*a).cmp(dictionary.token(*b)));
        // A word that is its own stem is found exactly.
        let mut stemmed: Vec<u32> = sorted
            .iter()
            .copied()
            .filter(|token| stem(dictionary.token(*token)).len() < dictionary.token(*token).len())
            .collect();
        stemmed.sort_by(|a, b| stem(dictionary.token(*a)).cmp(stem(dictionary.token(*b))));
        dictionary.sorted = sorted;
        dictionary.stemmed = stemmed;
        for array in [&mut dictionary.letter_ends, &mut dictionary.sound_ends, &mut dictionary.piece_tokens] {
            array.shrink_to_fit();
        }
        dictionary.letters.shrink_to_fit();
        dictionary.sounds.shrink_to_fit();
        dictionary
    }

    /// How many tokens it has.
    pub fn len(&self) -> usize {
        self.letter_ends.len()
    }

    /// The letters of a token.
    pub fn token(&self, token: u32) -> &str {
        slice(&self.letters, &self.letter_ends, token)
    }

    fn sound(&self, token: u32) -> &str {
        slice(&self.sounds, &self.sound_ends, token)
    }

    /// How many bytes it takes.
    pub fn bytes(&self) -> usize {
        let numbers = self.letter_ends.len() + self.sound_ends.len() + self.piece_starts.len() + self.piece_tokens.len();
        self.letters.len() + self.sounds.len() + 4 * (numbers + self.sorted.len() + self.stemmed.len())
    }

    /// The token with exactly these letters.
    pub fn exactly(&self, typed: &str) -> Option<u32> {
        let place = self.sorted.binary_search_by(|token| self.token(*token).cmp(typed)).ok()?;
        Some(self.sorted[place])
    }

    /// The tokens that begin with these letters, in the order of their letters.
    pub fn beginning_with<'a>(&'a self, typed: &'a str) -> impl Iterator<Item = u32> + 'a {
        let start = self.sorted.partition_point(|token| self.token(*token) < typed);
        self.sorted[start..].iter().copied().take_while(move |token| self.token(*token).starts_with(typed))
    }

    fn with_stem<'a>(&'a self, typed: &'a str) -> impl Iterator<Item = u32> + 'a {
        let start = self.stemmed.partition_point(|token| stem(self.token(*token)) < typed);
        self.stemmed[start..].iter().copied().take_while(move |token| stem(self.token(*token)) == typed)
    }

    /// Fills `found` with the tokens nearest to `typed`, the nearest first. With `unfinished`,
    /// tokens that go on after what was typed are measured by their beginning.
    pub fn nearest(&self, typed: &str, unfinished: bool, counting: &mut Counting, found: &mut Vec<Near>) {
        found.clear();
        let exact = self.exactly(typed);
        if let Some(token) = exact {
            found.push(Near { token, like: 1.0 });
        }
        if typed.len() > 4 || typed.bytes().all(|b| b.is_ascii_digit()) {
            let stem = stem(typed);
            for token in self.with_stem(stem).chain(self.exactly(stem)) {
                push(found, Near { token, like: squash(FORM) });
            }
        }
        // Digits are never misspelt into other digits that mean the same; and in a small dictionary a
        // word that is known as it stands is no slip for another.
        let known = exact.is_some() && !unfinished && self.len() < CROWDED;
        if known || typed.bytes().all(|b| b.is_ascii_digit()) {
            found.sort_by(|a, b| b.like.total_cmp(&a.like).then(a.token.cmp(&b.token)));
            return;
        }
        self.turned_round(typed, found);
        let heard = sound(typed);
        for token in self.sharing_most(&heard, unfinished, MEASURED, counting) {
            let like = squash(self.likeness(typed, &heard, token, unfinished));
            if like > 0.0 {
                push(found, Near { token, like });
            }
        }
        found.sort_by(|a, b| b.like.total_cmp(&a.like).then(a.token.cmp(&b.token)));
    }

    /// Adds the tokens that are `typed` with two neighbours changed round: the slip that leaves the
    /// fewest pieces of a short word whole.
    fn turned_round(&self, typed: &str, found: &mut Vec<Near>) {
        let mut letters = typed.as_bytes().to_vec();
        for place in 1..letters.len().min(TURNED) {
            letters.swap(place - 1, place);
            if let Some(token) =
                std::str::from_utf8(&letters).ok().filter(|turned| *turned != typed).and_then(|turned| self.exactly(turned))
            {
                push(found, Near { token, like: squash(likeness::likeness(typed, self.token(token))) });
            }
            letters.swap(place - 1, place);
        }
    }

    /// The tokens that share most pieces with a sound, relative to their lengths.
    fn sharing_most(&self, heard: &str, unfinished: bool, most: usize, counting: &mut Counting) -> Vec<u32> {
        let mut wanted = [false; SYMBOLS * SYMBOLS];
        for piece in pieces_of(heard) {
            wanted[usize::from(piece)] = true;
        }
        let mut best: Vec<(u32, u32)> = Vec::with_capacity(PRESELECTED);
        let all_counted = self.count_rare(heard, counting);
        let least = if all_counted { 1 } else { few_enough(counting) };
        for at in 0..counting.touched.len() {
            let token = counting.touched[at];
            let counted = std::mem::take(&mut counting.shared[token as usize]);
            if counted < least {
                continue;
            }
            let sound = self.sound(token);
            let shared = if all_counted {
                usize::from(counted)
            } else {
                pieces_of(sound).filter(|piece| wanted[usize::from(*piece)]).count()
            };
            // Dice's coefficient in thousandths: shared pieces against all pieces of both. Of a
            // token that is not finished, only its own pieces can be asked for.
            let own = if unfinished { heard.len().min(sound.len()) } else { sound.len() };
            let dice = (2000 * shared / (own + heard.len() + 2)) as u32;
            if dice >= LEAST_DICE {
                best.push((dice, token));
            }
        }
        counting.touched.clear();
        if best.len() > most {
            best.select_nth_unstable_by(most - 1, |a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
            best.truncate(most);
        }
        best.into_iter().map(|(_, token)| token).collect()
    }

    /// Counts for every token how many of a sound's pieces it has; whether all pieces were used. The
    /// commonest tell least and cost most, and are left out when there are very many tokens.
    fn count_rare(&self, heard: &str, counting: &mut Counting) -> bool {
        counting.shared.resize(self.len(), 0);
        let range =
            |piece: u16| (self.piece_starts[usize::from(piece)] as usize, self.piece_starts[usize::from(piece) + 1] as usize);
        let mut pieces: Vec<(usize, usize)> = pieces_of(heard).map(range).collect();
        pieces.sort_by_key(|(start, end)| end - start);
        let mut looked = 0;
        for (no, (start, end)) in pieces.into_iter().enumerate() {
            looked += end - start;
            if no >= FEWEST_PIECES && looked > LOOKED {
                return false;
            }
            for &token in &self.piece_tokens[start..end] {
                let shared = &mut counting.shared[token as usize];
                if *shared == 0 {
                    counting.touched.push(token);
                }
                *shared = shared.saturating_add(1);
            }
        }
        true
    }

    fn likeness(&self, typed: &str, heard: &str, token: u32, unfinished: bool) -> f32 {
        let (letters, sounds) = (self.token(token), self.sound(token));
        if !unfinished || letters.len() <= typed.len() {
            return likeness(typed, heard, letters, sounds);
        }
        // Its beginning, a letter more or less: one may have been left out.
        let beginnings = typed.len().saturating_sub(1).max(1)..=letters.len().min(typed.len() + 1);
        let fits = beginnings.map(|end| likeness(typed, heard, &letters[..end], &sounds[..sounds.len().min(heard.len())]));
        fits.fold(0.0, f32::max)
    }
}

/// From how many counted pieces on there are about [`PRESELECTED`] tokens.
fn few_enough(counting: &Counting) -> u8 {
    let mut having = [0usize; 256];
    for &token in &counting.touched {
        having[usize::from(counting.shared[token as usize])] += 1;
    }
    let mut sum = 0;
    let least = (1..=255u8).rev().find(|shared| {
        sum += having[usize::from(*shared)];
        sum > PRESELECTED
    });
    // One piece fewer may be shared by too many.
    least.map_or(1, |least| if sum > 3 * PRESELECTED { least.saturating_add(1) } else { least })
}

fn likeness(typed: &str, heard: &str, letters: &str, sounds: &str) -> f32 {
    // Three letters leave no room for a slip: "bem" is not "ben".
    if typed.len() <= 3 && letters.len() <= 3 || typed.len().min(letters.len()) < 3 {
        return if typed == letters {
            1.0
        } else if heard == sounds && heard.len() > 1 && typed.len().abs_diff(letters.len()) <= 2 {
            SOUND
        } else {
            0.0
        };
    }
    let by_eye = likeness::likeness(typed, letters);
    // Hearing cannot better it, or sounds like a single letter and so like too much.
    if by_eye >= SOUND || heard.len().min(sounds.len()) < 2 {
        return by_eye;
    }
    by_eye.max(SOUND * likeness::likeness(heard, sounds))
}

/// Makes weak likenesses weaker: one slip in a long word costs little, two in a short one much.
fn squash(like: f32) -> f32 {
    if like < UNRELATED {
        return 0.0;
    }
    1.0 - ((1.0 - like) / (1.0 - UNRELATED)).powf(1.5)
}

fn push(found: &mut Vec<Near>, near: Near) {
    match found.iter_mut().find(|known| known.token == near.token) {
        Some(known) => known.like = known.like.max(near.like),
        None => found.push(near),
    }
}

fn slice<'a>(text: &'a str, ends: &[u32], no: u32) -> &'a str {
    let start = no.checked_sub(1).map_or(0, |before| ends[before as usize]);
    &text[start as usize..ends[no as usize] as usize]
}

/// The two-letter pieces of a sound with its ends marked, vowels made equal.
fn pieces_of(sound: &str) -> impl Iterator<Item = u16> + '_ {
    let symbols = sound.bytes().map(|byte| match byte {
        b'a' | b'e' | b'i' | b'o' | b'u' => 1,
        b'a'..=b'z' => u16::from(byte - b'a') + 1,
        b'0'..=b'9' => u16::from(byte - b'0') + 27,
        _ => 37,
    });
    symbols.chain(std::iter::once(37)).scan(0u16, |before, symbol| {
        let piece = *before * SYMBOLS as u16 + symbol;
        *before = symbol;
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dictionary(tokens: &[&str]) -> Dictionary {
        Dictionary::new(&tokens.iter().map(|token| (*token).to_owned()).collect::<Vec<_>>())
    }

    fn first(dictionary: &Dictionary, typed: &str) -> Option<(String, f32)> {
        let mut found = Vec::new();
        dictionary.nearest(typed, false, &mut Counting::default(), &mut found);
        found.first().map(|near| (dictionary.token(near.token).to_owned(), near.like))
    }

    #[test]
    fn misspelt_tokens_find_the_one_meant() {
        let names = dictionary(&["khrushchev", "rakosi", "mindszenty", "maleter", "gimes", "bem", "executed", "norm"]);
        for (typed, meant) in [
            ("kruschev", "khrushchev"),
            ("chruschtschow", "khrushchev"),
            ("rakoshi", "rakosi"),
            ("mindzenti", "mindszenty"),
            ("malater", "maleter"),
            ("execution", "executed"),
        ] {
            let (token, like) = first(&names, typed).unwrap_or_default();
            assert_eq!(token, meant, "{typed}");
            assert!(like > 0.5, "{typed}: {like}");
        }
    }

    #[test]
    fn other_words_are_far() {
        let names = dictionary(&["khrushchev", "bem", "gimes", "norm", "purge"]);
        for typed in ["napoleon", "pizza", "ben", "asdfgh", "homework"] {
            assert!(first(&names, typed).is_none_or(|(_, like)| like < 0.5), "{typed}: {:?}", first(&names, typed));
        }
    }

    #[test]
    fn prefixes_come_in_order() {
        let names = dictionary(&["nagy", "nagyvarad", "budapest", "nagel"]);
        let found: Vec<&str> = names.beginning_with("nag").map(|token| names.token(token)).collect();
        assert_eq!(found, ["nagel", "nagy", "nagyvarad"]);
    }
}
