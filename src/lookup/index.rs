//! The index of names and their tokens, in flat arrays.

use std::collections::HashMap;

use jiff::civil::Date;

use super::fold::{fold_all, fold_as_written, sound};
use super::near::Dictionary;
use super::words::{is_class, is_stop};
use crate::pack::Kind;

/// A name or other text by which an entry is found.
#[derive(Debug, Clone)]
pub struct Spelling {
    /// The entry, by number.
    pub entry: u32,
    pub text: String,
    /// How the text relates to the entry.
    pub role: NameRole,
}

/// How a text relates to an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameRole {
    Name,
    /// An alternative name.
    Alias,
    /// A name with its numbers in words, for completion.
    AsWritten,
    /// Words that describe the entry: they help to find it, but are not a name.
    Subject,
}

/// What the lookup needs to know of an entry besides its names.
#[derive(Debug, Clone, Copy)]
pub struct NamedEntry {
    pub kind: Kind,
    /// The entry's importance; larger is more.
    pub importance: u16,
    /// The first and last day of an event.
    pub when: Option<(Date, Date)>,
}

/// The index of a pack's names. Immutable.
#[derive(Debug)]
pub struct Index {
    /// For each entry, its kind and its importance.
    pub(super) kinds: Vec<Kind>,
    pub(super) importance: Vec<u16>,
    /// The year of a date without one.
    pub(super) year: i16,
    /// Words of this pack that narrow a search, but are not names.
    common: Vec<String>,
    /// The events with their first and last days, ordered by entry.
    pub(super) dated: Vec<(u32, Date, Date)>,
    pub(super) dictionary: Dictionary,
    /// For each token in 255ths, its rarity among the names: from a half (in most) to one (in one).
    rarity: Vec<u8>,
    /// For each token in 255ths, its weight when a query is judged: given names, titles and class nouns
    /// weigh less.
    weight: Vec<u8>,
    /// For each name (then each description), the entry that it belongs to, and the kind of that entry.
    pub(super) owners: Vec<u32>,
    owner_kinds: Vec<Kind>,
    /// For each name, the position of the token that alone names its owner (a person's family name).
    pub(super) family: Vec<u8>,
    /// How many of `owners` are names; the rest are descriptions.
    pub(super) names: u32,
    /// For each name, where its tokens begin in `tokens`.
    pub(super) starts: Vec<u32>,
    pub(super) tokens: Vec<u32>,
    /// For each token, where its names begin in `postings`.
    pub(super) posting_starts: Vec<u32>,
    pub(super) postings: Vec<u32>,
    /// Names of several tokens by the hash of their sound as one word: (hash, name), sorted.
    joined: Vec<(u32, u32)>,
    /// Hashes of the declared ambiguous names, sorted.
    pub(super) ambiguous: Vec<u32>,
    /// The most important entries of each kind, the most important first.
    pub(super) weightiest: Vec<u32>,
}

/// The value of `family` for a name without a family name; no name has this many tokens.
pub(super) const NO_FAMILY: u8 = u8::MAX;
/// The weight of a given name, against 1 for a family name.
const GIVEN_WEIGHT: f32 = 0.6;
/// The weight of a title or class noun, against 1 for a name.
const CLASS_WEIGHT: f32 = 0.4;
/// The weight of an article or question word in a name that consists of nothing else.
const STOP_WEIGHT: f32 = 0.05;

