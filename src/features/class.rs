//! `/class report`: what a class remembers and what it does not, only for its teacher.

use std::sync::Arc;

use jiff::ToSpan;

use crate::card::entries::open;
use crate::card::{Action, Card, CardFile, CardResult, CommandError, Line, Outcome, Refusal, Section, Text, format};
use crate::command::{Command, CommandContext, Completion, Opt, OptKind, Request, Services, Subcommand};
use crate::model::{GuildId, UserId};
use crate::pack::Citation;
use crate::picture;
use crate::session::Questions;
use crate::session::question_card::Recap;
use crate::session::round::{self, ClassReport, ENOUGH, ItemStanding};
use crate::store::ClassReview;

/// The report of a class.
pub(super) const COMMAND: Command = Command {
    name: "class",
    summary: "For teachers: what your class remembers and what it does not; names only of students who agreed",
    example: "/class report",
    subcommands: &[Subcommand {
        name: "report",
        summary: "The last weeks in numbers, by theme and by question; only you see it",
        options: &[Opt {
            name: "days",
            summary: "How many days back, 1 to 400 (30 if left out)",
            kind: OptKind::Text,
            required: false,
            completion: Completion::Words(&["7", "30", "90", "365"]),
        }],
    }],
    staff: true,
    private: true,
    answer: |request, ctx| Box::pin(answer(request, ctx)),
    ..Command::PLAIN
};

/// How many days a report covers by default, and at most.
const DAYS: i64 = 30;
const MOST_DAYS: i64 = 400;
/// How many themes and items are shown; the file has all.
const THEMES: usize = 10;
const ITEMS: usize = 8;
/// How many students are named, of those who agreed, and how many weak themes each. If there are more
/// students than this, their weak themes are left out so that the card has space for all.
const NAMED: usize = 40;
const WEAK: usize = 2;
const WITH_THEMES: usize = 20;
/// How much of a question is repeated, in characters.
const REPEATED: usize = 140;

async fn answer(request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    request.require_manager("Only people who may manage this server can see its class report.")?;
    let Some(place) = request.class() else {
        return Err(Refusal::new("A class report belongs to a server. Use this command there.").into());
    };
    let days = match request.text("days") {
        None => DAYS,
        Some(typed) => typed
            .parse()
            .ok()
            .filter(|days| (1..=MOST_DAYS).contains(days))
            .ok_or_else(|| Refusal::new(format!("For days I need a number from 1 to {MOST_DAYS}.")))?,
    };
    let services = ctx.services()?;
    let since = request.now.checked_sub((24 * days).hours()).unwrap_or(request.now);
    let reviews = services.stored(services.store.class_reviews(place.guild, since)).await?;
    let reviews = Arc::new(reviews);
    let of_class = reviews.clone();
    let report = ctx.with_questions(move |questions| round::report(&of_class, questions)).await;
    let named = if report.students > 0 { named(place.guild, reviews, services, ctx).await? } else { Vec::new() };
    Ok(ctx.with_questions(move |questions| show(&report, days, named, questions)).await.private())
}

