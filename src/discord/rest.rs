//! The client for all our REST requests to Discord. serenity's own hides the headers that say how long
//! to wait, and whether a request was certainly not sent.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, DATE, HeaderMap};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tracing::{error, info, warn};

use super::codes;
use super::pace::Pace;
use super::redact;
use super::route::Route;
use super::verdict::{self, Seen, Silence, Verdict, seconds};
use crate::clock::Clock;

/// Discord's REST API.
pub struct Rest {
    client: reqwest::Client,
    base: String,
    token: SecretString,
    pace: Pace,
    clock: Arc<dyn Clock>,
    /// Whether Discord rejected the token at the last request that needs it.
    token_refused: AtomicBool,
    /// Whether something other than Discord responded last.
    turned_away: AtomicBool,
}

#[derive(Debug)]
pub struct RestResponse {
    pub verdict: Verdict,
    pub status: u16,
    /// The body; null if it is not JSON.
    pub body: Value,
    /// How far our clock was ahead of the server's.
    pub skew: Option<SignedDuration>,
}

impl RestResponse {
    /// What went wrong, for the log and for teachers.
    pub fn trouble(&self) -> String {
        match (&self.verdict, self.body["code"].as_u64().unwrap_or_default()) {
            (Verdict::Silence(Silence::Told(_)) | Verdict::Wait(Some(_)), 0) => "Discord asked us to slow down".to_owned(),
            (Verdict::Silence(Silence::Token(_)), _) => "Discord refuses my token".to_owned(),
            (Verdict::InDoubt, _) if self.status < 300 => "the answer could not be read".to_owned(),
            (Verdict::InDoubt | Verdict::Done, _) => format!("Discord answered {}", self.status),
            (_, code) if code != 0 => codes::words(code),
            (Verdict::Silence(_), _) => format!("something that is not Discord answered in its place ({})", self.status),
            _ => format!("Discord answered {}", self.status),
        }
    }
}

/// Why there is no response.
#[derive(Debug)]
pub struct NoReply {
    /// Whether the request certainly never reached Discord.
    pub surely_not_sent: bool,
    /// How long to wait, if the request was not sent for that reason.
    pub wait: Option<Duration>,
    /// What happened, without secrets.
    pub why: String,
}

/// How a request takes its turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// After the requests that came before.
    InLine,
    /// Before them, because a user waits for it, or because it is small.
    Ahead,
    /// A response to an interaction. Discord counts it towards none of the bot's limits, and checks only
    /// the token in its path.
    Answer,
}

impl Rest {
    /// A client for the API at `base` (without a trailing slash) with a bot token. Create `client` with
    /// [`client`](super::client()).
    pub fn new(client: reqwest::Client, base: &str, token: SecretString, clock: Arc<dyn Clock>) -> Rest {
        Rest {
            client,
            base: format!("{base}/api/v10"),
            token,
            pace: Pace::default(),
            clock,
            token_refused: AtomicBool::new(false),
            turned_away: AtomicBool::new(false),
        }
    }

    /// The current time.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Why all requests currently fail, in words for the operator; `None` if they do not.
    pub fn trouble(&self) -> Option<String> {
        if self.token_refused.load(Ordering::Relaxed) {
            return Some("it refuses the bot token; put a valid one into DISCORD_TOKEN and start again".to_owned());
        }
        let away = self.turned_away.load(Ordering::Relaxed);
        away.then(|| "something that is not Discord answers in its place; everything waits until that is over".to_owned())
    }

    /// Sends a GET request.
    ///
    /// # Errors
    /// If there is no response.
    pub async fn get(&self, path: &str) -> Result<RestResponse, NoReply> {
        self.send(Method::GET, path, None, Turn::Ahead).await
    }

    /// Sends a GET request, and waits up to `patience` in all if Discord asks to wait.
    ///
    /// # Errors
    /// If there is no response, or none within that time.
    pub async fn get_patiently(&self, path: &str, mut patience: Duration) -> Result<RestResponse, NoReply> {
        loop {
            let wait = match self.get(path).await {
                Ok(RestResponse { verdict: Verdict::Wait(Some(wait)) | Verdict::Silence(Silence::Told(wait)), .. })
                | Err(NoReply { wait: Some(wait), .. })
                    if wait <= patience =>
                {
                    wait
                }
                done => return done,
            };
            patience -= wait;
            self.wait(wait).await;
        }
    }

