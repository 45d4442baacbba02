//! Answers from the pack's structure: dates, lives, places, causes and effects, what happened on a day,
//! and corrections of the class document.

use super::map::HashMap;

use super::evidence::Found;
use super::intent::Intent;
use super::moments::{hour, on};
use super::reading::{ParsedQuestion, QueryTerm};
use super::texts::{Part, TextOrigin, Texts};
use super::{Answer, OPEN, SUPPORT, Sentence, holders};
use crate::calendar::Day;
use crate::card::format;
use crate::lookup::Held;
use crate::pack::{Entry, EntryIdx, Facts, Kind, Moment, Pack, year_name};

/// From this coverage on, the question is about an event.
const EVENT: f32 = 0.68;
/// The event must cover this much more than the next one, unless both are about the same.
const AHEAD: f32 = 0.02;
/// From this coverage on, the question is about a correction.
const CORRECTED: f32 = 0.66;
/// From this share on, the question is mostly the name itself.
const NAME_ALONE: f32 = 0.72;
/// From this share of the question on, an event's name decides which event is meant.
const NAMED_EVENT: f32 = 0.5;
/// The confidence in a day if the question asks for nothing else.
const DAY_SURE: f32 = 1.0;
/// From this share on, the question is only a name.
const ALL: f32 = 0.9;
/// The confidence in who held an office of a country.
const HELD: f32 = 1.0;
/// The factor for causes and effects, because an editor's explanation is better.
const LINKED: f32 = 0.85;
/// Words below this rarity occur in most sentences.
const AMBIENT: f32 = 3.0;
/// How many events of a day the first line names.
const TOLD: usize = 3;

/// An answer from the structure, if it has one for this kind of question.
pub(super) fn answer(
    question: &ParsedQuestion,
    found: &[Found],
    matching: &HashMap<u32, Vec<f32>>,
    texts: &Texts,
    pack: &Pack,
    held: &[Held],
) -> Option<(f32, Answer)> {
    let facts = FactFinder { question, matching, texts, pack };
    let told = match question.intent {
        Intent::Who | Intent::WhatIs if !held.is_empty() => holders::answer(held, pack).map(|answer| (HELD, answer)),
        Intent::OnDay => facts.on_day(),
        Intent::When => facts.life().or_else(|| facts.in_office()).or_else(|| facts.when()),
        Intent::Where => facts.life().or_else(|| facts.place()).or_else(|| facts.where_it_was()),
        Intent::WhatIs | Intent::Summary => facts.what_is().or_else(|| facts.on_day()),
        Intent::TrueFalse => facts.correction().or_else(|| facts.life()),
        Intent::Compare => facts.compared(),
        Intent::HowLong => facts.in_office().or_else(|| facts.how_long()),
        Intent::Why => facts.linked(true),
        Intent::Consequence => facts.linked(false),
        Intent::HowMany => None,
        // "Who met Nagy" does not ask for Nagy.
        Intent::Who
            if facts.named().first().is_some_and(|idx| facts.share(|asked| asked.feature.entries.contains(idx)) < ALL) =>
        {
            None
        }
        Intent::Other if !question.days.is_empty() => facts.on_day(),
        _ => facts.what_is(),
    };
    told.map(|(sure, answer)| (sure, supported(answer, found, pack)))
}

/// Adds supporting sentences about the entries that the answer opens.
fn supported(mut answer: Answer, found: &[Found], pack: &Pack) -> Answer {
    for other in found.iter().filter(|found| answer.open.contains(&found.entry) && found.part != Part::Name) {
        let sentence = super::said(other, pack);
        let known = answer.lines.iter().chain(&answer.points).chain(&answer.support);
        if answer.support.len() < SUPPORT && !known.into_iter().any(|known| known.text == sentence.text) {
            answer.support.push(sentence);
        }
    }
    answer
}

/// An answer with its confidence (0 to 1); `None` if the structure has none.
type FactAnswer = Option<(f32, Answer)>;

struct FactFinder<'a> {
    question: &'a ParsedQuestion,
    matching: &'a HashMap<u32, Vec<f32>>,
    texts: &'a Texts,
    pack: &'a Pack,
}

