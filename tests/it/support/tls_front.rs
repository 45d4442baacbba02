//! TLS in front of the fake Discord, with a certificate of a private authority, and a proxy that
//! opens tunnels to it by CONNECT.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// The names that the certificate is for. None of them can be resolved.
pub const NAMES: [&str; 3] = ["discord.test", "gateway.discord.test", "localhost"];

/// Decrypts for a server behind it.
pub struct TlsFront {
    address: SocketAddr,
    folder: tempfile::TempDir,
    names: Arc<Mutex<Vec<String>>>,
    failed: Arc<AtomicUsize>,
}

impl TlsFront {
    /// Starts one before that address.
    pub async fn start(target: SocketAddr) -> TlsFront {
        let mut authority = CertificateParams::new(Vec::new()).expect("no names");
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority_key = KeyPair::generate().expect("a key");
        let root = authority.self_signed(&authority_key).expect("a root");
        let issuer = Issuer::new(authority, authority_key);
        let key = KeyPair::generate().expect("a key");
        let names: Vec<String> = NAMES.iter().map(|name| (*name).to_owned()).collect();
        let certificate = CertificateParams::new(names).expect("names").signed_by(&key, &issuer).expect("a certificate");
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("ca.pem"), root.pem()).expect("it is written");
        let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], private)
            .expect("a certificate and its key");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let seen = Arc::new(Mutex::new(Vec::new()));
        let names = seen.clone();
        let failed = Arc::new(AtomicUsize::new(0));
        let failures = failed.clone();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, names, failures) = (acceptor.clone(), names.clone(), failures.clone());
                tokio::spawn(async move {
                    // Whoever does not trust the certificate goes away again.
                    let Ok(mut inside) = acceptor.accept(stream).await else {
                        failures.fetch_add(1, Ordering::SeqCst);
                        return;
                    };
                    let name = inside.get_ref().1.server_name().unwrap_or_default().to_owned();
                    names.lock().expect("no panic").push(name);
                    let Ok(mut behind) = TcpStream::connect(target).await else { return };
                    let _ = copy_bidirectional(&mut inside, &mut behind).await;
                });
            }
        });
        TlsFront { address, folder, names: seen, failed }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The authority's certificate, for `SSL_CERT_FILE`.
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// How many handshakes failed, such as those of whoever does not trust the authority.
    pub fn failed(&self) -> usize {
        self.failed.load(Ordering::SeqCst)
    }

    /// Which names were asked for, a connection each.
    pub fn names(&self) -> Vec<String> {
        self.names.lock().expect("no panic").clone()
    }
}

/// Opens tunnels, all to one place whatever they are for.
pub struct Proxy {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// Starts one. With a password, whoever does not give it is refused.
    pub async fn start(target: SocketAddr, password: Option<&'static str>) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let seen = Arc::new(Mutex::new(Vec::new()));
        let asked = seen.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(tunnel(stream, target, password, asked.clone()));
            }
        });
        Proxy { address, asked: seen }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What tunnels were asked for, such as `discord.test:443`.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("no panic").clone()
    }
}

async fn tunnel(mut stream: TcpStream, target: SocketAddr, password: Option<&str>, asked: Arc<Mutex<Vec<String>>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) if head.len() < 8192 => head.push(byte),
            _ => return,
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let place = head.strip_prefix("CONNECT ").and_then(|rest| rest.split(' ').next()).unwrap_or("no CONNECT").to_owned();
    asked.lock().expect("no panic").push(place);
    let lower = head.to_lowercase();
    if password.is_some_and(|password| !lower.contains(&format!("proxy-authorization: basic {}", password.to_lowercase()))) {
        let _ = stream.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n").await;
        return;
    }
    let Ok(mut behind) = TcpStream::connect(target).await else { return };
    if stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.is_ok() {
        let _ = copy_bidirectional(&mut stream, &mut behind).await;
    }
}
