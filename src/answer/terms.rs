//! Terms, so that different words for one thing match.
//!
//! A term is a stem, or a phrase of several stems that is a name or a synonym. Terms are numbered; the
//! pack's synonyms say which other terms a term may mean, and how well.

use std::collections::HashSet;

use super::map::HashMap;

use super::stems::stem;
use super::words::{is_function, of_text};
use crate::pack::{EntryIdx, Kind, Pack};

/// A term, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Term(u32);

/// The likeness of words in one group of synonyms.
const SYNONYM: f32 = 0.9;
/// The likeness of a narrower word to the wider one that was asked for.
const NARROWER: f32 = 0.75;
/// Words for what is known of every person, whether or not a sentence contains them.
const OF_A_LIFE: &str = "born birth birthday birthplace age";
/// The most words of a name or phrase.
const PHRASE: usize = 7;
/// A family name means only its most important bearer if all others are less important by at least this
/// factor.
const OVERSHADOWED: u16 = 2;

/// A part of a question or sentence: a name, a phrase, or a word.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Feature {
    /// Its term; `None` for a word that does not occur in the pack.
    pub term: Option<Term>,
    /// The entries that it names.
    pub entries: Vec<EntryIdx>,
    /// The terms of its words, if there are several.
    pub parts: Vec<Term>,
    /// The range of words that it covers.
    pub words: (usize, usize),
}

/// All terms of a pack.
#[derive(Debug, Default)]
pub(super) struct Terms {
    numbers: HashMap<String, Term>,
    /// What each term may mean besides itself, and how well.
    alike: HashMap<Term, Vec<(Term, f32)>>,
    /// Phrases of several words that form one feature.
    phrases: HashMap<String, Vec<EntryIdx>>,
    /// The first words of those phrases, each with the length of its longest phrase, because most words
    /// begin no phrase.
    begins: HashMap<String, usize>,
    /// Terms for an actor, even if no entry has that name.
    naming: HashSet<Term>,
    /// All words of the pack as written, with their stems.
    forms: HashMap<String, String>,
    /// Names of one word.
    names: HashMap<String, Vec<EntryIdx>>,
    /// The subject of the whole pack: the words of its title, and the entries with those names.
    ambient: HashSet<Term>,
    subject: Vec<EntryIdx>,
}

impl Terms {
    /// Reads the names and synonyms of a pack.
    pub(super) fn new(pack: &Pack) -> Terms {
        let mut terms = Terms::default();
        for (idx, entry) in pack.numbered() {
            let names = std::iter::once(&entry.name).chain(&entry.native).chain(&entry.short).chain(&entry.aliases);
            for name in names {
                terms.name(&stems(&of_text(name)), idx);
                if name.contains('-') {
                    terms.name(&stems(&of_text(&name.replace('-', ""))), idx);
                }
                if let Some(turned) = turned(name) {
                    terms.name(&stems(&of_text(&turned)), idx);
                }
            }
        }
        terms.family_names(pack);
        terms.learn(&of_text(OF_A_LIFE));
        for group in &pack.synonyms {
            let words: Vec<Term> = group.words.iter().map(|word| terms.phrase(word)).collect();
            let covers: Vec<Term> = group.covers.iter().map(|word| terms.phrase(word)).collect();
            if group.names {
                terms.naming.extend(&words);
            }
            for word in &words {
                let alike = terms.alike.entry(*word).or_default();
                alike.extend(words.iter().filter(|other| *other != word).map(|other| (*other, SYNONYM)));
                alike.extend(covers.iter().map(|narrow| (*narrow, NARROWER)));
            }
        }
        terms.ambient(&pack.title);
        terms
    }

    /// Marks the words of the pack's title, which are implied in everything it says.
    fn ambient(&mut self, title: &str) {
        let title = of_text(title);
        self.subject = self.read(&title).into_iter().filter(|feature| feature.parts.len() > 1).flat_map(|f| f.entries).collect();
        for stem in stems(&title).iter().filter(|stem| !is_function(stem)) {
            let term = self.number(stem);
            self.ambient.insert(term);
            self.ambient.extend(self.alike(term).iter().map(|(other, _)| *other).collect::<Vec<_>>());
        }
    }

    /// Whether a feature names the subject of the whole pack, and so distinguishes nothing.
    pub(super) fn is_ambient(&self, feature: &Feature) -> bool {
        let named = |term: &Term| self.ambient.contains(term);
        feature.entries.iter().any(|idx| self.subject.contains(idx))
            || feature.term.as_ref().is_some_and(named)
            || !feature.parts.is_empty() && feature.parts.iter().all(named)
    }

    fn name(&mut self, stems: &[String], idx: EntryIdx) {
        let bare = match stems {
            [the, rest @ ..] if the == "the" && !rest.is_empty() => rest,
            all => all,
        };
        let table = match bare.len() {
            0 => return,
            1 => &mut self.names,
            length => {
                begin(&mut self.begins, &bare[0], length);
                &mut self.phrases
            }
        };
        let entries = table.entry(bare.join(" ")).or_default();
        if !entries.contains(&idx) {
            entries.push(idx);
        }
        self.number(&bare.join(" "));
    }

