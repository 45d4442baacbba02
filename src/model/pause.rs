//! Why nothing is posted in a channel.

use std::fmt;
use std::str::FromStr;

/// Why a schedule does not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pause {
    /// A teacher paused it.
    Teacher,
    /// The channel was deleted (10003).
    ChannelGone,
    /// The bot cannot see the channel (50001).
    NoAccess,
    /// A permission is missing in the channel (50013).
    NoPermission,
    /// The thread is archived and locked, so that no post reopens it (50083).
    Archived,
    /// The thread is locked (160005).
    Locked,
    /// The kind of channel accepts no messages (50008).
    NoPosts,
    /// The thread has as many members as Discord allows (30033).
    ThreadFull,
    /// The user accepts no direct messages from the bot (50007, 50278).
    DirectClosed,
    /// The bot was removed from the guild (10004, or reported by the gateway).
    Removed,
    /// The zone is unknown to this version's time zone data.
    UnknownZone,
}

impl Pause {
    /// The word that is stored.
    fn word(&self) -> &'static str {
        match self {
            Pause::Teacher => "teacher",
            Pause::ChannelGone => "channel-gone",
            Pause::NoAccess => "no-access",
            Pause::NoPermission => "no-permission",
            Pause::Archived => "archived",
            Pause::Locked => "locked",
            Pause::NoPosts => "no-posts",
            Pause::ThreadFull => "thread-full",
            Pause::DirectClosed => "direct-closed",
            Pause::Removed => "removed",
            Pause::UnknownZone => "unknown-zone",
        }
    }
}

impl fmt::Display for Pause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Pause {
    type Err = String;

    fn from_str(word: &str) -> Result<Pause, String> {
        let all = [
            Pause::Teacher,
            Pause::ChannelGone,
            Pause::NoAccess,
            Pause::NoPermission,
            Pause::Archived,
            Pause::Locked,
            Pause::NoPosts,
            Pause::ThreadFull,
            Pause::DirectClosed,
            Pause::Removed,
            Pause::UnknownZone,
        ];
        all.into_iter().find(|pause| pause.word() == word).ok_or_else(|| format!("a pause called {word}"))
    }
}
