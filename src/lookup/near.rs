//! The dictionary of distinct tokens, and the search for the nearest ones to a word.
//!
//! Each token is stored once, with its sound. The bigrams of the sound, with all vowels equal, lead from
//! a word to candidate tokens. Those that share most bigrams are compared by [`likeness`], both by
//! letters and by sound, and the better value counts.

use super::fold::{sound, stem};
use super::likeness;

/// How many candidates are compared, plus one for each so many tokens, because in a large dictionary
/// more tokens share as many bigrams.
const MEASURED: usize = 32;
const ONE_MORE: usize = 1_000;
/// Sounds are distinguished by length up to here.
const LONGEST_SOUND: usize = 40;
/// The minimum Dice coefficient of two sounds, in thousandths, for a comparison.
const LEAST_DICE: u32 = 360;
/// Below this likeness two tokens are unrelated: words of five to eight letters reach it by chance.
const UNRELATED: f32 = 0.60;
/// The factor for the likeness of sounds, because the same spelling is better.
const SOUND: f32 = 0.96;
/// The likeness of two forms of one word ("executed", "execution").
const FORM: f32 = 0.95;
/// This many errors in words of these lengths make a different word, and the penalty for that.
const SLIPS: usize = 3;
const SHORT: (usize, usize) = (6, 8);
const ANOTHER: f32 = 0.12;
/// From this many tokens on, a misspelt name is often another name.
const CROWDED: usize = 8_000;
/// In how many first letters of a word swaps are tried.
const TURNED: usize = 12;
/// The number of symbols in bigrams: 26 letters, ten digits and the two ends.
const SYMBOLS: usize = 38;

/// A token that may be what was typed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Near {
    pub token: u32,
    /// The likeness from 0 to 1, already squashed: 0.5 is a bad match.
    pub like: f32,
}

/// All distinct tokens of a pack's names, in flat arrays.
#[derive(Debug, Default)]
pub(super) struct Dictionary {
    letters: String,
    letter_ends: Vec<u32>,
    /// The concatenated sounds; those of one length begin where `sound_starts` says.
    sounds: String,
    sound_starts: Vec<u32>,
    /// For each length, the first token with a sound of that length; tokens are sorted by it.
    length_starts: Vec<u32>,
    /// For each bigram, where its tokens begin in `piece_tokens`.
    piece_starts: Vec<u32>,
    piece_tokens: Vec<u32>,
    /// Tokens sorted by their stems.
    stemmed: Vec<u32>,
}

/// The buffers of a search, kept between searches to avoid allocations.
#[derive(Debug, Default)]
pub(super) struct Counting {
    /// For each token of a suitable length, how many bigrams it shares with the word.
    shared: Vec<u8>,
}

impl Dictionary {
    /// Builds the dictionary of the given distinct tokens, and the number of each.
    pub(super) fn new(tokens: &[String]) -> (Dictionary, Vec<u32>) {
        let mut dictionary = Dictionary::default();
        let sounds: Vec<String> = tokens.iter().map(|token| heard(token)).collect();
        let mut order: Vec<u32> = (0..tokens.len() as u32).collect();
        order.sort_by_key(|token| (sounds[*token as usize].len(), &tokens[*token as usize]));
        let mut numbers = vec![0; tokens.len()];
        for (number, token) in order.iter().enumerate() {
            let (token, sound) = (*token as usize, &sounds[*token as usize]);
            numbers[token] = number as u32;
            while dictionary.length_starts.len() <= sound.len() {
                dictionary.length_starts.push(number as u32);
                dictionary.sound_starts.push(dictionary.sounds.len() as u32);
            }
            dictionary.letters.push_str(&tokens[token]);
            dictionary.letter_ends.push(dictionary.letters.len() as u32);
            dictionary.sounds.push_str(sound);
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
        // A word that is its own stem is found exactly.
        let mut stemmed: Vec<u32> =
            (0..count).filter(|token| stem(dictionary.token(*token)).len() < dictionary.token(*token).len()).collect();
        stemmed.sort_by(|a, b| stem(dictionary.token(*a)).cmp(stem(dictionary.token(*b))).then(a.cmp(b)));
        stemmed.shrink_to_fit();
        dictionary.stemmed = stemmed;
        dictionary.letter_ends.shrink_to_fit();
        dictionary.piece_tokens.shrink_to_fit();
        dictionary.letters.shrink_to_fit();
        dictionary.sounds.shrink_to_fit();
        (dictionary, numbers)
    }

    /// The number of tokens.
    pub(super) fn len(&self) -> usize {
        self.letter_ends.len()
    }

    /// The text of a token.
    pub(super) fn token(&self, token: u32) -> &str {
        slice(&self.letters, &self.letter_ends, token)
    }

    fn sound(&self, token: u32) -> &str {
        let length = self.length_starts.partition_point(|start| *start <= token).saturating_sub(1);
        let start = self.sound_starts[length] as usize + (token - self.length_starts[length]) as usize * length;
        &self.sounds[start..start + length]
    }

    /// The size in bytes.
    pub(super) fn bytes(&self) -> usize {
        let numbers = self.letter_ends.len()
            + self.length_starts.len()
            + self.sound_starts.len()
            + self.piece_starts.len()
            + self.piece_tokens.len()
            + self.stemmed.len();
        self.letters.len() + self.sounds.len() + 4 * numbers
    }

    /// The token with exactly this text.
    pub(super) fn exactly(&self, typed: &str) -> Option<u32> {
        let token = self.from(typed, heard(typed).len());
        (token < self.len() as u32 && self.token(token) == typed).then_some(token)
    }

    /// The first token with a sound of that length that does not sort before the text.
    fn from(&self, typed: &str, length: usize) -> u32 {
        let (first, end) = (self.of_length(length), self.of_length(length + 1));
        let (mut low, mut high) = (first, end);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.token(middle) < typed { low = middle + 1 } else { high = middle }
        }
        low
    }

