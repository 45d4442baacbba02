//! The questions asked before there is a connection: who we are, where the gateway is, how many
//! sessions are left.

use std::time::Duration;

use reqwest::header::{AUTHORIZATION, RETRY_AFTER};
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::redact;

/// How long Discord's edge is left alone after it refused without a word on when to come back.
const EDGE: Duration = Duration::from_secs(60);
/// The longest wait that is believed.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

/// Asks Discord, once each time.
#[derive(Clone)]
pub struct Contact {
    client: reqwest::Client,
    base: String,
    token: SecretString,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// Discord itself does not know the token.
    TokenRefused,
    /// It may pass: no answer, or none of Discord's own.
    Passing {
        /// What happened, without secrets.
        why: String,
        /// How long to wait at least.
        at_least: Duration,
    },
}

/// Who the bot is.
#[derive(Debug, Deserialize)]
pub struct Me {
    /// Its user id.
    #[serde(deserialize_with = "id")]
    pub id: u64,
    /// Its name.
    pub username: String,
}

/// Where the gateway is, and what it allows.
#[derive(Debug, Clone, Deserialize)]
pub struct GatewayInfo {
    /// Where new sessions start.
    pub url: String,
    /// How many shards Discord wants.
    pub shards: u32,
    /// The limit on new sessions.
    pub session_start_limit: SessionStartLimit,
}

/// How many sessions may still be started.
#[derive(Debug, Clone, Deserialize)]
pub struct SessionStartLimit {
    /// In the present period.
    pub remaining: u64,
    /// Milliseconds until the next period.
    pub reset_after: u64,
    /// How many within five seconds.
    pub max_concurrency: u32,
}

impl Contact {
    /// Asks at `base` (without a path) for the bot with this token.
    pub fn new(client: reqwest::Client, base: &str, token: SecretString) -> Contact {
        Contact { client, base: base.to_owned(), token }
    }

    /// Who the bot is.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn me(&self) -> Result<Me, Trouble> {
        self.get("users/@me").await
    }

    /// Where the gateway is.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn gateway(&self) -> Result<GatewayInfo, Trouble> {
        self.get("gateway/bot").await
    }

    /// Answers an interaction that the library could not read.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn answer(&self, id: u64, token: &str, answer: &Value) -> Result<(), Trouble> {
        let address = format!("{}/api/v10/interactions/{id}/{token}/callback", self.base);
        let sent = self.client.request(Method::POST, address).json(answer).send().await;
        let reply = sent.map_err(|error| passing(redact::error(&error)))?;
        match reply.status() {
            status if status.is_success() => Ok(()),
            status => Err(passing(format!("the answer was refused with {status}"))),
        }
    }

    async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Trouble> {
        let request = self.client.get(format!("{}/api/v10/{path}", self.base));
        let request = request.header(AUTHORIZATION, format!("Bot {}", self.token.expose_secret()));
        let reply = request.send().await.map_err(|error| passing(redact::error(&error)))?;
        let status = reply.status();
        let header = reply.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()).and_then(|text| text.parse().ok());
        let text = reply.text().await.map_err(|error| passing(redact::error(&error)))?;
        if status.is_success() {
            return serde_json::from_str(&text).map_err(|_| passing(format!("GET /{path}: the answer is none of Discord's")));
        }
        Err(trouble(status, header, &text, path))
    }
}

fn passing(why: String) -> Trouble {
    Trouble::Passing { why, at_least: Duration::ZERO }
}

/// What a refusal means. Only an answer in Discord's own form is a verdict on the token; an edge or
/// a proxy in between refuses for its own reasons.
fn trouble(status: StatusCode, header: Option<f64>, body: &str, path: &str) -> Trouble {
    let json = serde_json::from_str::<Value>(body).ok().filter(Value::is_object);
    if status == StatusCode::UNAUTHORIZED && json.is_some() {
        return Trouble::TokenRefused;
    }
    let told = json.as_ref().and_then(|json| json["retry_after"].as_f64()).or(header);
    let told = told.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()).unwrap_or_default().min(LONGEST);
    let at_least = if status.is_client_error() && json.is_none() { told.max(EDGE) } else { told };
    Trouble::Passing { why: format!("GET /{path} was answered with {status}"), at_least }
}

fn id<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
    text.parse().map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_discord_itself_refuses_a_token() {
        let unauthorized = StatusCode::UNAUTHORIZED;
        assert_eq!(trouble(unauthorized, None, r#"{"message":"401: Unauthorized","code":0}"#, "x"), Trouble::TokenRefused);
        for (status, header, body, wait) in [
            (401, None, "<html>log in to the school's network</html>", 60),
            (403, None, r#"{"message":"internal network error","code":40333}"#, 0),
            (403, None, "<html>", 60),
            (429, Some(120.0), "<html>error 1015</html>", 120),
            (429, None, r#"{"retry_after":7.0,"global":true}"#, 7),
            (429, Some(3.0), "", 60),
            (503, Some(9.0), "", 9),
            (502, None, "<html>", 0),
            (500, Some(f64::INFINITY), "", 0),
        ] {
            let status = StatusCode::from_u16(status).expect("a status");
            let trouble = trouble(status, header, body, "x");
            assert!(
                matches!(&trouble, Trouble::Passing { at_least, .. } if at_least.as_secs() == wait),
                "{status} {body}: {trouble:?}"
            );
        }
    }
}
