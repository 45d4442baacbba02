//! Composes the posts of a replay.

use jiff::civil::Date;

use super::script::{ReplayStep, Script};
use crate::card::action::Press;
use crate::card::entries::{explain, item, open};
use crate::card::press::{ButtonId, ReplayPress, TimelinePress, TopicId};
use crate::card::{Action, Card, Line, Marks, Outcome, Section, format, in_pages, length};
use crate::model::ReplayMode;
use crate::pack::{Citation, Claim, Confidence, Entry, EntryIdx, Kind, Pack, TurningPoint, year_name};

/// The maximum length of a post's body and foot, in characters; beyond it, each event gets less text.
const POST: usize = 3000;
/// The maximum length of a post of a short script, with its title.
const SHORT: usize = 500;
/// How many facts such a post has at most besides its first sentence.
const SHORT_FACTS: usize = 3;
/// How many events a summary names.
const SUMMED_UP: usize = 24;

/// What composing a post needs.
#[derive(Clone, Copy)]
pub struct ReplayRenderer<'a> {
    pub pack: &'a Pack,
    pub script: &'a Script,
    /// A lesson, or real time.
    pub mode: ReplayMode,
}

impl ReplayRenderer<'_> {
    /// The post of the step at index `place`; the closing post after the last.
    pub fn post(self, place: usize) -> Card {
        match self.script.steps.get(place) {
            Some(ReplayStep::Opening) => self.opening(),
            Some(ReplayStep::NextPost(events)) => self.told(events, place),
            Some(ReplayStep::Asked(point)) => self.asked(&self.pack.turning_points[*point]),
            None => self.closing(),
        }
    }

    /// One post that summarises the missed steps from `first` to `last`.
    pub fn summary(self, first: usize, last: usize) -> Card {
        let steps = self.script.steps.get(first..=last).unwrap_or_default();
        let events: Vec<EntryIdx> = steps
            .iter()
            .flat_map(|step| match step {
                ReplayStep::NextPost(events) => events.as_slice(),
                ReplayStep::Opening | ReplayStep::Asked(_) => &[],
            })
            .copied()
            .collect();
        let mut most = SUMMED_UP;
        let mut card = self.summing_up(&events, most);
        while length(&card) > POST && most > 1 {
            most -= 1;
            card = self.summing_up(&events, most);
        }
        card
    }

    fn summing_up(self, events: &[EntryIdx], most: usize) -> Card {
        let mut card = Card::new(Outcome::Found, "What happened in the meantime");
        card.subtitle = Some(format!("{} in short", format::count(events.len(), "event")));
        let mut cited = Vec::new();
        for idx in events.iter().take(most) {
            let heading = self.day(*idx).map(format::long_date);
            let line = self.named(*idx, &mut cited);
            match card.sections.last_mut() {
                Some(section) if section.heading == heading => section.lines.push(line),
                _ => card.sections.push(Section { heading, lines: vec![line] }),
            }
        }
        if events.len() > most {
            let say = match events.len() - most {
                1 => "1 more event; the button below has it too.".to_owned(),
                more => format!("{more} more events; the button below has them all."),
            };
            card = card.section(Section::headed("And", vec![Line::new(say)]));
        }
        explain(&mut card, &cited, self.pack);
        let (from, to) = (events.first().and_then(|idx| self.day(*idx)), events.last().and_then(|idx| self.day(*idx)));
        let turn = timeline(from.unwrap_or(self.script.from), Some(to.unwrap_or(self.script.to)));
        card.buttons(vec![Action::new("All of it, in order", turn)])
    }

    fn opening(self) -> Card {
        let Script { from, to, .. } = self.script;
        let mut card = Card::new(Outcome::Found, format!("Live through it: {}", format::days(*from, *to)));
        let questions = match self.script.questions() {
            0 => String::new(),
            number => format!(", {}", format::count(number, "question")),
        };
        let posts = format::count(self.script.steps.len() + 1, "post");
        card.subtitle = Some(match self.mode {
            ReplayMode::Lesson { .. } => format!("{posts}{questions}"),
            ReplayMode::AsItHappened { year } => {
                format!("{} years later, everything at its own time of day: {posts}{questions}", year - from.year())
            }
        });
        let clock = match &self.pack.city {
            Some(city) => format!("Times are those of {city}."),
            None => "Times are local.".to_owned(),
        };
        let mut lines = vec![
            Line::new("You are going to live through these days, in the order in which things happened."),
            Line::new(format!(
                "{clock} Where the hour is not known exactly, they say “about”, “in the morning”, or that it is not known."
            )),
        ];
        if self.script.questions() > 0 {
            lines.push(Line::new(
                "At turning points I ask what you would do. Press a button: only you see what speaks for and against it. The next post tells what happened.",
            ));
        }
        let before = from.yesterday().unwrap_or(*from);
        let year = Date::new(before.year(), 1, 1).unwrap_or(before);
        card = card.section(Section::opening(lines));
        card.buttons(vec![Action::new(&format!("What came before in {}", year_name(year.year())), timeline(year, Some(before)))])
    }

    /// Events with as much text as fits, with the outcome of the turning point before them.
    fn told(self, events: &[EntryIdx], place: usize) -> Card {
        if let ([only], true) = (events, self.script.is_short) {
            return self.short(*only, place);
        }
        let fullest = match events.len() {
            0 | 1 => 5,
            2 => 3,
            3 => 2,
            _ => 1,
        };
        let mut card = self.telling(events, place, fullest);
        for less in (0..fullest).rev() {
            if length(&card) <= POST {
                break;
            }
            card = self.telling(events, place, less);
        }
        card
    }

    /// Events with at most `most` claims each; with none, only their names.
    fn telling(self, events: &[EntryIdx], place: usize, most: usize) -> Card {
        let mut cited = Vec::new();
        let progress = format!("{} of {}", place + 1, self.script.steps.len() + 1);
        let mut card = match events {
            [only] => {
                let entry = self.pack.entry(*only);
                let mut card = Card::new(Outcome::Found, entry.name.as_str());
                card.subtitle = Some(format!("{} · {progress}", self.when_and_where(entry)));
                card
            }
            _ => {
                let day = events.first().and_then(|idx| self.day(*idx)).map(format::long_date).unwrap_or_default();
                let mut card = Card::new(Outcome::Found, day);
                card.subtitle = Some(progress);
                card
            }
        };
        for section in self.answered(events, place) {
            card = card.section(section);
        }
        if most == 0 {
            let lines = events.iter().map(|idx| self.named(*idx, &mut cited)).collect();
            card = card.section(Section::headed("What happened", lines));
        } else {
            for idx in events {
                let entry = self.pack.entry(*idx);
                let heading = (events.len() > 1).then(|| self.heading(*idx));
                let mut lines: Vec<Line> = claims(entry, most).map(|claim| self.line(claim, &mut cited)).collect();
                if entry.confidence == Confidence::Partly {
                    lines.push(Line::new("Only part of this could be checked against more than one source."));
                }
                card = card.section(Section { heading, lines });
            }
        }
        explain(&mut card, &cited, self.pack);
        let opens = |idx: &EntryIdx| Action::new(&format!("More: {}", self.pack.entry(*idx).name), open(self.pack.entry(*idx)));
        match events {
            [only] => card.buttons(vec![Action::new("Tell me more", open(self.pack.entry(*only)))]),
            several if several.len() <= 3 => card.buttons(several.iter().map(opens).collect()),
            many => card.menu("Tell me more about …", many.iter().map(|idx| item(*idx, "", self.pack)).collect()),
        }
    }

    /// The turning points before a step that its events answer.
    fn answered(self, events: &[EntryIdx], place: usize) -> impl Iterator<Item = Section> {
        let before = &self.script.steps[..place.min(self.script.steps.len())];
        let points = self.pack.turning_points.iter().enumerate();
        let answered = points.filter(|(idx, point)| events.contains(&point.reveal) && before.contains(&ReplayStep::Asked(*idx)));
        answered.map(|(_, point)| {
            let asked = Line::new(point.ask.as_str()).led("You were asked:");
            Section::opening(vec![asked, Line::new("This is what happened.")])
        })
    }

    /// One event in at most [`SHORT`] characters: what happened, why it mattered, and what else fits.
    fn short(self, idx: EntryIdx, place: usize) -> Card {
        let entry = self.pack.entry(idx);
        let mut card = Card::new(Outcome::Found, entry.name.as_str());
        card.subtitle = Some(format!("{} · {} of {}", self.when_and_where(entry), place + 1, self.script.steps.len() + 1));
        for section in self.answered(&[idx], place) {
            card = card.section(section);
        }
        let caution = entry.confidence == Confidence::Partly;
        let caution = caution.then(|| Line::new("Only part of this could be checked against more than one source."));
        let gist = entry.gist.iter().map(|gist| (None, gist));
        let mattered = entry.event().and_then(|facts| facts.mattered.as_ref()).map(|why| (Some("Why it mattered:"), why));
        let facts = claims(entry, SHORT_FACTS).map(|claim| (None, claim));
        let mut told: Vec<(Option<&str>, &Claim)> = Vec::new();
        for said in gist.chain(mattered).chain(facts) {
            told.push(said);
            if told.len() > 1 && !is_short(&self.with_lines(&card, &told, caution.clone())) {
                told.pop();
            }
        }
        let card = self.with_lines(&card, &told, caution);
        card.buttons(vec![Action::new("Tell me more", open(entry))])
    }

    /// A card with these sentences, each with the mark of its first source.
    fn with_lines(self, card: &Card, told: &[(Option<&str>, &Claim)], caution: Option<Line>) -> Card {
        let mut marks = Marks::new(self.pack);
        let line = |(lead, claim): &(Option<&str>, &Claim)| Line {
            lead: lead.map(str::to_owned),
            ..Line::new(claim.text.as_str()).citing(marks.of(&claim.cite[..claim.cite.len().min(1)]))
        };
        let mut lines: Vec<Line> = told.iter().map(line).collect();
        lines.extend(caution);
        let mut card = card.clone().section(Section::opening(lines));
        card.sources = marks.foot();
        card
    }

    /// A turning point in at most [`SHORT`] characters: as much of what is known as fits.
    fn asked_in_short(self, point: &TurningPoint) -> Card {
        let mut card = Card::new(Outcome::Choose, format!("What would you do now? {}", point.title));
        card.subtitle = self.day(point.before).map(format::long_date);
        let you = Section::opening(vec![Line::new(format!("{}.", point.who)).led("You are")]);
        let ask = Section::opening(vec![Line::new(point.ask.as_str()).led("What would you do?")]);
        let card_of = |known: usize| {
            let told: Vec<(Option<&str>, &Claim)> = point.known.iter().take(known).map(|claim| (None, claim)).collect();
            self.with_lines(&card.clone().section(you.clone()), &told, None).section(ask.clone())
        };
        let fitting = (2..=point.known.len()).rev().map(card_of).find(is_short);
        let card = fitting.unwrap_or_else(|| card_of(1));
        let ways = point.ways.iter().enumerate();
        card.buttons(ways.map(|(idx, way)| Action::new(&way.label, choice(point, idx))).collect())
    }

    fn asked(self, point: &TurningPoint) -> Card {
        if self.script.is_short {
            return self.asked_in_short(point);
        }
        let mut cited = Vec::new();
        let mut card = Card::new(Outcome::Choose, format!("What would you do now? {}", point.title));
        card.subtitle = self.day(point.before).map(format::long_date);
        let known = point.known.iter().map(|claim| self.line(claim, &mut cited)).collect();
        card = card
            .section(Section::opening(vec![Line::new(format!("{}.", point.who)).led("You are")]))
            .section(Section::headed("What you know", known))
            .section(Section::headed("What would you do?", vec![Line::new(point.ask.as_str())]));
        explain(&mut card, &cited, self.pack);
        let ways = point.ways.iter().enumerate();
        card.buttons(ways.map(|(idx, way)| Action::new(&way.label, choice(point, idx))).collect())
    }

    fn closing(self) -> Card {
        let Script { from, to, .. } = self.script;
        let mut card = Card::new(Outcome::Found, "Here the replay ends");
        card.subtitle = Some(format!("{}, {}", format::days(*from, *to), format::count(self.script.steps.len() + 1, "post")));
        let all = super::script::events(self.pack, *from, *to).len();
        let told = |step: &ReplayStep| matches!(step, ReplayStep::NextPost(_));
        let left_out = all.saturating_sub(self.script.steps.iter().filter(|step| told(step)).count());
        let mut lines = vec![
            Line::new("/quiz asks you about what you have just lived through."),
            Line::new("/discuss opens a question to talk or write about: what could have gone another way, and why did it not?"),
        ];
        if self.script.questions() > 0 {
            lines.push(Line::new(
                "Go back to the turning points above: would you choose the same now that you know what came of it?",
            ));
        }
        if self.script.is_short && left_out > 0 {
            let events = format::count(left_out, "more event");
            lines.push(Line::new(format!("{events} of these days: press “All of it, in order”.")));
        }
        card = card.section(Section::headed("What now?", lines));
        let after = to.tomorrow().unwrap_or(*to);
        let sources = ReplayPress::Sources { from: *from, to: *to, page: 0 }.press();
        card.buttons(vec![
            Action::new("All the sources", sources),
            Action::new("All of it, in order", timeline(*from, Some(*to))),
            Action::new("What came next", timeline(after, None)),
        ])
    }

    fn line(self, claim: &Claim, cited: &mut Vec<Citation>) -> Line {
        cited.extend(&claim.cite);
        Line::new(claim.text.as_str()).citing(format::citations(self.pack, &claim.cite))
    }

    /// An event's time and name, with the citations of its date.
    fn named(self, idx: EntryIdx, cited: &mut Vec<Citation>) -> Line {
        let entry = self.pack.entry(idx);
        let cite = &entry.cite[..entry.cite.len().min(1)];
        cited.extend(cite);
        let line = Line::new(entry.name.as_str()).citing(format::citations(self.pack, cite));
        match entry.when().and_then(format::time_on_day) {
            Some(time) => line.led(format!("{time}:")),
            None => line,
        }
    }

    fn heading(self, idx: EntryIdx) -> String {
        let entry = self.pack.entry(idx);
        match entry.when().and_then(format::time_on_day) {
            Some(time) => format!("{time}: {}", entry.name),
            None => format!("{} (the hour is not known)", entry.name),
        }
    }

    fn when_and_where(self, entry: &Entry) -> String {
        let Some(facts) = entry.event() else { return String::new() };
        let mut said = format::moment(facts.when, self.pack);
        if format::time_on_day(facts.when).is_none() {
            said.push_str(", the hour is not known");
        }
        if let Some(place) = facts.places.first() {
            said = format!("{said} · {}", self.pack.entry(*place).name);
        }
        said
    }

    fn day(self, idx: EntryIdx) -> Option<Date> {
        self.pack.entry(idx).when()?.day()
    }
}

