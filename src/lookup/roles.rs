//! Finds people by what they were: "british ambassador", "prime minister in 1955", "widow of rajk".
//!
//! A query with the name of an office or occupation is compared with the offices that the pack records
//! (`offices`), and with the gist and story of each person. The person must match each word, and a year
//! must lie in a period that the gist names.

use std::collections::{HashMap, HashSet};

use super::fold::{fold, fold_all, stem};
use super::occupations::{NEXT, ROLES, SAME};
use super::offices::{Held, Offices, Period, nation};
use super::words::is_stop;
use super::{Hit, Match, Score, date};
use crate::pack::{Entry, EntryIdx, Facts, Kind, Pack, year_name};

/// The weight of a country or people, and of a mere mention of it in a story, because the gist says
/// which country somebody belongs to.
const OF_A_NATION: f32 = 0.6;
const NATION_IN_STORY: f32 = 0.3;

/// From this share of its words' weights on, a description matches.
const FITS: f32 = 0.74;
/// Within this distance of the best match, a person may still be meant.
const MARGIN: f32 = 0.1;
/// The weight of a word that is only in a person's story and not in the gist; then of a word of the
/// name.
const IN_STORY: f32 = 0.7;
const IN_NAME: f32 = 0.9;
/// How many words must describe a person without an office, and how much of them must be covered.
const TELLING: usize = 3;
const ALL: f32 = 0.93;
/// The factor if only the story mentions the office.
const ROLE_IN_STORY: f32 = 0.95;
/// The factor of the query's own word, in comparison with a synonym.
const SAME_THING: f32 = 0.9;
/// The minimum weight of a word that nearly every entry has (the country's).
const LEAST_WORTH: f32 = 0.1;
/// Verbs for what the head of something does.
const LEADING: &[&str] = &["governed", "led", "leads", "ran", "ruled", "rules", "runs"];
/// Words for events in a person's life.
const OF_A_LIFE: &[&str] = &["arrested", "born", "died", "executed", "freed", "hanged", "jailed", "killed", "seized"];
/// From this match on, the office is the one asked for. Somebody who has other offices and is only
/// described with these words is then not meant.
const HELD: f32 = 0.84;
const TOLD: f32 = 0.8;
/// The most people to choose among.
const CHOICES: usize = 5;

/// What a person was, as sets of stems.
#[derive(Debug)]
struct Described {
    entry: EntryIdx,
    importance: u16,
    gist: HashSet<String>,
    story: HashSet<String>,
    names: HashSet<String>,
    /// The family name.
    family: Option<String>,
    /// The periods that the gist names, in years.
    years: Vec<(i32, i32)>,
}

/// All people of a pack by what they were.
#[derive(Debug)]
pub(super) struct Roles {
    people: Vec<Described>,
    offices: Offices,
    /// For each stem, the number of entries that contain it.
    spread: HashMap<String, u32>,
    entries: u32,
}

/// A parsed description.
struct RoleQuery {
    words: Vec<String>,
    years: Vec<i32>,
    /// The period in which the office was held, if the query names a date.
    period: Option<Period>,
}

impl RoleQuery {
    fn names_office(&self) -> bool {
        self.words.iter().any(|word| ROLES.contains(&word.as_str()))
    }
}

impl Roles {
    pub(super) fn new(pack: &Pack) -> Roles {
        let mut spread: HashMap<String, u32> = HashMap::new();
        for (_, entry) in pack.numbered() {
            for stem in text_of(entry) {
                *spread.entry(stem).or_default() += 1;
            }
        }
        let people = pack.numbered().filter(|(_, entry)| entry.kind == Kind::Person);
        let people = people.map(|(idx, entry)| Described::new(idx, entry)).collect();
        Roles { people, offices: Offices::new(pack), spread, entries: pack.entries.len() as u32 }
    }

    fn year(&self) -> i16 {
        self.offices.year()
    }