    /// The tokens with this prefix.
    pub(super) fn beginning_with<'a>(&'a self, typed: &'a str) -> impl Iterator<Item = u32> + 'a {
        (0..self.length_starts.len()).flat_map(move |length| {
            let tokens = self.from(typed, length)..self.of_length(length + 1);
            tokens.take_while(move |token| self.token(*token).starts_with(typed))
        })
    }

    fn with_stem<'a>(&'a self, typed: &'a str) -> impl Iterator<Item = u32> + 'a {
        let start = self.stemmed.partition_point(|token| stem(self.token(*token)) < typed);
        self.stemmed[start..].iter().copied().take_while(move |token| stem(self.token(*token)) == typed)
    }

    /// Fills `found` with the tokens nearest to `typed`, the nearest first. If the word is `unfinished`,
    /// longer tokens are compared by their beginning.
    pub(super) fn nearest(&self, typed: &str, unfinished: bool, counting: &mut Counting, found: &mut Vec<Near>) {
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
        // Digits are never misspellings of other digits. And in a small dictionary a known word is not a
        // misspelling of another.
        let known = exact.is_some() && !unfinished && self.len() < CROWDED;
        if known || typed.bytes().all(|b| b.is_ascii_digit()) {
            found.sort_by(|a, b| b.like.total_cmp(&a.like).then(a.token.cmp(&b.token)));
            return;
        }
        self.turned_round(typed, found);
        let heard = heard(typed);
        for token in self.sharing_most(&heard, unfinished, MEASURED + self.len() / ONE_MORE, counting) {
            let like = squash(self.likeness(typed, &heard, token, unfinished));
            if like > 0.0 {
                push(found, Near { token, like });
            }
        }
        found.sort_by(|a, b| b.like.total_cmp(&a.like).then(a.token.cmp(&b.token)));
    }

    /// Adds the tokens that are `typed` with two adjacent letters swapped, the error after which a short
    /// word shares the fewest bigrams.
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

