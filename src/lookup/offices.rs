//! Offices as the pack records them: their names, their holders, and when.
//!
//! For "British premier", "prime minister in 1955" and "who came after Rákosi", this searches the
//! offices that the pack cites, not its texts about people.

use std::collections::HashSet;

use jiff::civil::Date;

use super::fold::{fold_all, stem};
use super::words::is_stop;
use crate::pack::{EntryIdx, Facts, Kind, Pack, Role};

/// The names of each country or body that offices belong to. A text means the first row that has one of
/// its words.
const NATIONS: &[&[&str]] = &[
    &["soviet", "soviets", "russian", "russia", "ussr", "moscow", "kremlin"],
    &["us", "american", "america", "usa", "states"],
    &["un", "uno", "nations"],
    &["britain", "british", "uk", "england", "english", "kingdom"],
    &["hungary", "hungarian", "magyar", "hungarians", "hungarys"],
    &["france", "french"],
    &["egypt", "egyptian"],
    &["poland", "polish"],
    &["yugoslavia", "yugoslav", "yugoslavian"],
    &["austria", "austrian"],
    &["china", "chinese"],
    &["germany", "german"],
    &["india", "indian"],
    &["israel", "israeli"],
    &["italy", "italian"],
    &["romania", "romanian"],
    &["czechoslovakia", "czechoslovak", "czech"],
    &["bulgaria", "bulgarian"],
    &["canada", "canadian"],
    &["spain", "spanish"],
    &["turkey", "turkish"],
    &["japan", "japanese"],
    &["sweden", "swedish"],
    &["greece", "greek"],
    &["vatican"],
];

/// Words for the head of something, and the offices that these words may mean.
const LEADING: &[&str] = &["leader", "head", "chief", "boss", "ruler"];
const HEADS: &[&str] = &["leader", "head", "chief", "president", "chairman", "commander", "prime", "general"];
/// The names of the office at the head of a country; other words in a name make it another office.
const OF_A_COUNTRY: &[&str] =
    &["party", "leader", "first", "secretary", "general", "president", "prime", "minister", "head", "state"];
/// Synonyms for offices.
const SAME: &[&[&str]] = &[
    &["defence", "defense", "war"],
    &["interior", "home"],
    &["culture", "education"],
    &["foreign", "external"],
    &["church", "catholic", "catholics"],
];
/// Further synonyms for offices that are not a country's.
const SAME_IN_A_BODY: &[&[&str]] = &[&["president", "chairman", "chair", "leader"]];

/// The weight of a synonym of the office's own word.
const SAME_THING: f32 = 0.95;
const AT_THE_HEAD: f32 = 0.7;
/// The weight of a word that occurs only in the description of the person.
const ABOUT_THEM: f32 = 0.9;
/// The factor if the office was not held in the pack's year and the query names no year.
const ANOTHER_YEAR: f32 = 0.86;
/// The same if the query names no country either, because any holder may be meant.
const ANY_YEAR: f32 = 0.95;
/// From this share of a query's words on, an office matches.
const FITS: f32 = 0.8;
/// Offices within this distance of the best match are also meant.
const SAME_FIT: f32 = 0.04;
/// The most days between two holders for the second to count as the direct successor.
const GAP: i64 = 45;

/// A person's office.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    pub person: EntryIdx,
    /// Its index among the person's roles.
    pub role: usize,
}

/// The time of one person in one office.
#[derive(Debug)]
struct Tenure {
    person: EntryIdx,
    /// Its index among the person's roles.
    place: usize,
    words: HashSet<String>,
    of: HashSet<String>,
    /// Indices into [`NATIONS`].
    nations: Vec<usize>,
    /// Whether it is an office of a country, not of a body.
    national: bool,
    when: Option<(Date, Date)>,
}

/// All offices of a pack.
#[derive(Debug)]
pub(super) struct Offices {
    all: Vec<Tenure>,
    /// The country with the most offices, which is the pack's own.
    home: Option<usize>,
    year: i16,
}

impl Offices {
    /// The pack's year.
    pub(super) fn year(&self) -> i16 {
        self.year
    }
}

