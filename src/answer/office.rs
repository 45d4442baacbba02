//! Offices and whose they are: "prime minister of Britain" is neither any prime minister nor anybody
//! who had to do with Britain.

use super::Answer;
use super::authored::like;
use super::intent::Intent;
use super::reading::{ParsedQuestion, QueryTerm, is_aside};
use super::terms::{Feature, Terms};
use super::whole::is_date;
use super::words::{of_text, stands_in};
use crate::knowledge::{Entry, EntryIdx, Kind, Pack};

/// Words for offices, as their stems are read.
const OFFICES: &str = "president premier minister ambassador secretary leader ruler chancellor king queen head chief commander \
    dictator envoy pm boss";
/// Deeds of whoever holds the highest office.
const LEADING: &str = "ran run runs running led lead leads leading ruled rule rules ruling governed governs";
/// So many words may stand between an office and the country that it belongs to ("of the").
const APART: usize = 2;
/// From this likeness on a word is the one that was asked for.
const SAME: f32 = 0.6;
/// A word that tells less is in every other sentence.
const TELLING: f32 = 2.0;

/// Who held the office of a country that is asked for, by what the pack says who somebody was; `None`
/// if nobody or more than one did.
pub fn holder(question: &ParsedQuestion, terms: &Terms, pack: &Pack) -> Option<EntryIdx> {
    let (office, countries) = asked(question, terms)?;
    if countries.is_empty() {
        return None;
    }
    let year = question.year.unwrap_or(pack.year);
    let mut holders = pack.of_kind(Kind::Person).filter(|(_, person)| {
        let Some(gist) = &person.gist else { return false };
        let words = of_text(&gist.text);
        let features = terms.read(&words);
        let rest =
            question.asked.iter().filter(|asked| asked.weight >= TELLING && !is_aside(&asked.word) && !is_date(&asked.word));
        // The names of countries and offices are looked at together, other words one by one.
        let known = rest
            .filter(|asked| !is_office(asked) && !countries.iter().any(|country| country.word == asked.word))
            .all(|asked| features.iter().any(|feature| like(asked, feature, terms) >= SAME));
        known
            && countries.iter().all(|country| belongs(office, country, &words, &features, terms))
            && in_office(person, &words, year)
    });
    let (idx, _) = holders.next()?;
    holders.next().is_none().then_some(idx)
}

/// Whether an answer's first sentence does not give the office of one country to another.
pub fn agrees(answer: &Answer, question: &ParsedQuestion, terms: &Terms) -> bool {
    let Some((office, countries)) = asked(question, terms) else { return true };
    let texts = answer.lines.first().into_iter().map(|line| line.text.as_str()).chain(answer.question.as_deref());
    let read: Vec<(Vec<String>, Vec<Feature>)> = texts.map(|text| (of_text(text), terms.read(&of_text(text)))).collect();
    countries.iter().all(|country| read.iter().any(|(words, features)| belongs(office, country, words, features, terms)))
}

/// The office that a question asks the holder of, and the countries (or bodies) it names.
fn asked<'a>(question: &'a ParsedQuestion, terms: &Terms) -> Option<(&'a QueryTerm, Vec<&'a QueryTerm>)> {
    if !matches!(question.intent, Intent::Who | Intent::WhatIs) {
        return None;
    }
    let office = question.asked.iter().find(|asked| is_office(asked))?;
    let country = |asked: &&QueryTerm| terms.is_naming(&asked.feature);
    Some((office, question.asked.iter().filter(country).collect()))
}

/// Whether a word is the deed of whoever holds the highest office.
pub fn is_leading(word: &str) -> bool {
    stands_in(LEADING, word)
}

fn is_office(asked: &QueryTerm) -> bool {
    asked.word.split(' ').any(|word| stands_in(OFFICES, word) || is_leading(word))
}

/// Whether the office in a sentence is that of the country: it stands beside it and no other country
/// stands nearer.
fn belongs(office: &QueryTerm, country: &QueryTerm, words: &[String], features: &[Feature], terms: &Terms) -> bool {
    let leading = is_leading(&office.word);
    let is_it = |feature: &&Feature| {
        let word = words[feature.words.0..feature.words.1].join(" ");
        like(office, feature, terms) >= SAME || leading && matches!(word.as_str(), "leader" | "president" | "ruler")
    };
    let gap = |one: &Feature, other: &Feature| {
        let (first, second) = if one.words.0 < other.words.0 { (one, other) } else { (other, one) };
        let between = words.get(first.words.1..second.words.0).unwrap_or_default();
        (!between.iter().any(|word| word == "who" || word == "and")).then_some(between.len())
    };
    features.iter().filter(is_it).any(|held| {
        let near = |ours: bool| {
            let countries = features.iter().filter(|feature| terms.is_naming(feature));
            let of = countries.filter(|feature| (like(country, feature, terms) >= SAME) == ours);
            of.filter_map(|feature| gap(held, feature)).min()
        };
        near(true).is_some_and(|gap| gap <= APART && near(false).is_none_or(|other| gap <= other))
    })
}

/// Whether the years that are given for somebody do not speak against a year.
fn in_office(person: &Entry, words: &[String], year: i16) -> bool {
    let years: Vec<i16> = years(words);
    let living = !matches!(&person.facts, crate::knowledge::Facts::Person(life)
        if life.died.is_some_and(|died| died.last_day().year() < year));
    living
        && match years[..] {
            [from, to, ..] => (from..=to).contains(&year),
            _ => true,
        }
}

/// The years among words; "1955–58" has two.
fn years(words: &[String]) -> Vec<i16> {
    let mut years: Vec<i16> = Vec::new();
    for (place, word) in words.iter().enumerate() {
        let Ok(number) = word.parse::<i16>() else { continue };
        let before = place.checked_sub(1).and_then(|before| words[before].parse::<i16>().ok());
        match before {
            _ if (1000..2200).contains(&number) => years.push(number),
            Some(century) if word.len() == 2 && (1000..2200).contains(&century) => years.push(century / 100 * 100 + number),
            _ => {}
        }
    }
    years
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_are_read_in_full_and_in_short() {
        assert_eq!(years(&of_text("US president 1953–61, who praised")), [1953, 1961]);
        assert_eq!(years(&of_text("from Stalin's death in 1953 to February 1955")), [1953, 1955]);
        assert_eq!(years(&of_text("one of the 16 points")), [0; 0]);
    }
}
