//! How the parts of a daily post are told, and what is gathered on the way: what was cited, and
//! what can be opened.

use jiff::civil::Date;

use crate::calendar::Day;
use crate::card::entries::events as event_lines;
use crate::card::{Line, Section, words};
use crate::knowledge::{Citation, Claim, Confidence, Entry, EntryNo, Pack};

/// The button that opens all of a day.
pub(super) const ALL_OF_THAT_DAY: &str = "All of that day";

/// How fully a day is told.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    /// How many events of a day at most.
    pub events: usize,
    /// How many facts of an event at most; the more events, the fewer anyway.
    pub claims: usize,
    /// How many causes of the weightiest event; of its consequences up to twice as many.
    pub links: usize,
}

/// Up to this many events get a heading each; more stand in one list.
const HEADED: usize = 3;
/// How many people and how many places are named.
const NAMED: usize = 6;

/// How many consequences are told at most.
const CONSEQUENCES: usize = 3;

/// A post as it is being told.
pub(super) struct Telling<'a> {
    /// What is known.
    pub pack: &'a Pack,
    /// The post's local date.
    pub date: Date,
    /// What has been said.
    pub sections: Vec<Section>,
    /// What it rests on.
    pub cited: Vec<Citation>,
    /// What can be opened, the first told first, each once.
    pub events: Vec<EntryNo>,
    /// The events of the pack's year that are told.
    pub shown: Vec<EntryNo>,
    /// How many of the pack's year were left out.
    pub left_out: usize,
}

