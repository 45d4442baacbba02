//! Builds the parts of a daily post, and collects the marks of its citations and the entries to open.

use jiff::civil::Date;

use crate::calendar::Day;
use crate::card::entries::{ALL_OF_THAT_DAY, events as event_lines};
use crate::card::{Line, Marks, Section, format};
use crate::pack::{Citation, Claim, Confidence, Entry, EntryIdx, Pack, year_name};

/// A level of detail.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// The maximum number of events.
    pub events: usize,
    /// For how many of them the post says why they mattered, the most important first.
    pub mattered: usize,
    /// The maximum number of events of other years, and of events that were still going on.
    pub aside: usize,
    /// How many facts a portrait has besides its first sentence.
    pub facts: usize,
}

/// A post in progress.
pub(crate) struct PostBuilder<'a> {
    pub pack: &'a Pack,
    /// The post's local date.
    pub date: Date,
    /// The sections so far.
    pub sections: Vec<Section>,
    /// The marks of its citations.
    pub marks: Marks<'a>,
    /// The entries to open, without duplicates, in the order of the text.
    pub events: Vec<EntryIdx>,
    /// How many events of the day, in any year, were left out.
    pub left_out: usize,
}

impl<'a> PostBuilder<'a> {
    pub(crate) fn new(pack: &'a Pack, date: Date) -> PostBuilder<'a> {
        PostBuilder { pack, date, sections: Vec::new(), marks: Marks::new(pack), events: Vec::new(), left_out: 0 }
    }

    pub(crate) fn say(&mut self, section: Section) {
        self.sections.push(section);
    }

    /// Adds an entry to those that can be opened from the post.
    pub(crate) fn open(&mut self, idx: EntryIdx) {
        if !self.events.contains(&idx) {
            self.events.push(idx);
        }
    }

    /// A claim with its first citation, preferably the class document. The entry's own card has all; a
    /// post must be short.
    pub(crate) fn claim(&mut self, claim: &Claim) -> Line {
        self.citing(Line::new(claim.text.as_str()), &claim.cite)
    }

    fn citing(&mut self, line: Line, cite: &[Citation]) -> Line {
        let first = cite.iter().find(|citation| citation.passage().is_some()).or(cite.first()).copied();
        line.citing(self.marks.of(first.as_slice()))
    }

    /// The most important events of a day in the pack's year, by time.
    pub(crate) fn in_year(&mut self, day: &Day<'_>, plan: Plan) {
        let pack = self.pack;
        let by_weight = day.weightiest(pack);
        let mattered = &by_weight[..plan.mattered.min(by_weight.len())];
        let mut told = by_weight[..plan.events.min(by_weight.len())].to_vec();
        // Events are numbered by time.
        told.sort();
        for idx in &told {
            self.headed(*idx, mattered.contains(idx));
        }
        let left_out = by_weight.len() - told.len();
        if left_out > 0 {
            let more = format::count(left_out, "more event");
            let say = format!("{more} of that day: press “{ALL_OF_THAT_DAY}”.");
            self.say(Section::opening(vec![Line::new(say)]));
        }
        for idx in told.iter().chain(&by_weight) {
            self.open(*idx);
        }
        self.left_out += left_out;
    }

    /// An event under its own heading: what happened, and why it mattered.
    fn headed(&mut self, idx: EntryIdx, mattered: bool) {
        let entry = self.pack.entry(idx);
        let heading = match entry.when().and_then(format::time_on_day) {
            Some(time) => format!("{} · {}", capital(&time), entry.name),
            None => entry.name.clone(),
        };
        let lines = self.told(idx, mattered);
        self.say(Section::headed(&heading, lines));
    }

    /// What an event was, and optionally why it mattered.
    fn told(&mut self, idx: EntryIdx, mattered: bool) -> Vec<Line> {
        let entry = self.pack.entry(idx);
        let mut lines: Vec<Line> = entry.gist.iter().map(|gist| self.claim(gist)).collect();
        if lines.is_empty() {
            lines.extend(entry.uncorrected().next().map(|claim| self.claim(claim)));
        }
        if lines.is_empty() {
            let when = entry.when().map(|when| format::moment(when, self.pack)).unwrap_or_default();
            lines.push(self.citing(Line::new(when), &entry.cite));
        }
        let why = entry.event().and_then(|facts| facts.mattered.as_ref()).filter(|_| mattered);
        lines.extend(why.map(|claim| self.claim(claim).led("Why it mattered:")));
        lines.extend(caution(entry));
        lines
    }

    /// The almanac's entry for a day without an event, if `at_home` matches it. What happened elsewhere
    /// is marked.
    pub(crate) fn almanac(&mut self, month: i8, day_no: i8, day: &Day<'_>, at_home: bool) {
        let Some(known) = day.almanac.filter(|known| known.at_home == at_home) else { return };
        let on = self.other_day(month, day_no).map(|on| format!("{on} · ")).unwrap_or_default();
        let heading = format!("{} · {on}{}", format::almanac_heading(at_home, self.pack), known.name);
        let line = self.claim(&known.said);
        self.say(Section::headed(&heading, vec![line]));
    }

    /// The day's name, if it is not the post's own: in common years, 29 February is part of another
    /// day's post.
    /// common years.
    fn other_day(&self, month: i8, day_no: i8) -> Option<String> {
        ((month, day_no) != (self.date.month(), self.date.day())).then(|| format::day_and_month(month, day_no))
    }

    /// Events that had begun before and were still going on.
    pub(crate) fn under_way(&mut self, day: &Day<'_>, plan: Plan) {
        let shown = &day.under_way[..day.under_way.len().min(plan.aside)];
        let lines = event_lines(shown, self.pack);
        let lines = lines.into_iter().zip(shown).map(|(line, idx)| self.citing(line, &self.pack.entry(*idx).cite)).collect();
        self.say(Section::headed(&format!("Going on in {}", year_name(self.pack.year)), lines));
        for idx in &day.under_way {
            self.open(*idx);
        }
    }

    /// The events of a month and day in other years: in a sentence each if the pack's year has none,
    /// otherwise one line each.
    pub(crate) fn other_years(&mut self, month: i8, day_no: i8, day: &Day<'_>, plan: Plan) {
        let on = self.other_day(month, day_no).map(|on| format!("{on} ")).unwrap_or_default();
        let in_full = day.in_year.is_empty();
        let most = if in_full { plan.events } else { plan.aside };
        self.left_out += day.other_years.len().saturating_sub(most);
        let mut lines = Vec::new();
        for (place, (year, idx)) in day.other_years_that_matter(most, self.pack).into_iter().enumerate() {
            let entry = self.pack.entry(idx);
            let ago = ago(self.date, year).map(|ago| format!(", {ago}")).unwrap_or_default();
            let year = year_name(year);
            self.open(idx);
            if in_full {
                let told = self.told(idx, place < plan.mattered);
                self.say(Section::headed(&format!("{on}{year}{ago} · {}", entry.name), told));
            } else {
                lines.push(self.citing(Line::new(entry.name.as_str()).led(format!("{on}{year}{ago}:")), &entry.cite));
            }
        }
        self.say(Section::headed("On this day in other years", lines));
        for (_, idx) in &day.other_years {
            self.open(*idx);
        }
    }
}

/// The caution for an entry that was only partly checked.
pub(crate) fn caution(entry: &Entry) -> Option<Line> {
    let say = "Only part of this could be checked against more than one source. Treat it with caution.";
    (entry.confidence == Confidence::Partly).then(|| Line::new(say))
}

/// `70 years ago`; `None` for years that are not over.
pub(crate) fn ago(date: Date, year: i16) -> Option<String> {
    let years = usize::try_from(date.year() - year).ok().filter(|years| *years > 0)?;
    Some(format!("{} ago", format::count(years, "year")))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
