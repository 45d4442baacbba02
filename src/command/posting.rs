//! What commands that post into a channel share: whether they can, when they can next, how an instant is said.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::card::{CommandError, Refusal, Text, format};
use crate::command::Services;
use crate::delivery::{WallTime, name_offset, next_due};
use crate::messenger::ChannelAccess;
use crate::model::{ChannelId, GuildId};

/// How many dates are searched: just over a year.
pub(crate) const DATES: usize = 400;

/// The first date from `first` on without a row in the store, and its instant, independent of earlier
/// zones and times. A date with a row is finished for the deliverer.
pub(crate) async fn first_free(
    first: (Date, Timestamp),
    time: WallTime,
    zone: &TimeZone,
    channel: ChannelId,
    services: &Services,
) -> Result<(Date, Timestamp), CommandError> {
    let mut next = first;
    for _ in 0..DATES {
        if !services.stored(services.store.is_taken(channel, next.0)).await? {
            break;
        }
        next = next_due(next.1, time, zone);
    }
    Ok(next)
}

/// Refuses if the bot could not post in the channel, or could not find its post again.
pub(crate) async fn look_at(guild: Option<GuildId>, channel: ChannelId, services: &Services) -> Result<(), CommandError> {
    let access = services.rooms.check_channel(guild, channel).await.map_err(|why| {
        CommandError::internal(
            format_args!("a channel could not be looked at: {why}"),
            "I could not check that channel just now, so nothing was changed. Please try again in a minute.",
        )
    })?;
    let here = |say: &str| Err(Refusal::new(Text::default().channel(channel).and(say)).into());
    match access {
        ChannelAccess::Fine => Ok(()),
        ChannelAccess::Unseen => here(
            ": I cannot see this channel. In its settings, under Permissions, add me with View Channel, Send Messages, Embed Links, Attach Files and Read Message History. In a private thread, mention me to let me in. Nothing was changed.",
        ),
        ChannelAccess::NoPosts => here(": I cannot post in a channel of this kind. Choose a text channel. Nothing was changed."),
        ChannelAccess::Locked => here(
            ": this thread is locked, so only moderators can write in it. Unlock it (its menu → Unlock Thread), or choose a channel. Nothing was changed.",
        ),
        ChannelAccess::TimedOut(until) => Err(Refusal::new(
            Text::default()
                .channel(channel)
                .and(": a moderator timed me out until ")
                .instant(until)
                .and(". Remove the timeout (my name → Remove Timeout), or try again after that. Nothing was changed."),
        )
        .into()),
        ChannelAccess::Missing(names) => here(&format!(
            ": I am missing {} there. Allow me that in the channel's settings, under Permissions, and try again.{} Nothing was changed.",
            listed(&names),
            if names.contains(&"Read Message History") {
                " (I read the history only to make sure that no post comes twice.)"
            } else {
                ""
            }
        )),
    }
}

fn listed(names: &[&str]) -> String {
    match names {
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
        [] => String::new(),
    }
}

/// An instant in words: `Wednesday 25 November 2026, 08:00 in Europe/Paris (UTC+1)`.
pub(crate) fn said_instant(at: Timestamp, zone_name: &str, zone: &TimeZone) -> String {
    let local = zone.to_datetime(at);
    format!(
        "{}, {:02}:{:02} in {zone_name} ({})",
        format::long_date(local.date()),
        local.hour(),
        local.minute(),
        name_offset(zone.to_offset(at))
    )
}
