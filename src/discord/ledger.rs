//! Stores the budget of new gateway sessions.

use std::sync::Arc;

use async_trait::async_trait;
use tracing::warn;

use super::handler::Bot;
use super::relay::Ledger;

/// The name of the fact that contains it.
const NAME: &str = "gateway_sessions";

/// Writes to the store once it is open.
pub(super) struct StoreLedger(pub Arc<Bot>);

#[async_trait]
impl Ledger for StoreLedger {
    async fn read(&self) -> Option<String> {
        let services = self.0.services()?;
        match services.store.fact(NAME).await {
            Ok(text) => Some(text.unwrap_or_default()),
            Err(error) => {
                warn!(%error, "could not read the number of sessions from the store");
                None
            }
        }
    }

    async fn write(&self, text: &str) -> bool {
        let Some(services) = self.0.services() else { return false };
        match services.store.set_fact(NAME, text).await {
            Ok(()) => true,
            Err(error) => {
                warn!(%error, "could not record a new session in the store");
                false
            }
        }
    }
}
