//! Connects to Discord's gateway: TCP, through a proxy if one is configured, TLS, WebSocket.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::TokioIo;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_tungstenite::tungstenite::http::Uri;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};
use tower_service::Service;

/// How long one address may take to accept the connection, and how long the whole dial may take.
const CONNECT: Duration = Duration::from_secs(5);
const IN_ALL: Duration = Duration::from_secs(20);
/// The largest message to accept. Discord sends us messages of a few kilobytes; a large server with all
/// its channels takes a megabyte or two.
const LARGEST: usize = 16 << 20;

/// A stream to the gateway. It is unencrypted only in tests and behind the operator's own relay.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

pub(super) type Socket = WebSocketStream<Box<dyn Stream>>;

/// Opens connections to the gateway, through a proxy if one is configured.
pub(super) struct Dialer {
    tls: TlsConnector,
    proxies: Matcher,
}

/// Why the connection failed. Contains no secrets, such as a proxy's password.
#[derive(Debug, thiserror::Error)]
pub(super) enum DialError {
    /// The address is invalid.
    #[error("{0} is not a gateway address")]
    Address(String),
    /// No connection to the gateway or to the proxy.
    #[error("no connection to {to}{by}: {why}")]
    Connect {
        to: String,
        /// The proxy, if one was used.
        by: Through,
        why: String,
    },
    /// The certificate is not trusted, or the peer does not use TLS.
    #[error(
        "no encrypted connection to {0}: {1}. If a proxy of your network decrypts connections, set SSL_CERT_FILE to its certificate"
    )]
    Tls(String, std::io::Error),
    /// The peer is not a gateway, or refuses temporarily.
    #[error("{0} does not respond like a gateway: {1}")]
    Handshake(String, String),
    /// The time-out expired.
    #[error("{0} did not respond within {1} seconds")]
    TimedOut(String, u64),
}

/// A proxy for error messages; prints as nothing if there is none.
#[derive(Debug)]
pub(super) struct Through(Option<String>);

impl fmt::Display for Through {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(proxy) => write!(f, " through the proxy {proxy}"),
            None => Ok(()),
        }
    }
}

impl Dialer {
    /// Creates a dialer with the certificates of `tls` and the proxies of `proxies`.
    pub(super) fn new(tls: ClientConfig, proxies: Matcher) -> Dialer {
        Dialer { tls: TlsConnector::from(Arc::new(tls)), proxies }
    }

    /// Connects to a gateway address, such as `wss://gateway.discord.gg`.
    ///
    /// # Errors
    /// See [`DialError`].
    pub(super) async fn dial(&self, address: &str) -> Result<Socket, DialError> {
        let target = DialTarget::of(address).ok_or_else(|| DialError::Address(address.to_owned()))?;
        match tokio::time::timeout(IN_ALL, self.connect(&target)).await {
            Ok(socket) => socket,
            Err(_) => Err(DialError::TimedOut(target.host, IN_ALL.as_secs())),
        }
    }

    async fn connect(&self, target: &DialTarget) -> Result<Socket, DialError> {
        let tcp = self.tcp(target).await?;
        let stream: Box<dyn Stream> = if target.encrypted {
            let name = ServerName::try_from(target.host.clone()).map_err(|_| DialError::Address(target.host.clone()))?;
            let tls = self.tls.connect(name, tcp).await;
            Box::new(tls.map_err(|error| DialError::Tls(target.host.clone(), error))?)
        } else {
            Box::new(tcp)
        };
        let config = WebSocketConfig::default().max_message_size(Some(LARGEST)).max_frame_size(Some(LARGEST));
        let (socket, _) = client_async_with_config(target.request.clone(), stream, Some(config))
            .await
            .map_err(|error| DialError::Handshake(target.host.clone(), error.to_string()))?;
        Ok(socket)
    }

    async fn tcp(&self, target: &DialTarget) -> Result<TcpStream, DialError> {
        let mut direct = HttpConnector::new();
        direct.enforce_http(false);
        direct.set_nodelay(true);
        direct.set_connect_timeout(Some(CONNECT));
        let failed = |by: Option<String>, error: &dyn std::error::Error| DialError::Connect {
            to: target.host.clone(),
            by: Through(by),
            why: chain(error),
        };
        let Some(proxy) = self.proxies.intercept(&target.uri) else {
            let stream = direct.call(target.uri.clone()).await.map_err(|error| failed(None, &error))?;
            return Ok(stream.into_inner());
        };
        let mut tunnel = Tunnel::new(proxy.uri().clone(), direct);
        if let Some(password) = proxy.basic_auth() {
            tunnel = tunnel.with_auth(password.clone());
        }
        let host = proxy.uri().host().map(str::to_owned);
        let stream: TokioIo<TcpStream> = tunnel.call(target.uri.clone()).await.map_err(|error| failed(host, &error))?;
        Ok(stream.into_inner())
    }
}

/// Formats an error and its causes on one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut said = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        said.push_str(": ");
        said.push_str(&error.to_string());
        cause = error.source();
    }
    said
}

/// A parsed gateway address.
struct DialTarget {
    host: String,
    encrypted: bool,
    /// As http or https with a port, for connectors and proxies.
    uri: Uri,
    /// As ws or wss, with the version and encoding as query.
    request: Uri,
}

impl DialTarget {
    fn of(address: &str) -> Option<DialTarget> {
        let uri: Uri = address.parse().ok()?;
        let encrypted = match uri.scheme_str()? {
            "wss" => true,
            "ws" => false,
            _ => return None,
        };
        // IPv6 addresses have brackets only in URLs.
        let host = uri.host()?.trim_matches(['[', ']']).to_owned();
        let port = uri.port_u16().unwrap_or(if encrypted { 443 } else { 80 });
        let place = format!("{}:{port}", uri.host()?);
        let scheme = if encrypted { "https" } else { "http" };
        let path = uri.path().trim_end_matches('/');
        Some(DialTarget {
            host,
            encrypted,
            uri: format!("{scheme}://{place}/").parse().ok()?,
            request: format!("{}://{}{path}/?v=10&encoding=json", uri.scheme_str()?, uri.authority()?.as_str()).parse().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::DialTarget;

    #[test]
    fn addresses_are_taken_apart() {
        let target = DialTarget::of("wss://gateway-us-east1-b.discord.gg").expect("an address");
        assert_eq!((target.host.as_str(), target.encrypted), ("gateway-us-east1-b.discord.gg", true));
        assert_eq!(target.uri, "https://gateway-us-east1-b.discord.gg:443/");
        assert_eq!(target.request, "wss://gateway-us-east1-b.discord.gg/?v=10&encoding=json");
        let target = DialTarget::of("ws://[::1]:8080/here/").expect("an address");
        assert_eq!((target.host.as_str(), target.encrypted), ("::1", false));
        assert_eq!(target.request, "ws://[::1]:8080/here/?v=10&encoding=json");
        for wrong in ["", "gateway.discord.gg", "https://discord.com", "wss://"] {
            assert!(DialTarget::of(wrong).is_none(), "{wrong}");
        }
    }
}