    /// Whether a query names an office that this person did not hold.
    pub(super) fn is_another(&self, query: &str, person: EntryIdx) -> bool {
        let Some(asked) = asked(query, self.year()).filter(RoleQuery::names_office) else {
            return false;
        };
        let known = self.people.iter().find(|known| known.entry == person);
        known.is_some_and(|person| self.fit(&asked, person) < FITS)
    }

    /// The people whom a query describes; `None` if it names no office and nobody matches.
    ///
    /// With `by_office`, the query must name an office; otherwise all of its words may be in somebody's
    /// story.
    pub(super) fn find(&self, query: &str, by_office: bool) -> Option<Match> {
        if let Some(next) = self.next_to(query) {
            return Some(Match::Found(Hit { entry: next.person, score: Score(850) }));
        }
        let asked = asked(query, self.year()).filter(|asked| !by_office || asked.names_office())?;
        let mut fitting: Vec<(f32, &Described)> = self.fitting(&asked);
        fitting.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.importance.cmp(&a.1.importance)).then(a.1.entry.cmp(&b.1.entry)));
        let best = fitting.first()?.0;
        fitting.retain(|(fit, _)| *fit >= best - MARGIN);
        fitting.truncate(CHOICES);
        // Between 0 and 1, and never the score of an exact name.
        let hits: Vec<Hit> =
            fitting.iter().map(|(fit, person)| Hit { entry: person.entry, score: Score((fit * 900.0) as u16) }).collect();
        Some(match hits.as_slice() {
            [one] => Match::Found(*one),
            _ => Match::Choose(hits),
        })
    }

    /// The people who match a description, by office or by their texts.
    fn fitting(&self, asked: &RoleQuery) -> Vec<(f32, &Described)> {
        let worth = |word: &str| self.worth(word);
        let held = |person: &Described| {
            self.offices.fit(&asked.words, asked.period, person.entry, worth, |word| person.has(word) >= IN_NAME)
        };
        let by_office: Vec<f32> = self.people.iter().map(held).collect();
        let surely = by_office.iter().any(|fit| *fit >= HELD);
        let people = self.people.iter().zip(by_office).map(|(person, held)| {
            let told = self.fit(asked, person);
            let told = if surely && self.offices.knows(person.entry) { TOLD * told } else { told };
            (held.max(told), person)
        });
        people.filter(|(fit, _)| *fit >= FITS).collect()
    }

    /// The successor or predecessor in an office: "who replaced rakosi", "prime minister before nagy".
    fn next_to(&self, query: &str) -> Option<Held> {
        let words = fold(query);
        let after = comes_after(&words)?;
        let mut persons = self.people.iter().filter(|person| person.is_named_in(&words));
        let person = persons.next()?;
        // With two names it is unclear who followed whom.
        if persons.next().is_some() {
            return None;
        }
        let own = |word: &String| person.names.contains(word) || person.names.contains(word.trim_end_matches('s'));
        let asked: Vec<String> = words.into_iter().filter(|word| !own(word)).collect();
        // "Who was arrested after Nagy" does not ask for an office.
        let bare = |word: &String| is_stop(word) || NEXT.contains(&word.as_str()) || word.parse::<u16>().is_ok();
        let rest: Vec<String> = asked.into_iter().filter(|word| !bare(word)).collect();
        self.offices.next_to(person.entry, after, &rest)
    }

    /// Whether a question asks for the predecessor or successor of somebody.
    pub(super) fn asks_who_was_next(&self, question: &str) -> bool {
        self.next_to(question).is_some()
    }

    /// The holders of the office that a question asks for, the most important first.
    pub(super) fn held(&self, question: &str) -> Vec<Held> {
        if let Some(next) = self.next_to(question) {
            return vec![next];
        }
        let Some(asked) = asked(question, self.year()).filter(RoleQuery::names_office) else { return Vec::new() };
        let mut held = self.offices.held(&asked.words, asked.period);
        let importance =
            |held: &Held| self.people.iter().find(|known| known.entry == held.person).map_or(0, |known| known.importance);
        held.sort_by_key(|held| (std::cmp::Reverse(importance(held)), held.person, held.role));
        held
    }

    /// How much of a description a person matches, from 0 to 1.
    fn fit(&self, asked: &RoleQuery, person: &Described) -> f32 {
        let (mut all, mut had) = (0.0, 0.0);
        let (mut plays, mut told) = (false, false);
        for word in &asked.words {
            let worth = self.worth(word);
            let fit = person.has(word);
            plays |= ROLES.contains(&word.as_str()) && fit > IN_STORY;
            told |= ROLES.contains(&word.as_str()) && fit > 0.0;
            all += worth;
            had += worth * fit;
        }
        for year in &asked.years {
            all += 1.0;
            let within = person.years.iter().any(|(first, last)| first <= year && year <= last);
            had += if within {
                1.0
            } else if person.story.contains(&year.to_string()) {
                IN_STORY
            } else {
                0.0
            };
        }
        match (plays, told) {
            _ if all == 0.0 => 0.0,
            (true, _) => had / all,
            (false, true) => ROLE_IN_STORY * had / all,
            // Without an office, the person must match nearly all of it.
            (false, false) if had >= ALL * all => had / all,
            (false, false) => 0.0,
        }
    }

    /// The inverse document frequency, relative to the rarest word's.
    fn worth(&self, word: &str) -> f32 {
        if ROLES.contains(&word) {
            return 1.0;
        }
        let with = self.spread.get(stem(word)).copied().unwrap_or(1).max(1) as f32;
        let all = self.entries.max(2) as f32;
        let least = if nation(word).is_some() && !self.offices.is_home(word) { OF_A_NATION } else { LEAST_WORTH };
        ((all / with).ln() / all.ln()).clamp(least, 1.0)
    }
}

