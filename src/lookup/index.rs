//! Names and the tokens they are made of, in flat arrays.

use std::collections::HashMap;

use jiff::civil::Date;

use super::fold::{fold_all, fold_as_written, sound};
use super::near::Dictionary;
use super::words::{is_class, is_stop};
use crate::pack::Kind;

/// What an entry answers to, and how.
#[derive(Debug, Clone)]
pub struct Spelling {
    /// The entry, by number.
    pub entry: u32,
    pub text: String,
    /// What the text is to the entry.
    pub role: NameRole,
}

/// What a text is to an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameRole {
    Name,
    /// Another of its names.
    Alias,
    /// A name with its numbers as words, for completion.
    AsWritten,
    /// Words that describe it: they help to find it, and name nothing.
    Subject,
}

/// What the lookup needs to know of an entry besides its names.
#[derive(Debug, Clone, Copy)]
pub struct NamedEntry {
    pub kind: Kind,
    /// How much hangs on it.
    pub importance: u16,
    /// The first and last day of an event.
    pub when: Option<(Date, Date)>,
}

/// The names of a pack, ready to be looked up in. Built once, never changed.
#[derive(Debug)]
pub struct Index {
    /// For every entry, its kind and how much hangs on it.
    pub(super) kinds: Vec<Kind>,
    pub(super) importance: Vec<u16>,
    /// The year that a date without one is of.
    pub(super) year: i16,
    /// Words of this pack that narrow, but do not name.
    common: Vec<String>,
    /// The events with their first and last days, in the order of entries.
    pub(super) dated: Vec<(u32, Date, Date)>,
    pub(super) dictionary: Dictionary,
    /// For every token in 255ths, how rare it is among the names: a half (in most) to one (in one).
    rarity: Vec<u8>,
    /// For every token in 255ths, what it counts when a query is judged: given names, titles and
    /// class nouns count less.
    weight: Vec<u8>,
    /// Names (then subjects): the entry each belongs to, and of which kind that is.
    pub(super) owners: Vec<u32>,
    owner_kinds: Vec<Kind>,
    /// Names: the token that alone names its owner (a person's family name), as place in the name.
    pub(super) family: Vec<u8>,
    /// How many of `owners` are names; the rest are the words that describe entries.
    pub(super) names: u32,
    /// For every name, where its tokens begin in `tokens`.
    pub(super) starts: Vec<u32>,
    pub(super) tokens: Vec<u32>,
    /// For every token, where the names that have it begin in `postings`.
    pub(super) posting_starts: Vec<u32>,
    pub(super) postings: Vec<u32>,
    /// Names of several tokens by a hash of how they sound as one word: (hash, name), sorted.
    joined: Vec<(u32, u32)>,
    /// Hashes of the names that are declared to mean several entries, sorted.
    pub(super) ambiguous: Vec<u32>,
    /// The weightiest entries of each kind, the weightiest first.
    pub(super) weightiest: Vec<u32>,
}

/// A person's name counts as named when its family name is; nobody has this many tokens.
pub(super) const NO_FAMILY: u8 = u8::MAX;
/// What a given name counts, against 1 for a family name.
const GIVEN_WEIGHT: f32 = 0.6;
/// What a title or class noun counts, against 1 for a name.
const CLASS_WEIGHT: f32 = 0.4;
/// What an article or question word counts in a name, where it cannot be left out altogether.
const STOP_WEIGHT: f32 = 0.05;

impl Index {
    /// Builds the index of the given spellings. `ambiguous` are names to ask back for, though they
    /// may be the whole name of one entry; `common` are words that narrow, but do not name.
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
        // The words of a description are searched in order.
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

    /// The same for a pack of that year, which a date without a year is of.
    pub fn in_year(self, year: i16) -> Index {
        Index { year, ..self }
    }

    /// Whether a folded token narrows, but does not name.
    pub(super) fn is_class(&self, token: &str) -> bool {
        is_class(token) || self.common.iter().any(|word| word == token)
    }

    /// How many bytes it takes.
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

    /// How rare a token is among the names.
    pub(super) fn rarity(&self, token: u32) -> f32 {
        f32::from(self.rarity[token as usize]) / 255.0
    }

    /// What a token counts when a query is judged.
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

    /// The names that consist of just these tokens, in any order; articles and the like aside.
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

    /// The names that sound like this when written as one word.
    pub(super) fn named_in_one_word(&self, word: &str) -> impl Iterator<Item = u32> + '_ {
        let wanted = hash(&sound(word));
        let start = self.joined.partition_point(|(hash, _)| *hash < wanted);
        self.joined[start..].iter().take_while(move |(hash, _)| *hash == wanted).map(|(_, name)| *name)
    }

    /// Whether these tokens are declared to mean several entries.
    pub(super) fn is_ambiguous(&self, words: &[String]) -> bool {
        self.ambiguous.binary_search(&whole_hash(&naming(words.to_vec()))).is_ok()
    }
}

/// Appends, for every entry, one list of the words that describe it.
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

/// For every token, the names that have it.
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

/// Given names count less than family names, except those that are somebody's family name too.
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

/// The place of the family name in a person's name written the Western way: the last token that is
/// no mark of age ("Jr").
fn family_name(words: &[String]) -> u8 {
    let place = words.iter().rposition(|word| !matches!(word.as_str(), "jr" | "sr" | "ii" | "iii"));
    place.filter(|_| words.len() > 1).and_then(|place| u8::try_from(place).ok()).unwrap_or(NO_FAMILY)
}

/// The tokens that are no stop words, unless all are.
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

/// How many entries are offered at most while nothing is typed yet: as many as Discord shows.
const OFFERED: usize = 25;

/// The weightiest entries of each kind, all together the weightiest first.
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
