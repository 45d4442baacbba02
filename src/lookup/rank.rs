//! Ranks the names that a query may mean.

use std::cell::RefCell;

use super::Scope;
use super::endings::{bare_forms, surely_bare};
use super::english_words::is_common;
use super::fold::stem;
use super::index::{Index, NO_FAMILY};
use super::near::{Counting, Near};
use super::tongues::in_english;
use super::words::{kind_of, looks_ordinary, other_forms};
use crate::pack::Kind;

/// How many names are scored in full. More never changed a result where it was measured, and the cost is
/// linear.
const SCORED: usize = 48;
/// Once rarer words have produced enough candidates, a token that occurs in more names than this adds
/// none.
const COMMON: usize = 200;
/// The weight of an unknown word: that of the rarest name, because it may be one.
const UNKNOWN: f32 = 1.0;
/// The same for words of up to three letters, which are usually fragments.
const UNKNOWN_SHORT: f32 = 0.6;
/// The weight of a word of an event's description, against 1 for a word of its title.
const DESCRIBED: f32 = 0.65;
/// The share of a score that does not depend on the coverage of the name. A surname alone must be enough
/// for a person, and three words of a title for an event.
const NAME_BASE: f32 = 0.6;
const EVENT_BASE: f32 = 0.85;
/// The same as `DESCRIBED` for a word that hardly any other entry has, and the maximum number of names
/// and descriptions that may contain it.
const DESCRIBED_ALONE: f32 = 0.8;
const RARE: usize = 2;
/// The likeness of a given name in another language ("George" for György).
const OTHER_FORM: f32 = 0.9;
/// The likeness of a word in another language ("Platz").
const IN_ENGLISH: f32 = 0.9;
/// The maximum likeness of a common English word to a rare name: less than that of a typing error.
const COMMON_WORD: f32 = 0.34;
/// The likeness of a word's Hungarian case form to the word itself.
const CASE: f32 = 0.92;
/// From this likeness to a known word on, no other forms are tried.
const SURE: f32 = 0.8;
/// The factor if a naming word of the query is nowhere in the entry. Two names of which one is unknown
/// mean somebody else ("Berlin Wall"); two misspelt names do not.
const UNKNOWN_NAME: f32 = 0.85;
/// The factor if only the description of something with a proper name matches: enough to suggest it, not
/// to find it.
const ONLY_DESCRIBED: f32 = 0.6;
/// The coverage of a person's name by the family name alone.
const FAMILY: f32 = 0.9;

/// For how many of the tokens that a word may be the descriptions are searched.
const DESCRIBING: usize = 6;
/// From this weight on, a word may be a name.
const NAMES: f32 = 0.5;
/// From this likeness on, a word counts as covered.
const COVERED: f32 = 0.3;

/// From this coverage on, a name counts as complete; articles may be missing.
pub(super) const IN_FULL: f32 = 0.95;
/// The penalty for each word around a complete name.
const AROUND: f32 = 0.05;
/// From this likeness to a known word on, a word around the name may be a misspelling of another name.
const MAYBE: f32 = 0.45;
/// The score of a complete name before that penalty.
const IN_FULL_WORTH: f32 = 0.86;

/// From this likeness on, a word is certainly the known one; between [`COVERED`] and this it may be
/// anything.
const SURELY: f32 = 0.55;

/// An entry that matches a query to some degree.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Ranked {
    pub entry: u32,
    /// The score, from 0 to 1.
    pub score: f32,
    /// How much of the query the entry covers, from 0 to 1.
    pub query: f32,
    /// How much of its best name the query covers, tolerating errors, from 0 to 1. A family name covers
    /// most of the full name.
    pub covered: f32,
    /// The same without that bonus for family names.
    pub spelt_out: f32,
    /// Whether every word of the query is spelt as in the pack.
    pub exact: bool,
    /// How many naming words of the query are in its name.
    pub names: u8,
    /// What speaks against the entry.
    pub left: Left,
}

/// The parts of a query that an entry's name and description do not cover.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Left {
    /// A word that may be a name, and that the entry does not have.
    pub strange: bool,
    /// A title, class noun or ordinary word that the entry does not have.
    pub common: bool,
    /// A class noun that means another kind of thing ("uprising" with a city).
    pub other_kind: bool,
    /// Whether the query consists only of titles and class nouns.
    pub only_class: bool,
    /// Whether no naming word of the query is in the entry's name.
    pub unnamed: bool,
}

/// One word of a query, and the tokens that it may be.
#[derive(Debug, Default)]
pub(super) struct Word {
    pub near: Vec<Near>,
    pub weight: f32,
    /// The kind of thing that it implies: "square", "uprising".
    pub kind: Option<Kind>,
    /// A number, or a word that occurs only in descriptions: it is not a name.
    pub ordinary: bool,
}