    /// Sends a POST request.
    ///
    /// # Errors
    /// If there is no response.
    pub async fn post(&self, path: &str, body: Body, turn: Turn) -> Result<RestResponse, NoReply> {
        self.send(Method::POST, path, Some(body), turn).await
    }

    /// Sends a PUT request.
    ///
    /// # Errors
    /// If there is no response.
    pub async fn put(&self, path: &str, body: Body) -> Result<RestResponse, NoReply> {
        self.send(Method::PUT, path, Some(body), Turn::Ahead).await
    }

    /// Sends a PATCH request.
    ///
    /// # Errors
    /// If there is no response.
    pub async fn patch(&self, path: &str, body: Body) -> Result<RestResponse, NoReply> {
        self.send(Method::PATCH, path, Some(body), Turn::InLine).await
    }

    /// Sends a request that is authorised by the interaction's token in its path.
    ///
    /// # Errors
    /// If there is no response; the error does not contain the path.
    pub async fn answer(&self, method: Method, path: &str, body: Option<Body>) -> Result<RestResponse, NoReply> {
        self.send(method, path, body, Turn::Answer).await
    }

    /// Sleeps by the clock of this client.
    pub async fn wait(&self, wait: Duration) {
        let then = SignedDuration::try_from(wait).ok().and_then(|wait| self.clock.now().checked_add(wait).ok());
        self.clock.sleep_until(then.unwrap_or(Timestamp::MAX)).await;
    }

    /// Sends a request in its turn, and never before a wait that Discord asked for is over.
    async fn send(&self, method: Method, path: &str, body: Option<Body>, turn: Turn) -> Result<RestResponse, NoReply> {
        let route = Route::new(&method, path);
        self.take_turn(&route, turn).await?;
        let request = self.client.request(method, format!("{}{path}", self.base));
        let request = match body {
            None => request,
            Some(Body::Json(value)) => request.json(&value),
            Some(Body::Form(form)) => request.multipart(form),
        };
        let request = match turn {
            Turn::Answer => request,
            _ => request.header(AUTHORIZATION, format!("Bot {}", self.token.expose_secret())),
        };
        let began = self.clock.now();
        let response = request.send().await.map_err(|error| {
            self.pace.unanswered();
            // The URL may contain a token.
            let error = error.without_url();
            NoReply { surely_not_sent: error.is_connect() || error.is_builder(), wait: None, why: short(&error) }
        })?;
        let ended = self.clock.now();
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        metrics::counter!("discord_requests_total", "route" => route.template.clone(), "status" => status.to_string())
            .increment(1);
        let text = response.text().await.unwrap_or_default();
        let body: Value = serde_json::from_str(&text).unwrap_or_default();
        let verdict = self.heed(&RestAnswer { status, body: &body, headers: &headers, route: &route, turn, sent: began });
        Ok(RestResponse { verdict, status, skew: skew(&headers, began, ended), body })
    }

    async fn take_turn(&self, route: &Route, turn: Turn) -> Result<(), NoReply> {
        match turn {
            Turn::InLine => self.pace.turn().await,
            Turn::Ahead => self.pace.turn_ahead().await,
            Turn::Answer => {}
        }
        // Checked after the turn, because Discord may have asked everybody to wait meanwhile.
        let now = self.clock.now();
        let admitted = if turn == Turn::Answer { self.pace.admit_answer(now) } else { self.pace.admit(route, now) };
        admitted.map_err(|wait| NoReply {
            surely_not_sent: true,
            wait: Some(wait),
            why: self.trouble().map_or_else(|| "Discord asked us to slow down".to_owned(), |_| self.blocked()),
        })
    }

