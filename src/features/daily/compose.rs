//! Composes the card of a daily post from a local date.

use jiff::civil::Date;

use super::post_builder::{self, Plan, PostBuilder};
use crate::calendar::{Day, days_for, neighbours, portrait};
use crate::card::action::{MenuItem, Press};
use crate::card::entries::{ALL_OF_THAT_DAY, all_of_day, item, on_day};
use crate::card::press::{ButtonId, DailyPress, QuestionHash};
use crate::card::{Action, Card, Line, Outcome, Section, format, length};
use crate::model::QuietPolicy;
use crate::pack::{EntryIdx, Kind, Pack, year_name};
use crate::session::question_card::{ChoiceControls, LabelledChoices, offer, text};

/// The options of a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct PostOptions {
    /// What to post on a day without events.
    pub quiet: QuietPolicy,
    /// Gives each class another order of portraits; derived from the channel's id.
    pub salt: u64,
}

/// The question at the end of a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostQuestion {
    /// The question, in one sentence.
    pub ask: String,
    /// The choices in the order in which they are shown; at most 25.
    pub choices: Vec<String>,
}

impl PostQuestion {
    /// The hash of the question with its choices in order.
    pub(super) fn hash(&self) -> QuestionHash {
        QuestionHash::of(&self.ask, &self.choices)
    }

    /// The press that answers with a choice, by its index, in the post of a date.
    fn press(&self, date: Date, choice: usize) -> Press {
        DailyPress::Answer { date, choice, question: Some(self.hash()) }.press()
    }
}

/// The maximum length of a post's body and foot including its question, in characters. Nobody asked for
/// the post, so it must fit a phone's screen; the rest of a day is one press away.
const POST: usize = 1200;

/// The levels of detail, from the highest; the first one that fits is used. The last one always fits.
const PLANS: [Plan; 8] = [
    Plan { events: 3, mattered: 3, aside: 2, facts: 2 },
    Plan { events: 3, mattered: 2, aside: 2, facts: 1 },
    Plan { events: 3, mattered: 1, aside: 1, facts: 1 },
    Plan { events: 2, mattered: 2, aside: 1, facts: 1 },
    Plan { events: 2, mattered: 1, aside: 1, facts: 0 },
    Plan { events: 2, mattered: 1, aside: 0, facts: 0 },
    Plan { events: 1, mattered: 1, aside: 0, facts: 0 },
    Plan { events: 1, mattered: 0, aside: 0, facts: 0 },
];

/// How many entries the menu under a post offers.
const MENU: usize = 10;
/// The controls of a post's question.
const CONTROLS: ChoiceControls = ChoiceControls::Labels(LabelledChoices {
    longest: 34,
    most: 4,
    placeholder: "Your answer (only you see whether it is right) …",
    in_text: false,
});

