//! Questions about links between entries: who, where, and why.

use std::cmp::Reverse;
use std::collections::HashSet;

use super::text_index::{content, days_between, is_sound, overlap, padded};
use super::{DraftQuestion, Maker, chance, header, telling};
use crate::card::format;
use crate::pack::{Citation, Claim, Entry, EntryIdx, EventFacts, Facts, Kind, Moment};

/// Places nearer than this, in kilometres, count as the same place.
const NEXT_DOOR: f64 = 0.6;
/// How far from its centre a place named after a city may be, in kilometres.
const CITY: f64 = 25.0;
/// How many other places must mention a place in their gist for it to count as containing them.
const HOLDS: usize = 2;
/// The placeholder for a name that was left out.
const GAP: &str = "＿＿＿";
/// Words that make a sentence true of more than one person: lists, and negations.
const OPEN: [&str; 15] = [
    " and ＿",
    "＿ and ",
    ", ＿＿＿,",
    " not ",
    " no ",
    " never ",
    "n't ",
    " one of ",
    " such as ",
    " among ",
    " including ",
    " also ",
    " together ",
    " others ",
    " too ",
];
/// A place of more events than this teaches nothing about one of them.
const EVENTS_THERE: usize = 12;
/// Words in a title which mean that it happened in several places.
const SPREAD: [&str; 6] = ["provinces", "towns", "country", "cities", "airfields", "across"];
/// Up to this many days away, an event with something in common comes before nearer ones without.
const NEAR: i64 = 60;
/// A sentence with fewer content words fits too many people.
const SAYING: usize = 4;
/// With this many content words in common, an event may have been at a place although no claim says so.
const TOLD_ALIKE: usize = 2;