impl FactFinder<'_> {
    /// The words of the question that are not mere instructions.
    fn asked(&self) -> impl Iterator<Item = &QueryTerm> {
        self.question.asked.iter()
    }

    /// The entries that the question names, the rarest first.
    fn named(&self) -> Vec<EntryIdx> {
        let mut named: Vec<(f32, EntryIdx)> = Vec::new();
        for asked in self.asked() {
            // A name that several entries share identifies none of them for certain, but an entry with
            // that name comes before an event that is only called so.
            let bears = |idx: &&EntryIdx| self.pack.entry(**idx).kind != Kind::Event;
            let bearers: Vec<EntryIdx> = asked.feature.entries.iter().filter(bears).copied().collect();
            match (&bearers[..], &asked.feature.entries[..]) {
                ([entry], _) | ([], [entry]) => named.push((asked.weight, *entry)),
                _ => {}
            }
        }
        named.sort_by(|a, b| b.0.total_cmp(&a.0));
        named.into_iter().map(|(_, entry)| entry).collect()
    }

    /// How much of the question the features with a property cover.
    fn share(&self, of: impl Fn(&QueryTerm) -> bool) -> f32 {
        let all: f32 = self.asked().map(|asked| asked.weight).sum();
        let had: f32 = self.asked().filter(|asked| of(asked)).map(|asked| asked.weight).sum();
        if all > 0.0 { had / all } else { 0.0 }
    }

    /// How much of the question an entry's own names cover.
    fn name_share(&self, subject: EntryIdx) -> f32 {
        let of = |idx: &u32| matches!(self.texts.text(*idx).source, TextOrigin::Said(entry, Part::Gist | Part::Name) if entry == subject);
        let own = self.matching.iter().find(|(idx, _)| of(idx)).map(|(_, likes)| likes);
        let all: f32 = self.asked().map(|asked| asked.weight).sum();
        let had = |(place, asked): (usize, &QueryTerm)| {
            let named = asked.feature.entries.contains(&subject) || own.is_some_and(|likes| likes[place] >= 0.7);
            if named { asked.weight } else { 0.0 }
        };
        if all > 0.0 { self.asked().enumerate().map(had).sum::<f32>() / all } else { 0.0 }
    }

    fn has_stem(&self, stems: &[&str]) -> bool {
        self.question.words.iter().any(|word| stems.contains(&super::stems::stem(word).as_str()))
    }

    /// The event whose name and context cover most of the question.
    fn event(&self) -> Option<(f32, EntryIdx)> {
        let all: f32 = self.asked().map(|asked| asked.weight).sum();
        let mut covered: Vec<(f32, EntryIdx)> = Vec::new();
        for (idx, likes) in self.matching {
            if let TextOrigin::Said(entry, Part::Name) = self.texts.text(*idx).source
                && self.pack.entry(entry).kind == Kind::Event
            {
                let had: f32 = likes.iter().zip(self.asked()).map(|(like, asked)| like * asked.weight).sum();
                covered.push((had / all.max(0.01) + f32::from(self.pack.entry(entry).importance.min(40)) / 4000.0, entry));
            }
        }
        covered.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let best = *covered.first()?;
        let clear = covered.get(1).is_none_or(|next| best.0 - next.0 >= AHEAD);
        (best.0 >= EVENT && clear).then_some((best.0.min(1.0), best.1))
    }

    /// The event that the question names explicitly, if it asks little else.
    fn event_by_name(&self) -> Option<(f32, EntryIdx)> {
        let events =
            self.asked().flat_map(|asked| &asked.feature.entries).filter(|idx| self.pack.entry(**idx).kind == Kind::Event);
        let event = *events.min()?;
        let share = self.share(|asked| asked.feature.entries.contains(&event));
        (share >= NAMED_EVENT).then_some((EVENT.max(share), event))
    }

    /// The only person whom the question names, whatever else has that name.
    fn person(&self) -> Option<EntryIdx> {
        let is_person = |idx: &&EntryIdx| self.pack.entry(**idx).kind == Kind::Person;
        let mut named = self.asked().filter_map(|asked| {
            let mut persons = asked.feature.entries.iter().filter(is_person);
            let one = persons.next()?;
            persons.next().is_none().then_some(*one)
        });
        let one = named.next()?;
        named.all(|other| other == one).then_some(one)
    }

    /// When somebody was born or died.
    fn life(&self) -> FactAnswer {
        let born = self.has_stem(&["born", "birth"]);
        let died = self.has_stem(&["die", "kill", "execut", "hang", "aliv"]);
        let person = self.person()?;
        let entry = self.pack.entry(person);
        let Facts::Person(life) = &entry.facts else { return None };
        let own = self.share(|asked| {
            asked.feature.entries.contains(&person)
                || [
                    "die", "died", "death", "born", "birth", "killed", "kill", "executed", "hanged", "birthday", "year", "day",
                    "date",
                ]
                .contains(&asked.word.as_str())
        });
        let (verb, when, at) = match (born, died) {
            (true, _) => ("was born", life.born, &life.born_at),
            (_, true) => ("died", life.died, &life.died_at),
            _ => return None,
        };
        let when = when.filter(|_| own >= 0.85)?;
        let place = at.as_ref().map(|place| format!(" in {place}")).unwrap_or_default();
        let text = format!("{} {verb} {}{place}.", entry.name, on(when));
        Some((own, opening(vec![Sentence { lead: None, text, cite: entry.cite.clone() }], vec![person])))
    }

    /// When somebody held an office.
    fn in_office(&self) -> FactAnswer {
        holders::in_office(self.question, self.person()?, self.pack).map(|answer| (HELD, answer))
    }

    fn when(&self) -> FactAnswer {
        let (sure, event) = self.event().or_else(|| self.event_by_name())?;
        let entry = self.pack.entry(event);
        let text = format!("{}.", format::moment(entry.when()?, self.pack));
        let line = Sentence { lead: Some(format!("{}:", entry.name)), text, cite: entry.cite.clone() };
        Some((sure, opening(vec![line], vec![event])))
    }

    /// Where a place is, from its gist.
    fn place(&self) -> FactAnswer {
        let place = self.named().into_iter().find(|idx| self.pack.entry(*idx).kind == Kind::Place)?;
        let alone = self.share(|asked| asked.feature.entries.contains(&place));
        self.introduced(place).filter(|_| alone >= NAME_ALONE).map(|answer| (alone, answer))
    }

    fn where_it_was(&self) -> FactAnswer {
        let (sure, event) = self.event()?;
        // Where a person was is not where an event connected with that person happened.
        if self.person().is_some() && sure < ALL {
            return None;
        }
        let entry = self.pack.entry(event);
        let places = &entry.event()?.places;
        if places.is_empty() {
            return None;
        }
        let names: Vec<&str> = places.iter().map(|place| self.pack.entry(*place).name.as_str()).collect();
        let lead = Some(format!("{} ({}):", entry.name, format::short_moment(entry.when()?)));
        let line = Sentence { lead, text: format!("{}.", names.join(", ")), cite: entry.cite.clone() };
        let mut open = vec![event];
        open.extend(places);
        Some((sure, opening(vec![line], open)))
    }

    /// What an entry is, if the question is hardly more than its name.
    fn what_is(&self) -> FactAnswer {
        let named = self.named();
        let subject = *named.first()?;
        let alone = self.name_share(subject);
        self.introduced(subject).filter(|_| alone >= NAME_ALONE).map(|answer| (alone, answer))
    }

    /// An entry's gist, or an event's date and its first claims.
    fn introduced(&self, subject: EntryIdx) -> Option<Answer> {
        let entry = self.pack.entry(subject);
        let line = match (&entry.gist, entry.when()) {
            (Some(gist), _) => {
                Sentence { lead: Some(format!("{}:", entry.name)), text: ended(&gist.text), cite: entry.cite.clone() }
            }
            (None, Some(when)) => {
                let claim = entry.claims.first()?;
                Sentence::of(claim).led(format!("{} ({}):", entry.name, format::short_moment(when)))
            }
            (None, None) => return None,
        };
        let rest = entry.claims.iter().skip(usize::from(entry.gist.is_none())).take(SUPPORT).map(Sentence::of);
        let mut answer = opening(vec![line], vec![subject]);
        answer.support = rest.collect();
        Some(answer)
    }

    /// What happened on the day or in the month that the question names.
    fn on_day(&self) -> FactAnswer {
        // A question with two days asks for a sequence of events, not for one day.
        if self.question.days.iter().any(|day| Some(day) != self.question.days.first()) {
            return None;
        }
        let (events, when) = match self.question.days.first() {
            Some((month, day)) => (self.of_day(*month, *day), format::day_and_month(*month, *day)),
            None => {
                let month = self.question.words.iter().find_map(|word| super::words::month(word))?;
                let year = self.question.year.unwrap_or(self.pack.year);
                let first = jiff::civil::Date::new(year, i8::try_from(month).ok()?, 1).ok()?;
                let within = |moment: Moment| moment.first_day() >= first && moment.first_day() <= first.last_of_month();
                let events: Vec<EntryIdx> =
                    self.pack.events().filter(|(_, _, facts)| within(facts.when)).map(|(idx, ..)| idx).collect();
                (events, format::month_of_year(year, first.month()))
            }
        };
        let events = self.part_of_day(events);
        let mut weighty = events.clone();
        weighty.sort_by_key(|idx| (std::cmp::Reverse(self.pack.entry(*idx).importance), *idx));
        weighty.truncate(TOLD);
        weighty.sort();
        let told: Vec<&Entry> = weighty.iter().map(|idx| self.pack.entry(*idx)).collect();
        let first = told.first()?;
        let year = first.when()?.first_day().year();
        let lead = if self.question.days.is_empty() { when } else { format!("{when} {}", year_name(year)) };
        let names: Vec<&str> = told.iter().map(|entry| entry.name.as_str()).collect();
        let mut cite = Vec::new();
        for citation in told.iter().flat_map(|entry| &entry.cite) {
            if !cite.contains(citation) {
                cite.push(*citation);
            }
        }
        cite.truncate(4);
        let line = Sentence { lead: Some(format!("{lead}:")), text: format!("{}.", names.join("; ")), cite };
        let support =
            told.iter().filter_map(|entry| entry.claims.first().map(|claim| Sentence::of(claim).led(format!("{}:", entry.name))));
        let support = support.take(SUPPORT).collect();
        let mut answer = opening(vec![line], weighty);
        answer.support = support;
        answer.day = self.question.days.first().copied();
        // With other words in the question, the day is only a part of it.
        let rest = self.share(|asked| !is_of_the_day(asked));
        Some((if rest < 0.35 { DAY_SURE } else { 1.0 - rest }, answer))
    }

    /// The events of a day in the year that the question names, else in the pack's year, else in any.
    fn of_day(&self, month: i8, day: i8) -> Vec<EntryIdx> {
        let known = Day::new(self.pack, month, day);
        let others = known.other_years.iter();
        match self.question.year {
            Some(year) if year != self.pack.year => others.filter(|(other, _)| *other == year).map(|(_, idx)| *idx).collect(),
            _ if !known.in_year.is_empty() => known.in_year,
            _ if !known.under_way.is_empty() => known.under_way,
            Some(_) => Vec::new(),
            None => others.map(|(_, idx)| *idx).collect(),
        }
    }

    /// Those of a part of the day ("in the evening"), if the question names one and there are such
    /// events.
    fn part_of_day(&self, events: Vec<EntryIdx>) -> Vec<EntryIdx> {
        let has = |word: &str| self.question.words.iter().any(|known| known == word);
        let hours = match () {
            () if has("dawn") => 3..8,
            () if has("morning") => 2..12,
            () if has("noon") || has("afternoon") => 12..18,
            () if has("evening") => 17..24,
            () if has("night") => 19..24,
            () => return events,
        };
        let within = |idx: &EntryIdx| self.pack.entry(*idx).when().and_then(hour).is_some_and(|hour| hours.contains(&hour));
        let part: Vec<EntryIdx> = events.iter().copied().filter(within).collect();
        if part.is_empty() { events } else { part }
    }

    /// A correction, if the question repeats a mistake of the class document.
    fn correction(&self) -> FactAnswer {
        let all: f32 = self.asked().map(|asked| asked.weight).sum();
        let covered = |likes: &Vec<f32>| {
            likes.iter().zip(self.asked()).map(|(like, asked)| like * asked.weight).sum::<f32>() / all.max(0.01)
        };
        let notes = self.matching.iter().filter_map(|(idx, likes)| match self.texts.text(*idx).source {
            TextOrigin::Said(entry, Part::Note(note)) => Some((covered(likes), entry, note)),
            _ => None,
        });
        let best = notes.max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)).then(b.2.cmp(&a.2)))?;
        let (covered, entry, note) = best;
        let note = self.pack.entry(entry).notes.get(note as usize).filter(|_| covered >= CORRECTED)?;
        let line = Sentence { lead: None, text: note.record.clone(), cite: note.cite.clone() };
        let mut answer = opening(vec![line], vec![entry]);
        answer.support.push(Sentence { lead: None, text: note.document.clone(), cite: note.on.clone() });
        Some((covered, answer))
    }

    /// Two entries compared.
    fn compared(&self) -> FactAnswer {
        let mut named = self.named();
        named.dedup();
        let two: Vec<EntryIdx> = named.into_iter().take(2).collect();
        let [one, other] = two[..] else { return None };
        let both = self.share(|asked| asked.feature.entries.iter().any(|entry| two.contains(entry)));
        if both < NAME_ALONE {
            return None;
        }
        let (first, second) = (self.introduced(one)?, self.introduced(other)?);
        let mut answer = opening(first.lines.into_iter().chain(second.lines).collect(), two);
        let side = |idx: EntryIdx, support: Vec<Sentence>| {
            let name = format!("{}:", self.pack.entry(idx).name);
            support.into_iter().take(3).map(move |sentence| sentence.led(name.clone()))
        };
        answer.points = side(one, first.support).chain(side(other, second.support)).collect();
        Some((both, answer))
    }

    /// How long an event lasted.
    fn how_long(&self) -> FactAnswer {
        let (sure, event) = self.event()?;
        let entry = self.pack.entry(event);
        let when = entry.when()?;
        when.to?;
        let days = when.last_day().duration_since(when.first_day()).as_hours() / 24 + 1;
        let text = format!("{}: {}.", format::moment(when, self.pack), format::count(usize::try_from(days).ok()?, "day"));
        let line = Sentence { lead: Some(format!("{}:", entry.name)), text, cite: entry.cite.clone() };
        Some((sure, opening(vec![line], vec![event])))
    }

    /// The causes of an event, or its consequences.
    fn linked(&self, causes: bool) -> FactAnswer {
        let (sure, event) = self.event()?;
        let entry = self.pack.entry(event);
        let facts = entry.event()?;
        let mut links = if causes { facts.led_from.clone() } else { facts.leads_to.clone() };
        links.sort_by_key(|idx| (std::cmp::Reverse(self.pack.entry(*idx).importance), *idx));
        links.truncate(TOLD);
        links.sort();
        let told: Vec<&Entry> = links.iter().map(|idx| self.pack.entry(*idx)).collect();
        let cited: Vec<_> = told.first()?.cite.iter().chain(&entry.cite).copied().take(4).collect();
        let name = |entry: &&Entry| match entry.when() {
            Some(when) => format!("{} ({})", entry.name, format::short_moment(when)),
            None => entry.name.clone(),
        };
        let names: Vec<String> = told.iter().map(name).collect();
        let lead = if causes { format!("What led to it ({}):", entry.name) } else { format!("What it led to ({}):", entry.name) };
        let line = Sentence { lead: Some(lead), text: format!("{}.", names.join("; ")), cite: cited };
        let mut open = vec![event];
        open.extend(links);
        Some((LINKED * sure, opening(vec![line], open)))
    }
}

/// Whether a word of a question belongs to a date, or only asks what happened on it.
fn is_of_the_day(asked: &QueryTerm) -> bool {
    const WORDS: &[&str] = &["dawn", "morning", "noon", "afternoon", "evening", "night", "events", "event", "key"];
    let word = asked.word.as_str();
    word.starts_with(super::words::DAY)
        || super::words::year(word).is_some()
        || super::words::month(word).is_some()
        || WORDS.contains(&word)
        || asked.weight < AMBIENT
}

fn opening(lines: Vec<Sentence>, mut open: Vec<EntryIdx>) -> Answer {
    open.truncate(OPEN);
    Answer { lines, open, ..Answer::default() }
}

/// A gist as a sentence.
fn ended(text: &str) -> String {
    if text.ends_with(['.', '!', '?', '”']) { text.to_owned() } else { format!("{text}.") }
}