/// The buffers of ranking, kept per thread to avoid allocations.
#[derive(Default)]
struct Tallies {
    counting: Counting,
    sum: Vec<f32>,
    stamp: Vec<u8>,
    touched: Vec<u32>,
}

thread_local! {
    static TALLY: RefCell<Tallies> = RefCell::default();
}

impl Index {
    /// The words of a query with the tokens that they may be. Two words that are a known word only
    /// together are joined.
    pub(super) fn read(&self, words: &[String]) -> Vec<Word> {
        TALLY.with_borrow_mut(|tally| {
            let mut read: Vec<(Word, &str)> = words.iter().map(|word| (self.word(word, tally), word.as_str())).collect();
            let mut idx = 0;
            while idx + 1 < read.len() {
                // Joins only wrong spaces: separately they must match badly, together well.
                if best(&read[idx].0).min(best(&read[idx + 1].0)) < 0.6 {
                    let together = self.word(&[read[idx].1, read[idx + 1].1].concat(), tally);
                    if best(&together) > 0.8 {
                        read[idx] = (together, read[idx].1);
                        read.remove(idx + 1);
                    }
                }
                idx += 1;
            }
            read.into_iter().map(|(word, _)| word).collect()
        })
    }

    fn word(&self, word: &str, tally: &mut Tallies) -> Word {
        let mut near = Vec::new();
        self.dictionary.nearest(word, false, &mut tally.counting, &mut near);
        let common = near.first().is_none_or(|near| near.like < 1.0) && is_common(word);
        if common {
            self.doubt_names(word, &mut near);
        }
        if !common && near.first().is_none_or(|near| near.like < SURE) {
            self.add_bare_forms(word, &mut near, tally);
        }
        self.add(other_forms(word), OTHER_FORM, &mut near);
        self.add(in_english(word), IN_ENGLISH, &mut near);
        let weight = match near.first() {
            _ if self.is_class(word) => near.first().map_or(0.4, |near| self.weight(near.token).min(0.4)),
            Some(near) if near.like > 0.5 => self.weight(near.token),
            // It resembles hardly anything known: a misspelt or unknown given name.
            Some(near) if near.like > 0.35 => self.weight(near.token).max(UNKNOWN_SHORT),
            _ if word.len() <= 3 => UNKNOWN_SHORT,
            _ => UNKNOWN,
        };
        let only_described = |near: &Near| near.like >= 1.0 && self.names_with(near.token).iter().all(|name| *name >= self.names);
        let unknown = near.first().is_none_or(|near| near.like < SURELY);
        let ordinary = word.bytes().all(|byte| byte.is_ascii_digit())
            || unknown && looks_ordinary(word)
            || near.first().is_some_and(only_described);
        Word { near, weight, kind: kind_of(word), ordinary }
    }

    /// A common English word is meant as typed. It may be a form of a known word or of another common
    /// word ("boarder" for border), but hardly a misspelt rare name.
    fn doubt_names(&self, word: &str, near: &mut [Near]) {
        for near in near.iter_mut() {
            let token = self.dictionary.token(near.token);
            if stem(word) != stem(token) && !is_common(token) && !self.is_class(token) {
                near.like = near.like.min(COMMON_WORD);
            }
        }
        near.sort_by(|a, b| b.like.total_cmp(&a.like).then(a.token.cmp(&b.token)));
    }

    /// Adds known words that `typed` may mean.
    fn add(&self, forms: impl Iterator<Item = &'static str>, like: f32, near: &mut Vec<Near>) {
        for token in forms.filter_map(|form| self.dictionary.exactly(form)) {
            if near.iter().any(|near| near.token == token && near.like >= like) {
                continue;
            }
            near.retain(|near| near.token != token);
            let place = near.partition_point(|near| near.like >= like);
            near.insert(place, Near { token, like });
        }
    }

    /// Adds the words of which `word` may be a Hungarian case form.
    fn add_bare_forms(&self, word: &str, near: &mut Vec<Near>, tally: &mut Tallies) {
        let mut of_forms: Vec<Near> =
            bare_forms(word).filter_map(|form| self.dictionary.exactly(form)).map(|token| Near { token, like: 1.0 }).collect();
        if let Some(form) = surely_bare(word).filter(|_| of_forms.is_empty()) {
            self.dictionary.nearest(form, false, &mut tally.counting, &mut of_forms);
        }
        for found in of_forms {
            let like = CASE * found.like;
            match near.iter_mut().find(|known| known.token == found.token) {
                Some(known) => known.like = known.like.max(like),
                None => near.push(Near { token: found.token, like }),
            }
        }
        near.sort_by(|a, b| b.like.total_cmp(&a.like).then(a.token.cmp(&b.token)));
    }