impl Maker<'_> {
    /// Asks for the name that is left out of one of an event's claims. "Who took part in it" would be
    /// true of more people than are recorded; one sentence is true of one person.
    pub(super) fn who(&mut self) -> Option<DraftQuestion> {
        let (idx, entry, when) = self.event()?;
        let facts = entry.event()?;
        let mut gaps: Vec<(EntryIdx, &Claim, String)> =
            entry.claims.iter().filter_map(|claim| self.gap(facts, claim).map(|(person, gap)| (person, claim, gap))).collect();
        self.rng.shuffle(&mut gaps);
        gaps.into_iter().find_map(|(right, claim, gap)| {
            let pool = self.strangers(idx, facts, when, &gap, right);
            let form = chance::choice(&mut self.rng, &self.pack.entry(right).name, pool, 2, 3)?;
            let title = if self.text_index.gives_away(right, &self.titles(entry)) {
                String::new()
            } else {
                format!(" {}:", format::quoted(&entry.name))
            };
            let ask = format!("Who belongs in the gap?{title} {} ({})", format::quoted(&gap), format::short_moment(when));
            let explain = vec![claim.clone(), header(self.pack, idx)];
            Some(DraftQuestion {
                difficulty: self.difficulty(idx),
                about: vec![idx, right],
                item: self.item(),
                ask,
                form,
                explain,
            })
        })
    }

    /// A claim with the only person it names left out; `None` if it names nobody, or several.
    fn gap(&self, facts: &EventFacts, claim: &Claim) -> Option<(EntryIdx, String)> {
        let text = padded(&claim.text);
        let mut named = self
            .pack
            .of_kind(Kind::Person)
            .map(|(person, _)| person)
            .filter(|person| self.text_index.is_named_in(*person, &text));
        let person = named.next().filter(|person| facts.people.contains(person) && named.next().is_none())?;
        let name = &self.pack.entry(person).name;
        let family = name.split(' ').next_back()?;
        let gap = claim.text.replace(name.as_str(), GAP).replace(family, GAP);
        // A remaining first name or title would reveal the answer, and so would a partly removed name.
        let whole =
            gap.matches(GAP).count() > 0 && !self.text_index.gives_away(person, &gap) && !gap.to_lowercase().contains("document");
        let open = OPEN.iter().any(|open| gap.contains(open)) || content(&gap).len() < SAYING;
        (whole && !open).then_some((person, gap))
    }

    /// The names of an event, as one text.
    fn titles(&self, entry: &Entry) -> String {
        std::iter::once(&entry.name).chain(&entry.aliases).cloned().collect::<Vec<_>>().join(" ")
    }

    /// A sentence from an entry's date and places, and its claim about `named`.
    fn told(&self, said: String, idx: EntryIdx, named: EntryIdx) -> Vec<Claim> {
        let header = Claim { id: None, text: said, cite: self.pack.entry(idx).cite.clone() };
        std::iter::once(header).chain(telling(self.pack, self.text_index, idx, Some(named))).collect()
    }

    /// Events connected with an event: linked to it, or on the same days.
    fn story(&self, idx: EntryIdx, facts: &EventFacts, when: Moment) -> Vec<EntryIdx> {
        let mut story: Vec<EntryIdx> = facts.leads_to.iter().chain(&facts.led_from).copied().collect();
        story.extend(self.pack.events().filter(|(_, _, other)| overlap(other.when, when)).map(|(other, ..)| other));
        story.push(idx);
        story
    }

    /// People of the right one's sort who certainly took no part in an event: the most alike first, then
    /// those active at a similar time.
    fn strangers(&self, idx: EntryIdx, facts: &EventFacts, when: Moment, gap: &str, right: EntryIdx) -> Vec<String> {
        let (pack, text_index) = (self.pack, self.text_index);
        let gap = content(gap);
        let story = self.story(idx, facts, when);
        let involved: HashSet<EntryIdx> =
            story.iter().filter_map(|event| pack.entry(*event).event()).flat_map(|facts| facts.people.iter().copied()).collect();
        let mut pool: Vec<(Reverse<usize>, i64, EntryIdx)> = pack
            .of_kind(Kind::Person)
            .map(|(person, _)| person)
            .filter(|person| {
                !involved.contains(person)
                    && self.lived(*person, when)
                    && !text_index.near(idx, *person)
                    && !text_index.tells_of_date(*person, when)
                    && !text_index.could_describe(&gap, *person)
                    // An ally or deputy of somebody who took part may have been there without being
                    // named.
                    && !text_index.gist_names(*person, right)
                    && !text_index.gist_names(right, *person)
                    && !facts.groups.iter().any(|group| text_index.near(*group, *person) || self.works_with(*person, *group))
            })
            .filter_map(|person| Some((Reverse(pack.likeness(right, person)?), self.days_from(person, when), person)))
            .collect();
        pool.sort_unstable();
        pool.into_iter().map(|(.., person)| pack.entry(person).name.clone()).collect()
    }

    /// Whether somebody was born and not dead yet, as far as the pack knows.
    fn lived(&self, person: EntryIdx, when: Moment) -> bool {
        let Facts::Person(life) = &self.pack.entry(person).facts else { return false };
        life.born.is_none_or(|born| born.first_day() <= when.first_day())
            && life.died.is_none_or(|died| died.last_day() >= when.first_day())
    }

    /// The days between a moment and the nearest event that names an entry.
    fn days_from(&self, idx: EntryIdx, when: Moment) -> i64 {
        let moments = self.pack.events_naming(idx).iter().filter_map(|event| self.pack.entry(*event).when());
        moments.map(|other| days_between(other, when)).min().unwrap_or(i64::MAX)
    }

    /// Whether a person and a group ever took part in the same event.
    fn works_with(&self, person: EntryIdx, group: EntryIdx) -> bool {
        let events = self.pack.events_naming(person).iter().filter_map(|event| self.pack.entry(*event).event());
        events.into_iter().any(|facts| facts.groups.contains(&group))
    }

    pub(super) fn place(&mut self) -> Option<DraftQuestion> {
        let (idx, entry, when) = self.event()?;
        let facts = entry.event()?;
        let titles = self.titles(entry);
        // An event in several places has no single answer, and "in Paris" is true of half of the pack
        // and teaches nothing.
        let [right] = facts.places[..] else { return None };
        let spread = SPREAD.iter().any(|spread| entry.name.contains(spread));
        let is_common = self.pack.events_naming(right).len() > EVENTS_THERE;
        if spread || is_common || self.text_index.gives_away(right, &titles) || self.holds_others(right) {
            return None;
        }
        let pool = self.elsewhere(idx, facts, when, right);
        let ask = format!("Where did this happen: {}?", format::quoted(&entry.name));
        let form = chance::choice(&mut self.rng, &self.pack.entry(right).name, pool, 2, 3)?;
        let explain =
            self.told(format!("{} happened here: {}.", format::quoted(&entry.name), self.pack.entry(right).name), idx, right);
        let about = vec![idx, right];
        Some(DraftQuestion { difficulty: self.difficulty(idx), about, item: self.item(), ask, form, explain })
    }

    /// Whether a place contains others: their gists say that they are in it or next to it.
    fn holds_others(&self, place: EntryIdx) -> bool {
        let others = self.pack.of_kind(Kind::Place).filter(|(other, _)| *other != place);
        let naming = others.filter(|(other, _)| self.text_index.gist_names(*other, place));
        naming.count() >= HOLDS
    }

    /// Places of the right one's sort where an event certainly was not; those of events at a similar time
    /// first.
    fn elsewhere(&self, idx: EntryIdx, facts: &EventFacts, when: Moment, right: EntryIdx) -> Vec<String> {
        let (pack, text_index) = (self.pack, self.text_index);
        let story = self.story(idx, facts, when);
        let involved: HashSet<EntryIdx> =
            story.iter().filter_map(|event| pack.entry(*event).event()).flat_map(|facts| facts.places.iter().copied()).collect();
        let mut pool: Vec<(i64, EntryIdx)> = pack
            .of_kind(Kind::Place)
            .map(|(place, _)| place)
            .filter(|place| {
                !involved.contains(place)
                    && !text_index.near(idx, *place)
                    && !text_index.tells_of_date(*place, when)
                    && !facts.people.iter().any(|person| text_index.tells_of(*place, *person))
                    && text_index.shared_words(*place, idx) < TOLD_ALIKE
                    && !facts.places.iter().any(|here| self.same_place(*here, *place))
            })
            .filter(|place| pack.likeness(right, *place).is_some())
            .map(|place| (self.days_from(place, when), place))
            .collect();
        pool.sort_unstable();
        pool.into_iter().map(|(_, place)| pack.entry(place).name.clone()).collect()
    }

    /// Whether two places may count as the same: close together, one within the other, or described
    /// together.
    fn same_place(&self, one: EntryIdx, other: EntryIdx) -> bool {
        let apart = self.apart(one, other);
        let in_it = apart < CITY && (self.holds_others(one) || self.holds_others(other));
        apart < NEXT_DOOR || in_it || self.text_index.near(one, other)
    }

    /// The distance between two places in kilometres, on a flat map, which is accurate enough within a
    /// city.
    fn apart(&self, one: EntryIdx, other: EntryIdx) -> f64 {
        match (&self.pack.entry(one).facts, &self.pack.entry(other).facts) {
            (Facts::Place { latitude, longitude }, Facts::Place { latitude: north, longitude: east }) => {
                let (up, along) = (latitude - north, (longitude - east) * latitude.to_radians().cos());
                111.2 * up.hypot(along)
            }
            _ => 0.0,
        }
    }

    pub(super) fn effect(&mut self) -> Option<DraftQuestion> {
        let (idx, entry, when) = self.event()?;
        let facts = entry.event()?;
        // What ended before an event began is not one of its effects; its causes are plausible wrong
        // answers.
        let pool = self.unlinked(idx, &facts.led_from, |other| other.is_before(when));
        let ask = format!("What came of this: {}?", format::quoted(&entry.name));
        self.linked(idx, &facts.leads_to, pool, ask, true)
    }

    pub(super) fn cause(&mut self) -> Option<DraftQuestion> {
        let (idx, entry, when) = self.event()?;
        let facts = entry.event()?;
        let pool = self.unlinked(idx, &facts.leads_to, |other| when.is_before(other));
        let ask = format!("What helped to bring this about: {}?", format::quoted(&entry.name));
        self.linked(idx, &facts.led_from, pool, ask, false)
    }

    /// Events that the calendar rules out: those of `tempting` first, then those with a person, a group or
    /// a theme in common, then the nearest.
    fn unlinked(&self, idx: EntryIdx, tempting: &[EntryIdx], ruled_out: impl Fn(Moment) -> bool) -> Vec<EntryIdx> {
        let own = self.pack.entry(idx);
        let (Some(when), Some(facts)) = (own.when(), own.event()) else { return Vec::new() };
        let is_near = |other: Moment| days_between(other, when) <= NEAR;
        let mut pool: Vec<(bool, bool, i64, EntryIdx)> = self
            .pack
            .events()
            .filter(|(other, entry, facts)| *other != idx && is_sound(entry) && ruled_out(facts.when))
            .map(|(other, _, event)| {
                let alike = is_near(event.when) && has_in_common(facts, event);
                (!tempting.contains(&other), !alike, days_between(event.when, when), other)
            })
            .collect();
        pool.sort_unstable();
        pool.into_iter().map(|(.., other)| other).collect()
    }

    fn linked(
        &mut self,
        idx: EntryIdx,
        links: &[EntryIdx],
        pool: Vec<EntryIdx>,
        ask: String,
        forward: bool,
    ) -> Option<DraftQuestion> {
        let (pack, text_index) = (self.pack, self.text_index);
        let sound = |link: &EntryIdx| is_sound(pack.entry(*link)) && !text_index.akin(idx, *link);
        let forms = |rng: &mut fastrand::Rng, right: EntryIdx| {
            let pool = pool.iter().filter(|other| !text_index.akin(right, **other));
            let names = pool.map(|other| pack.entry(*other).name.clone()).collect();
            chance::choice(rng, &pack.entry(right).name, names, 2, 3)
        };
        let mut rights: Vec<EntryIdx> = links.iter().copied().filter(sound).collect();
        self.rng.shuffle(&mut rights);
        let (right, form) = rights.into_iter().find_map(|right| forms(&mut self.rng, right).map(|form| (right, form)))?;
        let (from, to) = if forward { (idx, right) } else { (right, idx) };
        let (from, to) = (pack.entry(from), pack.entry(to));
        let mut cite: Vec<Citation> = from.cite.clone();
        cite.extend(to.cite.iter().filter(|citation| !from.cite.contains(citation)));
        let said = Claim {
            id: None,
            text: format!("{} helped to bring about {}.", format::quoted(&from.name), format::quoted(&to.name)),
            cite,
        };
        let told = telling(pack, text_index, idx, Some(right)).into_iter().chain(telling(pack, text_index, right, Some(idx)));
        let explain = std::iter::once(said).chain(told).collect();
        let about = vec![idx, right];
        Some(DraftQuestion { difficulty: self.difficulty(idx), about, item: self.item(), ask, form, explain })
    }

    /// An entry's gist, as the first line of an explanation.
    pub(super) fn described(&self, idx: EntryIdx) -> Vec<Claim> {
        std::iter::once(header(self.pack, idx)).chain(telling(self.pack, self.text_index, idx, None)).collect()
    }
}

/// Whether two events have a person, a group or a theme in common.
fn has_in_common(one: &EventFacts, other: &EventFacts) -> bool {
    let shares = |own: &[EntryIdx], others: &[EntryIdx]| own.iter().any(|idx| others.contains(idx));
    shares(&one.people, &other.people)
        || shares(&one.groups, &other.groups)
        || one.tags.iter().any(|tag| other.tags.contains(tag))
}
