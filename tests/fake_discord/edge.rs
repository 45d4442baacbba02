//! What stands before Discord: it turns away whoever does not introduce themselves, and at times
//! answers in Discord's place.

use axum::http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER, USER_AGENT};
use axum::http::{HeaderMap, StatusCode};

use super::rest::Refused;

/// An answer that is not Discord's own; nothing is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// That status and a page in HTML, as Cloudflare has for 403, 404, 429, 502, 520, and a hotel's
    /// network for 200.
    Html(u16),
    /// 403 with the one code of Discord's that is Cloudflare's.
    Blocked,
    /// 429 as a page in HTML, with the seconds to wait in `Retry-After` alone.
    Limited(u64),
    /// Sent elsewhere, with 302.
    Elsewhere,
}

/// What the edge says to somebody it blocks.
const BLOCKED: &str = r#"{"message": "internal network error", "code": 40333}"#;

impl Edge {
    /// Its status, headers and body.
    pub fn answer(self) -> (StatusCode, HeaderMap, String) {
        let mut headers = HeaderMap::new();
        let status = match self {
            Edge::Html(status) => status,
            Edge::Blocked => {
                headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
                return (StatusCode::FORBIDDEN, headers, BLOCKED.to_owned());
            }
            Edge::Limited(seconds) => {
                headers.insert(RETRY_AFTER, seconds.into());
                429
            }
            Edge::Elsewhere => {
                headers.insert("location", HeaderValue::from_static("/welcome"));
                302
            }
        };
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=UTF-8"));
        let page = format!("<!DOCTYPE html>\n<html><head><title>{status} | discord.com</title></head><body></body></html>");
        (StatusCode::from_u16(status).expect("a status"), headers, page)
    }
}

/// Whether a user agent is of the documented form, `DiscordBot ($url, $versionNumber)` and anything.
pub fn introduces_itself(headers: &HeaderMap) -> bool {
    let text = headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let inside = text.strip_prefix("DiscordBot (").and_then(|rest| rest.split_once(')')).map(|(inside, _)| inside);
    inside.and_then(|inside| inside.split_once(", ")).is_some_and(|(url, version)| {
        !url.is_empty() && !version.is_empty() && ![url, version].iter().any(|part| part.contains(char::is_whitespace))
    })
}

/// A body has to say what it is.
pub fn says_what_it_is(headers: &HeaderMap, empty: bool) -> Result<(), Refused> {
    let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let known = ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"];
    if empty || known.iter().any(|known| kind.starts_with(known)) {
        return Ok(());
    }
    Err(Refused::new(StatusCode::BAD_REQUEST, 50035, format!("Invalid Form Body: Content-Type {kind:?}")))
}
