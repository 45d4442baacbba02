//! Accepts connections; unlike a ready-made server it can cut one in place of an answer.

use std::sync::Arc;

use axum::body::Body;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

use super::rest;
use super::state::Shared;

/// Listens until dropped or stopped.
pub struct Server(JoinHandle<()>);

impl Server {
    pub fn start(listener: TcpListener, shared: Arc<Shared>) -> Server {
        Server(tokio::spawn(async move {
            // Dropped with the task, and every connection with it.
            let mut connections = JoinSet::new();
            loop {
                while connections.try_join_next().is_some() {}
                let Ok((stream, _)) = listener.accept().await else { continue };
                // Small answers must not wait for each other.
                let _ = stream.set_nodelay(true);
                let shared = shared.clone();
                connections.spawn(async move {
                    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
                        rest::handle(shared.clone(), request.map(Body::new))
                    });
                    // An error is a client that went away, or a cut.
                    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).with_upgrades().await;
                });
            }
        }))
    }

    /// Stops listening; returns when the port is free.
    pub async fn stop(mut self) {
        self.0.abort();
        let _ = (&mut self.0).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.0.abort();
    }
}
