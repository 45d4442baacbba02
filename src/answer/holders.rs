//! Answers who held an office, and when, from the offices that the pack records.

use super::reading::{ParsedQuestion, is_aside};
use super::stems::stem;
use super::whole::is_date;
use super::words::{of_text, stands_in};
use super::{Answer, Sentence};
use crate::card::format;
use crate::lookup::Held;
use crate::pack::{EntryIdx, Facts, Moment, Pack, Point, Role, year_name};

/// Words for holding any office, both as typed and as stems.
const IN_POWER: &str = "power office charge rule ruled govern governed lead led becom become leader";
/// If more people held an office, the question has no single answer.
const MOST: usize = 4;

/// Who held the office that was asked for: one line for each holder, with what they were.
pub(super) fn answer(held: &[Held], pack: &Pack) -> Option<Answer> {
    if held.is_empty() || held.len() > MOST {
        return None;
    }
    let line = |held: &Held| {
        let role = role(held, pack)?;
        let when = role.when.map(|when| format!(", {}", term(when))).unwrap_or_default();
        let text = format!("{} of {}{when}.", capital(&role.office), role.of);
        let entry = pack.entry(held.person);
        Some(Sentence { lead: Some(format!("{}:", entry.name)), text, cite: role.cite.clone() })
    };
    let mut open: Vec<EntryIdx> = Vec::new();
    open.extend(held.iter().map(|held| held.person));
    open.dedup();
    let support = open.iter().filter_map(|idx| {
        let entry = pack.entry(*idx);
        let gist = entry.gist.as_ref()?;
        Some(Sentence { lead: Some(format!("{}:", entry.name)), text: gist.text.clone(), cite: entry.cite.clone() })
    });
    Some(Answer { lines: held.iter().filter_map(line).collect(), support: support.collect(), open, ..Answer::default() })
}

/// When a person held the office that the question names; `None` if it names no office of that person,
/// or asks for other things too.
pub(super) fn in_office(question: &ParsedQuestion, person: EntryIdx, pack: &Pack) -> Option<Answer> {
    let entry = pack.entry(person);
    let Facts::Person(life) = &entry.facts else { return None };
    let asked: Vec<String> = question
        .asked
        .iter()
        .filter(|asked| !asked.feature.entries.contains(&person) && !is_aside(&asked.word) && !is_date(&asked.word))
        .flat_map(|asked| asked.word.split(' ').map(stem).collect::<Vec<_>>())
        .filter(|stem| !stands_in(IN_POWER, stem))
        .collect();
    // "When was he in power" asks for the highest office.
    let powerful = asked.is_empty() && question.words.iter().any(|word| stands_in(IN_POWER, word));
    let has = |role: &&Role| {
        let own: Vec<String> = of_text(&format!("{} {}", role.office, role.of)).iter().map(|word| stem(word)).collect();
        let highest = || ["prime", "leader", "president"].iter().any(|head| own.iter().any(|word| word == head));
        role.when.is_some() && (powerful && highest() || !asked.is_empty() && asked.iter().all(|word| own.contains(word)))
    };
    let held: Vec<&Role> = life.roles.iter().filter(has).collect();
    let first = held.first()?;
    let terms: Vec<String> = held.iter().filter_map(|role| role.when).map(term).collect();
    let named = |role: &&Role| role.office == first.office && role.of == first.of;
    let terms: Vec<String> = if held.iter().all(named) {
        vec![format!("{} of {} {}", first.office, first.of, terms.join(" and "))]
    } else {
        held.iter().filter_map(|role| Some(format!("{} of {} {}", role.office, role.of, term(role.when?)))).collect()
    };
    let text = format!("{} was {}.", entry.name, terms.join(", and "));
    let cite = held.iter().flat_map(|role| &role.cite).fold(Vec::new(), |mut all, cite| {
        if !all.contains(cite) {
            all.push(*cite);
        }
        all
    });
    Some(Answer { lines: vec![Sentence { lead: None, text, cite }], open: vec![person], ..Answer::default() })
}

fn role<'a>(held: &Held, pack: &'a Pack) -> Option<&'a Role> {
    match &pack.entry(held.person).facts {
        Facts::Person(life) => life.roles.get(held.role),
        _ => None,
    }
}

/// A period in words: "from 15 July 1789 to 8 October 1791", "in 1789".
fn term(when: Moment) -> String {
    let bare = |point: Point| match point {
        Point::Year(year) => year_name(year),
        Point::Month(year, month) => format::month_of_year(year, month.cast_signed()),
        Point::Day(day, _) => format::date(day),
    };
    match when.to {
        Some(to) => format!("from {} to {}", bare(when.from), bare(to)),
        None => format!("in {}", bare(when.from)),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
