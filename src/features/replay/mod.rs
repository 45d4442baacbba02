//! `/replay`: replays the days of the pack for a class, in a lesson or in real time.

mod control;
mod highlights;
mod lasting;
mod play;
mod posts;
mod script;
mod show;
mod start;
mod tell;
mod timing;

use crate::card::action::Press;
use crate::card::press::{ButtonId, ReplayPress};
use crate::card::{Card, CardResult, CommandError, Line, Outcome, Refusal, Section, Text};
use crate::command::channel::{ChannelWords, pick_channel};
use crate::command::{Command, CommandContext, Completion, Opt, OptKind, Place, Request, Services, Subcommand, stale};
use crate::store::Replay;

pub use lasting::{LONGEST, Lasting, LastingError, SHORTEST};
pub use play::{own_time, zone};
pub(crate) use posts::ReplayPosts;
pub use script::{Detail, ReplayStep, Script};
pub use tell::{ReplayRenderer, consider, sources};
pub use timing::{FASTEST, gap, schedule, script};

pub const COMMAND: Command = Command {
    name: "replay",
    summary: "Live through the events hour by hour, in one lesson or over the real days",
    example: "/replay start channel:#history lasting:45m",
    subcommands: SUBCOMMANDS,
    staff: true,
    private: true,
    answer: |request, ctx| Box::pin(answer(request, ctx)),
    press: |pressed, request, ctx| Box::pin(press(pressed, request, ctx)),
    ..Command::PLAIN
};

const SUBCOMMANDS: &[Subcommand] = &[
    Subcommand {
        name: "start",
        summary: "Tell the story in a channel, post by post, with questions at the turning points",
        options: &[
            Opt::channel("The channel to post in", true),
            text("from", "The first day, such as 4 march. Without one: where the story begins", Completion::Days),
            text("to", "The last day. Without one: where the story ends", Completion::Days),
            text(
                "lasting",
                "How long: 45m, 1h30, 90, or “as it happened”. Without it: 45 minutes",
                Completion::Words(&["45m", "90m", "20m", "as it happened"]),
            ),
            text(
                "detail",
                "highlights (the weightiest events, a post in 90 seconds at most) or all. Without it: highlights",
                Completion::Words(&["highlights", "all"]),
            ),
            text("zone", "The time zone for “as it happened”, such as London. Without one: the daily post's", Completion::Zones),
        ],
    },
    subcommand("pause", "Pause until /replay resume"),
    subcommand("resume", "Go on where it stopped"),
    subcommand("faster", "Less time between posts"),
    subcommand("slower", "More time between posts"),
    subcommand("stop", "End it here; what was posted stays"),
    subcommand("show", "How far it is, and any problems"),
];

const fn text(name: &'static str, summary: &'static str, completion: Completion) -> Opt {
    Opt { name, summary, kind: OptKind::Text, required: false, completion }
}

const fn subcommand(name: &'static str, summary: &'static str) -> Subcommand {
    const WHICH: &[Opt] = &[Opt::channel("Which channel", false)];
    Subcommand { name, summary, options: WHICH }
}

async fn answer(request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    let place = staff(request)?;
    let subcommand = request.subcommand.as_deref().unwrap_or_default();
    match subcommand {
        "start" => start::answer(request, place, ctx).await,
        "show" => show::answer(request, place, ctx).await,
        "pause" => control::pause(request, place, ctx.services()?).await,
        "resume" => control::resume(request, place, ctx).await,
        "faster" => control::speed(request, place, ctx.services()?, true).await,
        "slower" => control::speed(request, place, ctx.services()?, false).await,
        "stop" => control::stop(request, place, ctx.services()?).await,
        _ => {
            let names: Vec<String> = SUBCOMMANDS.iter().map(|known| format!("/replay {}", known.name)).collect();
            Err(Refusal::new(format!("Say what to do with the replay: {}.", names.join(", "))).into())
        }
    }
}

/// A press on a post of a replay, which anybody may make, or on the card that shows the replays.
async fn press(pressed: &Press, request: &Request, ctx: &CommandContext<'_>) -> CardResult {
    match ReplayPress::read(pressed).ok_or_else(stale)? {
        ReplayPress::Choose { point, way } => consider(ctx.pack, &point, way).ok_or_else(|| stale().into()),
        ReplayPress::Sources { from, to, page } => Ok(sources(ctx.pack, from, to, page)),
        ReplayPress::Show => show::answer(request, staff(request)?, ctx).await,
    }
}

/// The place of the request, if the user may manage the server.
fn staff(request: &Request) -> Result<Place, Refusal> {
    let place = request.place.ok_or_else(|| Refusal::new("A replay belongs to a server's channel. Use this command there."))?;
    request.require_manager(
        "Only people who may manage this server can start or control a replay. /timeline tells you the story at your own pace.",
    )?;
    Ok(place)
}

/// The messages if no replay is meant.
const WORDS: ChannelWords = ChannelWords {
    none_there: ("No replay is running in ", ". /replay start begins one."),
    none: "No replay is running in this server. /replay start begins one.",
    several: "Several replays are running: ",
};

/// The replay that is meant: the named channel's, this channel's, or the only active one.
async fn meant(request: &Request, place: Place, services: &Services) -> Result<Replay, CommandError> {
    let on = services.stored(services.store.replays_of(place.guild)).await?;
    Ok(pick_channel(on, |replay| replay.channel, request, place.channel, &WORDS)?)
}

/// A card that only the teacher sees.
fn note(title: &str, say: impl Into<Text>) -> Card {
    Card::new(Outcome::Found, title).section(Section::opening(vec![Line::new(say)])).private()
}

/// A length in words: `45 minutes`, `1 hour 30 minutes`.
fn length(seconds: i64) -> String {
    let parts = [(seconds / 3600, "hour"), (seconds % 3600 / 60, "minute"), (seconds % 60, "second")];
    let said = parts.into_iter().filter(|(count, _)| *count > 0);
    said.map(|(count, unit)| crate::card::format::count(usize::try_from(count).unwrap_or_default(), unit))
        .collect::<Vec<_>>()
        .join(" ")
}
