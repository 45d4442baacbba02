//! Rate limits, as Discord has them; off until switched on.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::faults::Scope;

/// Requests in a second, all routes together; answers to interactions are exempt.
const GLOBAL: Limit = Limit { most: 50, millis: 1000 };
/// Messages in a channel, and edits in a channel.
const CHANNEL: Limit = Limit { most: 5, millis: 5000 };
/// Requests with one interaction's token.
const WEBHOOK: Limit = Limit { most: 5, millis: 2000 };
/// A guild's members, one by one.
const MEMBERS: Limit = Limit { most: 5, millis: 1000 };
/// Reading of a channel, and its messages; of a guild's roles and channels.
const READING: Limit = Limit { most: 10, millis: 5000 };
/// Edits of a channel's messages that are older than an hour. Discord does not say how many it takes.
const OLD_EDITS: Limit = Limit { most: 5, millis: 3_600_000 };
/// Whatever else there is.
const OTHER: Limit = Limit { most: 10, millis: 10_000 };

#[derive(Clone, Copy)]
struct Limit {
    most: u64,
    millis: i64,
}

/// A bucket with a hole: it holds so many requests, and loses them at an even pace.
#[derive(Clone, Copy)]
struct Bucket {
    /// How full it was, in thousandths of a request.
    level: i64,
    at: Timestamp,
}

impl Bucket {
    /// How full it is now; a clock that was set back empties it.
    fn level(self, limit: Limit, now: Timestamp) -> i64 {
        let past = now.as_millisecond() - self.at.as_millisecond();
        if past < 0 {
            return 0;
        }
        (self.level - past.saturating_mul(limit.thousandths()) / limit.millis).max(0)
    }
}

impl Limit {
    fn thousandths(self) -> i64 {
        i64::try_from(self.most).expect("a small number") * 1000
    }

    /// How many milliseconds it takes to lose so much.
    fn time(self, thousandths: i64) -> i64 {
        (thousandths * self.millis + self.thousandths() - 1) / self.thousandths()
    }
}

/// What was used of each limit, and what went wrong.
#[derive(Default)]
pub struct Rates {
    pub on: bool,
    buckets: BTreeMap<String, Bucket>,
    /// Until when a 429 told somebody to wait: all, or one route.
    waits: BTreeMap<String, Timestamp>,
    /// Answers with 429.
    pub limited: u64,
    /// Answers with 401, 403 or 429 (but for shared limits), by Discord's count.
    pub invalid: u64,
    /// Requests that came before the time a 429 had named; each with its route.
    pub too_early: Vec<String>,
}

/// How a request stands to the limits: headers for its answer, or the 429.
pub enum Verdict {
    Pass(HeaderMap),
    Excess(StatusCode, HeaderMap, Value),
}

/// The bucket of a route, and its limit. Some routes share one; before the dash stands what Discord
/// names in its header, behind it the channel, guild or token.
fn bucket(method: &Method, route: &[&str]) -> Option<(String, Limit)> {
    let (name, of, limit) = match (method, route) {
        // Answers to interactions have no limit of their own.
        (_, ["interactions", ..]) => return None,
        (&Method::POST, ["channels", channel, "messages"]) => ("post", *channel, CHANNEL),
        (&Method::PATCH, ["channels", channel, "messages", _]) => ("edit", *channel, CHANNEL),
        (&Method::GET, ["channels", channel, ..]) => ("read", *channel, READING),
        (_, ["channels", channel, rest @ ..]) => (if rest.is_empty() { "channel" } else { "thread" }, *channel, OTHER),
        (&Method::GET, ["guilds", guild, "members", _]) => ("members", *guild, MEMBERS),
        (_, ["guilds", guild, ..]) => ("guild", *guild, READING),
        (_, ["webhooks", _, token, ..]) => ("token", *token, WEBHOOK),
        (_, ["users", "@me", "channels"]) => ("direct", "", OTHER),
        (&Method::PUT, ["applications", ..]) => ("write", "", OTHER),
        (&Method::GET, ["applications", _, "guilds", guild, ..]) => ("commands of a guild", *guild, READING),
        (&Method::GET, ["applications", _, "commands"]) => ("commands", "", READING),
        // What is asked at the start and now and then, each by itself.
        (_, [first, ..]) => (*first, "", Limit { most: 60, millis: 1000 }),
        (_, []) => return None,
    };
    Some((format!("{name}-{of}"), limit))
}

fn is_exempt(route: &[&str]) -> bool {
    matches!(route, ["interactions" | "webhooks", ..])
}

impl Rates {
    /// Writes down a request that comes before its wait is over, whatever becomes of it.
    pub fn note_early(&mut self, now: Timestamp, method: &Method, route: &[&str]) {
        let told = [(!is_exempt(route)).then(|| "global".to_owned()), bucket(method, route).map(|(key, _)| key)];
        if told.into_iter().flatten().any(|key| self.must_wait(&key, now)) {
            self.too_early.push(format!("{method} /{}", route.join("/")));
        }
    }

    fn must_wait(&self, key: &str, now: Timestamp) -> bool {
        self.waits.get(key).is_some_and(|until| now < *until)
    }