    /// The tokens that share most bigrams with a sound, relative to their lengths.
    fn sharing_most(&self, heard: &str, unfinished: bool, most: usize, counting: &mut Counting) -> Vec<u32> {
        let (shortest, longest) = reach(heard.len(), unfinished);
        let (first, end) = (self.of_length(shortest), self.of_length(longest + 1));
        let window = (end - first) as usize;
        counting.shared.clear();
        counting.shared.resize(window, 0);
        for piece in pieces_of(heard) {
            let starts = &self.piece_starts[usize::from(piece)..];
            let tokens = &self.piece_tokens[starts[0] as usize..starts[1] as usize];
            // Sorted by their numbers, and so by length.
            let from = tokens.partition_point(|token| *token < first);
            let to = from + tokens[from..].partition_point(|token| *token < end);
            for token in &tokens[from..to] {
                let shared = &mut counting.shared[(token - first) as usize];
                *shared = shared.saturating_add(1);
            }
        }
        let mut best: Vec<(u32, u32)> = Vec::new();
        for length in shortest..=longest {
            let (from, to) = (self.of_length(length).max(first), self.of_length(length + 1).min(end));
            // The Dice coefficient in thousandths: the shared bigrams in proportion to those of both. Of
            // an unfinished word, only its own bigrams can be expected.
            let own = if unfinished { heard.len().min(length) } else { length };
            let pieces = (own + heard.len() + 2) as u32;
            let least = (LEAST_DICE * pieces).div_ceil(2000);
            for token in from..to {
                let shared = u32::from(counting.shared[(token - first) as usize]);
                if shared >= least {
                    best.push((2000 * shared / pieces, token));
                }
            }
        }
        if best.len() > most {
            best.select_nth_unstable_by(most - 1, |a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
            best.truncate(most);
        }
        best.into_iter().map(|(_, token)| token).collect()
    }

    /// The first token with a sound of at least this length.
    fn of_length(&self, length: usize) -> u32 {
        self.length_starts.get(length).copied().unwrap_or(self.len() as u32)
    }

    fn likeness(&self, typed: &str, heard: &str, token: u32, unfinished: bool) -> f32 {
        let (letters, sounds) = (self.token(token), self.sound(token));
        if !unfinished || letters.len() <= typed.len() {
            return likeness(typed, heard, letters, sounds);
        }
        // Its beginning, with one letter more or less, because one may have been left out.
        let beginnings = typed.len().saturating_sub(1).max(1)..=letters.len().min(typed.len() + 1);
        let fits = beginnings.map(|end| likeness(typed, heard, &letters[..end], &sounds[..sounds.len().min(heard.len())]));
        fits.fold(0.0, f32::max)
    }
}

/// The sound of a word, limited to the stored length.
fn heard(word: &str) -> String {
    let mut sound = sound(word);
    // Sounds are ASCII, so this cuts no character.
    sound.truncate(LONGEST_SOUND);
    sound
}

/// The lengths of the sounds that a sound of this length may mean.
fn reach(heard: usize, unfinished: bool) -> (usize, usize) {
    let slack = 2 + heard / 5;
    (heard.saturating_sub(slack).max(1), if unfinished { LONGEST_SOUND } else { heard + slack })
}

fn likeness(typed: &str, heard: &str, letters: &str, sounds: &str) -> f32 {
    // Words of three letters must match exactly: "bem" is not "ben".
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
    // The sound cannot improve it, or is a single letter, which resembles too much.
    if by_eye >= SOUND || heard.len().min(sounds.len()) < 2 {
        return by_eye;
    }
    let like = by_eye.max(SOUND * likeness::likeness(heard, sounds));
    if is_another(typed, letters) { like - ANOTHER } else { like }
}

/// Whether two short words differ by three errors, however small each is, and by a syllable: "Stallone"
/// is not Stalin.
fn is_another(typed: &str, letters: &str) -> bool {
    let (shorter, longer) = (typed.len().min(letters.len()), typed.len().max(letters.len()));
    shorter >= SHORT.0
        && longer <= SHORT.1
        && syllables(typed) != syllables(letters)
        && strsim::osa_distance(typed, letters) >= SLIPS
}

/// The number of vowel groups in a word.
fn syllables(word: &str) -> usize {
    let vowel = |byte: u8| matches!(byte, b'a' | b'e' | b'i' | b'o' | b'u' | b'y');
    let bytes = word.as_bytes();
    (0..bytes.len()).filter(|place| vowel(bytes[*place]) && (*place == 0 || !vowel(bytes[place - 1]))).count()
}

/// Lowers weak likenesses: one error in a long word costs little, two in a short one much.
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

fn slice<'a>(text: &'a str, ends: &[u32], idx: u32) -> &'a str {
    let start = idx.checked_sub(1).map_or(0, |before| ends[before as usize]);
    &text[start as usize..ends[idx as usize] as usize]
}

/// The bigrams of a sound with its ends marked and all vowels equal.
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
        Dictionary::new(&tokens.iter().map(|token| (*token).to_owned()).collect::<Vec<_>>()).0
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
    fn prefixes_are_found() {
        let names = dictionary(&["nagy", "nagyvarad", "budapest", "nagel"]);
        let found: Vec<&str> = names.beginning_with("nag").map(|token| names.token(token)).collect();
        assert_eq!(found.len(), 3);
        assert!(["nagel", "nagy", "nagyvarad"].iter().all(|token| found.contains(token)));
    }
}
