//! The relay between serenity and Discord's gateway.
//!
//! serenity 0.12.5 connects to an address on loopback; only the relay connects to Discord. The relay
//! owns the sessions, heartbeats, resumes and the budget of new sessions. serenity sees one long
//! session, and only events that it can parse.
//!
//! ```text
//! Discord ◄─ TLS, proxy ─ upstream (one per shard: machine decides, gate permits) ─ queue ─ local ◄─ serenity
//!                             └─► notices: servers and channels added or removed
//! ```

mod budget;
mod codes;
mod dial;
mod frames;
mod gate;
mod local;
mod machine;
mod notice;
mod queue;
mod status;
mod translate;
mod upstream;

use std::sync::Arc;

use rustls::ClientConfig;
use secrecy::SecretString;
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

use super::contact::{Contact, GatewayInfo};
use super::network;
use crate::clock::Clock;
use crate::settings::Proxies;

pub(super) use codes::End;
pub use gate::Ledger;
pub(super) use notice::Notice;
pub use status::GatewayStatus;

/// The relay's configuration.
pub struct Relay {
    /// The bot's token.
    pub token: SecretString,
    /// The gateway intents, as bits.
    pub intents: u64,
    /// Requests the gateway's address.
    pub contact: Contact,
    /// The trusted certificates.
    pub tls: ClientConfig,
    /// The proxy configuration.
    pub proxies: Proxies,
    /// Stores the budget of new sessions.
    pub ledger: Arc<dyn Ledger>,
    /// The current time.
    pub clock: Arc<dyn Clock>,
    /// The state of the connection, for health and metrics.
    pub status: Arc<GatewayStatus>,
    /// Receives events that do not go to serenity.
    pub notices: mpsc::UnboundedSender<Notice>,
}

/// A running relay. Dropping it ends it at once.
pub struct RelayHandle {
    address: String,
    shards: JoinSet<Option<End>>,
    local: JoinHandle<()>,
    stop: CancellationToken,
}

impl Relay {
    /// Starts the shards that `info` recommends.
    ///
    /// # Errors
    /// If there is no free loopback port.
    pub async fn start(&self, info: &GatewayInfo) -> std::io::Result<RelayHandle> {
        let shards = info.shards.max(1);
        self.status.begin(shards);
        let stop = CancellationToken::new();
        let dialer = Arc::new(dial::Dialer::new(self.tls.clone(), network::proxies(&self.proxies)));
        let gate = Arc::new(gate::Gate::new(
            self.contact.clone(),
            self.clock.clone(),
            self.ledger.clone(),
            self.status.clone(),
            shards,
            info.session_start_limit.max_concurrency,
        ));
        let (inlets, outlets): (Vec<_>, Vec<_>) = (0..shards).map(|_| queue::queue()).unzip();
        let local = local::Local::bind(self.token.clone(), outlets).await?;
        let address = local.address().to_owned();
        let mut running = JoinSet::new();
        for (shard, inlet) in (0..shards).zip(inlets) {
            let upstream = upstream::Upstream {
                shard: (shard, shards),
                token: self.token.clone(),
                intents: self.intents,
                gate: gate.clone(),
                dialer: dialer.clone(),
                status: self.status.clone(),
                inlet,
                notices: self.notices.clone(),
                contact: self.contact.clone(),
                clock: self.clock.clone(),
                stop: stop.clone(),
            };
            running.spawn(upstream.run());
        }
        Ok(RelayHandle { address, shards: running, local: tokio::spawn(local.run()), stop })
    }
}

impl RelayHandle {
    /// The address for serenity. It is a secret of this process.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Waits until a shard ends for a reason that retrying cannot solve.
    pub async fn ended(&mut self) -> End {
        loop {
            match self.shards.join_next().await {
                Some(Ok(Some(end))) => return end,
                // After a panic of one shard, all shards are restarted.
                Some(Err(_)) => return End::Shards,
                Some(Ok(None)) => {}
                None => std::future::pending().await,
            }
        }
    }

    /// Closes the connections to Discord.
    pub async fn stop(mut self) {
        self.stop.cancel();
        while self.shards.join_next().await.is_some() {}
    }
}

impl Drop for RelayHandle {
    fn drop(&mut self) {
        self.local.abort();
    }
}
