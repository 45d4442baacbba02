//! Interprets responses. Only Discord itself decides about a request, by JSON with an error code.
//! Cloudflare, proxies and hotel networks between Discord and us may respond instead; their responses
//! say nothing about a channel or a post, so we wait until they end.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::codes::{self, Meaning};
use crate::model::Pause;

/// The minimum pause of all requests after a 429 that is not Discord's own.
const BANNED: Duration = Duration::from_secs(60);
/// The minimum pause of all requests after any other response that is not Discord's, or when Discord as
/// a whole is overloaded.
const BLOCKED: Duration = Duration::from_secs(15);
/// How long Discord's own limit lasts if it does not say so.
const UNTOLD: Duration = Duration::from_secs(5);
/// The minimum pause after Discord rejected the token.
const REFUSED: Duration = Duration::from_secs(60);

/// What a response means for its request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Done, and the response is readable.
    Done,
    /// Perhaps done: the response is unreadable, or Discord failed while processing.
    InDoubt,
    /// The message does not exist any more.
    Deleted,
    /// The channel accepts nothing until somebody changes it.
    Closed(Pause),
    /// Discord refused the content, with this code.
    Refused(u64),
    /// Not done. This route must wait, for this long if Discord said so.
    Wait(Option<Duration>),
    /// Not done: too many edits of the channel's old messages. Those must wait this long; newer messages
    /// on the same route need not.
    TooOld(Duration),
    /// Not done. All requests must wait.
    Silence(Silence),
}

/// Why all requests must wait, and for how long at least.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silence {
    /// Discord's global limit, exactly this long.
    Told(Duration),
    /// Something other than Discord responded, or Discord is overloaded; longer each time it repeats.
    Edge(Duration),
    /// Cloudflare's limit on our address; longer each time it repeats.
    Ban(Duration),
    /// Discord rejects the token; longer each time it repeats.
    Token(Duration),
}

impl Silence {
    /// The minimum pause.
    pub fn least(self) -> Duration {
        match self {
            Silence::Told(wait) | Silence::Edge(wait) | Silence::Ban(wait) | Silence::Token(wait) => wait,
        }
    }
}

/// A response, reduced to what its interpretation needs.
pub(super) struct Seen<'a> {
    pub status: u16,
    /// The body; null if it is not JSON.
    pub body: &'a Value,
    /// The wait from the headers, if any.
    pub retry_after: Option<Duration>,
    /// Whether the headers say that the limit is global.
    pub global: bool,
    /// Whether it has the headers of one of Discord's rate limits.
    pub limits: bool,
}

impl Seen<'_> {
    pub(super) fn verdict(&self) -> Verdict {
        let code = self.body["code"].as_u64().unwrap_or_default();
        match self.status {
            // A caller that expects content finds none; other callers need none.
            204 => Verdict::Done,
            200..=299 if self.body.is_object() || self.body.is_array() => Verdict::Done,
            200..=299 => Verdict::InDoubt,
            429 => self.limited(),
            // With another code the 401 is about something else, such as an interaction's token. Without
            // a code it may come from something in between.
            401 if self.body["code"] == 0 => Verdict::Silence(Silence::Token(REFUSED)),
            400..=499 if code != 0 => meant(code),
            // The request may have succeeded before the failure.
            500..=599 => Verdict::InDoubt,
            // Discord's own, but says nothing about the request: "General error".
            400..=499 if self.body["code"].is_u64() => Verdict::Wait(None),
            _ => Verdict::Silence(Silence::Edge(BLOCKED)),
        }
    }

    /// Why all requests must wait, if the response implies that.
    pub(super) fn silence(&self) -> Option<Silence> {
        match self.verdict() {
            Verdict::Silence(silence) => Some(silence),
            // A page instead of JSON: something in between answers every request like that.
            Verdict::InDoubt if self.status < 300 => Some(Silence::Edge(BLOCKED)),
            Verdict::InDoubt if codes::meaning(self.body["code"].as_u64().unwrap_or_default()) == Meaning::PassesForAll => {
                Some(Silence::Edge(BLOCKED))
            }
            _ => None,
        }
    }

    /// Whether the response comes from Discord itself.
    pub(super) fn is_discords(&self) -> bool {
        self.silence().is_none() && (self.status == 204 || self.body.is_object() || self.body.is_array())
    }

    /// Discord's documentation allows using either the body's `retry_after` or the header. Cloudflare,
    /// which limits our whole address, responds with its own page and without these headers.
    fn limited(&self) -> Verdict {
        let code = self.body["code"].as_u64();
        let global = self.global || self.body["global"].as_bool() == Some(true);
        let told = self.body["retry_after"].as_f64().and_then(seconds);
        let own = told.is_some() || self.limits || code.is_some() || self.body["message"].is_string();
        if !own || codes::meaning(code.unwrap_or_default()) == Meaning::PassesForAll {
            return Verdict::Silence(Silence::Ban(self.retry_after.unwrap_or_default().max(BANNED)));
        }
        let wait = told.or(self.retry_after).unwrap_or(UNTOLD);
        match code {
            _ if global => Verdict::Silence(Silence::Told(wait)),
            Some(code) if codes::is_about_old_messages(code) => Verdict::TooOld(wait),
            _ => Verdict::Wait(Some(wait)),
        }
    }
}

