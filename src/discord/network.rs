//! TLS and proxy configuration, shared by REST and the gateway.

use std::sync::Arc;

use hyper_util::client::proxy::matcher::Matcher;
use rustls::{ClientConfig, RootCertStore};
use tracing::{debug, warn};

use super::DiscordError;
use crate::settings::Proxies;

/// Trusts Mozilla's built-in roots and the platform's. `SSL_CERT_FILE` and `SSL_CERT_DIR` replace the
/// platform's.
///
/// # Errors
/// If the TLS library rejects its own defaults.
pub fn tls() -> Result<ClientConfig, DiscordError> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let platform = rustls_native_certs::load_native_certs();
    for error in &platform.errors {
        warn!(%error, "could not read the trusted certificates; check SSL_CERT_FILE");
    }
    let (added, ignored) = roots.add_parsable_certificates(platform.certs);
    debug!(added, ignored, "certificates of the platform");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| DiscordError::Client(error.to_string()))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// Decides which proxy a connection uses, by the same rules as the REST client.
pub(super) fn proxies(proxies: &Proxies) -> Matcher {
    Matcher::builder()
        .all(proxies.all.clone())
        .http(proxies.http.clone())
        .https(proxies.https.clone())
        .no(proxies.except.clone())
        .build()
}