impl Described {
    fn new(idx: EntryIdx, entry: &Entry) -> Described {
        let gist = entry.gist.as_ref().map(|gist| gist.text.as_str()).unwrap_or_default();
        let mut story = text_of(entry);
        if let Facts::Person(life) = &entry.facts {
            for (verb, when) in [("born", life.born), ("died", life.died)] {
                if let Some(when) = when {
                    story.insert(stem(verb).to_owned());
                    story.extend(fold_all(&year_name(when.first_day().year())));
                }
            }
        }
        let names = std::iter::once(&entry.name).chain(&entry.aliases).flat_map(|name| fold_all(name)).collect();
        let family = fold_all(&entry.name).pop();
        Described { entry: idx, importance: entry.importance, gist: stems(gist), story, names, family, years: years_of(gist) }
    }

    /// Whether the words contain the family name, with or without an s ("stalins successor").
    fn is_named_in(&self, words: &[String]) -> bool {
        let Some(family) = &self.family else { return false };
        words.iter().any(|word| word == family || word.strip_suffix('s') == Some(family))
    }

    /// How well a person matches a word, from 0 to 1.
    fn has(&self, word: &str) -> f32 {
        let own = stem(word);
        if self.gist.contains(own) {
            return 1.0;
        }
        if self.names.contains(word) {
            return IN_NAME;
        }
        let others = SAME.iter().filter(|row| row.contains(&word)).flat_map(|row| row.iter());
        let same = |bag: &HashSet<String>| others.clone().any(|other| bag.contains(stem(other)));
        if same(&self.gist) || self.is_first_secretary() && word == "leader" {
            SAME_THING
        } else if self.story.contains(own) || same(&self.story) {
            if nation(word).is_some() { NATION_IN_STORY } else { IN_STORY }
        } else {
            0.0
        }
    }

    /// Whether the person is called first secretary, the title of a communist party's leader.
    fn is_first_secretary(&self) -> bool {
        self.gist.contains(stem("first")) && self.gist.contains(stem("secretary"))
    }
}

/// Whether a query describes a person by another one: "party leader after rakosi", "wife of rajk".
pub(super) fn by_another(query: &str) -> bool {
    fold(query).iter().any(|word| {
        matches!(word.as_str(), "after" | "before" | "deputy" | "replaced" | "succeeded" | "successor" | "widow" | "wife")
    })
}

