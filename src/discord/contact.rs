//! Requests that are made before there is a connection: the bot's identity, the gateway's address and
//! the number of remaining sessions.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::rest::{Body, NoReply, Rest};
use super::verdict::{Silence, Verdict};

/// Makes each request once; the caller decides about retries.
#[derive(Clone)]
pub struct Contact(Arc<Rest>);

/// Why a request failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContactError {
    /// Discord itself rejects the token.
    TokenRefused,
    /// Possibly temporary: no response, or one that is not Discord's.
    Passing {
        /// What happened, without secrets.
        why: String,
        /// The minimum wait before the next attempt.
        at_least: Duration,
    },
}

/// The bot's application and user.
#[derive(Debug, Deserialize)]
pub struct Me {
    #[serde(deserialize_with = "id")]
    pub id: u64,
    pub username: String,
}

/// The response of `GET /gateway/bot`.
#[derive(Debug, Clone, Deserialize)]
pub struct GatewayInfo {
    /// The address for new sessions.
    pub url: String,
    /// The recommended number of shards.
    pub shards: u32,
    /// The limit on new sessions.
    pub session_start_limit: SessionStartLimit,
}

/// The limit on new sessions (IDENTIFYs).
#[derive(Debug, Clone, Deserialize)]
pub struct SessionStartLimit {
    /// How many sessions may still be started in the current period.
    pub remaining: u64,
    /// Milliseconds until the next period.
    pub reset_after: u64,
    /// How many sessions may be started within five seconds.
    pub max_concurrency: u32,
}

impl Contact {
    /// A client that sends through `rest` and shares its limits.
    pub fn new(rest: Arc<Rest>) -> Contact {
        Contact(rest)
    }

    /// Fetches the bot's application and user.
    ///
    /// # Errors
    /// See [`ContactError`].
    pub async fn me(&self) -> Result<Me, ContactError> {
        self.get("/users/@me").await
    }

    /// Fetches the gateway's address and limits.
    ///
    /// # Errors
    /// See [`ContactError`].
    pub async fn gateway(&self) -> Result<GatewayInfo, ContactError> {
        self.get("/gateway/bot").await
    }

    /// Answers an interaction that serenity could not parse.
    ///
    /// # Errors
    /// See [`ContactError`].
    pub async fn answer(&self, id: u64, token: &str, answer: &Value) -> Result<(), ContactError> {
        let path = format!("/interactions/{id}/{token}/callback");
        let reply = self.0.answer(Method::POST, &path, Some(Body::Json(answer.clone()))).await.map_err(unanswered)?;
        match reply.verdict {
            Verdict::Done => Ok(()),
            _ => Err(passing(format!("the answer was refused with {}", reply.status), Duration::ZERO)),
        }
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ContactError> {
        let reply = self.0.get(path).await.map_err(unanswered)?;
        let why = || format!("GET {path} was answered with {}: {}", reply.status, reply.trouble());
        match reply.verdict {
            Verdict::Done => serde_json::from_value(reply.body)
                .map_err(|_| passing(format!("GET {path}: the answer is none of Discord's"), Duration::ZERO)),
            Verdict::Silence(Silence::Token(_)) => Err(ContactError::TokenRefused),
            Verdict::Silence(silence) => Err(passing(why(), silence.least())),
            Verdict::Wait(Some(wait)) | Verdict::TooOld(wait) => Err(passing(why(), wait)),
            _ => Err(passing(why(), Duration::ZERO)),
        }
    }
}

fn passing(why: String, at_least: Duration) -> ContactError {
    ContactError::Passing { why, at_least }
}

fn unanswered(none: NoReply) -> ContactError {
    passing(none.why, none.wait.unwrap_or_default())
}

fn id<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
    text.parse().map_err(serde::de::Error::custom)
}