    /// Adds family names as names, unless somebody of similar importance shares them.
    fn family_names(&mut self, pack: &Pack) {
        let mut families: HashMap<String, Vec<(u16, EntryIdx)>> = HashMap::default();
        for (idx, person) in pack.of_kind(Kind::Person) {
            if let [_, .., family] = stems(&of_text(&person.name)).as_slice() {
                families.entry(family.clone()).or_default().push((person.importance, idx));
            }
        }
        for (family, mut bearers) in families {
            bearers.sort_by_key(|(importance, idx)| (std::cmp::Reverse(*importance), *idx));
            let first = bearers[0].0;
            let meant =
                bearers.iter().filter(|(importance, _)| first < importance.saturating_mul(OVERSHADOWED) || *importance == first);
            for (_, idx) in meant.copied().collect::<Vec<_>>() {
                self.name(std::slice::from_ref(&family), idx);
            }
        }
    }

    fn phrase(&mut self, text: &str) -> Term {
        let stems = stems(&of_text(text));
        if stems.len() > 1 {
            begin(&mut self.begins, &stems[0], stems.len());
            self.phrases.entry(stems.join(" ")).or_default();
        }
        self.number(&stems.join(" "))
    }

    fn number(&mut self, key: &str) -> Term {
        if let Some(known) = self.numbers.get(key) {
            return *known;
        }
        let new = Term(self.numbers.len() as u32);
        self.numbers.insert(key.to_owned(), new);
        new
    }

    /// The term of a known stem or phrase.
    pub(super) fn known(&self, key: &str) -> Option<Term> {
        self.numbers.get(key).copied()
    }

    /// Whether a stem occurs in the pack.
    pub(super) fn knows(&self, stem: &str) -> bool {
        self.numbers.contains_key(stem)
    }

    /// All known stems of single words.
    pub(super) fn single(&self) -> impl Iterator<Item = (&str, Term)> {
        self.numbers.iter().filter(|(key, _)| !key.contains(' ')).map(|(key, term)| (key.as_str(), *term))
    }

    /// All words of the pack that differ from their stems, with the stems.
    pub(super) fn forms(&self) -> impl Iterator<Item = (&str, &str)> {
        self.forms.iter().map(|(word, stem)| (word.as_str(), stem.as_str()))
    }

    /// Whether a feature names a certain person or thing.
    pub(super) fn is_name(&self, feature: &Feature) -> bool {
        !feature.entries.is_empty() || feature.term.is_some_and(|term| self.naming.contains(&term))
    }

    /// Whether a feature names a country, a body or another actor with several names.
    pub(super) fn is_naming(&self, feature: &Feature) -> bool {
        feature.term.is_some_and(|term| self.naming.contains(&term))
    }

    /// What a term may mean besides itself, and how well.
    pub(super) fn alike(&self, term: Term) -> &[(Term, f32)] {
        self.alike.get(&term).map_or(&[], Vec::as_slice)
    }

    /// The likeness of one term to another that was asked for.
    pub(super) fn likeness(&self, asked: Term, said: Term) -> f32 {
        if asked == said {
            return 1.0;
        }
        self.alike(asked).iter().filter(|(other, _)| *other == said).map(|(_, how)| *how).fold(0.0, f32::max)
    }

    /// The features of a text of the pack. Its words become known.
    pub(super) fn learn(&mut self, words: &[String]) -> Vec<Feature> {
        let stems = stems(words);
        for (word, stem) in words.iter().zip(&stems) {
            self.number(stem);
            if word != stem && !self.forms.contains_key(word) {
                self.forms.insert(word.clone(), stem.clone());
            }
        }
        self.read_stems(words, &stems)
    }

    /// The features of a text: the longest names and phrases, and the remaining words.
    pub(super) fn read(&self, words: &[String]) -> Vec<Feature> {
        self.read_stems(words, &stems(words))
    }

    /// The features of words with corrected stems.
    pub(super) fn read_stems(&self, words: &[String], stems: &[String]) -> Vec<Feature> {
        let mut features = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let most = self.begins.get(&stems[at]).copied().unwrap_or(0).min(words.len() - at);
            let longest = (2..=most).rev().find_map(|length| {
                let key = stems[at..at + length].join(" ");
                self.phrases.get(&key).map(|entries| (length, key, entries.clone()))
            });
            if let Some((length, key, entries)) = longest {
                let content = (at..at + length).filter(|place| !is_function(&words[*place]));
                let parts = content.filter_map(|place| self.known(&stems[place])).collect();
                features.push(Feature { term: self.known(&key), entries, parts, words: (at, at + length) });
                at += length;
                continue;
            }
            if !is_function(&words[at]) {
                let entries = self.names.get(&stems[at]).cloned().unwrap_or_default();
                features.push(Feature { term: self.known(&stems[at]), entries, parts: Vec::new(), words: (at, at + 1) });
            }
            at += 1;
        }
        features
    }
}

/// Records that a phrase of that length begins with that word. Longer ones are never searched for.
fn begin(begins: &mut HashMap<String, usize>, first: &str, length: usize) {
    if length <= PHRASE {
        let longest = begins.entry(first.to_owned()).or_default();
        *longest = length.max(*longest);
    }
}

/// Another form of a name: "Plot 301, New Public Cemetery" → Plot 301, lads of Pest → Pest lads.
fn turned(name: &str) -> Option<String> {
    if let Some((place, _)) = name.split_once(", ").filter(|(place, _)| place.contains(' ')) {
        return Some(place.to_owned());
    }
    let (what, whose) = name.split_once(" of ")?;
    (!what.contains(' ') && !whose.contains(' ')).then(|| format!("{whose} {what}"))
}

/// The stems of words.
pub(super) fn stems(words: &[String]) -> Vec<String> {
    words.iter().map(|word| stem(word)).collect()
}