    /// Applies a response to the limits of further requests, and returns its meaning.
    fn heed(&self, answered: &RestAnswer<'_>) -> Verdict {
        let (route, now) = (answered.route, self.clock.now());
        let seen = answered.seen(now);
        // Discord does not count a shared limit, which is caused by other users of the channel.
        let counted = matches!(seen.status, 401 | 403 | 429) && answered.text("x-ratelimit-scope") != Some("shared");
        if counted && self.pace.count_invalid(now) {
            error!("Discord refused a thousand requests within ten minutes; nothing is sent until they are ten minutes old");
        }
        match seen.silence() {
            // A limit on an interaction's token applies to no other request, even if it is marked
            // global. Nor did Discord check the bot's own token.
            Some(Silence::Told(_) | Silence::Token(_)) if answered.turn == Turn::Answer => {}
            Some(Silence::Told(wait)) => self.pace.pause_everyone(wait, now),
            Some(silence) => self.turned_away(silence, seen.status, now),
            None => self.let_in(&seen, answered),
        }
        let verdict = seen.verdict();
        if answered.turn == Turn::Answer {
            return verdict;
        }
        if let Some(bucket) = answered.text("x-ratelimit-bucket") {
            self.pace.know_bucket(route, bucket);
        }
        if let Verdict::TooOld(wait) = &verdict {
            self.pace.pause_old(route, *wait, now);
        }
        let wait = match verdict {
            Verdict::Wait(wait @ Some(_)) => wait,
            _ if answered.number("x-ratelimit-remaining") == Some(0.0) => {
                answered.number("x-ratelimit-reset-after").and_then(seconds)
            }
            _ => None,
        };
        if let Some(wait) = wait {
            self.pace.pause_route(route, wait, now);
        }
        verdict
    }

    fn turned_away(&self, silence: Silence, status: u16, now: Timestamp) {
        let (least, flag) = match silence {
            Silence::Token(least) => (least, &self.token_refused),
            Silence::Edge(least) | Silence::Ban(least) | Silence::Told(least) => (least, &self.turned_away),
        };
        if let Silence::Ban(least) = silence {
            self.pace.ban(least, now);
        }
        flag.store(true, Ordering::Relaxed);
        let Some(wait) = self.pace.turned_away(least, now) else { return };
        let seconds = wait.as_secs();
        match silence {
            Silence::Token(_) => error!(
                wait_s = seconds,
                "Discord refuses the bot token: nothing is posted. Reset it in the developer portal, put the new one into \
                 DISCORD_TOKEN and start again"
            ),
            _ => warn!(
                status,
                wait_s = seconds,
                "something other than Discord responded, such as a proxy or Cloudflare; all requests are paused"
            ),
        }
    }

    /// Records that Discord itself responded, if it did.
    fn let_in(&self, seen: &Seen<'_>, answered: &RestAnswer<'_>) {
        if !seen.is_discords() {
            self.pace.unanswered();
            return;
        }
        // A request for which Discord checks no bot token does not show that the token is accepted
        // again.
        let looks_at_token = answered.turn != Turn::Answer && answered.route.template != "GET /gateway";
        if !looks_at_token && self.token_refused.load(Ordering::Relaxed) {
            return;
        }
        self.pace.let_in(answered.sent);
        let token = self.token_refused.swap(false, Ordering::Relaxed);
        if self.turned_away.swap(false, Ordering::Relaxed) || token {
            info!("Discord responds again");
        }
    }

    /// Why no request is sent at present.
    fn blocked(&self) -> String {
        let why = if self.token_refused.load(Ordering::Relaxed) {
            "Discord refuses my token"
        } else {
            "something that is not Discord answers in its place"
        };
        why.to_owned()
    }
}

/// A response and its request.
struct RestAnswer<'a> {
    status: u16,
    body: &'a Value,
    headers: &'a HeaderMap,
    route: &'a Route,
    turn: Turn,
    /// When the request was sent.
    sent: Timestamp,
}

impl RestAnswer<'_> {
    fn text(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    fn number(&self, name: &str) -> Option<f64> {
        self.text(name).and_then(|text| text.parse().ok())
    }

    fn seen(&self, now: Timestamp) -> Seen<'_> {
        let scope = self.text("x-ratelimit-scope");
        Seen {
            status: self.status,
            body: self.body,
            retry_after: self.text("retry-after").and_then(|text| verdict::retry_after(text, now)),
            global: self.headers.contains_key("x-ratelimit-global") || scope == Some("global"),
            limits: scope.is_some() || self.headers.contains_key("x-ratelimit-bucket"),
        }
    }
}

pub enum Body {
    Json(Value),
    /// A multipart form with files.
    Form(reqwest::multipart::Form),
}

/// How far our clock is ahead, measured at the middle of the request. The header has whole seconds.
fn skew(headers: &HeaderMap, began: Timestamp, ended: Timestamp) -> Option<SignedDuration> {
    let text = headers.get(DATE)?.to_str().ok()?;
    let theirs = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    let middle = began.checked_add(began.duration_until(ended) / 2).ok()?;
    Some(theirs.duration_until(middle))
}

/// What happened to a request, in a few words.
fn short(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "Discord did not answer in time".to_owned();
    }
    if error.is_connect() {
        return "no connection to Discord".to_owned();
    }
    redact::error(error)
}
