//! The way out: which certificates are trusted, and which proxy is used. REST and the gateway share it.

use std::sync::Arc;

use hyper_util::client::proxy::matcher::Matcher;
use rustls::{ClientConfig, RootCertStore};
use tracing::{debug, warn};

use super::ServeError;
use crate::settings::Proxies;

/// Trusts Mozilla's roots, which are built in, and the platform's; `SSL_CERT_FILE` and
/// `SSL_CERT_DIR` name others in the platform's place.
///
/// # Errors
/// When the TLS library refuses its own defaults.
pub fn tls() -> Result<ClientConfig, ServeError> {
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
        .map_err(|error| ServeError::Client(error.to_string()))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// Says which proxy a connection goes through, by the rules that the REST client follows as well.
pub(super) fn proxies(proxies: &Proxies) -> Matcher {
    Matcher::builder()
        .all(proxies.all.clone())
        .http(proxies.http.clone())
        .https(proxies.https.clone())
        .no(proxies.except.clone())
        .build()
}
