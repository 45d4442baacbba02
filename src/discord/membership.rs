//! Tracks which servers have the bot, and brings the store up to date.
//!
//! If a server removes the bot while it is offline, Discord sends no event for it; the server is only
//! missing from the list at the start of the next session. So that list is compared with the store.
//! Events that come while the store is not open are applied when it opens.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tracing::{info, warn};

use super::handler::Bot;
use super::relay::Notice;
use crate::clock::Clock;
use crate::model::{ChannelId, GuildId, Pause};
use crate::store::{Store, StoreError};

/// How long to wait before retrying when the store fails or is not open yet.
const AGAIN: Duration = Duration::from_secs(5);

/// What the gateway last reported about servers.
#[derive(Debug, Default)]
struct KnownServers {
    /// The servers of each shard that has had a session.
    shards: BTreeMap<u32, BTreeSet<GuildId>>,
    /// The number of shards.
    count: u64,
    /// Servers that removed the bot and are not yet recorded in the store, whether or not they have
    /// added it again since.
    guilds_gone: BTreeSet<GuildId>,
    /// Channels that were deleted and are not yet recorded in the store.
    channels_gone: BTreeSet<ChannelId>,
}

/// Keeps the store's list of servers up to date.
pub(super) struct Membership {
    /// Provides the store once it is open.
    pub bot: Arc<Bot>,
    /// The current time.
    pub clock: Arc<dyn Clock>,
    /// Whether the bot has the guilds intent. Without it, a missing server proves nothing.
    pub told: bool,
}

impl Membership {
    /// Processes notices until their sender is closed.
    pub(super) async fn run(self, mut notices: mpsc::UnboundedReceiver<Notice>) {
        let mut known = KnownServers::default();
        let mut settled = true;
        loop {
            let notice = if settled {
                notices.recv().await
            } else {
                match tokio::time::timeout(AGAIN, notices.recv()).await {
                    Ok(notice) => notice,
                    Err(_) => {
                        settled = self.settle(&mut known).await;
                        continue;
                    }
                }
            };
            let Some(notice) = notice else { return };
            known.learn(&notice);
            // Many notices come together after a start; only the last one triggers the comparison.
            if notices.is_empty() {
                settled = self.settle(&mut known).await;
            } else {
                settled = false;
            }
        }
    }

    /// Updates the store. Returns whether it is now up to date.
    async fn settle(&self, known: &mut KnownServers) -> bool {
        let Some(services) = self.bot.services() else { return false };
        match compare(known, services.store.as_ref(), self.clock.now(), self.told).await {
            Ok(()) => true,
            Err(error) => {
                warn!(%error, "could not record in the store which servers have the bot; trying again");
                false
            }
        }
    }
}

/// Records what the store does not know yet. `told` says whether the lists of servers are complete.
async fn compare(known: &mut KnownServers, store: &dyn Store, now: Timestamp, told: bool) -> Result<(), StoreError> {
    while let Some(channel) = known.channels_gone.first().copied() {
        if store.pause(channel, &Pause::ChannelGone).await? {
            info!(%channel, "a channel with a daily post was deleted; its schedule is paused");
        }
        known.channels_gone.remove(&channel);
    }
    if !told {
        return Ok(());
    }
    for (guild, left) in store.guilds().await? {
        if left.is_none() && known.guilds_gone.contains(&guild) && known.has(guild) == Some(true) {
            store.guild_left(guild, now).await?;
            store.guild_joined(guild).await?;
            info!(%guild, "a server removed the bot and invited it again; its daily posts are paused");
        }
        match (known.has(guild), left) {
            (Some(true), Some(_)) => {
                store.guild_joined(guild).await?;
                info!(%guild, "a server added the bot again");
            }
            (Some(false), None) => {
                store.guild_left(guild, now).await?;
                info!(%guild, "a server removed the bot; its daily posts are paused, and its data is deleted in 30 days");
            }
            _ => {}
        }
    }
    // Cleared only after all of them are recorded, so that a failure before is retried.
    known.guilds_gone.clear();
    Ok(())
}

impl KnownServers {
    fn learn(&mut self, notice: &Notice) {
        match notice {
            Notice::Ready { shard, shards, guilds } => {
                if self.count != u64::from(*shards) {
                    self.shards.clear();
                    self.count = u64::from(*shards);
                }
                self.shards.insert(*shard, guilds.iter().copied().collect());
            }
            Notice::GuildHere(guild) => {
                if let Some(guilds) = self.shard_of(*guild) {
                    guilds.insert(*guild);
                }
            }
            Notice::GuildGone(guild) => {
                if let Some(guilds) = self.shard_of(*guild) {
                    guilds.remove(guild);
                }
                self.guilds_gone.insert(*guild);
            }
            Notice::ChannelGone(channel) => {
                self.channels_gone.insert(*channel);
            }
        }
    }

    /// Whether a server has the bot; `None` while its shard has had no session.
    fn has(&self, guild: GuildId) -> Option<bool> {
        let shard = shard_of(guild, self.count)?;
        self.shards.get(&shard).map(|guilds| guilds.contains(&guild))
    }

    fn shard_of(&mut self, guild: GuildId) -> Option<&mut BTreeSet<GuildId>> {
        self.shards.get_mut(&shard_of(guild, self.count)?)
    }
}

