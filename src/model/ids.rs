//! Newtypes for Discord's ids, so that a guild's id cannot be used as a channel's.
//!
//! "No guild" or "nobody" is an `Option`, never 0.

use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

macro_rules! ids {
    ($($(#[$what:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$what])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u64);

        impl From<u64> for $name {
            fn from(id: u64) -> $name {
                $name(id)
            }
        }

        impl From<$name> for u64 {
            fn from(id: $name) -> u64 {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIntError;

            fn from_str(text: &str) -> Result<$name, ParseIntError> {
                text.parse().map($name)
            }
        }
    )+};
}

ids! {
    /// A guild, which Discord's users call a server.
    GuildId,
    /// A channel, a thread, or direct messages with a user.
    ChannelId,
    /// A message in a channel.
    MessageId,
    /// A user's account, or the bot's.
    UserId,
}
