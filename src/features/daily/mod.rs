//! `/daily`: a teacher's control of the class's daily post.

mod coming;
mod compose;
mod control;
mod post;
mod post_builder;
mod posts;
mod set;
mod show;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::card::action::Press;
use crate::card::press::{ButtonId, DailyPress};
use crate::card::{Card, CardResult, CommandError, Outcome, Refusal, Text};
use crate::command::channel::{ChannelWords, pick_channel};
use crate::command::posting::first_free;
use crate::command::{Command, CommandContext, Completion, Opt, OptKind, Place, Request, Services, Subcommand, stale};
use crate::delivery::{Due, WallTime, instant, next_due};
use crate::model::ChannelId;
use crate::store::Schedule;

pub use compose::{PostOptions, PostQuestion, compose};
pub use post::{AskedQuestion, asked_on};
pub(crate) use posts::DailyPosts;

/// The daily post.
pub const COMMAND: Command = Command {
    name: "daily",
    summary: "The post of the day: “on this day”, once a day at your class's own time",
    example: "/daily set channel:#history time:8:00 zone:London",
    subcommands: SUBCOMMANDS,
    staff: true,
    private: true,
    answer: |request, ctx| Box::pin(answer(request, ctx)),
    press: |pressed, request, ctx| Box::pin(press(pressed, request, ctx)),
    ..Command::PLAIN
};

const SUBCOMMANDS: &[Subcommand] = &[
    Subcommand {
        name: "set",
        summary: "Post every day in a channel, at your class's local time",
        options: &[
            Opt::channel("The channel to post in", true),
            text("time", "The time of day: 8, 08:00, 8am, 20.15", true, Completion::None),
            text("zone", "The time zone: a city or a zone, such as London", true, Completion::Zones),
            text(
                "quiet",
                "A day without events: context (where things stood), portrait (of somebody), skip (no post)",
                false,
                Completion::Words(&["context", "portrait", "skip"]),
            ),
            flag("question", "Whether a post ends in a question (yes, unless you say no)"),
            flag("picture", "Whether a post has a small picture of the day's place in the story (no, unless you say yes)"),
            text(
                "late",
                "How many hours late a post may still come, 1 to 23 (6, unless you say otherwise)",
                false,
                Completion::None,
            ),
        ],
    },
    Subcommand {
        name: "show",
        summary: "When the next post comes, how the last ones went, and any problems",
        options: &[Opt::channel("Only this channel", false)],
    },
    Subcommand {
        name: "preview",
        summary: "What a day's post says, for your eyes only",
        options: &[
            text("date", "The day, such as 4 march, tomorrow or 2027-03-04. Without one: today", false, Completion::Days),
            Opt::channel("The post as this channel would get it", false),
        ],
    },
    Subcommand {
        name: "pause",
        summary: "No posts for a while",
        options: &[
            text(
                "until",
                "The last day without a post: 7 january, 2027-01-07. Without one: until /daily resume",
                false,
                Completion::None,
            ),
            Opt::channel("Which channel", false),
        ],
    },
    Subcommand {
        name: "resume",
        summary: "Go on after a pause, or after you have fixed a problem",
        options: &[Opt::channel("Which channel", false)],
    },
    Subcommand {
        name: "off",
        summary: "No more posts, and forget this schedule",
        options: &[Opt::channel("Which channel", false)],
    },
    Subcommand {
        name: "post-now",
        summary: "Post today's post now; asks first if it was posted already",
        options: &[Opt::channel("Which channel", false)],
    },
];

const fn text(name: &'static str, summary: &'static str, required: bool, completion: Completion) -> Opt {
    Opt { name, summary, kind: OptKind::Text, required, completion }
}

const fn flag(name: &'static str, summary: &'static str) -> Opt {
    Opt { name, summary, kind: OptKind::Flag, required: false, completion: Completion::None }
}