/// The shard of a server, by Discord's formula.
fn shard_of(guild: GuildId, shards: u64) -> Option<u32> {
    u32::try_from((guild.0 >> 22).checked_rem(shards)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::QuietPolicy;
    use crate::store::DeliveryStore;

    #[test]
    fn only_a_shard_with_a_session_says_who_is_missing() {
        let mut known = KnownServers::default();
        let guild = |shard: u64, idx: u64| GuildId(((idx * 2 + shard) << 22) | 1);
        assert_eq!(known.has(guild(0, 1)), None);
        known.learn(&Notice::Ready { shard: 0, shards: 2, guilds: vec![guild(0, 1)] });
        assert_eq!(known.has(guild(0, 1)), Some(true));
        assert_eq!(known.has(guild(0, 2)), Some(false));
        assert_eq!(known.has(guild(1, 1)), None, "shard 1 has had no session");
        known.learn(&Notice::GuildHere(guild(0, 2)));
        known.learn(&Notice::GuildGone(guild(0, 1)));
        assert_eq!((known.has(guild(0, 1)), known.has(guild(0, 2))), (Some(false), Some(true)));
        // With another number of shards, the servers are distributed differently.
        known.learn(&Notice::Ready { shard: 0, shards: 1, guilds: Vec::new() });
        assert_eq!(known.has(guild(1, 1)), Some(false));
    }

    #[tokio::test]
    async fn what_was_told_while_the_store_was_shut_is_made_up_for_when_it_opens() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = crate::store::Sqlite::open(&folder.path().join("kronikas.db")).await.expect("a store");
        let now = Timestamp::from_second(1_800_000_000).expect("an instant");
        for (channel, guild) in [(1, 10), (2, 20), (3, 30)].map(ids) {
            store.put_schedule(&schedule(channel, guild, now)).await.expect("it is kept");
        }
        store.guild_left(GuildId(20), now).await.expect("it is kept");
        // None of this could be recorded when it came.
        let mut known = KnownServers::default();
        known.learn(&Notice::Ready { shard: 0, shards: 1, guilds: vec![GuildId(10), GuildId(30)] });
        known.learn(&Notice::GuildHere(GuildId(20)));
        known.learn(&Notice::GuildGone(GuildId(10)));
        known.learn(&Notice::ChannelGone(ChannelId(3)));
        compare(&mut known, &store, now, true).await.expect("it is written");
        assert_eq!(
            store.guilds().await.expect("they are read"),
            [(GuildId(10), Some(now)), (GuildId(20), None), (GuildId(30), None)]
        );
        let paused = store.schedule(ChannelId(3)).await.expect("it is read").expect("it is kept").paused;
        assert_eq!(paused, Some(Pause::ChannelGone));
        assert!(known.channels_gone.is_empty());
        // A second comparison changes nothing.
        compare(&mut known, &store, now, true).await.expect("it is written");
        assert_eq!(
            store.guilds().await.expect("they are read"),
            [(GuildId(10), Some(now)), (GuildId(20), None), (GuildId(30), None)]
        );
    }

    /// Notices that come together are processed together.
    #[tokio::test]
    async fn a_server_that_removed_the_bot_and_invited_it_again_at_once_is_paused_all_the_same() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = crate::store::Sqlite::open(&folder.path().join("kronikas.db")).await.expect("a store");
        let now = Timestamp::from_second(1_800_000_000).expect("an instant");
        for (channel, guild) in [(1, 10), (2, 20)].map(ids) {
            store.put_schedule(&schedule(channel, guild, now)).await.expect("it is kept");
        }
        let mut known = KnownServers::default();
        known.learn(&Notice::Ready { shard: 0, shards: 1, guilds: vec![GuildId(10), GuildId(20)] });
        known.learn(&Notice::GuildGone(GuildId(10)));
        known.learn(&Notice::GuildHere(GuildId(10)));
        compare(&mut known, &store, now, true).await.expect("it is written");
        assert_eq!(store.guilds().await.expect("they are read"), [(GuildId(10), None), (GuildId(20), None)]);
        let paused = async |channel| store.schedule(ChannelId(channel)).await.expect("it is read").expect("it is kept").paused;
        assert_eq!((paused(1).await, paused(2).await), (Some(Pause::Removed), None));
        // Recorded once: a schedule that a teacher resumes is not paused again.
        store.put_schedule(&schedule(ChannelId(1), GuildId(10), now)).await.expect("it is kept");
        compare(&mut known, &store, now, true).await.expect("it is written");
        assert_eq!(paused(1).await, None);
    }

    fn ids((channel, guild): (u64, u64)) -> (ChannelId, GuildId) {
        (ChannelId(channel), GuildId(guild))
    }

    fn schedule(channel: ChannelId, guild: GuildId, now: Timestamp) -> crate::store::Schedule {
        crate::store::Schedule {
            channel,
            guild: Some(guild),
            zone: "Etc/UTC".to_owned(),
            time: jiff::civil::time(8, 0, 0, 0),
            quiet: QuietPolicy::Context,
            question: false,
            picture: false,
            catch_up: 3600,
            set_at: now,
            next_date: jiff::civil::date(2100, 1, 1),
            next_due: now,
            paused: None,
            resting_until: None,
        }
    }
}