impl Index {
    /// Builds the index. `ambiguous` are names for which to ask back, even if one is the full name of an
    /// entry; `common` are words that narrow a search, but are not names.
    pub fn build(subjects: &[NamedEntry], spellings: &[Spelling], ambiguous: &[String], common: &[String]) -> Index {
        let common: Vec<String> = common.iter().flat_map(|word| fold_all(word)).collect();
        let mut numbers: HashMap<String, u32> = HashMap::new();
        let mut texts: Vec<String> = Vec::new();
        let mut number = |token: String| match numbers.get(&token) {
            Some(number) => *number,
            None => {
                let new = texts.len() as u32;
                texts.push(token.clone());
                numbers.insert(token, new);
                new
            }
        };
        let (mut owners, mut family, mut starts, mut tokens) = (Vec::new(), Vec::new(), vec![0u32], Vec::new());
        let mut joined = Vec::new();
        for spelling in spellings.iter().filter(|spelling| spelling.role != NameRole::Subject) {
            let words =
                if spelling.role == NameRole::AsWritten { fold_as_written(&spelling.text) } else { fold_all(&spelling.text) };
            if words.is_empty() {
                continue;
            }
            let name = owners.len() as u32;
            if words.len() > 1 {
                joined.push((hash(&sound(&words.concat())), name));
            }
            let person = subjects[spelling.entry as usize].kind == Kind::Person;
            family.push(match (person, spelling.role) {
                (true, NameRole::Name) => family_name(&words),
                _ => NO_FAMILY,
            });
            tokens.extend(words.into_iter().map(&mut number));
            owners.push(spelling.entry);
            starts.push(tokens.len() as u32);
        }
        let names = owners.len() as u32;
        describe(subjects, spellings, &mut number, &mut owners, &mut starts, &mut tokens);
        joined.sort_unstable();
        let weightiest = weightiest(subjects);
        let mut declared: Vec<u32> = ambiguous.iter().map(|name| whole_hash(&naming(fold_all(name)))).collect();
        declared.sort_unstable();

        let (dictionary, numbers) = Dictionary::new(&texts);
        for token in &mut tokens {
            *token = numbers[*token as usize];
        }
        // Descriptions are searched by binary search, so their words are sorted.
        for list in names as usize..owners.len() {
            tokens[starts[list] as usize..starts[list + 1] as usize].sort_unstable();
        }
        let mut in_order = vec![String::new(); texts.len()];
        for (text, number) in texts.into_iter().zip(&numbers) {
            in_order[*number as usize] = text;
        }
        let texts = in_order;
        let (posting_starts, postings) = postings(texts.len(), &starts, &tokens);
        let rarity = rarity(texts.len(), names, &posting_starts, &postings);
        let mut weight: Vec<f32> = texts.iter().map(|token| weight(token, &common)).collect();
        lighten_given_names(&mut weight, &owners, &family, &starts, &tokens);
        let kinds: Vec<Kind> = subjects.iter().map(|subject| subject.kind).collect();
        let dated =
            subjects.iter().enumerate().filter_map(|(idx, subject)| subject.when.map(|(first, last)| (idx as u32, first, last)));
        Index {
            owner_kinds: owners.iter().map(|owner| kinds[*owner as usize]).collect(),
            importance: subjects.iter().map(|subject| subject.importance).collect(),
            year: 0,
            common,
            dated: dated.collect(),
            kinds,
            dictionary,
            rarity: rarity.into_iter().map(in_255ths).collect(),
            weight: weight.into_iter().map(in_255ths).collect(),
            owners,
            family,
            names,
            starts,
            tokens,
            posting_starts,
            postings,
            joined,
            ambiguous: declared,
            weightiest,
        }
    }

    /// Sets the pack's year, which is the year of a date without one.
    pub fn in_year(self, year: i16) -> Index {
        Index { year, ..self }
    }

    /// Whether a folded token narrows a search, but is not a name.
    pub(super) fn is_class(&self, token: &str) -> bool {
        is_class(token) || self.common.iter().any(|word| word == token)
    }

    /// The size in bytes.
    pub fn bytes(&self) -> usize {
        let numbers = self.owners.len()
            + self.starts.len()
            + self.tokens.len()
            + self.posting_starts.len()
            + self.postings.len()
            + 2 * self.joined.len()
            + self.ambiguous.len()
            + self.weightiest.len();
        let bytes = self.rarity.len() + self.weight.len() + self.family.len() + self.owner_kinds.len() + 3 * self.kinds.len();
        self.dictionary.bytes() + 4 * numbers + bytes + self.dated.len() * size_of::<(u32, Date, Date)>()
    }

