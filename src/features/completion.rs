//! Completes options while they are typed.

use jiff::Timestamp;

use super::named;
use crate::card::format;
use crate::command::{CommandContext, Completion};
use crate::lookup::{Scope, date};
use crate::pack::{Entry, Kind, Pack, plain, year_name};

/// Discord's maximum number of choices.
const MOST: usize = 25;

/// A suggestion: the text that is shown, and the value that is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The text that is shown; 1–100 characters.
    pub name: String,
    /// The value that is sent; 1–100 characters.
    pub value: String,
}

impl Choice {
    fn new(name: &str, value: &str) -> Choice {
        Choice { name: format::cut(name, 100), value: value.to_owned() }
    }
}

/// Completes an option of a command (`who`, `daily set`) from what was typed so far: the most relevant
/// first, at most 25. Empty for unknown options and commands.
pub fn complete(command: &str, option: &str, typed: &str, now: Timestamp, ctx: &CommandContext<'_>) -> Vec<Choice> {
    let (name, subcommand) = command.split_once(' ').map_or((command, None), |(name, subcommand)| (name, Some(subcommand)));
    let options = named(name).map_or(&[][..], |command| command.options_of(subcommand));
    let Some(option) = options.iter().find(|known| known.name == option) else {
        return Vec::new();
    };
    let mut choices = match option.completion {
        Completion::None => Vec::new(),
        Completion::Names(scope) => names(typed, scope, ctx),
        Completion::Subjects => subjects(typed, ctx),
        Completion::Days => dates(typed, false, ctx.pack),
        Completion::Dates => dates(typed, true, ctx.pack),
        Completion::Passages => passages(typed, ctx.pack),
        Completion::Discussions => discussions(typed, ctx.pack),
        Completion::Zones => zones(typed, now),
        Completion::Words(words) => {
            let start = plain(typed);
            words.iter().filter(|word| word.starts_with(&start)).map(|word| Choice::new(word, word)).collect()
        }
    };
    choices.truncate(MOST);
    choices
}

/// Discussions whose title contains all typed words.
fn discussions(typed: &str, pack: &Pack) -> Vec<Choice> {
    let typed = plain(typed);
    let fits = |title: &str| typed.split(' ').all(|word| plain(title).contains(word));
    let fitting = pack.discussions.iter().filter(|discussion| fits(&discussion.title));
    fitting.map(|discussion| Choice::new(&discussion.title, &discussion.id)).collect()
}

fn zones(typed: &str, now: Timestamp) -> Vec<Choice> {
    crate::delivery::offer(typed, now, MOST).into_iter().map(|(label, value)| Choice::new(&label, value)).collect()
}

fn names(typed: &str, scope: Scope, ctx: &CommandContext<'_>) -> Vec<Choice> {
    let hits = ctx.lookup.complete(typed, scope, MOST);
    hits.into_iter().map(|hit| ctx.pack.entry(hit.entry)).map(|entry| choice(entry, ctx.pack)).collect()
}

fn choice(entry: &Entry, pack: &Pack) -> Choice {
    let shown = match entry.when() {
        Some(when) => format!("{} ({})", entry.name, format::short_moment(when)),
        None => entry.name.clone(),
    };
    // If several entries share the name, it alone would not identify one.
    let alone = !pack.ambiguous.iter().any(|name| plain(name) == plain(&entry.name));
    Choice::new(&shown, if alone { &entry.name } else { &entry.id })
}

fn subjects(typed: &str, ctx: &CommandContext<'_>) -> Vec<Choice> {
    let start = plain(typed);
    let mut tags: Vec<&str> = ctx.pack.events().flat_map(|(_, _, facts)| facts.tags.iter().map(String::as_str)).collect();
    tags.sort_unstable();
    tags.dedup();
    let fitting = tags.into_iter().filter(|tag| !start.is_empty() && tag.starts_with(&start));
    let mut choices: Vec<Choice> = fitting.map(|tag| Choice::new(&format!("{tag} (theme)"), tag)).collect();
    choices.extend(names(typed, Scope::of(&[Kind::Person, Kind::Group, Kind::Place, Kind::Term]), ctx));
    choices
}

