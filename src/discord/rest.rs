//! Requests that the library cannot make well enough: it hides the headers that say how long to
//! wait, and what surely was not sent.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::header::{AUTHORIZATION, DATE, HeaderMap};
use reqwest::{Method, StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::pace::Pace;
use super::redact;
use crate::clock::Clock;

/// Longer answers to "how long shall I wait" are cut to this; they are asked again then.
const LONGEST_WAIT: f64 = 3600.0;

/// Discord's REST interface, as far as posts need it.
pub struct Rest {
    client: reqwest::Client,
    base: String,
    token: SecretString,
    pub(super) pace: Pace,
    clock: Arc<dyn Clock>,
}

/// Discord's answer.
#[derive(Debug)]
pub struct Reply {
    /// The status.
    pub status: StatusCode,
    /// The body; null when it is no JSON.
    pub body: Value,
    /// How far our clock was ahead of the one that answered.
    pub skew: Option<SignedDuration>,
    /// What Discord asked us to wait (429).
    pub wait: Option<Duration>,
}

impl Reply {
    /// Discord's own error code; 0 when it names none.
    pub fn code(&self) -> u64 {
        self.body["code"].as_u64().unwrap_or_default()
    }

    /// What went wrong, for the log and a teacher.
    pub fn trouble(&self) -> String {
        match self.status.as_u16() {
            429 => "Discord asked us to slow down".to_owned(),
            status => format!("Discord answered {status}"),
        }
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub struct NoReply {
    /// Whether the request surely never reached Discord.
    pub surely_not_sent: bool,
    /// What happened, without secrets.
    pub why: String,
}

impl Rest {
    /// The interface at `base` (without a slash at the end), for a bot's token.
    pub fn new(client: reqwest::Client, base: &str, token: SecretString, clock: Arc<dyn Clock>) -> Rest {
        Rest { client, base: format!("{base}/api/v10"), token, pace: Pace::default(), clock }
    }

    /// What time it is.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// How long a channel has to wait by what Discord said, if it has to.
    pub fn wait_of(&self, channel: u64) -> Option<Duration> {
        self.pace.wait_of(channel, self.clock.now())
    }

    /// Asks for something.
    ///
    /// # Errors
    /// When there is no answer at all.
    pub async fn get(&self, path: &str) -> Result<Reply, NoReply> {
        self.send(path, self.client.request(Method::GET, format!("{}{path}", self.base)), None).await
    }

    /// Sends something to a channel, whose waits are noted.
    ///
    /// # Errors
    /// When there is no answer at all.
    pub async fn post(&self, path: &str, channel: u64, body: Body) -> Result<Reply, NoReply> {
        self.write(Method::POST, path, channel, body).await
    }

    /// Changes something in a channel; its waits are others than those of [`Rest::post`], and are
    /// noted apart.
    ///
    /// # Errors
    /// When there is no answer at all.
    pub async fn patch(&self, path: &str, channel: u64, body: Body) -> Result<Reply, NoReply> {
        self.write(Method::PATCH, path, edits_of(channel), body).await
    }

    async fn write(&self, method: Method, path: &str, channel: u64, body: Body) -> Result<Reply, NoReply> {
        let request = self.client.request(method, format!("{}{path}", self.base));
        let request = match body {
            Body::Json(value) => request.json(&value),
            Body::Form(form) => request.multipart(form),
        };
        self.send(path, request, Some(channel)).await
    }

    async fn send(&self, path: &str, request: reqwest::RequestBuilder, channel: Option<u64>) -> Result<Reply, NoReply> {
        let began = self.clock.now();
        let authorization = format!("Bot {}", self.token.expose_secret());
        let response = request
            .header(AUTHORIZATION, authorization)
            .send()
            .await
            .map_err(|error| NoReply { surely_not_sent: error.is_connect() || error.is_builder(), why: short(&error) })?;
        let ended = self.clock.now();
        let status = response.status();
        let headers = response.headers().clone();
        metrics::counter!("discord_requests_total", "route" => template(path), "status" => status.as_str().to_owned())
            .increment(1);
        let text = response.text().await.unwrap_or_default();
        let body: Value = serde_json::from_str(&text).unwrap_or_default();
        let reply = Reply { status, wait: wait(status, &headers, &body), skew: skew(&headers, began, ended), body };
        self.heed(&reply, &headers, channel);
        Ok(reply)
    }

    /// Does as the answer says about further requests.
    fn heed(&self, reply: &Reply, headers: &HeaderMap, channel: Option<u64>) {
        let now = self.clock.now();
        if matches!(reply.status.as_u16(), 401 | 403 | 429) && self.pace.count_invalid(now) {
            tracing::error!("Discord refused a thousand requests in ten minutes; nothing is sent until they are past");
        }
        let number =
            |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).and_then(|text| text.parse::<f64>().ok());
        let global = reply.body["global"].as_bool() == Some(true) || headers.contains_key("x-ratelimit-global");
        match (reply.wait, channel) {
            (Some(wait), _) if global => self.pace.pause_everyone(wait, now),
            (Some(wait), Some(channel)) => self.pace.pause_channel(channel, wait, now),
            (None, Some(channel)) if number("x-ratelimit-remaining") == Some(0.0) => {
                if let Some(wait) = number("x-ratelimit-reset-after").and_then(seconds) {
                    self.pace.pause_channel(channel, wait, now);
                }
            }
            _ => {}
        }
    }
}

/// What stands for the edits in a channel where waits are noted: ids have a first bit of 0 until 2084.
pub fn edits_of(channel: u64) -> u64 {
    channel | 1 << 63
}

/// What is sent.
pub enum Body {
    /// A JSON value.
    Json(Value),
    /// A form with files.
    Form(reqwest::multipart::Form),
}

fn seconds(number: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(number.min(LONGEST_WAIT)).ok()
}

/// What a 429 asks us to wait: its body says it more exactly than its header.
fn wait(status: StatusCode, headers: &HeaderMap, body: &Value) -> Option<Duration> {
    if status != StatusCode::TOO_MANY_REQUESTS {
        return None;
    }
    let header = || headers.get("retry-after").and_then(|value| value.to_str().ok()).and_then(|text| text.parse().ok());
    let asked = body["retry_after"].as_f64().or_else(header).and_then(seconds);
    Some(asked.unwrap_or(Duration::from_secs(5)))
}

/// How far our clock is ahead, by the middle of the request; the header knows whole seconds.
fn skew(headers: &HeaderMap, began: Timestamp, ended: Timestamp) -> Option<SignedDuration> {
    let text = headers.get(DATE)?.to_str().ok()?;
    let theirs = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    let middle = began.checked_add(began.duration_until(ended) / 2).ok()?;
    Some(theirs.duration_until(middle))
}

/// What happened to a request, in few words.
fn short(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "Discord did not answer in time".to_owned();
    }
    if error.is_connect() {
        return "no connection to Discord".to_owned();
    }
    redact::error(error)
}

/// A path without its ids, for the metrics.
fn template(path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    let part = |part: &str| {
        if part.bytes().all(|byte| byte.is_ascii_digit()) && !part.is_empty() { "{id}".to_owned() } else { part.to_owned() }
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lose_their_ids_in_the_metrics() {
        assert_eq!(template("/channels/123/messages?after=4"), "/channels/{id}/messages");
        assert_eq!(template("/gateway"), "/gateway");
    }

    #[test]
    fn a_429_always_says_how_long() {
        let none = HeaderMap::new();
        let body = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
        let limited = StatusCode::TOO_MANY_REQUESTS;
        assert_eq!(wait(limited, &none, &body("{\"retry_after\":1.5}")), Some(Duration::from_millis(1500)));
        assert_eq!(wait(limited, &none, &Value::Null), Some(Duration::from_secs(5)));
        assert_eq!(wait(limited, &none, &body("{\"retry_after\":1e30}")), Some(Duration::from_secs(3600)));
        assert_eq!(wait(StatusCode::OK, &none, &body("{\"retry_after\":1.5}")), None);
    }
}