/// The post for a local date; `None` if the day is quiet and the class wants no post then.
///
/// 29 February is shown on its day in leap years, and together with 28 February in other years. A post
/// fits a Discord message: for a day with many events it shows the most important ones by time, and the
/// rest is behind “All of that day”.
pub fn compose(pack: &Pack, date: Date, options: PostOptions, question: Option<&PostQuestion>) -> Option<Card> {
    let days: Vec<(i8, i8, Day<'_>)> = days_for(date).map(|(month, day)| (month, day, Day::new(pack, month, day))).collect();
    if options.quiet == QuietPolicy::Skip && days.iter().all(|(.., day)| day.is_silent()) {
        return None;
    }
    let question = question.filter(|question| !question.choices.is_empty());
    let mut plans = PLANS.iter().map(|plan| post(pack, date, &days, *plan, options, question));
    let mut card = plans.next()?;
    for fuller in plans {
        if length(&card) <= POST {
            break;
        }
        card = fuller;
    }
    Some(card)
}

/// Whether no event is known to have begun on the days that a date covers, in any year.
fn is_quiet(days: &[(i8, i8, Day<'_>)]) -> bool {
    days.iter().all(|(.., day)| day.begins_nothing())
}

fn post(
    pack: &Pack,
    date: Date,
    days: &[(i8, i8, Day<'_>)],
    plan: Plan,
    options: PostOptions,
    question: Option<&PostQuestion>,
) -> Card {
    let mut card = Card::new(Outcome::Found, format!("On this day: {}", format::day_and_month(date.month(), date.day())));
    card.subtitle = subtitle(pack, date);
    let mut told = PostBuilder::new(pack, date);
    for (idx, (month, day_no, day)) in days.iter().enumerate() {
        if idx > 0 && !day.is_quiet() {
            let say = format!("{} has no 29 February, so what happened on that day is included here.", date.year());
            told.say(Section::headed("29 February", vec![Line::new(say)]));
        }
        told.in_year(day, plan);
        told.almanac(*month, *day_no, day, true);
    }
    // Events of the pack's own country come first, in any year.
    for (month, day_no, day) in days {
        told.other_years(*month, *day_no, day, plan);
    }
    for (month, day_no, day) in days {
        told.almanac(*month, *day_no, day, false);
    }
    if is_quiet(days) {
        quiet(&mut told, date, options, plan);
        for (_, _, day) in days {
            told.under_way(day, plan);
        }
    }
    let PostBuilder { sections, marks, mut events, left_out, .. } = told;
    for section in sections {
        card = card.section(section);
    }
    if let Some(question) = question {
        card = card.section(Section::headed("A question for you", text(&question.ask)));
        card = offer(card, &question.choices, CONTROLS, |choice| question.press(date, choice));
    }
    card.sources = marks.foot();
    events.truncate(MENU);
    let items: Vec<MenuItem> = events.iter().map(|idx| item(*idx, "", pack)).collect();
    card.menu("Tell me more about …", items).buttons(day_buttons(date, left_out > 0))
}

/// The subtitle: `237 years ago: Tuesday 14 July 1789`.
fn subtitle(pack: &Pack, date: Date) -> Option<String> {
    let then = Date::new(pack.year, date.month(), date.day()).ok()?;
    let ago = post_builder::ago(date, pack.year).map(|ago| format!("{ago}: ")).unwrap_or_default();
    Some(format!("{ago}{}", format::long_date(then)))
}

/// The content for a day without events in the pack's year.
fn quiet(told: &mut PostBuilder<'_>, date: Date, options: PostOptions, plan: Plan) {
    match options.quiet {
        QuietPolicy::Context => context(told, date),
        QuietPolicy::Portrait => {
            if let Some(idx) = portrait(told.pack, date, options.salt) {
                portray(told, idx, plan);
            }
        }
        QuietPolicy::Skip => {}
    }
}

fn context(told: &mut PostBuilder<'_>, date: Date) {
    let (before, after) = neighbours(told.pack, date.month(), date.day());
    let mut lines = Vec::new();
    for (neighbour, lead, side) in [(before, "Last event before", "earlier"), (after, "Next to come", "later")] {
        let Some(neighbour) = neighbour else { continue };
        let entry = told.pack.entry(neighbour.event);
        let when = entry.when().map(format::short_moment).unwrap_or_default();
        let days = format::count(usize::try_from(neighbour.days).unwrap_or(usize::MAX), "day");
        let lead = format!("{lead} ({when}, {days} {side}) · {}:", entry.name);
        let said = entry.gist.as_ref().or_else(|| entry.uncorrected().next()).map(|claim| told.claim(claim));
        lines.push(said.unwrap_or_default().led(lead));
        told.open(neighbour.event);
    }
    told.say(Section::headed(&format!("Where things stood in {}", year_name(told.pack.year)), lines));
}

fn portray(told: &mut PostBuilder<'_>, idx: EntryIdx, plan: Plan) {
    let entry = told.pack.entry(idx);
    let kind = match entry.kind {
        Kind::Person => "Person",
        Kind::Place => "Place",
        Kind::Term => "Word",
        Kind::Group => "Group",
        Kind::Event => "Event",
    };
    let mut lines: Vec<Line> = entry.gist.iter().map(|gist| told.claim(gist)).collect();
    lines.extend(entry.uncorrected().take(plan.facts).map(|claim| told.claim(claim)));
    lines.extend(post_builder::caution(entry));
    told.say(Section::headed(&format!("{kind} of the day: {}", entry.name), lines));
    told.open(idx);
    for event in told.pack.events_naming(idx).to_vec() {
        told.open(event);
    }
}

/// Buttons for the days before and after, and for the whole day if the post shows only a part of it.
fn day_buttons(date: Date, in_part: bool) -> Vec<Action> {
    let button = |label: String, day: Date| Action::new(&label, on_day(day.month(), day.day()));
    let name = |day: Date| format::day_and_month(day.month(), day.day());
    let mut buttons = Vec::new();
    buttons.extend(date.yesterday().ok().map(|day| button(format!("◀ Yesterday: {}", name(day)), day)));
    buttons.extend(in_part.then(|| Action::new(ALL_OF_THAT_DAY, all_of_day(date.month(), date.day(), 0))));
    buttons.extend(date.tomorrow().ok().map(|day| button(format!("Tomorrow: {} ▶", name(day)), day)));
    buttons
}
