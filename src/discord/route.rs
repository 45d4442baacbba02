//! What Discord counts requests by: the method, the path without its ids, and the channel or guild
//! that it begins with.

use reqwest::Method;

/// A route of Discord's, as its limits see it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Route {
    /// The method and the path without its ids, such as `GET /channels/{id}/messages`.
    pub template: String,
    /// The id of the channel or guild whose limit it is; 0 where there is none.
    pub major: u64,
}

impl Route {
    /// The route of a request.
    pub fn new(method: &Method, path: &str) -> Route {
        Route { template: format!("{method} {}", template(path)), major: major(path) }
    }
}

/// A path without its ids.
pub fn template(path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    let part = |part: &str| {
        if part.bytes().all(|byte| byte.is_ascii_digit()) && !part.is_empty() { "{id}".to_owned() } else { part.to_owned() }
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// Discord's rate limits count per channel and per guild, if a path begins with one.
fn major(path: &str) -> u64 {
    let mut parts = path.trim_start_matches('/').split(['/', '?']);
    match (parts.next(), parts.next()) {
        (Some("channels" | "guilds"), Some(id)) => id.parse().unwrap_or_default(),
        _ => 0,
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
    }
}
