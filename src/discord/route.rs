//! The key of Discord's rate limits: the method, the path without ids, and the channel or guild at its
//! beginning.

use jiff::{SignedDuration, Timestamp};
use reqwest::Method;

/// A route, as Discord's rate limits distinguish them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Route {
    /// The method and the path without its ids, such as `GET /channels/{id}/messages`.
    pub template: String,
    /// The id of the channel or guild whose limit applies; 0 if there is none.
    pub major: u64,
    /// When the message in the path was sent, if the path names one.
    pub message: Option<Timestamp>,
}

/// Edits of messages older than this have their own limit.
const OLD: SignedDuration = SignedDuration::from_hours(1);
/// Discord's epoch, in milliseconds since 1970.
pub(super) const EPOCH: i64 = 1_420_070_400_000;

impl Route {
    /// The route of a request.
    pub(super) fn new(method: &Method, path: &str) -> Route {
        Route { template: format!("{method} {}", template(path)), major: major(path), message: message(path) }
    }
}

impl Route {
    /// Whether the path names a message that is old at `now`.
    pub(super) fn is_old(&self, now: Timestamp) -> bool {
        self.message.is_some_and(|sent| sent.duration_until(now) > OLD)
    }
}

/// A path without its ids and without an interaction's token.
fn template(path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    let has_token = path.starts_with("/interactions/") || path.starts_with("/webhooks/");
    let part = |(idx, part): (usize, &str)| match part {
        // The segment before the first slash is empty.
        _ if has_token && idx == 3 => "{token}".to_owned(),
        part if !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()) => "{id}".to_owned(),
        part => part.to_owned(),
    };
    path.split('/').enumerate().map(part).collect::<Vec<_>>().join("/")
}

/// Discord's rate limits count per channel or guild if a path begins with one; 0 otherwise.
fn major(path: &str) -> u64 {
    let mut parts = path.trim_start_matches('/').split(['/', '?']);
    match (parts.next(), parts.next()) {
        (Some("channels" | "guilds"), Some(id)) => id.parse().unwrap_or_default(),
        _ => 0,
    }
}

/// A message id contains the instant at which it was sent.
fn message(path: &str) -> Option<Timestamp> {
    let mut parts = path.trim_start_matches('/').split(['/', '?']);
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some("channels"), Some(_), Some("messages"), Some(id)) => {
            let sent = i64::try_from(id.parse::<u64>().ok()? >> 22).ok()?;
            Timestamp::from_millisecond(EPOCH + sent).ok()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_lose_their_ids_but_for_the_first() {
        let route = |path: &str| {
            let route = Route::new(&Method::GET, path);
            (route.template, route.major)
        };
        assert_eq!(route("/channels/123/messages?after=4"), ("GET /channels/{id}/messages".to_owned(), 123));
        assert_eq!(route("/channels/123"), ("GET /channels/{id}".to_owned(), 123));
        assert_eq!(route("/guilds/7/members/9"), ("GET /guilds/{id}/members/{id}".to_owned(), 7));
        assert_eq!(route("/users/@me/channels"), ("GET /users/@me/channels".to_owned(), 0));
        assert_eq!(route("/gateway"), ("GET /gateway".to_owned(), 0));
        // From Discord's reference: an id of 2016-04-30 11:18:25.796 UTC.
        let edit = Route::new(&Method::PATCH, "/channels/123/messages/175928847299117063");
        let sent: Timestamp = "2016-04-30T11:18:25.796Z".parse().expect("an instant");
        assert_eq!(edit.message, Some(sent));
        assert!(!edit.is_old(sent + OLD) && edit.is_old(sent + OLD + SignedDuration::from_millis(1)));
        assert_eq!(Route::new(&Method::GET, "/channels/123/messages?after=4").message, None);
        for (path, template) in [
            ("/interactions/5/aW50ZXJh/callback", "GET /interactions/{id}/{token}/callback"),
            ("/webhooks/5/aW50ZXJh", "GET /webhooks/{id}/{token}"),
            ("/webhooks/5/12345/messages/@original", "GET /webhooks/{id}/{token}/messages/@original"),
        ] {
            assert_eq!(route(path), (template.to_owned(), 0));
        }
    }
}
