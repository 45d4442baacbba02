//! Events that do not go to serenity: servers and channels that are added or removed.

use serde::Deserialize;

use super::frames::Guild;
use crate::model::{ChannelId, GuildId};

/// An event about servers or channels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// A new session, and the servers of that shard that have the bot.
    Ready {
        shard: u32,
        /// The number of shards.
        shards: u32,
        guilds: Vec<GuildId>,
    },
    /// A server has the bot.
    GuildHere(GuildId),
    /// A server removed the bot.
    GuildGone(GuildId),
    /// A channel or thread was deleted.
    ChannelGone(ChannelId),
}

/// The notice of a new session.
pub(super) fn ready(shard: u32, shards: u32, guilds: &[Guild]) -> Notice {
    Notice::Ready { shard, shards, guilds: guilds.iter().filter_map(|guild| guild.id.parse().ok()).collect() }
}

/// The notice for an event; `None` if it is about something else.
///
/// # Errors
/// If an event about servers or channels cannot be parsed.
pub(super) fn of_event(event: &str, data: &str) -> Result<Option<Notice>, serde_json::Error> {
    let read = || serde_json::from_str::<Guild>(data);
    let id = |guild: &Guild| guild.id.parse().ok();
    Ok(match event {
        // A server that is temporarily unavailable still has the bot.
        "GUILD_CREATE" => id(&read()?).map(Notice::GuildHere),
        // GUILD_DELETE with `unavailable` means an outage, not a removal.
        "GUILD_DELETE" => {
            let guild = read()?;
            id(&guild).filter(|_| guild.unavailable != Some(true)).map(Notice::GuildGone)
        }
        "CHANNEL_DELETE" | "THREAD_DELETE" => {
            #[derive(Deserialize)]
            struct Channel {
                id: String,
            }
            let channel: Channel = serde_json::from_str(data)?;
            channel.id.parse().ok().map(Notice::ChannelGone)
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_and_channels_come_and_go() {
        for (event, data, expected) in [
            ("GUILD_CREATE", r#"{"id":"7","unavailable":true}"#, Some(Notice::GuildHere(GuildId(7)))),
            ("GUILD_CREATE", r#"{"id":"7","name":"x","channels":[{"type":99}]}"#, Some(Notice::GuildHere(GuildId(7)))),
            ("GUILD_DELETE", r#"{"id":"7"}"#, Some(Notice::GuildGone(GuildId(7)))),
            ("GUILD_DELETE", r#"{"id":"7","unavailable":null}"#, Some(Notice::GuildGone(GuildId(7)))),
            ("GUILD_DELETE", r#"{"id":"7","unavailable":true}"#, None),
            ("CHANNEL_DELETE", r#"{"id":"8","type":99}"#, Some(Notice::ChannelGone(ChannelId(8)))),
            ("THREAD_DELETE", r#"{"id":"9","guild_id":"7","parent_id":"8","type":11}"#, Some(Notice::ChannelGone(ChannelId(9)))),
            ("MESSAGE_CREATE", r#"{"id":"9"}"#, None),
        ] {
            assert_eq!(of_event(event, data).expect("readable"), expected, "{event} {data}");
        }
        assert!(of_event("GUILD_DELETE", "{}").is_err());
    }
}