    /// The matching entries of a scope, the best first.
    pub(super) fn rank(&self, words: &[Word], scope: Scope) -> Vec<Ranked> {
        let candidates = TALLY.with_borrow_mut(|tally| self.candidates(words, scope, tally));
        let mut ranked: Vec<Ranked> = Vec::new();
        for name in candidates {
            let entry = self.owners[name as usize];
            let fit = if name < self.names { self.fit(words, name) } else { self.fit_described(words, name) };
            match ranked.iter_mut().find(|known| known.entry == entry) {
                Some(known) if known.score >= fit.score => {}
                Some(known) => *known = fit,
                None => ranked.push(fit),
            }
        }
        self.sort(&mut ranked);
        ranked
    }

    pub(super) fn sort(&self, ranked: &mut [Ranked]) {
        let importance = |entry: u32| self.importance[entry as usize];
        ranked.sort_by(|a, b| {
            b.score.total_cmp(&a.score).then(importance(b.entry).cmp(&importance(a.entry))).then(a.entry.cmp(&b.entry))
        });
    }

    /// The names that share most with the query, weighted by rarity.
    fn candidates(&self, words: &[Word], scope: Scope, tally: &mut Tallies) -> Vec<u32> {
        tally.sum.resize(self.owners.len(), 0.0);
        tally.stamp.resize(self.owners.len(), 0);
        // Rare words first: they select the names, and common ones only distinguish them.
        let mut order: Vec<usize> = (0..words.len()).collect();
        order.sort_by_key(|idx| words[*idx].near.iter().map(|near| self.names_with(near.token).len()).sum::<usize>());
        for idx in order {
            let mark = u8::try_from(idx + 1).unwrap_or(u8::MAX);
            let enough = tally.touched.len() >= SCORED;
            for near in &words[idx].near {
                let worth = near.like * self.rarity(near.token);
                let names = self.names_with(near.token);
                let only_known = enough && names.len() > COMMON;
                for &name in names {
                    let sum = &mut tally.sum[name as usize];
                    // The nearest token comes first; a worse one of the same name adds nothing.
                    let skip = (only_known && *sum == 0.0) || tally.stamp[name as usize] == mark || !scope.has(self.kind(name));
                    if !skip {
                        if *sum == 0.0 {
                            tally.touched.push(name);
                        }
                        tally.stamp[name as usize] = mark;
                        *sum += worth;
                    }
                }
            }
        }
        let mut best: Vec<(f32, u32)> = Vec::with_capacity(tally.touched.len());
        for &name in &tally.touched {
            // Among equals, short names first, because less of them stays uncovered. Descriptions are
            // long by nature, so their length does not count.
            let length = if name < self.names { self.tokens_of(name).len() } else { 8 };
            best.push((tally.sum[name as usize] - 0.01 * length as f32, name));
            tally.sum[name as usize] = 0.0;
            tally.stamp[name as usize] = 0;
        }
        tally.touched.clear();
        if best.len() > SCORED {
            best.select_nth_unstable_by(SCORED - 1, |a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            best.truncate(SCORED);
        }
        best.into_iter().map(|(_, name)| name).collect()
    }

    /// How well a name matches: the best alignment of words and tokens in any order, then coverage both
    /// ways.
    fn fit(&self, words: &[Word], name: u32) -> Ranked {
        let tokens = self.tokens_of(name);
        let entry = self.owners[name as usize];
        let mut pairs: Vec<(f32, usize, usize)> = Vec::new();
        for (word, read) in words.iter().enumerate() {
            for near in &read.near {
                for (place, _) in tokens.iter().enumerate().filter(|(_, token)| **token == near.token) {
                    pairs.push((near.like, word, place));
                }
            }
        }
        pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
        let mut of_word = vec![0.0f32; words.len()];
        let mut of_token = vec![0.0f32; tokens.len()];
        for (like, word, place) in pairs {
            if of_word[word] == 0.0 && of_token[place] == 0.0 {
                of_word[word] = like;
                of_token[place] = like;
            }
        }
        let by_name = of_word.clone();
        self.describe(words, entry, &mut of_word);
        let weights = || tokens.iter().map(|token| self.weight(*token));
        let mut exactly = self.share(weights(), &of_token);
        let forgiven: Vec<f32> = of_token.iter().map(|like| if *like > 0.4 { 1.0 } else { 0.0 }).collect();
        let spelt_out = self.share(weights(), &forgiven);
        let mut covered = spelt_out;
        let family = self.family[name as usize];
        if family != NO_FAMILY {
            exactly = exactly.max(FAMILY * of_token[usize::from(family)]);
            covered = covered.max(FAMILY * forgiven[usize::from(family)]);
        }
        let (query, mut score) = self.judge(words, &of_word, exactly, entry);
        if spelt_out >= IN_FULL && self.kinds[entry as usize] != Kind::Event || family != NO_FAMILY && covered >= FAMILY {
            // Words around a complete name say little against it, but a name that contains those words
            // too matches better.
            let around = || words.iter().zip(&by_name).filter(|(_, like)| **like < COVERED).map(|(word, _)| word);
            let exact = words.iter().zip(&by_name).filter(|(word, like)| word.weight > NAMES && **like > SURE).count();
            if exact > 1 || around().all(|word| word.weight <= NAMES || word.ordinary || best(word) < MAYBE) {
                score = score.max(exactly * (IN_FULL_WORTH - AROUND * around().count() as f32));
            }
        }
        let left = self.left(words, &by_name, &of_word, entry);
        let names = words.iter().zip(&by_name).filter(|(word, like)| word.weight > NAMES && **like > SURE).count() as u8;
        Ranked { entry, score, query, covered, spelt_out, exact: known(words), names, left }
    }

    /// How well an entry matches if only its description was found.
    fn fit_described(&self, words: &[Word], list: u32) -> Ranked {
        let mut of_word = vec![0.0f32; words.len()];
        let entry = self.owners[list as usize];
        self.describe(words, entry, &mut of_word);
        let (query, score) = self.judge(words, &of_word, 0.0, entry);
        let left = if self.kinds[entry as usize] == Kind::Event { 1.0 } else { ONLY_DESCRIBED };
        let uncovered = self.left(words, &vec![0.0; words.len()], &of_word, entry);
        Ranked { entry, score: score * left, query, covered: 0.0, spelt_out: 0.0, exact: known(words), names: 0, left: uncovered }
    }

    /// What the entry leaves uncovered, given how well its name and description cover each word.
    fn left(&self, words: &[Word], by_name: &[f32], of_word: &[f32], entry: u32) -> Left {
        let kind = self.kinds[entry as usize];
        let only_class = words.iter().all(|word| word.weight <= NAMES);
        let mut left = Left { unnamed: true, only_class, ..Left::default() };
        for (word, (named, covered)) in words.iter().zip(by_name.iter().zip(of_word)) {
            let names = word.weight > NAMES && !word.ordinary && !(COVERED..SURELY).contains(&best(word));
            left.unnamed &= *named < COVERED;
            if *covered < COVERED {
                left.strange |= names;
                left.common |= !names;
                left.other_kind |= word.kind.is_some_and(|other| other != kind);
            }
        }
        left
    }

    /// Raises the likeness of words that occur only in an entry's description.
    fn describe(&self, words: &[Word], entry: u32, of_word: &mut [f32]) {
        // The descriptions come after the names, one per entry, ordered by entry.
        let lists = &self.owners[self.names as usize..];
        let Ok(list) = lists.binary_search(&entry) else {
            return;
        };
        let tokens = self.tokens_of(self.names + list as u32);
        for (word, read) in words.iter().enumerate() {
            let near = read.near.iter().take(DESCRIBING).find(|near| tokens.binary_search(&near.token).is_ok());
            if let Some(near) = near {
                // A word that occurs only in this entry's story is almost a name: "nasser".
                let rare = near.like > 0.9 && self.names_with(near.token).len() <= RARE;
                of_word[word] = of_word[word].max(near.like * if rare { DESCRIBED_ALONE } else { DESCRIBED });
            }
        }
    }

    /// How much of the query is covered, and the score from that and the coverage of the name.
    fn judge(&self, words: &[Word], of_word: &[f32], covered: f32, entry: u32) -> (f32, f32) {
        let query = self.share(words.iter().map(|word| word.weight), of_word);
        let base = if self.kinds[entry as usize] == Kind::Event { EVENT_BASE } else { NAME_BASE };
        let unknown = words.iter().zip(of_word).any(|(word, like)| word.weight > 0.5 && *like < 0.3);
        let doubt = if unknown { UNKNOWN_NAME } else { 1.0 };
        (query, doubt * query * (base + (1.0 - base) * covered))
    }

    fn share(&self, weights: impl Iterator<Item = f32>, likes: &[f32]) -> f32 {
        let (mut all, mut had) = (0.0, 0.0);
        for (weight, like) in weights.zip(likes) {
            all += weight;
            had += weight * like;
        }
        if all > 0.0 { had / all } else { 0.0 }
    }
}

/// Whether every word is spelt as in the pack.
fn known(words: &[Word]) -> bool {
    words.iter().all(|word| best(word) >= 1.0)
}

pub(super) fn best(word: &Word) -> f32 {
    word.near.first().map_or(0.0, |near| near.like)
}