/// The first and last day of the time that a query asks about.
pub(super) type Period = (Date, Date);

impl Offices {
    pub(super) fn new(pack: &Pack) -> Offices {
        let mut all = Vec::new();
        for (idx, entry) in pack.of_kind(Kind::Person) {
            if let Facts::Person(life) = &entry.facts {
                all.extend(life.roles.iter().enumerate().map(|(place, role)| Tenure::new(idx, place, role)));
            }
        }
        let count = |row: &usize| all.iter().filter(|office| office.national && office.nations.contains(row)).count();
        let home = (0..NATIONS.len()).filter(|row| count(row) > 0).max_by_key(|row| (count(row), std::cmp::Reverse(*row)));
        Offices { all, home, year: pack.year }
    }

    /// Whether a word names the pack's own country, which distinguishes little.
    pub(super) fn is_home(&self, word: &str) -> bool {
        self.home.is_some() && nation(word) == self.home
    }

    /// Whether the pack records an office of that person.
    pub(super) fn knows(&self, person: EntryIdx) -> bool {
        self.all.iter().any(|office| office.person == person)
    }

    /// How well one of a person's offices matches the words, from 0 to 1. `about` says whether a word
    /// occurs in the description of that person.
    pub(super) fn fit(
        &self,
        words: &[String],
        period: Option<Period>,
        person: EntryIdx,
        worth: impl Fn(&str) -> f32,
        about: impl Fn(&str) -> bool,
    ) -> f32 {
        let own = self.all.iter().filter(|office| office.person == person);
        own.map(|office| self.fit_of(office, words, period, &worth, &about)).fold(0.0, f32::max)
    }

    /// The offices that match the words, the best first.
    pub(super) fn held(&self, words: &[String], period: Option<Period>) -> Vec<Held> {
        // A word that the office does not have outweighs all that it has.
        let fit = |office: &Tenure| self.fit_of(office, words, period, &|_| 10.0, &|_| false);
        let mut fitting: Vec<(f32, Held)> =
            self.all.iter().map(|office| (fit(office), office.as_held())).filter(|(fit, _)| *fit > 0.0).collect();
        let best = fitting.iter().map(|(fit, _)| *fit).fold(0.0, f32::max);
        fitting.retain(|(fit, _)| *fit >= best - SAME_FIT);
        fitting.into_iter().map(|(_, held)| held).collect()
    }

    fn fit_of(
        &self,
        office: &Tenure,
        words: &[String],
        period: Option<Period>,
        worth: &impl Fn(&str) -> f32,
        about: &impl Fn(&str) -> bool,
    ) -> f32 {
        let nations: Vec<usize> = words.iter().filter_map(|word| nation(word)).collect();
        let at_home = |row: &usize| !office.national && self.home == Some(*row);
        if !nations.is_empty() && !nations.iter().any(|row| office.nations.contains(row) || at_home(row)) {
            return 0.0;
        }
        let within = |when: (Date, Date), asked: Period| when.0 <= asked.1 && asked.0 <= when.1;
        let timely = match (office.when, period) {
            (Some(when), Some(asked)) if !within(when, asked) => return 0.0,
            (Some((from, to)), None) if from.year() > self.year || to.year() < self.year => {
                if nations.is_empty() && !self.is_held_by_another(office) { ANY_YEAR } else { ANOTHER_YEAR }
            }
            _ => 1.0,
        };
        // A deputy must be asked for as a deputy.
        if office.words.contains("deputy") && !words.iter().any(|word| word == "deputy") {
            return 0.0;
        }
        // "President" alone does not mean the president of a union.
        let of_body = words.iter().any(|word| office.of.contains(stem(word)));
        let own = words.iter().filter(|word| office.words.contains(stem(word))).count();
        if !office.national && !of_body && own < 2 {
            return 0.0;
        }
        let (mut all, mut had, mut held) = (0.0, 0.0, false);
        for word in words {
            let row = nation(word);
            let (is_office, fit) = match row {
                Some(row) if office.nations.contains(&row) || at_home(&row) => (false, 1.0),
                _ => office.has(word),
            };
            held |= is_office;
            let fit = if fit == 0.0 && about(word) { ABOUT_THEM } else { fit };
            let worth = if is_office || row.is_some() { 1.0 } else { worth(word) };
            all += worth;
            had += worth * fit;
        }
        if !held || had < FITS * all { 0.0 } else { timely * had / all }
    }