/// Translates the meaning of Discord's own error code.
fn meant(code: u64) -> Verdict {
    match codes::meaning(code) {
        Meaning::Closed(pause) => Verdict::Closed(pause),
        Meaning::Passes if codes::is_about_old_messages(code) => Verdict::TooOld(UNTOLD),
        Meaning::Passes => Verdict::Wait(None),
        Meaning::PassesForAll => Verdict::Silence(Silence::Edge(BLOCKED)),
        Meaning::Deleted => Verdict::Deleted,
        Meaning::Token => Verdict::Silence(Silence::Token(REFUSED)),
        Meaning::Refused => Verdict::Refused(code),
    }
}

/// Waits are capped at a day, because no post may be later than that, and an absurd number must not
/// silence the bot forever.
const LONGEST: f64 = 86_400.0;

/// A wait in seconds from a header or body; `None` if it is negative or not a number.
pub(super) fn seconds(number: f64) -> Option<Duration> {
    let number = if number.is_finite() { number.min(LONGEST) } else { return None };
    Duration::try_from_secs_f64(number).ok()
}

/// Parses `Retry-After`: seconds, or a date.
pub(super) fn retry_after(text: &str, now: Timestamp) -> Option<Duration> {
    if let Ok(number) = text.trim().parse::<f64>() {
        return seconds(number);
    }
    let until = jiff::fmt::rfc2822::parse(text.trim()).ok()?.timestamp();
    seconds(now.duration_until(until).as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn verdict(status: u16, body: &Value) -> Verdict {
        Seen { status, body, retry_after: None, global: false, limits: false }.verdict()
    }

    const EDGE: Verdict = Verdict::Silence(Silence::Edge(BLOCKED));

    #[test]
    fn only_json_with_a_code_is_a_verdict() {
        let code = |code: u64| json!({ "message": "…", "code": code });
        for (status, body, expected) in [
            (200, json!({ "id": "5" }), Verdict::Done),
            (200, json!([]), Verdict::Done),
            (200, Value::Null, Verdict::InDoubt),
            (200, json!("welcome"), Verdict::InDoubt),
            (204, Value::Null, Verdict::Done),
            (302, Value::Null, EDGE),
            (400, code(50035), Verdict::Refused(50035)),
            (400, code(0), Verdict::Wait(None)),
            (400, Value::Null, EDGE),
            (401, code(0), Verdict::Silence(Silence::Token(REFUSED))),
            (401, Value::Null, EDGE),
            (401, json!({ "error": "log in to the school's network" }), EDGE),
            // Of an interaction, fifteen minutes after it came.
            (401, code(50027), Verdict::Refused(50027)),
            (400, code(30046), Verdict::TooOld(UNTOLD)),
            (403, code(50013), Verdict::Closed(Pause::NoPermission)),
            (403, code(40333), EDGE),
            (403, json!({ "error": "blocked" }), EDGE),
            (403, json!({ "code": "50013" }), EDGE),
            (403, Value::Null, EDGE),
            (404, code(10003), Verdict::Closed(Pause::ChannelGone)),
            (404, code(10008), Verdict::Deleted),
            (404, code(0), Verdict::Wait(None)),
            (404, Value::Null, EDGE),
            (407, Value::Null, EDGE),
            (500, code(0), Verdict::InDoubt),
            (502, Value::Null, Verdict::InDoubt),
            (503, code(130_000), Verdict::InDoubt),
            (520, Value::Null, Verdict::InDoubt),
        ] {
            assert_eq!(verdict(status, &body), expected, "{status} {body}");
        }
    }

    #[test]
    fn everybody_waits_for_what_is_not_discords_and_for_nothing_else() {
        let silence =
            |status: u16, body: &Value| Seen { status, body, retry_after: None, global: false, limits: false }.silence();
        let code = |code: u64| json!({ "message": "…", "code": code });
        for (status, body) in
            [(200, Value::Null), (302, Value::Null), (403, Value::Null), (403, code(40333)), (503, code(130_000))]
        {
            assert_eq!(silence(status, &body), Some(Silence::Edge(BLOCKED)), "{status} {body}");
        }
        // An outage is often of a part of Discord: the others need not wait for it.
        for (status, body) in [(200, json!([])), (502, Value::Null), (500, code(0)), (403, code(50013)), (404, code(0))] {
            assert_eq!(silence(status, &body), None, "{status} {body}");
        }
    }

    #[test]
    fn a_limit_is_a_routes_everybodys_or_the_edges() {
        let own = |body: Value, retry_after: Option<u64>, global: bool, limits: bool| {
            Seen { status: 429, body: &body, retry_after: retry_after.map(Duration::from_secs), global, limits }.verdict()
        };
        let secs = Duration::from_secs;
        let half = Duration::from_millis(1500);
        let told = Verdict::Silence(Silence::Told(half));
        assert_eq!(own(json!({ "retry_after": 1.5, "global": false }), Some(2), false, true), Verdict::Wait(Some(half)));
        assert_eq!(own(json!({ "retry_after": 1.5, "global": true }), None, false, false), told);
        assert_eq!(own(json!({ "retry_after": 1.5 }), None, true, false), told);
        assert_eq!(own(json!({ "retry_after": 1e30 }), None, false, false), Verdict::Wait(Some(secs(86_400))));
        // Discord's own without the wait in its body: the header says it, and the scope whom it is for.
        let words = || json!({ "message": "You are being rate limited.", "global": false });
        assert_eq!(own(words(), Some(7), false, true), Verdict::Wait(Some(secs(7))));
        assert_eq!(own(words(), Some(7), false, false), Verdict::Wait(Some(secs(7))));
        assert_eq!(own(words(), None, false, true), Verdict::Wait(Some(UNTOLD)));
        assert_eq!(own(words(), Some(7), true, true), Verdict::Silence(Silence::Told(secs(7))));
        assert_eq!(own(json!({ "message": "…", "code": 20028 }), Some(9), false, false), Verdict::Wait(Some(secs(9))));
        assert_eq!(own(Value::Null, Some(7), false, true), Verdict::Wait(Some(secs(7))), "its headers are Discord's");
        // The limit of old messages is not that of their route.
        assert_eq!(own(json!({ "code": 30046, "retry_after": 1200 }), None, false, true), Verdict::TooOld(secs(1200)));
        for (retry_after, least) in [(None, 60), (Some(5), 60), (Some(120), 120)] {
            let expected = Verdict::Silence(Silence::Ban(secs(least)));
            for body in [Value::Null, json!({ "retry_after": -1 }), json!({ "error_code": 1015 }), json!({ "code": 40333 })] {
                assert_eq!(own(body.clone(), retry_after, false, false), expected, "{body}");
            }
        }
    }

    #[test]
    fn a_wait_is_a_number_or_a_date_and_nothing_else() {
        let now: Timestamp = "2026-11-27T17:00:00Z".parse().expect("an instant");
        let secs = |seconds| Some(Duration::from_secs(seconds));
        for (text, expected) in [
            ("7", secs(7)),
            (" 0.5 ", Some(Duration::from_millis(500))),
            ("0", secs(0)),
            ("99999999999", secs(86_400)),
            ("Fri, 27 Nov 2026 17:02:00 GMT", secs(120)),
            ("Fri, 27 Nov 2026 16:00:00 GMT", None),
            ("Wed, 27 Nov 2999 17:00:00 GMT", secs(86_400)),
            ("-5", None),
            ("NaN", None),
            ("inf", None),
            ("1e999", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(retry_after(text, now), expected, "{text:?}");
        }
    }
}
