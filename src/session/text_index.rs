//! The pack's texts, folded once, and how they relate entries to one another.
//!
//! Everything here errs on one side: a wrong answer is left out as soon as any text connects it with the
//! question. That loses a few good wrong answers and avoids every ambiguous one.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::card::format::month;
use crate::pack::{Confidence, Entry, EntryIdx, Facts, Kind, Moment, Pack, Point, plain};

/// What is known of each entry of a pack, by its index.
pub(super) struct TextIndex {
    entries: Vec<EntryText>,
    /// The importance from which on an event is worth a question about its exact day.
    weighty: u16,
}

/// How many events are worth a question about their exact day.
const WEIGHTY: usize = 40;

struct EntryText {
    /// Its names, folded, with a space on each side; for a person also the family name.
    names: Vec<String>,
    /// The content words of its names.
    naming: HashSet<String>,
    /// Those of them that few other entries have: "Király", not "party".
    telling: HashSet<String>,
    /// All its texts (names, gist, claims, notes, disputes), folded likewise.
    text: String,
    /// The content words of those texts.
    words: HashSet<String>,
    /// The content words of its gist.
    gist: HashSet<String>,
    /// Its gist, folded likewise; empty if it has none.
    gist_text: String,
    /// The people its gist names.
    people: Vec<EntryIdx>,
    /// Whether its title reveals its date.
    is_dated: bool,
    /// The days of the year in its texts; day 0 for a month without a day.
    dates: HashSet<(i8, i8)>,
}

/// A word that more entries than this have in their names identifies none of them.
const COMMON: usize = 3;

/// Words that are ignored when two texts are compared.
const EMPTY: &[&str] = &[
    "and", "the", "for", "from", "with", "into", "its", "his", "her", "their", "was", "were", "are", "been", "had", "has",
    "that", "this", "who", "which", "when", "then", "than", "until", "after", "before", "again", "not", "but", "out", "one",
    "two", "over", "about", "near", "where", "many", "more", "most", "other", "also", "all",
];

/// Folds a text like names, and removes the English genitive: "Nagy's" names Nagy.
fn fold(text: &str) -> String {
    let text = text.replace('’', "'");
    let bare: Vec<&str> = text.split(' ').map(|word| word.split_once("'s").map_or(word, |(word, _)| word)).collect();
    plain(&bare.join(" "))
}

/// A folded text, with a space on each side.
pub(super) fn padded(text: &str) -> String {
    format!(" {} ", fold(text))
}

/// The content words of a text, folded and cut to their first six letters, so that "reburied" and
/// "reburial" are equal.
pub(super) fn content(text: &str) -> HashSet<String> {
    fold(text)
        .split(' ')
        .filter(|word| (word.len() > 2 || word.starts_with(|c: char| c.is_ascii_digit())) && !EMPTY.contains(word))
        .map(|word| word.chars().take(6).collect())
        .collect()
}

/// Whether two names share half of the shorter one's words.
fn akin(one: &HashSet<String>, other: &HashSet<String>) -> bool {
    let shared = one.intersection(other).count();
    shared > 0 && shared * 2 >= one.len().min(other.len())
}

/// Whether questions about an entry are allowed: it is verified, and not disputed as a whole. A claim may
/// still be disputed.
pub(super) fn is_sound(entry: &Entry) -> bool {
    entry.confidence == Confidence::Verified && !entry.is_disputed()
}

/// The names of the months, folded.
fn months() -> &'static [String] {
    static MONTHS: LazyLock<Vec<String>> = LazyLock::new(|| (1..=12).map(|idx| month(idx).to_lowercase()).collect());
    &MONTHS
}

/// Whether a title reveals its date: a month, a year, a holiday. It would answer a question by itself.
fn is_dated(name: &str) -> bool {
    let folded = fold(name);
    let months = months();
    let says = |word: &str| {
        let number = word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit());
        let feast = ["christmas", "easter", "birthday", "anniversary", "spring", "summer", "autumn", "winter"].contains(&word);
        // A march in the streets is not the month.
        number || feast || (months.iter().any(|month| month == word) && !matches!(word, "march" | "may"))
    };
    folded.split(' ').any(says)
}