/// Days with events; with `ranges` also months and years.
fn dates(typed: &str, ranges: bool, pack: &Pack) -> Vec<Choice> {
    let understood = date::understand(typed, pack.year).filter(|understood| understood.rest.is_empty());
    let start = plain(typed);
    let mut choices: Vec<Choice> = Vec::new();
    if let Some(understood) = &understood {
        let shown = match understood.precision {
            date::Precision::Day => format::long_date(understood.from),
            date::Precision::Month => format::month_of_year(understood.from.year(), understood.from.month()),
            date::Precision::Year => year_name(understood.from.year()),
            date::Precision::Range => format!("{} – {}", format::date(understood.from), format::date(understood.to)),
        };
        if ranges || understood.precision == date::Precision::Day {
            choices.push(Choice::new(&shown, &iso(understood)));
        }
    }
    let mut days: Vec<(usize, jiff::civil::Date)> = Vec::new();
    for day in pack.events().filter_map(|(_, _, facts)| facts.when.day()) {
        match days.iter_mut().find(|(_, known)| *known == day) {
            Some((count, _)) => *count += 1,
            None => days.push((1, day)),
        }
    }
    let inside = |day: jiff::civil::Date| match &understood {
        Some(understood) => understood.from <= day && day <= understood.to,
        None => start.is_empty() || starts_like(&start, day),
    };
    days.retain(|(_, day)| inside(*day));
    days.sort_by_key(|(count, day)| (std::cmp::Reverse(*count), *day));
    for (count, day) in days.into_iter().take(MOST) {
        let value = iso_day(day);
        if !choices.iter().any(|choice| choice.value == value) {
            choices.push(Choice::new(&format!("{}: {}", format::long_date(day), format::count(count, "event")), &value));
        }
    }
    choices
}

/// Whether `14 j` or `jul` is the beginning of a day as people write it.
fn starts_like(start: &str, day: jiff::civil::Date) -> bool {
    let month = format::month(day.month()).to_lowercase();
    let forms = [format!("{} {month}", day.day()), format!("{month} {}", day.day()), plain(&iso_day(day))];
    forms.iter().any(|form| form.starts_with(start))
}

/// The value for a date, which is parsed like typed dates.
fn iso(understood: &date::Understood) -> String {
    let from = understood.from;
    match understood.precision {
        date::Precision::Day => iso_day(from),
        date::Precision::Month if from.year() < 1000 => format::month_of_year(from.year(), from.month()),
        date::Precision::Month => from.strftime("%Y-%m").to_string(),
        date::Precision::Year => year_name(from.year()),
        date::Precision::Range => format!("{} - {}", iso_day(from), iso_day(understood.to)),
    }
}

/// `1789-07-14`; before the year 1000, where digits alone are ambiguous, `15 March 44 BC`.
fn iso_day(day: jiff::civil::Date) -> String {
    if day.year() < 1000 { format::date(day) } else { day.to_string() }
}

fn passages(typed: &str, pack: &Pack) -> Vec<Choice> {
    let start = plain(typed);
    let mut all: Vec<(String, &str)> = Vec::new();
    for paragraph in &pack.document.paragraphs {
        all.push((format!("¶{}", paragraph.number), paragraph.about.as_str()));
        let questions = pack.document.questions.iter().filter(|question| question.after == paragraph.number);
        all.extend(questions.map(|question| (format!("Q{}", question.number), question.about.as_str())));
    }
    let fits = |name: &str, about: &str| start.is_empty() || plain(name).starts_with(&start) || plain(about).contains(&start);
    all.retain(|(name, about)| fits(name, about));
    all.into_iter().map(|(name, about)| Choice::new(&format!("{name} {about}"), &name)).collect()
}
