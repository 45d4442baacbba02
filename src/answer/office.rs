//! Checks that an office belongs to the right country: "prime minister of Britain" must match neither
//! any other prime minister nor anybody else connected with Britain.

use super::Answer;
use super::authored::like;
use super::intent::Intent;
use super::reading::{ParsedQuestion, QueryTerm};
use super::terms::{Feature, Terms};
use super::words::{of_text, stands_in};

/// Words for offices, as stems.
const OFFICES: &str = "president premier minister ambassador secretary leader ruler chancellor king queen head chief commander \
    dictator envoy pm boss";
/// Verbs for what the holder of the highest office does.
const LEADING: &str = "ran run runs running led lead leads leading ruled rule rules ruling governed governs";
/// The most words between an office and its country ("of the").
const APART: usize = 2;
/// From this likeness on, a word counts as the one that was asked for.
const SAME: f32 = 0.6;

/// Whether an answer's first sentence does not attribute the office of one country to another.
pub(super) fn agrees(answer: &Answer, question: &ParsedQuestion, terms: &Terms) -> bool {
    let Some((office, countries)) = asked(question, terms) else { return true };
    let texts = answer.lines.first().into_iter().map(|line| line.text.as_str()).chain(answer.question.as_deref());
    let read: Vec<(Vec<String>, Vec<Feature>)> = texts.map(|text| (of_text(text), terms.read(&of_text(text)))).collect();
    countries.iter().all(|country| read.iter().any(|(words, features)| belongs(office, country, words, features, terms)))
}

/// The office whose holder a question asks for, and the countries or bodies in the question.
fn asked<'a>(question: &'a ParsedQuestion, terms: &Terms) -> Option<(&'a QueryTerm, Vec<&'a QueryTerm>)> {
    if !matches!(question.intent, Intent::Who | Intent::WhatIs) {
        return None;
    }
    let office = question.asked.iter().find(|asked| is_office(asked))?;
    let country = |asked: &&QueryTerm| terms.is_naming(&asked.feature);
    Some((office, question.asked.iter().filter(country).collect()))
}

/// Whether a word is a verb for what the holder of the highest office does.
pub(super) fn is_leading(word: &str) -> bool {
    stands_in(LEADING, word)
}

fn is_office(asked: &QueryTerm) -> bool {
    asked.word.split(' ').any(|word| stands_in(OFFICES, word) || is_leading(word))
}

/// Whether the office in a sentence belongs to the country: it is next to it, and no other country is
/// nearer.
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
