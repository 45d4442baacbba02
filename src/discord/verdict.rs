//! What an answer means. Only Discord's own word is a verdict on what was sent: JSON with an error
//! code that means one. Between Discord and us stand Cloudflare, proxies and hotel networks, whose
//! pages say nothing about a channel or a post; they are waited out.

use std::time::Duration;

use serde_json::Value;

use super::codes::{self, Meaning};
use crate::store::Pause;

/// How long a 429 silences everybody that is not Discord's own, at least.
const BANNED: Duration = Duration::from_secs(60);
/// The same for any other answer that is not Discord's, and for Discord as a whole being overloaded.
const BLOCKED: Duration = Duration::from_secs(15);
/// How long a token that is refused is not tried again, at least.
const REFUSED: Duration = Duration::from_secs(60);

/// What an answer means for the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is done, and the answer can be read.
    Done,
    /// It may be done: the answer cannot be read, or Discord failed in the middle.
    InDoubt,
    /// The message is not there: somebody deleted it.
    Deleted,
    /// The channel takes nothing until somebody mends it.
    Closed(Pause),
    /// Discord refused what was sent, with this code.
    Refused(u64),
    /// It is not done. This route waits, so long if it was said.
    Wait(Option<Duration>),
    /// It is not done. Everybody waits.
    Silence(Silence),
}

/// Why everybody waits, and how long at least.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silence {
    /// Discord's own limit for all requests, to the letter.
    Told(Duration),
    /// Somebody before Discord answered in its place, or Discord is overloaded; longer when repeated.
    Edge(Duration),
    /// The token is refused; longer when repeated.
    Token(Duration),
}

/// What is known of an answer.
pub struct Seen<'a> {
    /// The status.
    pub status: u16,
    /// The body; null when it is no JSON.
    pub body: &'a Value,
    /// What its headers say to wait, if they say it.
    pub retry_after: Option<Duration>,
    /// Whether its headers call the limit everybody's.
    pub global: bool,
}

impl Seen<'_> {
    /// What it means.
    pub fn verdict(&self) -> Verdict {
        let code = self.body["code"].as_u64().unwrap_or_default();
        match self.status {
            // No content is an answer too, but one that cannot be read where content was wanted.
            200..=299 if self.body.is_object() || self.body.is_array() => Verdict::Done,
            200..=299 => Verdict::InDoubt,
            429 => self.limited(),
            // Nothing of ours is without a token; somebody in between may say so as well.
            401 if self.body.is_object() => Verdict::Silence(Silence::Token(REFUSED)),
            400..=499 if code != 0 => meant(code),
            // It may have got through before something broke.
            500..=599 => Verdict::InDoubt,
            // Discord's own, but no word about what was sent: “General error”.
            400..=499 if self.body["code"].is_u64() => Verdict::Wait(None),
            _ => Verdict::Silence(Silence::Edge(BLOCKED)),
        }
    }

    /// Why everybody waits, if that follows from it.
    pub fn silence(&self) -> Option<Silence> {
        match self.verdict() {
            Verdict::Silence(silence) => Some(silence),
            // A page in place of an answer: somebody in between answers everything like that.
            Verdict::InDoubt if self.status < 300 => Some(Silence::Edge(BLOCKED)),
            Verdict::InDoubt if codes::meaning(self.body["code"].as_u64().unwrap_or_default()) == Meaning::PassesForAll => {
                Some(Silence::Edge(BLOCKED))
            }
            _ => None,
        }
    }

    /// Whether it is Discord's own word, whatever it says.
    pub fn is_discords(&self) -> bool {
        self.silence().is_none() && (self.body.is_object() || self.body.is_array())
    }

    fn limited(&self) -> Verdict {
        let global = self.global || self.body["global"].as_bool() == Some(true);
        match self.body["retry_after"].as_f64().and_then(seconds) {
            Some(wait) if global => Verdict::Silence(Silence::Told(wait)),
            Some(wait) => Verdict::Wait(Some(wait)),
            // Discord's own limits always say it in their body: this one is of the whole address.
            None => Verdict::Silence(Silence::Edge(self.retry_after.unwrap_or_default().max(BANNED))),
        }
    }
}

/// What Discord's own error code means.
fn meant(code: u64) -> Verdict {
    match codes::meaning(code) {
        Meaning::Closed(pause) => Verdict::Closed(pause),
        Meaning::Passes => Verdict::Wait(None),
        Meaning::PassesForAll => Verdict::Silence(Silence::Edge(BLOCKED)),
        Meaning::Deleted => Verdict::Deleted,
        Meaning::Token => Verdict::Silence(Silence::Token(REFUSED)),
        Meaning::Refused => Verdict::Refused(code),
    }
}

/// Longer answers to "how long shall I wait" are cut to this, a day: no post may be later, and a
/// number beyond reason must not silence the bot for ever.
const LONGEST: f64 = 86_400.0;

/// A wait in seconds, as headers and bodies say it; none that is negative or no number.
pub fn seconds(number: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(number.min(LONGEST)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn verdict(status: u16, body: &Value) -> Verdict {
        Seen { status, body, retry_after: None, global: false }.verdict()
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
            (302, Value::Null, EDGE),
            (400, code(50035), Verdict::Refused(50035)),
            (400, code(0), Verdict::Wait(None)),
            (400, Value::Null, EDGE),
            (401, code(0), Verdict::Silence(Silence::Token(REFUSED))),
            (401, Value::Null, EDGE),
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
        let silence = |status: u16, body: &Value| Seen { status, body, retry_after: None, global: false }.silence();
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
        let own = |body: Value, retry_after: Option<u64>, global: bool| {
            Seen { status: 429, body: &body, retry_after: retry_after.map(Duration::from_secs), global }.verdict()
        };
        let half = Duration::from_millis(1500);
        assert_eq!(own(json!({ "retry_after": 1.5, "global": false }), Some(2), false), Verdict::Wait(Some(half)));
        assert_eq!(own(json!({ "retry_after": 1.5, "global": true }), None, false), Verdict::Silence(Silence::Told(half)));
        assert_eq!(own(json!({ "retry_after": 1.5 }), None, true), Verdict::Silence(Silence::Told(half)));
        let day = Duration::from_secs(86_400);
        assert_eq!(own(json!({ "retry_after": 1e30 }), None, false), Verdict::Wait(Some(day)));
        for (retry_after, least) in [(None, 60), (Some(5), 60), (Some(120), 120)] {
            let expected = Verdict::Silence(Silence::Edge(Duration::from_secs(least)));
            assert_eq!(own(Value::Null, retry_after, false), expected);
            assert_eq!(own(json!({ "retry_after": -1 }), retry_after, false), expected, "a wait that is none");
        }
    }
}