/// Whether two moments may have a day in common.
pub(super) fn overlap(one: Moment, other: Moment) -> bool {
    one.first_day() <= other.last_day() && other.first_day() <= one.last_day()
}

/// The days between the beginnings of two moments.
pub(super) fn days_between(one: Moment, other: Moment) -> i64 {
    one.first_day().duration_since(other.first_day()).as_hours().abs() / 24
}

impl TextIndex {
    /// Indexes a pack's texts.
    pub(super) fn new(pack: &Pack) -> TextIndex {
        let mut entries: Vec<EntryText> = pack.numbered().map(|(_, entry)| told(entry)).collect();
        let mut bearers: HashMap<String, usize> = HashMap::new();
        // Events borrow the names of those who took part.
        for (told, (_, entry)) in entries.iter().zip(pack.numbered()) {
            for word in told.naming.iter().filter(|_| entry.kind != Kind::Event) {
                *bearers.entry(word.clone()).or_default() += 1;
            }
        }
        for told in &mut entries {
            let rare = |word: &&String| bearers.get(*word).is_none_or(|bearers| *bearers <= COMMON);
            told.telling = told.naming.iter().filter(rare).cloned().collect();
        }
        let mut text_index = TextIndex { entries, weighty: weighty(pack) };
        for (idx, entry) in pack.numbered() {
            if entry.gist.is_none() {
                continue;
            }
            let gist = &text_index.of(idx).gist_text;
            let named = pack.of_kind(Kind::Person).map(|(person, _)| person);
            let named: Vec<EntryIdx> = named.filter(|person| text_index.is_named_in(*person, gist)).collect();
            text_index.entries[idx.0 as usize].people = named;
        }
        text_index
    }

    fn of(&self, idx: EntryIdx) -> &EntryText {
        &self.entries[idx.0 as usize]
    }

    /// Whether a text names an entry.
    pub(super) fn names_in(&self, idx: EntryIdx, text: &str) -> bool {
        self.is_named_in(idx, &padded(text))
    }

    /// The same for a text that is [`padded`] already.
    pub(super) fn is_named_in(&self, idx: EntryIdx, padded: &str) -> bool {
        self.of(idx).names.iter().any(|name| padded.contains(name.as_str()))
    }

    /// Whether an entry's gist names another entry.
    pub(super) fn gist_names(&self, described: EntryIdx, idx: EntryIdx) -> bool {
        self.is_named_in(idx, &self.of(described).gist_text)
    }

    /// Whether an entry's title reveals its date, and so would answer a question by itself.
    pub(super) fn is_dated(&self, idx: EntryIdx) -> bool {
        self.of(idx).is_dated
    }

    /// Whether an event is among the most important ones.
    pub(super) fn is_weighty(&self, idx: EntryIdx, pack: &Pack) -> bool {
        pack.entry(idx).importance >= self.weighty
    }

    /// The people named in an entry's gist.
    pub(super) fn people_in_gist(&self, idx: EntryIdx) -> &[EntryIdx] {
        &self.of(idx).people
    }

    /// Whether the gist of `described` contains a word that identifies `idx`.
    pub(super) fn gist_gives_away(&self, described: EntryIdx, idx: EntryIdx) -> bool {
        !self.of(described).gist.is_disjoint(&self.of(idx).telling)
    }

    /// Whether half of the words of `described`'s gist are in the texts of `other`.
    pub(super) fn gist_could_describe(&self, described: EntryIdx, other: EntryIdx) -> bool {
        let words = &self.of(described).gist;
        words.intersection(&self.of(other).words).count() * 2 >= words.len()
    }

    /// Whether the texts of `teller` name `named`.
    pub(super) fn tells_of(&self, teller: EntryIdx, named: EntryIdx) -> bool {
        self.of(named).names.iter().any(|name| self.of(teller).text.contains(name.as_str()))
    }

    /// Whether the texts of one entry name the other.
    pub(super) fn near(&self, one: EntryIdx, other: EntryIdx) -> bool {
        self.tells_of(one, other) || self.tells_of(other, one)
    }

