//! The daily post itself: preview, immediate post, and judging its question.

use jiff::civil::Date;

use super::set::note;
use super::{meant, next_of, pressed, zone_of};
use crate::calendar::{Day, asked_about, days_for};
use crate::card::entries::open;
use crate::card::press::{ButtonId, DailyPress, QuestionHash};
use crate::card::{Action, Card, CardResult, CommandError, Line, Outcome, Refusal, Section, Text, format};
use crate::command::date_option::DateReading;
use crate::command::{CommandContext, LoadedPack, Place, Request, Services, stale};
use crate::delivery::{LEASE, instant, wall_time};
use crate::features::daily::{PostOptions, PostQuestion, compose};
use crate::model::{ChannelId, DeliverySubject, Key, QuietPolicy, State};
use crate::pack::{EntryIdx, Pack, plain};
use crate::picture;
use crate::session::question_card::explain;
use crate::session::{Question, Questions};
use crate::store::{Delivery, Schedule};

/// The options of a channel's posts.
pub(super) fn options_of(channel: ChannelId, schedule: Option<&Schedule>) -> PostOptions {
    let quiet = schedule.map(|schedule| schedule.quiet).unwrap_or_default();
    // Only portraits differ between classes; all other posts share one card.
    PostOptions { quiet, salt: if quiet == QuietPolicy::Portrait { channel.0 } else { 0 } }
}

/// The optional parts of a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Extras {
    /// A question at its end.
    pub question: bool,
    /// A strip with the position of the day's most important event.
    pub picture: bool,
}

impl Extras {
    /// The choices of a channel; by default a question and no picture.
    pub(super) fn of(schedule: Option<&Schedule>) -> Extras {
        Extras {
            question: schedule.is_none_or(|schedule| schedule.question),
            picture: schedule.is_some_and(|schedule| schedule.picture),
        }
    }
}

/// The post of a date. Generating its question and its picture takes a moment.
pub(super) fn post_of(date: Date, options: PostOptions, extras: Extras, loaded: &LoadedPack) -> Option<Card> {
    let pack = &loaded.pack;
    let question = if extras.question { question_of(date, loaded.questions()) } else { None };
    let asked = question.map(|question| posted(&question));
    let mut card = compose(pack, date, options, asked.as_ref())?;
    if extras.picture {
        card.picture = weightiest(date, pack).map(|event| picture::strip(pack, event).picture());
    }
    Some(card)
}

/// Whether a date has a post: quiet days have none if the teacher chose so.
pub(super) fn has_post(date: Date, schedule: &Schedule, pack: &Pack) -> bool {
    let options = options_of(schedule.channel, Some(schedule));
    options.quiet != QuietPolicy::Skip || compose(pack, date, options, None).is_some()
}

/// The most connected event of a date, preferably in the pack's year; `None` on a quiet day.
fn weightiest(date: Date, pack: &Pack) -> Option<EntryIdx> {
    let days: Vec<Day<'_>> = days_for(date).map(|(month, day)| Day::new(pack, month, day)).collect();
    let most = |events: &mut dyn Iterator<Item = EntryIdx>| {
        events.max_by_key(|event| (pack.entry(*event).importance, std::cmp::Reverse(*event)))
    };
    most(&mut days.iter().flat_map(|day| &day.in_year).copied())
        .or_else(|| most(&mut days.iter().flat_map(|day| &day.other_years).map(|(_, event)| *event)))
}

/// The question of a date: the same in every class, and the same again when a button refers to it.
fn question_of(date: Date, Questions { pack, bank }: Questions<'_>) -> Option<Question> {
    let mut events: Vec<EntryIdx> = Vec::new();
    let mut beside = String::new();
    for (month, day) in days_for(date) {
        let known = Day::new(pack, month, day);
        events.extend(known.in_year);
        events.extend(known.other_years.into_iter().map(|(_, event)| event));
        beside.extend(known.almanac.map(|known| format!(" {} {}", known.name, known.said.text)));
    }
    let is_quiet = events.is_empty();
    if is_quiet {
        events.extend(asked_about(pack, date));
    } else {
        let told = events.iter().filter_map(|event| pack.entry(*event).gist.as_ref());
        beside.extend(told.map(|gist| format!(" {}", gist.text)));
    }
    let beside = format!(" {} ", plain(&beside));
    let seed = u64::from(date.year().unsigned_abs()) * 372
        + u64::from(date.month().unsigned_abs()) * 31
        + u64::from(date.day().unsigned_abs());
    // The post itself may contain the answer, so several seeds are tried. They are far from the seeds of
    // other dates.
    let seeds = (0..TRIES).map(|again| seed + again * OTHER_SEEDS);
    let each: Vec<&[EntryIdx]> = if is_quiet { events.chunks(1).collect() } else { vec![&events] };
    let mut questions = each.into_iter().flat_map(|about| seeds.clone().filter_map(|seed| bank.of_day(pack, about, seed)));
    let first = questions.next()?;
    let is_open = |question: &Question| !beside.contains(&format!(" {} ", plain(question.answer())));
    if is_open(&first) { Some(first) } else { questions.find(is_open).or(Some(first)) }
}

