//! Health and metrics over HTTP, for monitoring; off unless an address is set.
//!
//! `/livez`: the deliverer checked for due posts within the last minute. `/readyz`: the store is
//! writable, the clock is right, the gateway is connected; otherwise 503 with one line per problem.
//! `/metrics`: in Prometheus' text format. None of them contains ids of guilds, channels or users.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use jiff::{SignedDuration, Timestamp};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing::{error, info};

use super::kept_running::Panics;
use crate::delivery::DeliveryHealth;
use crate::discord::{Bot, GatewayStatus};

/// How long ago the last check for due posts may be.
const ALIVE: SignedDuration = SignedDuration::from_secs(60);

/// What health and metrics are computed from.
#[derive(Clone)]
struct Watched {
    bot: Arc<Bot>,
    gateway: Arc<GatewayStatus>,
    panics: Arc<Panics>,
    began: Timestamp,
    metrics: PrometheusHandle,
}

/// The metrics recorder, one per process.
fn recorder() -> PrometheusHandle {
    static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
    RECORDER
        .get_or_init(|| {
            let recorder = PrometheusBuilder::new().build_recorder();
            let handle = recorder.handle();
            if metrics::set_global_recorder(recorder).is_err() {
                error!("another metrics recorder is installed; /metrics stays empty");
            }
            handle
        })
        .clone()
}

/// Serves health and metrics until the task is aborted.
pub(super) async fn serve(address: SocketAddr, bot: Arc<Bot>, gateway: Arc<GatewayStatus>, panics: Arc<Panics>) {
    let watched = Watched { bot, gateway, panics, began: Timestamp::now(), metrics: recorder() };
    let app = Router::new()
        .route("/livez", get(live))
        .route("/readyz", get(ready))
        .route("/metrics", get(|State(watched): State<Watched>| async move { metrics(&watched).await }))
        .with_state(watched);
    match tokio::net::TcpListener::bind(address).await {
        Ok(listener) => {
            info!(%address, "serving health and metrics");
            if let Err(error) = axum::serve(listener, app).await {
                error!(%error, "the server of health and metrics failed");
            }
        }
        Err(error) => error!(%error, %address, "health and metrics cannot be served at this address; everything else continues"),
    }
}

async fn live(State(watched): State<Watched>) -> (StatusCode, String) {
    let now = Timestamp::now();
    let looked = watched.bot.services().and_then(|services| services.deliverer.status().last_look());
    // Without a store there are no posts to check; the process itself is alive.
    let last = looked.unwrap_or(if watched.bot.services().is_some() { watched.began } else { now });
    match last.duration_until(now) {
        ago if ago <= ALIVE => (StatusCode::OK, "alive\n".to_owned()),
        ago => (StatusCode::SERVICE_UNAVAILABLE, format!("no check for due posts for {} seconds\n", ago.as_secs())),
    }
}

async fn ready(State(watched): State<Watched>) -> (StatusCode, String) {
    let wrong = wrong(&watched).await;
    if wrong.is_empty() {
        (StatusCode::OK, "ready\n".to_owned())
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, wrong.join("\n") + "\n")
    }
}

async fn wrong(watched: &Watched) -> Vec<String> {
    let mut wrong = Vec::new();
    match watched.bot.services() {
        None => {
            let trouble = watched.bot.store_trouble();
            wrong.push(format!("store: {}", trouble.as_ref().map_or("it is being opened", |why| why.as_str())));
        }
        Some(services) => {
            let probed = services.store.probe().await;
            if let Err(error) = &probed {
                wrong.push(format!("store: {error}"));
            }
            let trouble = services.rooms.trouble();
            wrong.extend(trouble.iter().map(|trouble| format!("discord: {trouble}")));
            match services.deliverer.status().held() {
                DeliveryHealth::Nothing => {}
                DeliveryHealth::Unreachable(_) if trouble.is_some() => {}
                DeliveryHealth::Clock(skew) => wrong.push(format!(
                    "clock: differs from Discord's by {} seconds; nothing is posted until it is set",
                    skew.as_secs()
                )),
                DeliveryHealth::Unreachable(why) => wrong.push(format!("discord: {why}")),
                DeliveryHealth::Store(why) if probed.is_ok() => wrong.push(format!("store: {why}")),
                DeliveryHealth::Store(_) => {}
            }
        }
    }
    wrong.extend(watched.panics.lately(Timestamp::now()));
    if let Some(trouble) = watched.gateway.trouble() {
        wrong.extend(trouble.lines().map(|line| format!("gateway: {line}; commands are not answered, but posts continue")));
    }
    wrong
}

async fn metrics(watched: &Watched) -> String {
    metrics::gauge!("gateway_resumes").set(watched.gateway.resumes() as f64);
    metrics::gauge!("gateway_identifies").set(watched.gateway.identifies() as f64);
    metrics::gauge!("gateway_shards_connected").set(watched.gateway.live() as f64);
    metrics::gauge!("gateway_unreadable_events").set(watched.gateway.unreadable() as f64);
    if let Some(services) = watched.bot.services() {
        if let Some(skew) = services.deliverer.status().last_skew() {
            metrics::gauge!("clock_skew_seconds").set(skew.as_secs_f64());
        }
        if let Ok((open, held)) = services.store.backlog().await {
            metrics::gauge!("deliveries_due").set(open as f64);
            metrics::gauge!("deliveries_held").set(held as f64);
        }
    }
    watched.metrics.render()
}