    /// Whether an entry's texts mention a day of a moment (or, for a month, any day in it).
    pub(super) fn tells_of_date(&self, idx: EntryIdx, when: Moment) -> bool {
        let dates = &self.of(idx).dates;
        let ends = [Some(when.from), when.to];
        ends.into_iter().flatten().any(|end| match end {
            Point::Day(day, _) => dates.contains(&(day.day(), day.month())),
            Point::Month(_, month) => dates.iter().any(|(_, named)| i32::from(*named) == i32::from(month)),
            Point::Year(_) => true,
        })
    }

    /// Whether the names of two entries are so similar that they could be confused.
    pub(super) fn akin(&self, one: EntryIdx, other: EntryIdx) -> bool {
        akin(&self.of(one).naming, &self.of(other).naming)
    }

    /// Whether a text contains a word that identifies an entry, ignoring endings.
    pub(super) fn gives_away(&self, idx: EntryIdx, text: &str) -> bool {
        !content(text).is_disjoint(&self.of(idx).telling)
    }

    /// How many words of `described`'s gist are in an entry's texts.
    pub(super) fn shared_words(&self, described: EntryIdx, idx: EntryIdx) -> usize {
        self.of(described).gist.intersection(&self.of(idx).words).count()
    }

    /// Whether half of a description's words, as returned by [`content`], are in an entry's texts.
    pub(super) fn could_describe(&self, words: &HashSet<String>, idx: EntryIdx) -> bool {
        words.intersection(&self.of(idx).words).count() * 2 >= words.len()
    }
}

/// The importance of the last of the most important events.
fn weighty(pack: &Pack) -> u16 {
    let mut weights: Vec<u16> = pack.events().map(|(_, entry, _)| entry.importance).collect();
    weights.sort_unstable_by_key(|weight| std::cmp::Reverse(*weight));
    weights.get(WEIGHTY - 1).copied().unwrap_or_default()
}

fn told(entry: &Entry) -> EntryText {
    let all = || std::iter::once(&entry.name).chain(&entry.native).chain(&entry.short).chain(&entry.aliases);
    let mut names: Vec<String> = all().map(|name| fold(name)).filter(|name| name.len() > 2).collect();
    if entry.kind == Kind::Person
        && let Some(family) = fold(&entry.name).split(' ').rfind(|word| word.len() > 2)
    {
        names.push(family.to_owned());
    }
    let mut text = String::from(" ");
    let claims = entry.gist.iter().chain(&entry.claims).map(|claim| claim.text.as_str());
    let notes = entry.notes.iter().flat_map(|note| [note.document.as_str(), note.record.as_str()]);
    let disputes = entry.disputes.iter().map(|dispute| dispute.text.as_str());
    for part in all().map(String::as_str).chain(claims).chain(notes).chain(disputes) {
        text.push_str(&fold(part));
        text.push(' ');
    }
    if let Facts::Person(life) = &entry.facts {
        for place in life.born_at.iter().chain(&life.died_at) {
            text.push_str(&fold(place));
            text.push(' ');
        }
    }
    EntryText {
        names: names.iter().map(|name| format!(" {name} ")).collect(),
        naming: all().flat_map(|name| content(name)).collect(),
        telling: HashSet::new(),
        dates: dates(&text),
        words: content(&text),
        gist: entry.gist.as_ref().map(|gist| content(&gist.text)).unwrap_or_default(),
        gist_text: entry.gist.as_ref().map(|gist| padded(&gist.text)).unwrap_or_default(),
        people: Vec::new(),
        is_dated: is_dated(&entry.name),
        text,
    }
}

/// The days of the year in a folded text: "22 23 october", "the 6 and the 8 february".
fn dates(text: &str) -> HashSet<(i8, i8)> {
    let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
    let months = months();
    let mut found = HashSet::new();
    for (place, word) in words.iter().enumerate() {
        let Some(idx) = months.iter().position(|month| month == word).and_then(|idx| i8::try_from(idx + 1).ok()) else {
            continue;
        };
        let before =
            words[..place].iter().rev().take_while(|word| word.parse::<i8>().is_ok() || ["and", "or", "to"].contains(word));
        let days: Vec<i8> = before.filter_map(|word| word.parse().ok()).collect();
        found.extend(days.iter().map(|day| (*day, idx)));
        // "March" and "may" alone are usually not months.
        if days.is_empty() && !matches!(idx, 3 | 5) {
            found.insert((0, idx));
        }
    }
    found
}
