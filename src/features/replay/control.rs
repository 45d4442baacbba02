//! `/replay pause`, `resume`, `faster`, `slower`, `stop`.

use jiff::SignedDuration;

use super::{length, meant, note};
use crate::card::{CardResult, CommandError, Refusal, Text};
use crate::command::posting::look_at;
use crate::command::{CommandContext, Place, Request, Services};
use crate::features::replay::own_time;
use crate::model::{Pause, ReplayMode, ReplayState};
use crate::store::Replay;

/// The possible speeds of a lesson, in per cent of the requested one.
const SPEEDS: [u16; 7] = [50, 67, 80, 100, 133, 200, 300];
/// How soon a lesson continues after it was resumed.
const SOON: SignedDuration = SignedDuration::from_secs(5);

pub(super) async fn pause(request: &Request, place: Place, services: &Services) -> CardResult {
    let replay = meant(request, place, services).await?;
    if matches!(replay.state, ReplayState::Paused(_)) {
        return Err(Refusal::new(
            Text::from("The replay in ").channel(replay.channel).and(" is paused already. /replay resume continues it."),
        )
        .into());
    }
    services.stored(services.store.halt_replay(replay.channel, &ReplayState::Paused(Pause::Teacher), request.now)).await?;
    Ok(note(
        "The replay is paused",
        Text::default().channel(replay.channel).and(" gets no more posts of it until /replay resume."),
    ))
}

pub(super) async fn resume(request: &Request, place: Place, ctx: &CommandContext<'_>) -> CardResult {
    let services = ctx.services()?;
    let mut replay = meant(request, place, services).await?;
    if replay.state == ReplayState::Running {
        return Err(Refusal::new(
            Text::from("The replay in ").channel(replay.channel).and(" is not paused. /replay show tells how far it is."),
        )
        .into());
    }
    look_at(replay.guild, replay.channel, services).await?;
    replay.state = ReplayState::Running;
    replay.next_at = match replay.mode {
        ReplayMode::Lesson { .. } => request.now.checked_add(SOON).unwrap_or(request.now),
        ReplayMode::AsItHappened { .. } => own_time(ctx.pack, &replay).max(request.now),
    };
    change(&replay, services).await?;
    let say = match replay.mode {
        ReplayMode::Lesson { .. } => " continues in a moment, where it stopped.",
        ReplayMode::AsItHappened { .. } => " continues. One post sums up what was missed.",
    };
    Ok(note("The replay continues", Text::default().channel(replay.channel).and(say)))
}

pub(super) async fn speed(request: &Request, place: Place, services: &Services, faster: bool) -> CardResult {
    let mut replay = meant(request, place, services).await?;
    let ReplayMode::Lesson { seconds, .. } = replay.mode else {
        return Err(Refusal::new(
            "This replay runs in real time, “as it happened”. Only a replay in a lesson can go faster or slower.",
        )
        .into());
    };
    let mut steps = SPEEDS.iter().copied();
    let found = if faster { steps.find(|speed| *speed > replay.speed) } else { steps.rfind(|speed| *speed < replay.speed) };
    let Some(speed) = found else {
        let say = if faster {
            "It is already at its fastest."
        } else {
            "It is already at its slowest. /replay pause stops it for a while."
        };
        return Err(Refusal::new(say).into());
    };
    let left = request.now.duration_until(replay.next_at).max(SignedDuration::ZERO);
    let left = left * i32::from(replay.speed) / i32::from(speed);
    replay.next_at = request.now.checked_add(left).unwrap_or(replay.next_at);
    replay.speed = speed;
    change(&replay, services).await?;
    let whole = length(seconds * 100 / i64::from(speed));
    let title = if faster { "Faster" } else { "Slower" };
    Ok(note(title, Text::default().channel(replay.channel).and(format!(": the whole replay would now take {whole}."))))
}

pub(super) async fn stop(request: &Request, place: Place, services: &Services) -> CardResult {
    let replay = meant(request, place, services).await?;
    services.stored(services.store.halt_replay(replay.channel, &ReplayState::Stopped, request.now)).await?;
    let say = format!(
        " gets no more posts of it. What was posted stays; /timeline from:{} to:{} has the rest.",
        replay.from, replay.to
    );
    Ok(note("The replay is over", Text::default().channel(replay.channel).and(say)))
}

/// Stores a change, unless the replay has advanced meanwhile.
async fn change(replay: &Replay, services: &Services) -> Result<(), CommandError> {
    if services.stored(services.store.change_replay(replay)).await? {
        services.deliverer.wake();
        return Ok(());
    }
    Err(Refusal::new("The replay moved on at this very moment, so nothing was changed. Please try again.").into())
}