    /// The rarity of a token among the names.
    pub(super) fn rarity(&self, token: u32) -> f32 {
        f32::from(self.rarity[token as usize]) / 255.0
    }

    /// The weight of a token when a query is judged.
    pub(super) fn weight(&self, token: u32) -> f32 {
        f32::from(self.weight[token as usize]) / 255.0
    }

    /// The tokens of a name.
    pub(super) fn tokens_of(&self, name: u32) -> &[u32] {
        &self.tokens[self.starts[name as usize] as usize..self.starts[name as usize + 1] as usize]
    }

    /// The names that have a token.
    pub(super) fn names_with(&self, token: u32) -> &[u32] {
        &self.postings[self.posting_starts[token as usize] as usize..self.posting_starts[token as usize + 1] as usize]
    }

    /// The kind of a name's owner.
    pub(super) fn kind(&self, name: u32) -> Kind {
        self.owner_kinds[name as usize]
    }

    /// The names that consist of exactly these tokens, in any order, apart from articles and the like.
    pub(super) fn named_exactly(&self, words: &[String]) -> Vec<u32> {
        let tokens: Option<Vec<u32>> = words.iter().map(|word| self.dictionary.exactly(word)).collect();
        let Some(mut wanted) = tokens else {
            return Vec::new();
        };
        let Some(rarest) = wanted.iter().copied().min_by_key(|token| self.names_with(*token).len()) else {
            return Vec::new();
        };
        wanted.sort_unstable();
        let all_stop = words.iter().all(|word| is_stop(word));
        let is_it = |name: &u32| {
            let counts = |token: &u32| all_stop || !is_stop(self.dictionary.token(*token));
            let mut own: Vec<u32> = self.tokens_of(*name).iter().copied().filter(counts).collect();
            own.sort_unstable();
            own == wanted
        };
        let shortest = wanted.len();
        let fits = |name: &u32| *name < self.names && self.tokens_of(*name).len() >= shortest;
        self.names_with(rarest).iter().copied().filter(|name| fits(name) && is_it(name)).collect()
    }

    /// The names that sound like this word when written as one word.
    pub(super) fn named_in_one_word(&self, word: &str) -> impl Iterator<Item = u32> + '_ {
        let wanted = hash(&sound(word));
        let start = self.joined.partition_point(|(hash, _)| *hash < wanted);
        self.joined[start..].iter().take_while(move |(hash, _)| *hash == wanted).map(|(_, name)| *name)
    }

    /// Whether these tokens are a declared ambiguous name.
    pub(super) fn is_ambiguous(&self, words: &[String]) -> bool {
        self.ambiguous.binary_search(&whole_hash(&naming(words.to_vec()))).is_ok()
    }
}

/// Appends, for each entry, the list of the words that describe it.
fn describe(
    subjects: &[NamedEntry],
    spellings: &[Spelling],
    number: &mut impl FnMut(String) -> u32,
    owners: &mut Vec<u32>,
    starts: &mut Vec<u32>,
    tokens: &mut Vec<u32>,
) {
    let mut described: Vec<Vec<u32>> = vec![Vec::new(); subjects.len()];
    for spelling in spellings.iter().filter(|spelling| spelling.role == NameRole::Subject) {
        let words = fold_all(&spelling.text).into_iter().filter(|word| !is_stop(word) && word.len() > 2);
        described[spelling.entry as usize].extend(words.map(&mut *number));
    }
    for (entry, mut words) in described.into_iter().enumerate().filter(|(_, words)| !words.is_empty()) {
        words.sort_unstable();
        words.dedup();
        tokens.extend(words);
        owners.push(entry as u32);
        starts.push(tokens.len() as u32);
    }
}