    /// Whether somebody held the same office in the pack's year.
    fn is_held_by_another(&self, office: &Tenure) -> bool {
        let now = |when: Period| when.0.year() <= self.year && self.year <= when.1.year();
        self.all.iter().any(|other| other.is_same(office) && other.when.is_some_and(now))
    }

    /// The next holder of a person's office, or with `after: false` the previous one. `words` may name
    /// the office, and nothing else. `None` if the pack records nobody.
    pub(super) fn next_to(&self, person: EntryIdx, after: bool, words: &[String]) -> Option<Held> {
        let mut asked: Vec<&Tenure> = self.all.iter().filter(|office| office.person == person && office.national).collect();
        let of_it = |office: &Tenure, word: &String| {
            office.has(word).1 > 0.0 || nation(word).is_some_and(|row| office.nations.contains(&row))
        };
        asked.retain(|office| words.iter().all(|word| of_it(office, word)));
        let mut found: Vec<(Date, Held)> = Vec::new();
        for office in asked {
            let Some(when) = office.when else { continue };
            for other in self.all.iter().filter(|other| other.person != person && other.is_same(office)) {
                let Some(theirs) = other.when else { continue };
                let (end, start) = if after { (when.1, theirs.0) } else { (theirs.1, when.0) };
                let gap = end.until(start).map_or(i64::MAX, |period| i64::from(period.get_days()));
                if (-GAP..=GAP).contains(&gap) {
                    found.push((when.1, other.as_held()));
                }
            }
        }
        // For somebody who held the office twice, the last time counts.
        found.into_iter().max_by_key(|(end, _)| *end).map(|(_, held)| held)
    }
}

impl Tenure {
    fn new(person: EntryIdx, place: usize, role: &Role) -> Tenure {
        let stems = |text: &str| -> HashSet<String> {
            fold_all(text).iter().filter(|word| !is_stop(word)).map(|word| stem(word).to_owned()).collect()
        };
        let mut nations: Vec<usize> = fold_all(&role.of).iter().filter_map(|word| nation(word)).collect();
        let national = !nations.is_empty();
        nations.extend(fold_all(&role.office).iter().filter_map(|word| nation(word)));
        let when = role.when.map(|when| (when.first_day(), when.last_day()));
        Tenure { person, place, words: stems(&role.office), of: stems(&role.of), nations, national, when }
    }

    fn as_held(&self) -> Held {
        Held { person: self.person, role: self.place }
    }

    /// Whether a word is one of the office's own, and its weight.
    fn has(&self, word: &str) -> (bool, f32) {
        let own = stem(word);
        if self.words.contains(own) {
            return (true, 1.0);
        }
        if self.of.contains(own) {
            return (false, 1.0);
        }
        let bodies = if self.national { &[] } else { SAME_IN_A_BODY };
        let same = SAME.iter().chain(bodies).filter(|row| row.contains(&word)).flat_map(|row| row.iter());
        if same.clone().any(|other| self.words.contains(stem(other))) {
            return (true, SAME_THING);
        }
        let heads = HEADS.iter().any(|head| self.words.contains(stem(head)));
        let highest = !self.national || self.words.iter().all(|own| OF_A_COUNTRY.iter().any(|word| stem(word) == own));
        if LEADING.contains(&word) && heads && highest {
            return (true, AT_THE_HEAD);
        }
        (false, 0.0)
    }

    fn is_same(&self, other: &Tenure) -> bool {
        // "Party leader" and "party leader (first secretary)" are the same office.
        let (fewer, more) =
            if self.words.len() < other.words.len() { (&self.words, &other.words) } else { (&other.words, &self.words) };
        self.of == other.of && fewer.is_subset(more)
    }
}

/// The country or body that a word names, as an index into [`NATIONS`].
pub(super) fn nation(word: &str) -> Option<usize> {
    NATIONS.iter().position(|row| row.contains(&word))
}