async fn answer(request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    let place = staff(request)?;
    let subcommand = request.subcommand.as_deref().unwrap_or_default();
    match subcommand {
        "set" => set::answer(request, place, ctx).await,
        "show" => show::answer(request, place, ctx).await,
        "preview" => post::preview(request, place, ctx).await,
        "pause" => control::pause(request, place, ctx).await,
        "resume" => control::resume(request, place, ctx).await,
        "off" => control::off(request, place, ctx.services()?).await,
        "post-now" => post::now(request, place, ctx.services()?).await,
        _ => {
            let names: Vec<String> = SUBCOMMANDS.iter().map(|known| format!("/daily {}", known.name)).collect();
            Err(Refusal::new(format!("Say what to do with the daily post: {}.", names.join(", "))).into())
        }
    }
}

/// A press on a daily post (its question), or on a card of this command.
async fn press(pressed: &Press, request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    match DailyPress::read(pressed).ok_or_else(stale)? {
        DailyPress::Answer { date, choice, question } => post::judge(date, choice, question, ctx).await,
        DailyPress::Show => show::answer(request, staff(request)?, ctx).await,
        DailyPress::Again { channel, date } => post::confirmed(channel, date, request, staff(request)?, ctx.services()?).await,
        DailyPress::Anyway(key) => post::anyway(key, request, staff(request)?, ctx.services()?).await,
        DailyPress::Off(channel) => control::confirmed_off(channel, staff(request)?, ctx.services()?).await,
        DailyPress::Move { channel, time } => set::move_to(channel, time, request, staff(request)?, ctx).await,
    }
}

/// The place of the request, if the user may manage the server.
fn staff(request: &Request) -> Result<Place, Refusal> {
    let place =
        request.place.ok_or_else(|| Refusal::new("The daily post belongs to a server's channel. Use this command there."))?;
    request.require_manager("Only people who may manage this server can change its daily post. /onthisday shows you today.")?;
    Ok(place)
}

/// The messages if no schedule is meant.
const WORDS: ChannelWords = ChannelWords {
    none_there: ("", " has no daily post. /daily set gives it one."),
    none: "No channel of this server has a daily post yet. /daily set gives it one.",
    several: "Several channels have a daily post: ",
};

/// The schedule that is meant: the named channel's, this channel's, or the only one.
async fn meant(request: &Request, place: Place, services: &Services) -> Result<Schedule, CommandError> {
    let all = services.stored(services.store.schedules_of(place.guild)).await?;
    Ok(pick_channel(all, |schedule| schedule.channel, request, place.channel, &WORDS)?)
}

/// The schedule of a press's channel, if it is in that guild.
async fn pressed(channel: ChannelId, place: Place, services: &Services) -> Result<Schedule, CommandError> {
    let found = services.stored(services.store.schedule(channel)).await?;
    found.filter(|schedule| schedule.guild == place.guild).ok_or_else(|| stale().into())
}

/// The next date and instant of a schedule after `now`: the first date without a row in the store,
/// whatever the zone and time were then.
async fn next_of(
    zone: &TimeZone,
    time: WallTime,
    channel: ChannelId,
    now: Timestamp,
    services: &Services,
) -> Result<(Date, Timestamp), CommandError> {
    // A change of zone across the date line may repeat today's or tomorrow's date.
    first_free(next_due(now, time, zone), time, zone, channel, services).await
}

/// The first date after `date` that has an instant.
fn after(date: Date, time: WallTime, zone: &TimeZone, now: Timestamp) -> (Date, Timestamp) {
    match instant(date, time, zone) {
        Due::At(at) => next_due(at.max(now), time, zone),
        Due::NoSuchDay => next_due(now, time, zone),
    }
}

fn zone_of(schedule: &Schedule) -> TimeZone {
    // If the zone is unknown to the current time zone data, the schedule pauses, but its card still
    // works.
    TimeZone::get(&schedule.zone).unwrap_or(TimeZone::UTC)
}

/// A card that only the teacher sees.
fn private(title: impl Into<Text>) -> Card {
    Card::new(Outcome::Found, title).private()
}
