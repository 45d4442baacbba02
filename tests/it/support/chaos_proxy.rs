//! A proxy on loopback that can break what passes through it.
//!
//! The idea is that of crates.io's `chaosproxy` (break and restore the network) and of pg-boss's
//! half-open proxy (connections that stay and carry nothing).

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

/// What the network does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Network {
    Whole,
    /// Connections are refused, those there were are closed.
    Broken,
    /// Connections stay and are accepted, but nothing passes.
    HalfOpen,
    /// What the client sends arrives; no answer comes back.
    Mute,
}

/// A proxy in front of a server; it ends with the test.
pub struct ChaosProxy {
    address: SocketAddr,
    network: watch::Sender<Network>,
    /// How often the proxy listens or ceased to, so that breaking can be waited for.
    listening: watch::Receiver<bool>,
    task: JoinHandle<()>,
}

impl ChaosProxy {
    /// Starts a proxy in front of that address, on a free port.
    pub async fn start(target: SocketAddr) -> ChaosProxy {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a loopback port");
        let address = listener.local_addr().expect("an address");
        let (network, changes) = watch::channel(Network::Whole);
        let (listens, listening) = watch::channel(true);
        let task = tokio::spawn(run(listener, target, changes, listens));
        ChaosProxy { address, network, listening, task }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What goes into `DISCORD_API_URL`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Closes every connection and refuses new ones.
    pub async fn break_networking(&mut self) {
        self.network.send_replace(Network::Broken);
        self.listening.wait_for(|listening| !listening).await.expect("the proxy runs");
    }

    /// Lets everything pass again. Connections that carried nothing meanwhile are closed, as by a
    /// peer that has forgotten them.
    pub async fn restore_networking(&mut self) {
        self.network.send_replace(Network::Whole);
        self.listening.wait_for(|listening| *listening).await.expect("the proxy runs");
    }

    /// Keeps and accepts connections, but nothing passes.
    pub fn half_open(&self) {
        self.network.send_replace(Network::HalfOpen);
    }

    /// Lets requests through, and no answers.
    pub fn mute(&self) {
        self.network.send_replace(Network::Mute);
    }
}

impl Drop for ChaosProxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn run(listener: TcpListener, target: SocketAddr, mut network: watch::Receiver<Network>, listens: watch::Sender<bool>) {
    let address = listener.local_addr().expect("an address");
    let mut listener = Some(listener);
    let mut connections = JoinSet::new();
    loop {
        while connections.try_join_next().is_some() {}
        let now = *network.borrow_and_update();
        if now == Network::Broken {
            listener = None;
            connections.shutdown().await;
            listens.send_replace(false);
            if network.changed().await.is_err() {
                return;
            }
            continue;
        }
        let open = match &listener {
            Some(open) => open,
            None => listener.insert(TcpListener::bind(address).await.expect("the port is still free")),
        };
        listens.send_replace(true);
        tokio::select! {
            changed = network.changed() => if changed.is_err() { return },
            accepted = open.accept() => {
                let Ok((client, _)) = accepted else { continue };
                let network = network.clone();
                connections.spawn(async move {
                    let Ok(server) = TcpStream::connect(target).await else { return };
                    let _ = (client.set_nodelay(true), server.set_nodelay(true));
                    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
                    tokio::select! {
                        () = carry(from_client, to_server, network.clone(), &[Network::Whole, Network::Mute]) => {}
                        () = carry(from_server, to_client, network, &[Network::Whole]) => {}
                    }
                });
            }
        }
    }
}

/// Carries bytes one way while the network is one of `passing`. What arrives otherwise is lost, and
/// so is the connection once the network is whole again.
async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut network: watch::Receiver<Network>, passing: &[Network]) {
    let mut buffer = vec![0; 16 << 10];
    let mut lost = false;
    loop {
        tokio::select! {
            biased;
            changed = network.changed() => {
                if changed.is_err() || lost && *network.borrow_and_update() == Network::Whole {
                    return;
                }
            }
            read = from.read(&mut buffer) => {
                let Ok(read @ 1..) = read else { return };
                if !passing.contains(&*network.borrow()) {
                    lost = true;
                } else if to.write_all(&buffer[..read]).await.is_err() {
                    return;
                }
            }
        }
    }
}
