//! The HTTP client for all our requests to Discord.

use std::time::Duration;

use reqwest::redirect::Policy;

use super::{DiscordError, network, redact};

/// The User-Agent of all requests. Discord's reference demands `DiscordBot ($url, $versionNumber)`,
/// optionally followed by anything, and may block a request without it (error 40333). We add the
/// library's name, and use the same text for serenity's requests.
pub const USER_AGENT: &str =
    concat!("DiscordBot (https://github.com/serenity-rs/serenity, 0.12.5) kronikas/", env!("CARGO_PKG_VERSION"));

/// How long opening a connection to the REST API may take.
const CONNECT: Duration = Duration::from_secs(3);

/// How long a REST request may take in all. serenity sets no limit, so a server that accepts the
/// connection and stays silent would block it forever.
pub const REQUEST: Duration = Duration::from_secs(10);

/// Creates a client with a time-out per request. It trusts the same certificates as the gateway
/// connection, and uses the proxy that the environment configures.
///
/// # Errors
/// If TLS cannot be initialised.
pub fn client(request: Duration) -> Result<reqwest::Client, DiscordError> {
    reqwest::Client::builder()
        .use_preconfigured_tls(network::tls()?)
        .user_agent(USER_AGENT)
        .connect_timeout(CONNECT)
        .timeout(request)
        // Discord never redirects, so a redirection comes from something in between. Following one would
        // turn a POST into a GET. We report it as a response that is not Discord's.
        .redirect(Policy::none())
        .build()
        .map_err(|error| DiscordError::Client(redact::error(&error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_is_named_as_it_names_itself() {
        assert!(USER_AGENT.starts_with(serenity::constants::USER_AGENT), "{USER_AGENT}");
    }
}
