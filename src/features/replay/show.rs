//! `/replay show`: the position, the next post, and any problem with its solution.

use super::{CardResult, WORDS, length, note};
use crate::card::press::{ButtonId, ReplayPress};
use crate::card::{Line, Refusal, Section, Text, format};
use crate::command::posting::said_instant;
use crate::command::{CommandContext, Place, Request, Services};
use crate::features::replay::{script, zone};
use crate::model::{DeliverySubject, Missed, Pause, ReplayMode, ReplayState, State};
use crate::store::{Delivery, Replay};

/// How many of the latest deliveries are examined.
const LATEST: usize = 40;
/// How many steps without a post are listed.
const LISTED: usize = 5;

pub(super) async fn answer(request: &Request, place: Place, ctx: &CommandContext<'_>) -> CardResult {
    let services = ctx.services()?;
    let mut on = services.stored(services.store.replays_of(place.guild)).await?;
    let asked = request.named_channel();
    if on.is_empty() || asked.is_some() {
        // A replay that has ended is mentioned only in its own channel.
        let here = asked.unwrap_or(place.channel);
        on = services
            .stored(services.store.replay(here))
            .await?
            .filter(|replay| replay.guild == place.guild)
            .into_iter()
            .collect();
    }
    if on.is_empty() {
        return Err(Refusal::new(WORDS.none).into());
    }
    let mut card = note("The replay", "");
    card.sections.clear();
    for replay in &on {
        let latest = services.stored(services.store.deliveries(replay.channel, LATEST)).await?;
        card = card.section(channel(replay, &latest, ctx, services, request));
    }
    Ok(crate::card::in_pages(card, 0, |_| ReplayPress::Show.press()))
}

fn channel(replay: &Replay, latest: &[Delivery], ctx: &CommandContext<'_>, services: &Services, request: &Request) -> Section {
    let script = script(ctx.pack, replay.from, replay.to, replay.mode);
    let posts = script.steps.len() + 1;
    let mut lines = vec![Line::new(Text::default().channel(replay.channel)).led("Where:")];
    lines.push(Line::new(format!("{} of {posts} posts", usize::from(replay.position).min(posts))).led("Posted:"));
    match replay.mode {
        ReplayMode::Lesson { seconds, .. } => {
            let whole = length(seconds * 100 / i64::from(replay.speed.max(1)));
            lines.push(Line::new(format!("{whole} in all, at {} % of the speed you chose", replay.speed)).led("Length:"));
        }
        ReplayMode::AsItHappened { year } => lines.push(Line::new(format!("as it happened, in {year}")).led("Length:")),
    }
    lines.push(match &replay.state {
        ReplayState::Running => Line::new(next(replay, request)).led("Next post:"),
        ReplayState::Paused(why) => Line::new(cure(why)).led("Paused:"),
        ReplayState::Stopped => Line::new("it was stopped; /replay start begins another").led("Over:"),
        ReplayState::Ended => Line::new("it has ended").led("Over:"),
    });
    let ours = latest
        .iter()
        .filter(|delivery| matches!(delivery.subject, DeliverySubject::Replay(_)) && delivery.due_at >= replay.started_at);
    for delivery in ours.clone().take(1) {
        match &delivery.state {
            State::Sent(Some(message)) => {
                if let Some(link) = services.rooms.link(delivery.guild, delivery.key.channel, *message) {
                    lines.push(Line::new(link).led("Last post:"));
                }
            }
            State::Due | State::Sending => {
                let why = delivery.trouble.as_deref().unwrap_or("it is being sent");
                lines.push(Line::new(format!("{why}; I am still trying")).led("Under way:"));
            }
            _ => {}
        }
    }
    let missed = ours.filter_map(|delivery| match (&delivery.state, &delivery.subject) {
        (State::Missed(why), DeliverySubject::Replay(step)) => reason(why).map(|why| (step, why)),
        (State::Held, DeliverySubject::Replay(step)) => {
            Some((step, "I cannot find out whether it arrived: allow me Read Message History".to_owned()))
        }
        _ => None,
    });
    lines.extend(
        missed.take(LISTED).map(|(step, why)| Line::new(format!("post {}: {why}", u32::from(*step) + 1)).led("Left out:")),
    );
    Section::headed(&format::days(replay.from, replay.to), lines)
}

fn next(replay: &Replay, request: &Request) -> String {
    match replay.mode {
        ReplayMode::Lesson { .. } => match request.now.duration_until(replay.next_at).as_secs() {
            ..=1 => "now".to_owned(),
            seconds => format!("in {}", length(seconds)),
        },
        ReplayMode::AsItHappened { .. } => said_instant(replay.next_at, &replay.zone, &zone(replay)),
    }
}

/// Why a step was not posted; `None` if it was only postponed.
fn reason(why: &Missed) -> Option<String> {
    match why {
        Missed::Window(why) => Some(format!("it would have come too late ({why})")),
        Missed::Refused(code) => Some(format!("Discord refused the post (code {code}); please tell whoever runs me")),
        Missed::Down => Some("I was not running".to_owned()),
        Missed::Paused(_) | Missed::Withdrawn | Missed::NoSuchDay => None,
    }
}

/// Why it is paused, and how to resume it.
fn cure(pause: &Pause) -> &'static str {
    match pause {
        Pause::Teacher => "you paused it; /replay resume continues",
        Pause::ChannelGone => "the channel was deleted; /replay stop ends it, and /replay start chooses another channel",
        Pause::NoAccess => {
            "I cannot see the channel: give me View Channel there (in a private thread, mention me), then /replay resume"
        }
        Pause::NoPermission => {
            "I may not post there: give me Send Messages (in a thread: Send Messages in Threads), Embed Links and Attach Files in the channel, then /replay resume"
        }
        Pause::Archived => "the thread was archived and locked: unlock it, then /replay resume",
        Pause::Locked => "the thread was locked: unlock it, then /replay resume",
        Pause::NoPosts => {
            "I cannot post in this kind of channel; /replay stop ends it, and /replay start chooses another channel"
        }
        Pause::ThreadFull => {
            "the thread has as many members as Discord allows; /replay stop ends it, and /replay start chooses another"
        }
        Pause::DirectClosed => "direct messages from me are switched off; allow them, then /replay resume",
        Pause::Removed => "I was removed from this server for a while; /replay resume continues",
        Pause::UnknownZone => "I no longer know its time zone; /replay stop ends it, and /replay start chooses another",
    }
}