    /// Counts an edit of a message that is older than an hour; the 429 if there were too many, which
    /// is not one of the whole route.
    pub fn old_edit(&mut self, now: Timestamp, channel: &str) -> Option<Verdict> {
        let key = format!("old edits-{channel}");
        if self.must_wait(&key, now) {
            self.too_early.push(format!("an edit of an old message in {channel}"));
        }
        let wait = self.excess(&key, OLD_EDITS, now)?;
        let Verdict::Excess(status, headers, mut body) = self.limit(now, &key, wait, Scope::User, HeaderMap::new()) else {
            return None;
        };
        body["message"] = json!("Maximum number of edits to messages older than 1 hour reached. Try again later");
        body["code"] = json!(30046);
        Some(Verdict::Excess(status, headers, body))
    }

    /// Counts a request in.
    pub fn check(&mut self, now: Timestamp, method: &Method, route: &[&str]) -> Verdict {
        let own = bucket(method, route);
        let exempt = is_exempt(route);
        if !self.on {
            return Verdict::Pass(HeaderMap::new());
        }
        if !exempt && let Some(wait) = self.excess("global-", GLOBAL, now) {
            return self.refuse(now, wait, Scope::Global, None);
        }
        if let Some((key, limit)) = own {
            let excess = self.excess(&key, limit, now);
            let headers = self.headers(&key, limit, now);
            if let Some(wait) = excess {
                return self.refuse(now, wait, Scope::User, Some((key, headers)));
            }
            return Verdict::Pass(headers);
        }
        Verdict::Pass(HeaderMap::new())
    }

    /// How many milliseconds a request is too early; counted in if it is not.
    fn excess(&mut self, key: &str, limit: Limit, now: Timestamp) -> Option<i64> {
        let bucket = self.buckets.entry(key.to_owned()).or_insert(Bucket { level: 0, at: now });
        let level = bucket.level(limit, now);
        if level + 1000 <= limit.thousandths() {
            *bucket = Bucket { level: level + 1000, at: now };
            return None;
        }
        // The next free place, not the whole bucket.
        Some(limit.time(level + 1000 - limit.thousandths()).max(1))
    }

    fn headers(&self, key: &str, limit: Limit, now: Timestamp) -> HeaderMap {
        let level = self.buckets[key].level(limit, now);
        // It moves on with each request: when all of it is free again.
        let reset = limit.time(level);
        let mut out = HeaderMap::new();
        put(&mut out, "x-ratelimit-limit", &limit.most.to_string());
        put(&mut out, "x-ratelimit-remaining", &((limit.thousandths() - level) / 1000).to_string());
        put(&mut out, "x-ratelimit-reset", &seconds(now.as_millisecond() + reset));
        put(&mut out, "x-ratelimit-reset-after", &seconds(reset));
        put(&mut out, "x-ratelimit-bucket", key.split('-').next().unwrap_or_default());
        out
    }

    fn refuse(&mut self, now: Timestamp, wait: i64, scope: Scope, own: Option<(String, HeaderMap)>) -> Verdict {
        let (key, headers) = own.unwrap_or_else(|| ("global".to_owned(), HeaderMap::new()));
        self.limit(now, &key, wait, scope, headers)
    }

    /// A 429 that a test asked for.
    pub fn planned(&mut self, now: Timestamp, method: &Method, route: &[&str], wait: f64, scope: Scope) -> Verdict {
        let key = match (scope, bucket(method, route)) {
            (Scope::Global, _) | (_, None) => "global".to_owned(),
            (_, Some((key, _))) => key,
        };
        let mut headers = HeaderMap::new();
        if scope != Scope::Global {
            put(&mut headers, "x-ratelimit-limit", &CHANNEL.most.to_string());
            put(&mut headers, "x-ratelimit-remaining", "0");
            put(&mut headers, "x-ratelimit-reset-after", &format!("{wait:.3}"));
            put(&mut headers, "x-ratelimit-bucket", key.split('-').next().unwrap_or_default());
        }
        #[allow(clippy::cast_possible_truncation, reason = "some seconds")]
        self.limit(now, &key, (wait * 1000.0) as i64, scope, headers)
    }

    fn limit(&mut self, now: Timestamp, key: &str, wait: i64, scope: Scope, mut headers: HeaderMap) -> Verdict {
        self.limited += 1;
        if scope != Scope::Shared {
            self.invalid += 1;
        }
        self.waits.insert(key.to_owned(), now + jiff::SignedDuration::from_millis(wait));
        put(&mut headers, "retry-after", &(wait.max(0) as u64).div_ceil(1000).to_string());
        let name = match scope {
            Scope::Global => "global",
            Scope::User => "user",
            Scope::Shared => "shared",
        };
        put(&mut headers, "x-ratelimit-scope", name);
        if scope == Scope::Global {
            put(&mut headers, "x-ratelimit-global", "true");
        }
        #[allow(clippy::cast_precision_loss, reason = "some seconds")]
        let after = wait as f64 / 1000.0;
        let body = json!({ "message": "You are being rate limited.", "retry_after": after, "global": scope == Scope::Global });
        Verdict::Excess(StatusCode::TOO_MANY_REQUESTS, headers, body)
    }
}

fn seconds(millis: i64) -> String {
    format!("{}.{:03}", millis / 1000, millis.rem_euclid(1000))
}

fn put(headers: &mut HeaderMap, name: &'static str, value: &str) {
    headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).expect("plain ASCII"));
}