/// How many questions are tried to find one whose answer is not in the post.
const TRIES: u64 = 8;
/// More than the seeds of all years of a calendar.
const OTHER_SEEDS: u64 = 372 * 10_000;

/// A day's question with its answer, for a teacher.
pub struct AskedQuestion {
    pub question: PostQuestion,
    pub answer: String,
}

/// The question of a date's post, with its answer; `None` if the pack has none.
pub fn asked_on(date: Date, loaded: &LoadedPack) -> Option<AskedQuestion> {
    let question = question_of(date, loaded.questions())?;
    Some(AskedQuestion { question: posted(&question), answer: question.answer().to_owned() })
}

/// A question in the form for a post.
fn posted(question: &Question) -> PostQuestion {
    PostQuestion { ask: question.ask.clone(), choices: question.choices().to_vec() }
}

/// The answer to a press on a post's question: private, with the explanation, right or wrong. If the
/// pack was replaced since the post, the question `asked` may differ from the date's current question.
pub(super) async fn judge(date: Date, choice: usize, asked: Option<QuestionHash>, ctx: &CommandContext<'_>) -> CardResult {
    let question = ctx.with_questions(move |questions| question_of(date, questions)).await;
    let is_asked = |asked: &QuestionHash| question.as_ref().is_some_and(|question| posted(question).hash() == *asked);
    if asked.is_some_and(|asked| !is_asked(&asked)) {
        return Err(Refusal::new(
            "My questions have changed since this was posted, so I can no longer say whether that is right. \
             /onthisday tells you about a day, /quiz asks you something new.",
        )
        .into());
    }
    let question = question.ok_or_else(stale)?;
    let chosen = question.choices().get(choice).ok_or_else(stale)?;
    let is_right = question.is_right(choice);
    let mut card = if is_right {
        Card::new(Outcome::Found, format!("Right: {chosen}"))
    } else {
        Card::new(Outcome::Choose, format!("Not quite. It is: {}", question.answer()))
    };
    card.subtitle = Some(question.ask.clone()).filter(|ask| !ask.contains('\n'));
    if !is_right {
        card = card.section(Section::opening(vec![Line::new(format!("You answered: {chosen}"))]));
    }
    let card = explain(card, &question, ctx.pack);
    let offered = question.about.first().map(|entry| ctx.pack.entry(*entry));
    Ok(card.buttons(offered.map(|entry| Action::new(&entry.name, open(entry))).into_iter().collect()).private())
}

pub(super) async fn preview(request: &Request, place: Place, ctx: &CommandContext<'_>) -> CardResult {
    let schedule = match ctx.services {
        // A preview works without a schedule too.
        Some(services) => meant(request, place, services).await.map_or_else(unless_refused, Some),
        None => None,
    };
    let today = schedule
        .as_ref()
        .map_or_else(|| ctx.pack.date_at(request.now), |schedule| zone_of(schedule).to_datetime(request.now).date());
    let reading = DateReading {
        today: Some(today),
        year: today.year(),
        ranges: false,
        like: "4 march, tomorrow or 2027-03-04".to_owned(),
        besides: "",
    };
    let date = request.date("date", &reading)?.map_or(today, |given| given.understood.from);
    let channel = schedule.as_ref().map_or(place.channel, |schedule| schedule.channel);
    let extras = Extras::of(schedule.as_ref());
    let options = options_of(channel, schedule.as_ref());
    let Some(card) = ctx.compute(move |loaded| post_of(date, options, extras, loaded)).await else {
        let say = format!("{} is a quiet day, and you chose no post for those.", format::long_date(date));
        return Ok(note("No post on that day", say));
    };
    Ok(card.private())
}

/// No schedule; logs a failure of the store.
fn unless_refused(error: CommandError) -> Option<Schedule> {
    if let CommandError::Internal { why, .. } = error {
        tracing::error!(why, "the store failed; a preview continues without it");
    }
    None
}

pub(super) async fn now(request: &Request, place: Place, services: &Services) -> CardResult {
    let schedule = meant(request, place, services).await?;
    let date = zone_of(&schedule).to_datetime(request.now).date();
    let key = Key { channel: schedule.channel, date, sequence: 0 };
    match services.stored(services.store.delivery(key)).await?.map(|delivery| delivery.state) {
        Some(State::Due | State::Sending) => {
            Ok(note("It is on its way", "Today's post is being sent at this moment. /daily show says how it went."))
        }
        Some(State::Sent(_)) => {
            let say = Text::default()
                .channel(schedule.channel)
                .and(format!(" has its post of {} already. Post it a second time?", format::long_date(date)));
            let press = DailyPress::Again { channel: schedule.channel, date }.press();
            let buttons = vec![Action::new("Post it again", press), Action::new("Leave it", DailyPress::Show.press())];
            Ok(super::private("That would be the second one today")
                .section(Section::opening(vec![Line::new(say)]))
                .buttons(buttons))
        }
        Some(State::Missed(_) | State::Held | State::Skipped) => again(&schedule, key, request, services).await,
        None => queue(&schedule, key, request, services).await,
    }
}