fn is_short(card: &Card) -> bool {
    card.title.plain().chars().count() + 4 + length(card) <= SHORT
}

/// The claims for an event: those without a correction, because a replay has no space for corrections;
/// all claims if there are no others.
fn claims(entry: &Entry, most: usize) -> impl Iterator<Item = &Claim> {
    let none_sound = entry.uncorrected().next().is_none();
    entry.claims.iter().filter(move |claim| none_sound || !entry.is_corrected(claim)).take(most)
}

/// The considerations about an option, for the student who chose it; `None` if there is no such option.
pub fn consider(pack: &Pack, id: &str, way: usize) -> Option<Card> {
    let point = pack.turning_points.iter().find(|point| point.id == id)?;
    let way = point.ways.get(way)?;
    let mut card = Card::new(Outcome::Found, way.label.as_str()).private();
    card.subtitle = Some(format!("Your choice as {}", point.who));
    let lines = vec![
        Line::new(way.consider.as_str()),
        Line::new("There is no right or wrong here. What really happened comes in the channel's next post."),
    ];
    Some(card.section(Section::opening(lines)))
}

/// A page of the sources of a replay.
pub fn sources(pack: &Pack, from: Date, to: Date, page: usize) -> Card {
    let mut cited: Vec<Citation> = Vec::new();
    for (_, entry) in pack.of_kind(Kind::Event) {
        let Some(day) = entry.when().and_then(|when| when.day()) else { continue };
        if (from..=to).contains(&day) {
            cited.extend(entry.cite.iter().chain(entry.claims.iter().flat_map(|claim| &claim.cite)));
        }
    }
    let mut card = Card::new(Outcome::Found, format!("Sources for {}", format::days(from, to))).private();
    let lines: Vec<Line> = format::explained(pack, &cited).into_iter().map(Line::new).collect();
    card.subtitle = Some(format::count(lines.len(), "source"));
    let turn = |page: usize| ReplayPress::Sources { from, to, page }.press();
    in_pages(card.section(Section::headed("Sources", lines)), page, turn)
}

fn choice(point: &TurningPoint, way: usize) -> Press {
    ReplayPress::Choose { point: point.id.clone(), way }.press()
}

fn timeline(from: Date, to: Option<Date>) -> Press {
    TimelinePress { from: Some(from), to, topic: TopicId::Everything, page: None }.press()
}