/// For each token, the names that contain it.
fn postings(distinct: usize, starts: &[u32], tokens: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let mut begin = vec![0u32; distinct + 1];
    for token in tokens {
        begin[*token as usize + 1] += 1;
    }
    for token in 0..distinct {
        begin[token + 1] += begin[token];
    }
    let mut next = begin.clone();
    let mut postings = vec![0u32; tokens.len()];
    for name in 0..starts.len() - 1 {
        for token in &tokens[starts[name] as usize..starts[name + 1] as usize] {
            postings[next[*token as usize] as usize] = name as u32;
            next[*token as usize] += 1;
        }
    }
    (begin, postings)
}

fn rarity(distinct: usize, names: u32, starts: &[u32], postings: &[u32]) -> Vec<f32> {
    let most = (names.max(2) as f32).ln();
    let of = |token: usize| {
        let within = postings[starts[token] as usize..starts[token + 1] as usize].iter().filter(|name| **name < names).count();
        1.0 - 0.5 * (within.max(1) as f32).ln() / most
    };
    (0..distinct).map(of).collect()
}

fn in_255ths(share: f32) -> u8 {
    (share.clamp(0.0, 1.0) * 255.0).round() as u8
}

fn weight(token: &str, common: &[String]) -> f32 {
    if is_stop(token) {
        STOP_WEIGHT
    } else if is_class(token) || common.iter().any(|word| word == token) {
        CLASS_WEIGHT
    } else {
        1.0
    }
}

/// Reduces the weight of given names, except those that are also somebody's family name.
fn lighten_given_names(weight: &mut [f32], owners: &[u32], family: &[u8], starts: &[u32], tokens: &[u32]) {
    let mut families: Vec<u32> = Vec::new();
    let mut given: Vec<u32> = Vec::new();
    for name in (0..owners.len().min(family.len())).filter(|name| family[*name] != NO_FAMILY) {
        let own = &tokens[starts[name] as usize..starts[name + 1] as usize];
        for (place, token) in own.iter().enumerate() {
            if place == usize::from(family[name]) { families.push(*token) } else { given.push(*token) }
        }
    }
    for token in given.into_iter().filter(|token| !families.contains(token)) {
        weight[token as usize] = weight[token as usize].min(GIVEN_WEIGHT);
    }
}

/// The position of the family name in a person's name in Western order: the last token that is not a
/// suffix ("Jr").
fn family_name(words: &[String]) -> u8 {
    let place = words.iter().rposition(|word| !matches!(word.as_str(), "jr" | "sr" | "ii" | "iii"));
    place.filter(|_| words.len() > 1).and_then(|place| u8::try_from(place).ok()).unwrap_or(NO_FAMILY)
}

/// The tokens that are not stop words, or all if there are no others.
pub(super) fn naming(words: Vec<String>) -> Vec<String> {
    if words.iter().all(|word| is_stop(word)) { words } else { words.into_iter().filter(|word| !is_stop(word)).collect() }
}

fn whole_hash(words: &[String]) -> u32 {
    words.iter().fold(0u32, |sum, word| sum.wrapping_add(hash(word)))
}

/// FNV-1a, 32 bits (Fowler, Noll, Vo): short, and the same on every machine.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// How many entries are offered at most while nothing is typed yet: Discord's maximum.
const OFFERED: usize = 25;

/// The most important entries of each kind, all sorted by importance.
fn weightiest(subjects: &[NamedEntry]) -> Vec<u32> {
    let mut all: Vec<u32> = (0..subjects.len() as u32).collect();
    all.sort_by_key(|entry| std::cmp::Reverse(subjects[*entry as usize].importance));
    let mut counts: HashMap<u8, usize> = HashMap::new();
    all.retain(|entry| {
        let count = counts.entry(subjects[*entry as usize].kind as u8).or_default();
        *count += 1;
        *count <= OFFERED
    });
    all.shrink_to_fit();
    all
}