/// Posts the day's post a second time, after confirmation.
pub(super) async fn confirmed(
    channel: ChannelId,
    asked: Date,
    request: &Request,
    place: Place,
    services: &Services,
) -> CardResult {
    let schedule = pressed(channel, place, services).await?;
    let today = zone_of(&schedule).to_datetime(request.now).date();
    if asked != today {
        return Err(Refusal::new("That day is over. /daily post-now posts today's.").into());
    }
    queue(&schedule, Key { channel: schedule.channel, date: today, sequence: 1 }, request, services).await
}

/// "Post anyway": sends a held post, although it may exist already.
pub(super) async fn anyway(key: Key, request: &Request, place: Place, services: &Services) -> CardResult {
    let schedule = pressed(key.channel, place, services).await?;
    again(&schedule, key, request, services).await
}

async fn again(schedule: &Schedule, key: Key, request: &Request, services: &Services) -> CardResult {
    let until = request.now.checked_add(jiff::SignedDuration::from_secs(schedule.catch_up)).unwrap_or(request.now);
    if services.stored(services.store.requeue(key, request.now, until)).await? {
        services.deliverer.wake();
        return Ok(sent_soon(schedule));
    }
    Ok(note("Nothing to do", "That post was dealt with in the meantime. /daily show says how."))
}

async fn queue(schedule: &Schedule, key: Key, request: &Request, services: &Services) -> CardResult {
    let now = request.now;
    let due_at = instant(key.date, wall_time(schedule), &zone_of(schedule)).at().filter(|due| *due <= now).unwrap_or(now);
    let delivery = Delivery {
        key,
        guild: schedule.guild,
        subject: DeliverySubject::Day,
        state: State::Due,
        due_at: due_at.max(now),
        until: now.checked_add(jiff::SignedDuration::from_secs(schedule.catch_up).max(LEASE)).unwrap_or(now),
        attempts: 0,
        uncertain_since: None,
        not_before: now,
        lease_until: now,
        decided_at: None,
        trouble: None,
    };
    services.stored(services.store.enqueue(&delivery)).await?;
    if key.sequence == 0 && schedule.next_date == key.date && schedule.paused.is_none() {
        // This is today's post, only earlier, so the schedule advances to another day.
        let (next_date, next_due) = next_of(&zone_of(schedule), wall_time(schedule), schedule.channel, now, services).await?;
        services.stored(services.store.put_schedule(&Schedule { next_date, next_due, ..schedule.clone() })).await?;
    }
    services.deliverer.wake();
    Ok(sent_soon(schedule))
}

fn sent_soon(schedule: &Schedule) -> Card {
    note(
        "On its way",
        Text::from("The post goes to ").channel(schedule.channel).and(" now. /daily show says how it went, with a link."),
    )
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::pack::{built_in, load};

    #[test]
    fn quiet_dates_of_a_school_year_ask_different_things_whose_answers_are_not_beside_them() {
        let loaded = LoadedPack::new(load(&built_in()).unwrap_or_else(|report| panic!("{report}")));
        let (mut asked, mut again, mut in_sight) = (0, Vec::new(), Vec::new());
        let mut seen: HashMap<String, Date> = HashMap::new();
        let dates = Date::constant(2026, 9, 1).series(jiff::Span::new().days(1));
        for date in dates.take_while(|date| *date < Date::constant(2027, 7, 1)) {
            let day = Day::new(&loaded.pack, date.month(), date.day());
            if !day.begins_nothing() {
                continue;
            }
            let question = question_of(date, loaded.questions()).unwrap_or_else(|| panic!("{date} asks nothing"));
            asked += 1;
            if let Some(before) = seen.insert(question.ask.clone(), date) {
                again.push(format!("{before}, {date}: {}", question.ask));
            }
            let said = day.almanac.map(|known| format!(" {} ", plain(&known.said.text))).unwrap_or_default();
            if said.contains(&format!(" {} ", plain(question.answer()))) {
                in_sight.push(format!("{date}: {}", question.ask));
            }
        }
        assert!(asked > 100 && again.len() * 10 <= asked, "{} of {asked} again:\n{}", again.len(), again.join("\n"));
        assert!(in_sight.is_empty(), "{}", in_sight.join("\n"));
    }
}
