//! Questions about names and meanings: people and their roles, terms, groups.

use super::text_index::{is_sound, padded};
use super::{AnswerFormat, DraftQuestion, Maker, QuestionKind, chance};
use crate::card::format;
use crate::pack::{Accepted, Entry, EntryIdx, Kind};

/// A description with fewer words fits too many entries.
const WORDS: usize = 4;
/// A term with more words is not asked for by typing it.
const TYPED_WORDS: usize = 2;
/// From how many of the nearest false descriptions to draw.
const TEMPTING: usize = 6;

impl<'a> Maker<'a> {
    /// The entry of the question with its description, if questions about it are allowed and the
    /// description does not contain its name.
    fn named(&self, kind: Kind, id: &str) -> Option<(EntryIdx, &'a Entry, &'a str)> {
        let idx = self.pack.find(&format!("{}/{id}", kind.word()))?;
        let gist = self.gist(idx)?;
        Some((idx, self.pack.entry(idx), gist))
    }

    /// The description of an entry, if questions about it are allowed.
    fn gist(&self, idx: EntryIdx) -> Option<&'a str> {
        let entry = self.pack.entry(idx);
        let gist = entry.gist.as_ref()?.text.trim_end_matches('.');
        let sound = is_sound(entry) && is_telling(entry.kind, gist) && !self.text_index.gist_gives_away(idx, idx);
        sound.then_some(gist)
    }

    /// Whether the description of `described` may also be true of `other`.
    fn could_fit(&self, described: EntryIdx, other: EntryIdx) -> bool {
        let kin = self.pack.entry(described).kind == Kind::Term && self.are_kin(described, other);
        // "In Nagy's circle" is true of everybody who is mentioned together with Nagy.
        let same_circle = self.text_index.people_in_gist(described).iter().any(|person| self.text_index.near(*person, other));
        kin || same_circle || self.text_index.gist_could_describe(described, other) || self.text_index.akin(described, other)
    }

    /// How many events name both entries. Members of the same circle are plausible wrong answers.
    fn shared_events(&self, one: EntryIdx, other: EntryIdx) -> usize {
        let events = self.pack.events_naming(one);
        self.pack.events_naming(other).iter().filter(|event| events.contains(event)).count()
    }

    /// How plausible a wrong answer another entry is; larger is more. `None` if it is of another sort.
    fn nearness(&self, idx: EntryIdx, other: EntryIdx) -> Option<(usize, usize, u16)> {
        let likeness = self.pack.likeness(idx, other)?;
        Some((likeness, self.shared_events(idx, other), self.pack.entry(other).importance))
    }

    /// Whether two terms are so closely related that one could replace the other: one explains the
    /// other, or one event is an example of both.
    fn are_kin(&self, one: EntryIdx, other: EntryIdx) -> bool {
        let shown = self.pack.events_naming(one);
        self.text_index.near(one, other) || self.pack.events_naming(other).iter().any(|event| shown.contains(event))
    }

    /// Other entries of its sort whose names do not fit a description, the most alike first.
    fn other_names(&self, idx: EntryIdx, gist: &str) -> Vec<String> {
        let gist = padded(gist);
        let mut pool: Vec<((usize, usize, u16), EntryIdx)> = self
            .pack
            .of_kind(self.pack.entry(idx).kind)
            .filter(|(other, entry)| {
                *other != idx && is_sound(entry) && !self.could_fit(idx, *other) && !self.text_index.is_named_in(*other, &gist)
            })
            .filter_map(|(other, _)| Some((self.nearness(idx, other)?, other)))
            .collect();
        pool.sort_unstable_by_key(|(nearness, other)| (std::cmp::Reverse(*nearness), *other));
        pool.into_iter().map(|(.., other)| self.pack.entry(other).name.clone()).collect()
    }

    /// Other entries of its sort with descriptions that do not fit it, the most alike first.
    fn other_gists(&self, idx: EntryIdx) -> Vec<(EntryIdx, String)> {
        let mut pool: Vec<(EntryIdx, String)> = self
            .pack
            .of_kind(self.pack.entry(idx).kind)
            .filter(|(other, _)| *other != idx)
            .filter_map(|(other, _)| self.gist(other).map(|gist| (other, gist)))
            .filter(|(other, _)| !self.could_fit(*other, idx) && !self.text_index.gist_gives_away(*other, idx))
            .filter(|(other, _)| self.pack.likeness(idx, *other).is_some())
            .map(|(other, gist)| (other, gist.to_owned()))
            .collect();
        pool.sort_by_key(|(other, _)| std::cmp::Reverse(self.nearness(idx, *other)));
        pool
    }

    pub(super) fn named_by_gist(&mut self) -> Option<DraftQuestion> {
        let (idx, entry, gist) = self.named(self.kind.subject()?, self.subject)?;
        let ask = asked(entry.kind, gist);
        let pool = self.other_names(idx, gist);
        let form = chance::choice(&mut self.rng, &entry.name, pool, 2, 3)?;
        Some(self.meaning(idx, ask, form))
    }

    pub(super) fn typed_by_gist(&mut self) -> Option<DraftQuestion> {
        let (idx, entry, gist) = self.named(self.kind.subject()?, self.subject)?;
        // A typed answer has no choices that exclude other people.
        if !self.text_index.people_in_gist(idx).is_empty() {
            return None;
        }
        // Nobody types "liberation and occupation" from memory.
        if entry.kind == Kind::Term && entry.name.split([' ', '-']).count() > TYPED_WORDS {
            return None;
        }
        let ask = asked(entry.kind, gist);
        let form = AnswerFormat::Typed { shown: entry.name.clone(), accept: vec![Accepted::Entry(idx)] };
        Some(self.meaning(idx, ask, form))
    }

    pub(super) fn gist_of_name(&mut self) -> Option<DraftQuestion> {
        let (idx, entry, gist) = self.named(self.kind.subject()?, self.subject)?;
        let ask = match self.kind {
            QuestionKind::Role => format!("Who was {}?", entry.name),
            QuestionKind::Body => format!("What was this: {}?", entry.name),
            _ => format!("What does this mean: {}?", entry.name),
        };
        let right = gist.to_owned();
        let pool = self.other_gists(idx).into_iter().map(|(_, gist)| gist).collect();
        let form = chance::choice(&mut self.rng, &right, pool, 2, 3)?;
        Some(self.meaning(idx, ask, form))
    }

    pub(super) fn true_gist(&mut self) -> Option<DraftQuestion> {
        let (word, id) = self.subject.split_once('.')?;
        let kind = [Kind::Person, Kind::Group, Kind::Term].into_iter().find(|kind| kind.word() == word)?;
        let (idx, entry, gist) = self.named(kind, id)?;
        let pool = self.other_gists(idx);
        if pool.is_empty() {
            return None;
        }
        let right = gist.to_owned();
        let fits = self.rng.bool();
        let (whose, said) = if fits { (idx, right) } else { pool[self.rng.usize(0..pool.len().min(TEMPTING))].clone() };
        let name = format::quoted(&entry.name);
        let ask = match kind {
            Kind::Term => format!("True or false? The term {name} means this: {}.", format::quoted(&said)),
            Kind::Group => format!("True or false? {name} was the name of this: {}.", format::quoted(&said)),
            _ => format!("True or false? These words describe {}: {}.", entry.name, format::quoted(&said)),
        };
        let mut made = self.meaning(idx, ask, chance::either(fits, "True", "False"));
        made.item = format!("meaning/{}.{id}", kind.word());
        if whose != idx {
            made.about.push(whose);
            made.explain.insert(1, super::header(self.pack, whose));
        }
        Some(made)
    }

    fn meaning(&self, idx: EntryIdx, ask: String, form: AnswerFormat) -> DraftQuestion {
        let kind = self.pack.entry(idx).kind;
        DraftQuestion {
            difficulty: self.difficulty(idx),
            about: vec![idx],
            item: format!("meaning/{}.{}", kind.word(), self.subject),
            ask,
            form,
            explain: self.described(idx),
        }
    }
}

fn asked(kind: Kind, gist: &str) -> String {
    match kind {
        Kind::Person => format!("Who was this? {gist}."),
        Kind::Group => format!("Which organisation was this? {gist}."),
        _ => format!("Which word means this? {gist}."),
    }
}

/// Whether a description identifies its entry: a term's meaning always does, others need a proper name
/// or a number ("novelist and critic of the regime" is true of several).
fn is_telling(kind: Kind, gist: &str) -> bool {
    let proper = gist.split(' ').skip(1).any(|word| word.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit()));
    gist.split(' ').count() >= WORDS && (kind == Kind::Term || proper)
}
