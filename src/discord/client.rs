//! The HTTP client with which everything of ours reaches Discord.

use std::time::Duration;

use reqwest::redirect::Policy;

use super::{ServeError, network, redact};

/// How we introduce ourselves. Discord's reference demands `DiscordBot ($url, $versionNumber)` of
/// whoever calls its API, names the client library there, and lets anything follow; a request
/// without it may be blocked (error 40333). Both halves of this program say the same: this one and
/// the library's own.
pub const USER_AGENT: &str =
    concat!("DiscordBot (https://github.com/serenity-rs/serenity, 0.12.5) kronikas/", env!("CARGO_PKG_VERSION"));

/// How long a connection to the REST interface may take to open.
const CONNECT: Duration = Duration::from_secs(3);

/// How long a request to the REST interface may take in all. serenity sets no limit of its own: a
/// server that accepts and stays silent would hold it for ever.
pub const REQUEST: Duration = Duration::from_secs(10);

/// A client whose requests take at most so long in all. It trusts what the gateway's connection
/// trusts, and goes through the proxy that the environment names.
///
/// # Errors
/// When the system gives it no means to encrypt.
pub fn client(request: Duration) -> Result<reqwest::Client, ServeError> {
    reqwest::Client::builder()
        .use_preconfigured_tls(network::tls()?)
        .user_agent(USER_AGENT)
        .connect_timeout(CONNECT)
        .timeout(request)
        // Discord redirects nobody. Whoever does stands in between, and a POST that is sent on
        // becomes a GET: better to see the redirection as what it is, no answer of Discord's.
        .redirect(Policy::none())
        .build()
        .map_err(|error| ServeError::Client(redact::error(&error)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_library_is_named_as_it_names_itself() {
        assert!(USER_AGENT.starts_with(serenity::constants::USER_AGENT), "{USER_AGENT}");
    }
}