/// Parses a query that names an office or an occupation.
fn asked(query: &str, year: i16) -> Option<RoleQuery> {
    let dated = date::understand(query, year).filter(|date| date.rest.split_whitespace().count() > 1);
    // "Executed in 1958" does not date an office.
    let of_a_life = fold(query).iter().any(|word| OF_A_LIFE.contains(&word.as_str()));
    let period = dated.as_ref().filter(|_| !of_a_life).map(|date| (date.from, date.to));
    let mut asked = RoleQuery { words: Vec::new(), years: Vec::new(), period };
    if let Some(date) = dated.as_ref().filter(|date| date.year_given) {
        asked.years.push(i32::from(date.from.year()));
    }
    for word in fold(dated.as_ref().map_or(query, |date| date.rest.as_str())) {
        match word.parse::<i32>() {
            Ok(year) if word.len() == 4 => asked.years.push(year),
            _ if matches!(word.as_str(), "after" | "replaced" | "succeeded") => asked.words.push("successor".to_owned()),
            _ if LEADING.contains(&word.as_str()) => asked.words.push("leader".to_owned()),
            _ if matches!(word.as_str(), "pm" | "premier") => asked.words.extend(["prime", "minister"].map(str::to_owned)),
            _ if is_stop(&word) => {}
            // "union" and the like only complete a country's name: "soviet union", "united states",
            // "united nations".
            _ if matches!(word.as_str(), "union" | "united" | "states")
                && asked.words.last().is_some_and(|last| nation(last).is_some()) => {}
            _ if word == "states" => asked.words.push("us".to_owned()),
            _ if word == "united" => {}
            _ => asked.words.push(word),
        }
    }
    (asked.names_office() || asked.words.len() >= TELLING).then_some(asked)
}

/// Whether a query asks for a successor (`true`) or a predecessor (`false`).
fn comes_after(words: &[String]) -> Option<bool> {
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let turned = has(&["did"]) && has(&["replace", "succeed", "follow"])
        || words.windows(3).any(|run| run[0] == "was" && matches!(run[1].as_str(), "replaced" | "succeeded") && run[2] == "by");
    let after = has(&["after", "follow", "followed", "replace", "replaced", "replacement", "succeed", "succeeded", "successor"]);
    let before = has(&["before", "predecessor", "preceded"]);
    (after != before).then_some(after != turned)
}

fn stems(text: &str) -> HashSet<String> {
    fold_all(text).iter().filter(|word| !is_stop(word)).map(|word| stem(word).to_owned()).collect()
}

/// The stems of an entry's gist and claims.
fn text_of(entry: &Entry) -> HashSet<String> {
    entry.gist.iter().chain(&entry.claims).flat_map(|claim| stems(&claim.text)).collect()
}

/// The periods in a text, in years: "1953–55", "from 1954 to 1957", "in 1955", "until 1953".
fn years_of(text: &str) -> Vec<(i32, i32)> {
    let plain = super::typed::clean(text);
    let mut years: Vec<(i32, i32)> = Vec::new();
    let mut joined = false;
    for word in plain.split(|letter: char| !letter.is_alphanumeric() && letter != '-') {
        let (first, last) = word.split_once('-').unwrap_or((word, ""));
        match (first.parse::<i32>(), last.parse::<i32>()) {
            (Ok(first), Ok(last)) if first > 999 => years.push((first, if last < 100 { first / 100 * 100 + last } else { last })),
            (Ok(year), Err(_)) if first.len() == 4 => match years.last_mut().filter(|_| joined) {
                Some((_, last)) => *last = year,
                None => years.push((year, year)),
            },
            _ => {
                joined |= matches!(word, "to" | "until");
                continue;
            }
        }
        joined = false;
    }
    years
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_of_years_are_read() {
        for (text, years) in [
            ("prime minister 1953–55 and again in 1956", vec![(1953, 1955), (1956, 1956)]),
            ("from 18 April 1955 to 24 October 1956", vec![(1955, 1956)]),
            ("Head of the KGB from 1954 to 1958", vec![(1954, 1958)]),
            ("a poet", vec![]),
        ] {
            assert_eq!(years_of(text), years, "{text}");
        }
    }
}