impl<'a> Telling<'a> {
    pub(super) fn new(pack: &'a Pack, date: Date) -> Telling<'a> {
        Telling { pack, date, sections: Vec::new(), cited: Vec::new(), events: Vec::new(), shown: Vec::new(), left_out: 0 }
    }

    pub(super) fn say(&mut self, section: Section) {
        self.sections.push(section);
    }

    /// Lets an entry be opened from the post.
    pub(super) fn open(&mut self, no: EntryNo) {
        if !self.events.contains(&no) {
            self.events.push(no);
        }
    }

    /// A claim with what it rests on first: the class document, where it does. The entry's own card
    /// names all; a post is read in passing.
    pub(super) fn claim(&mut self, claim: &Claim) -> Line {
        self.citing(Line::new(claim.text.as_str()), &claim.cite)
    }

    fn citing(&mut self, line: Line, cite: &[Citation]) -> Line {
        let first = cite.iter().find(|citation| citation.passage().is_some()).or(cite.first()).copied();
        self.cited.extend(first);
        line.citing(words::citations(self.pack, first.as_slice()))
    }

    /// What happened on a day of the pack's year, by the clock.
    pub(super) fn in_year(&mut self, day: &Day, plan: Plan) {
        let pack = self.pack;
        let (spans, points): (Vec<EntryNo>, Vec<EntryNo>) = day.in_year.iter().partition(|no| lasts(pack.entry(**no)));
        let mut told = points.clone();
        told.sort_by_key(|no| (std::cmp::Reverse(pack.entry(*no).importance), *no));
        told.truncate(plan.events);
        // Events are numbered in time order.
        told.sort();
        let began: Vec<Line> = spans
            .iter()
            .map(|no| {
                let entry = pack.entry(*no);
                let when = entry.when().map(words::moment).unwrap_or_default();
                self.citing(Line::new(entry.name.as_str()).led(format!("{when}:")), &entry.cite)
            })
            .collect();
        self.say(Section::headed("What began on that day", began));
        if told.len() <= HEADED {
            let claims = if told.len() == 1 { 4 } else { 2 };
            for no in &told {
                self.headed(*no, claims.min(plan.claims));
            }
        } else {
            self.listed(&told, plan.claims.min(1));
        }
        let left_out = points.len() - told.len();
        if left_out > 0 {
            let more = words::count(left_out, "more event");
            let are = if left_out == 1 { "is" } else { "are" };
            let say = format!("{more} of that day {are} not told here: press “{ALL_OF_THAT_DAY}”.");
            self.say(Section::opening(vec![Line::new(say)]));
        }
        for no in told.iter().chain(&spans).chain(&points) {
            self.open(*no);
        }
        self.shown.extend(told);
        self.shown.extend(spans);
        self.left_out += left_out;
    }

    /// An event under a heading of its own.
    fn headed(&mut self, no: EntryNo, claims: usize) {
        let entry = self.pack.entry(no);
        let heading = match entry.when().and_then(words::time_on_day) {
            Some(time) => format!("{} · {}", capital(&time), entry.name),
            None => entry.name.clone(),
        };
        let mut lines: Vec<Line> = uncorrected(entry).take(claims).map(|claim| self.claim(claim)).collect();
        if lines.is_empty() {
            let when = entry.when().map(words::moment).unwrap_or_default();
            lines.push(self.citing(Line::new(when), &entry.cite));
        }
        lines.extend(caution(entry));
        self.say(Section::headed(&heading, lines));
    }

    /// Many events in one list, a line each.
    fn listed(&mut self, events: &[EntryNo], claims: usize) {
        let mut lines = Vec::new();
        for no in events {
            let entry = self.pack.entry(*no);
            let time = entry.when().and_then(words::time_on_day).map(|time| format!("{} · ", capital(&time))).unwrap_or_default();
            match uncorrected(entry).next().filter(|_| claims > 0 && caution(entry).is_none()) {
                Some(claim) => lines.push(self.claim(claim).led(format!("{time}{}:", entry.name))),
                None => {
                    let line = Line::new(entry.name.as_str());
                    let line = if time.is_empty() { line } else { line.led(time.trim_end_matches("· ").trim_end()) };
                    lines.push(self.citing(line, &entry.cite));
                }
            }
        }
        self.say(Section::headed("What happened, by the clock in Budapest", lines));
    }

    /// What had begun before and was not over.
    pub(super) fn under_way(&mut self, day: &Day) {
        let lines = event_lines(&day.under_way, self.pack);
        let lines =
            lines.into_iter().zip(&day.under_way).map(|(line, no)| self.citing(line, &self.pack.entry(*no).cite)).collect();
        self.say(Section::headed(&format!("Going on in {}", self.pack.year), lines));
        for no in &day.under_way {
            self.open(*no);
        }
    }

    /// What happened on a month and day in other years.
    pub(super) fn other_years(&mut self, month: i8, day_no: i8, day: &Day) {
        // 29 February's stand under another day's date in common years.
        let other_day = (month, day_no) != (self.date.month(), self.date.day());
        let on = if other_day { format!("{} ", words::day_and_month(month, day_no)) } else { String::new() };
        let mut lines = Vec::new();
        for (year, no) in &day.other_years {
            let entry = self.pack.entry(*no);
            let ago = ago(self.date, *year).map(|ago| format!(", {ago}")).unwrap_or_default();
            lines.push(self.citing(Line::new(entry.name.as_str()).led(format!("{on}{year}{ago}:")), &entry.cite));
            self.open(*no);
        }
        self.say(Section::headed("On this day in other years", lines));
    }
}

/// The claims of an entry that no editor's note corrects. A post has no room for both sides of a
/// slip in the class document; the entry's own card has them.
pub(super) fn uncorrected(entry: &Entry) -> impl Iterator<Item = &Claim> {
    entry.claims.iter().filter(|claim| {
        !claim.cite.iter().any(|cited| entry.notes.iter().any(|note| note.on.iter().any(|on| covers(*on, *cited))))
    })
}

/// Whether a note on `on` is about what is cited: the same passage, and the same single claim
/// where both name one.
fn covers(on: Citation, cited: Citation) -> bool {
    match (on, cited) {
        (Citation::Document { passage, claim }, Citation::Document { passage: other, claim: single }) => {
            passage == other && (claim.is_none() || single.is_none() || claim == single)
        }
        _ => false,
    }
}

/// What to say of an entry that was checked only in part.
pub(super) fn caution(entry: &Entry) -> Option<Line> {
    let say = "Only part of this could be checked against more than one source. Take it with care.";
    (entry.confidence == Confidence::Partly).then(|| Line::new(say))
}

/// Whether an event took longer than a day.
fn lasts(entry: &Entry) -> bool {
    entry.when().is_some_and(|when| when.last_day() > when.first_day())
}

/// `70 years ago`; `None` for years that are not over.
pub(super) fn ago(date: Date, year: i16) -> Option<String> {
    let years = usize::try_from(date.year() - year).ok().filter(|years| *years > 0)?;
    Some(format!("{} ago", words::count(years, "year")))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// What led to the event of the day that had the most consequences, and what came of it.
pub(super) fn why_it_mattered(told: &mut Telling<'_>, plan: Plan) {
    let pack = told.pack;
    let linked = told.shown.iter().filter_map(|no| {
        let facts = pack.entry(*no).event().filter(|facts| !(facts.leads_to.is_empty() && facts.led_from.is_empty()))?;
        Some(((facts.leads_to.len(), pack.entry(*no).importance), *no, facts))
    });
    let Some((_, main, facts)) = linked.max_by_key(|(weight, no, _)| (*weight, std::cmp::Reverse(*no))) else { return };
    let mut lines = Vec::new();
    let sides = [
        ("What led to it:", &facts.led_from, plan.links),
        ("What came of it:", &facts.leads_to, (2 * plan.links).min(CONSEQUENCES)),
    ];
    for (lead, events, most) in sides {
        let mut weightiest = events.clone();
        // What the post tells anyway comes last.
        weightiest.sort_by_key(|no| (told.shown.contains(no), std::cmp::Reverse(pack.entry(*no).importance), *no));
        weightiest.truncate(most);
        weightiest.sort();
        for no in weightiest {
            let entry = pack.entry(no);
            let when = entry.when().map(words::short_moment).unwrap_or_default();
            lines.push(told.citing(Line::new(format!("{} ({when})", entry.name)).led(lead), &entry.cite));
        }
    }
    let heading = if facts.leads_to.is_empty() { "How it came about" } else { "Why it mattered" };
    let heading = if told.shown.len() == 1 { heading.to_owned() } else { format!("{heading}: {}", pack.entry(main).name) };
    told.say(Section::headed(&heading, lines));
}

/// The people, groups and places of what is told.
pub(super) fn who_and_where(told: &mut Telling<'_>) {
    let pack = told.pack;
    let mut who: Vec<EntryNo> = Vec::new();
    let mut places: Vec<EntryNo> = Vec::new();
    for facts in told.shown.iter().filter_map(|no| pack.entry(*no).event()) {
        who.extend(facts.people.iter().chain(&facts.groups));
        places.extend(&facts.places);
    }
    let mut lines = Vec::new();
    for (lead, mut named) in [("Who:", who), ("Where:", places)] {
        // Who is named most that day comes first.
        let all = named.clone();
        let times = |no: &EntryNo| all.iter().filter(|other| *other == no).count();
        named.sort_by_key(|no| (std::cmp::Reverse((times(no), pack.entry(*no).importance)), *no));
        named.dedup();
        named.truncate(NAMED);
        for no in &named {
            told.open(*no);
        }
        let names: Vec<&str> = named.iter().map(|no| pack.entry(*no).name.as_str()).collect();
        if !names.is_empty() {
            lines.push(Line::new(names.join("; ")).led(lead));
        }
    }
    told.say(Section::headed("People and places", lines));
}
