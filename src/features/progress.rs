//! `/progress`: what a student remembers, by theme, and what is due next. Without blame or ranking.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, ToSpan};

use crate::card::press::{ButtonId, ReviewPress};
use crate::card::{Action, Card, CardResult, Line, Outcome, Section, format};
use crate::command::practice::{student, subject, when_next};
use crate::command::{Command, CommandContext, Request, at_once, stale};
use crate::model::Rating;
use crate::pack::Pack;
use crate::picture;
use crate::session::recall::{chance, themes};
use crate::session::{QuestionBank, Questions};
use crate::store::{ReviewItem, ReviewLog};

/// How a student is doing.
pub(super) const COMMAND: Command = Command {
    name: "progress",
    summary: "What you remember by theme, and what is due in the next days; for your eyes only",
    example: "/progress",
    answer: |request, ctx| Box::pin(answer(request, ctx)),
    press: |pressed, request, ctx| match pressed.arguments.as_slice() {
        [] => Box::pin(answer(request, ctx)),
        _ => at_once(Err(stale().into())),
    },
    private: true,
    ..Command::PLAIN
};

/// How many days ahead are shown, and how many days back are counted.
const AHEAD: i64 = 7;
const BACK: i64 = 60;
const WEEK: i64 = 7;

async fn answer(request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    let (user, services) = (student(request)?, ctx.services()?);
    let now = request.now;
    let recalls = services.stored(services.store.recalls(user)).await?;
    if recalls.is_empty() {
        return Ok(nothing_yet(ctx.pack));
    }
    let reviews = services.stored(services.store.reviews(user, days_before(now, BACK))).await?;
    Ok(ctx.with_questions(move |questions| show(&recalls, &reviews, now, questions)).await)
}

fn show(recalls: &[ReviewItem], reviews: &[ReviewLog], now: Timestamp, questions: Questions<'_>) -> Card {
    let pack = questions.pack;
    let themes = by_theme(recalls, now, questions.bank);
    let today = pack.date_at(now);
    let due = by_day(recalls, today, pack);
    let mut card = Card::new(Outcome::Found, "What you remember").private();
    card.subtitle = Some(format!("{} so far", format::count(recalls.len(), "item")));
    card.picture = Some(picture::progress(&themes, &due).picture());
    let theme = |(name, share, items): &(String, f64, u32)| {
        let say = format!("about {:.0} of 100, over {}", share * 100.0, format::count(*items as usize, "item"));
        Line::new(say).led(format!("{name}:"))
    };
    card = card.section(Section::headed("What you would still know in a week, by theme", themes.iter().map(theme).collect()));
    card = card.section(Section::headed("Recently", lately(reviews, now, pack)));
    let mut coming = vec![Line::new(when_next(recalls, questions, now))];
    coming.extend(due.iter().filter(|(_, items)| *items > 0).map(|(day, items)| {
        let name = if *day == today {
            "Today".to_owned()
        } else {
            format!("{} {}", format::weekday(*day), format::day_and_month(day.month(), day.day()))
        };
        Line::new(format::count(*items as usize, "item")).led(format!("{name}:"))
    }));
    card = card.section(Section::headed("What comes next", coming));
    card.buttons(vec![Action::new("Review now", ReviewPress::Start.press())])
}

fn nothing_yet(pack: &Pack) -> Card {
    let quiz = subject::Wanted::USUAL;
    Card::new(Outcome::Nothing, "Nothing yet")
        .section(Section::opening(vec![Line::new("You have answered no questions so far. Start with a few.")]))
        .buttons(vec![Action::new("Review", ReviewPress::Start.press()), Action::new("A quiz", quiz.press(pack))])
        .private()
}

fn days_before(now: Timestamp, days: i64) -> Timestamp {
    now.checked_sub(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::MIN)
}

/// The themes with the share that would still be remembered in a week (0 to 1), and the number of items;
/// an item counts for each of its themes. The current probability would say nothing, because right after
/// an answer everything is remembered.
fn by_theme(recalls: &[ReviewItem], now: Timestamp, bank: &QuestionBank) -> Vec<(String, f64, u32)> {
    let in_a_week = now.checked_add(SignedDuration::from_hours(24 * WEEK)).unwrap_or(now);
    let themes = themes(bank);
    let mut sums: BTreeMap<&str, (f64, u32)> = BTreeMap::new();
    for recall in recalls {
        let remembered = f64::from(chance(&recall.memory, in_a_week));
        let own = themes.get(recall.item.as_str()).copied().unwrap_or_default();
        let own: Vec<&str> = if own.is_empty() { vec!["other"] } else { own.iter().map(String::as_str).collect() };
        for theme in own {
            let (sum, items) = sums.entry(theme).or_default();
            *sum += remembered;
            *items += 1;
        }
    }
    sums.into_iter().map(|(theme, (sum, items))| (theme.to_owned(), sum / f64::from(items), items)).collect()
}

/// How many items are due on each of the next days; overdue ones are due today.
fn by_day(recalls: &[ReviewItem], today: Date, pack: &Pack) -> Vec<(Date, u32)> {
    let days = (0..AHEAD).filter_map(|days| today.checked_add(days.days()).ok());
    let mut due: Vec<(Date, u32)> = days.map(|day| (day, 0)).collect();
    for recall in recalls {
        let day = pack.date_at(recall.memory.due).max(today);
        if let Some((_, items)) = due.iter_mut().find(|(known, _)| *known == day) {
            *items += 1;
        }
    }
    due
}

/// Recent activity, without any blame.
fn lately(reviews: &[ReviewLog], now: Timestamp, pack: &Pack) -> Vec<Line> {
    let week = days_before(now, WEEK);
    let before = days_before(now, 2 * WEEK);
    let said = |name: &str, of: Vec<&ReviewLog>| {
        let right = of.iter().filter(|review| review.rating > Rating::Again).count();
        (!of.is_empty()).then(|| Line::new(format!("{}, {right} of them known", format::count(of.len(), "answer"))).led(name))
    };
    let mut lines = Vec::new();
    lines.extend(said("The last 7 days:", reviews.iter().filter(|review| review.at >= week).collect()));
    lines.extend(said("The 7 days before:", reviews.iter().filter(|review| (before..week).contains(&review.at)).collect()));
    match row_of_days(reviews.iter().map(|review| pack.date_at(review.at)).collect(), pack.date_at(now)) {
        0 | 1 => {}
        days => lines.push(Line::new(format!("You have practised on {days} days in a row."))),
    }
    lines
}

/// The number of consecutive days with answers, up to today or yesterday, because today is not over yet.
fn row_of_days(mut days: Vec<Date>, today: Date) -> u32 {
    days.sort_unstable();
    days.dedup();
    let mut row = 0;
    let mut expected = today;
    for day in days.into_iter().rev() {
        let from_yesterday = row == 0 && day.tomorrow().is_ok_and(|next| next == today);
        if day != expected && !from_yesterday {
            break;
        }
        row += 1;
        match day.yesterday() {
            Ok(before) => expected = before,
            Err(_) => break,
        }
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_row_of_days_is_not_lost_before_the_day_is_over() {
        let today = date(2026, 11, 24);
        for (days, row) in
            [(&[22, 23, 24][..], 3), (&[21, 22, 23], 3), (&[21, 22], 0), (&[20, 22, 24], 1), (&[], 0), (&[24, 24], 1)]
        {
            assert_eq!(row_of_days(days.iter().map(|day| date(2026, 11, *day)).collect(), today), row, "{days:?}");
        }
    }
}