/// A line for each student who agreed to be named here (`/my-data share`), ordered by name.
async fn named(
    guild: GuildId,
    reviews: Arc<Vec<ClassReview>>,
    services: &Services,
    ctx: &CommandContext<'_>,
) -> Result<Vec<Line>, CommandError> {
    let mut lines = Vec::new();
    let mut unnamed = 0;
    let sharers = services.stored(services.store.sharers(guild)).await?;
    // A student who agreed but answered nothing displaces nobody.
    let standings: Vec<(UserId, (ItemStanding, Vec<ItemStanding>))> = ctx
        .with_questions(move |questions| {
            let standing = |(student, user)| Some((user, round::standing_of(student, &reviews, questions)?));
            sharers.into_iter().filter_map(standing).collect()
        })
        .await;
    let unshown = standings.len().saturating_sub(NAMED);
    let weak = if standings.len() > WITH_THEMES { 0 } else { WEAK };
    for (user, (all, themes)) in standings.into_iter().take(NAMED) {
        let name = match services.rooms.name_of(guild, user).await {
            Ok(Some(name)) => name,
            Ok(None) => continue,
            Err(why) => {
                tracing::warn!(why, "could not look up a student who agreed to be named");
                unnamed += 1;
                continue;
            }
        };
        let weak: Vec<String> = themes.iter().take(weak).map(|theme| format!("{} {} %", theme.what, theme.percent())).collect();
        let weakest = if weak.is_empty() { String::new() } else { format!("; weakest: {}", weak.join(", ")) };
        let say = format!(": {} % of {} right{weakest}", all.percent(), format::count(all.answers, "answer"));
        lines.push((name.to_lowercase(), Line::new(Text::default().typed(&name).and(say))));
    }
    lines.sort_by(|(first, _), (second, _)| first.cmp(second));
    let mut lines: Vec<Line> = lines.into_iter().map(|(_, line)| line).collect();
    if unshown > 0 {
        let who = format::count(unshown, "more student");
        lines.push(Line::new(format!("and {who} who agreed; this card has no room for them.")));
    }
    if unnamed > 0 {
        let who = format::count(unnamed, "student");
        lines.push(Line::new(format!("and {who} whose names I could not get from Discord just now; ask again in a minute.")));
    }
    Ok(lines)
}

fn show(report: &ClassReport, days: i64, named: Vec<Line>, questions: Questions<'_>) -> Card {
    let mut card = Card::new(Outcome::Found, "What your class remembers");
    card.subtitle = Some(format!("The last {}", format::count(days.unsigned_abs() as usize, "day")));
    if report.students == 0 {
        let why = format!(
            "Fewer than {ENOUGH} students have answered in this server in that time, so there is no report: with so few, the \
             numbers could show who answered what. Play a round in class first (/round start)."
        );
        card.outcome = Outcome::Nothing;
        return card.section(Section::opening(vec![Line::new(why)]));
    }
    let opening = format!("{} gave {}.", format::count(report.students, "student"), format::count(report.answers, "answer"));
    card = card.section(Section::opening(vec![Line::new(opening)]));
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    let drawn = report.themes.iter().take(THEMES);
    let drawn: Vec<(String, u32, u32)> =
        drawn.map(|theme| (theme.what.clone(), number(theme.percent()), number(theme.answers))).collect();
    card.picture = (!drawn.is_empty()).then(|| picture::class(&drawn).picture());
    card.files.push(CardFile { name: "class-report.csv".to_owned(), bytes: round::csv(report, questions) });
    let themes = report.themes.iter().take(THEMES).map(|theme| Line::new(share(theme)).led(format!("{}:", theme.what)));
    card = card.section(Section::headed("By theme, the weakest first", themes.collect()));
    // Before the questions, because the file has the questions that do not fit the card, but not the
    // names.
    card = card.section(Section::headed("Those who agreed to be named", named));
    let mut lines = Vec::new();
    let mut cited: Vec<Citation> = Vec::new();
    let mut buttons = Vec::new();
    for item in report.items.iter().filter(|item| item.right < item.answers).take(ITEMS) {
        let Some(question) = round::example(&item.what, questions) else { continue };
        let recap = Recap::of(&question, REPEATED);
        let line = Line::new(format!("{} ({})", recap.text, share(item)));
        lines.push(line.citing(format::citations(questions.pack, &recap.cite)));
        cited.extend(recap.cite);
        let entry = recap.about.map(|idx| questions.pack.entry(idx));
        buttons.extend(entry.map(|entry| Action::new(&entry.name, open(entry))));
    }
    buttons.truncate(5);
    card = card.section(Section::headed("What is not remembered yet", lines)).buttons(buttons);
    if report.too_few > 0 {
        let line =
            format!("{} answered by fewer than {ENOUGH} students are left out.", format::count(report.too_few, "question"));
        card = card.section(Section::opening(vec![Line::new(line)]));
    }
    card.sources = format::explained(questions.pack, &cited);
    card
}

/// `62 % of 40 answers right, 12 students`
fn share(standing: &ItemStanding) -> String {
    let students = format::count(standing.students, "student");
    format!("{} % of {} right, {students}", standing.percent(), format::count(standing.answers, "answer"))
}
