//! The log, and what is counted besides.

pub mod health;
mod panics;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tracing::span::{Attributes, Id};
use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::filter::{EnvFilter, FilterExt, filter_fn};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

use crate::settings::{DEFAULT_FILTER, LogForm, Settings};

/// How often the gateway connection was taken up, counted from the library's own spans: it tells
/// nobody else when it resumes in a loop.
#[derive(Debug, Default)]
pub struct GatewayCounts {
    resumes: AtomicU64,
    identifies: AtomicU64,
}

impl GatewayCounts {
    /// Resumed sessions since the start.
    pub fn resumes(&self) -> u64 {
        self.resumes.load(Ordering::Relaxed)
    }

    /// New sessions since the start.
    pub fn identifies(&self) -> u64 {
        self.identifies.load(Ordering::Relaxed)
    }
}

/// Counts the spans that serenity 0.12.5 opens when it resumes or identifies.
struct Count(Arc<GatewayCounts>);

/// Whether a span is one that is counted. A test proves that these names are still opened.
fn counted(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && metadata.target() == "serenity::gateway::shard" && matches!(metadata.name(), "resume" | "identify")
}

impl<S: Subscriber> Layer<S> for Count {
    fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        match attributes.metadata().name() {
            "resume" => self.0.resumes.fetch_add(1, Ordering::Relaxed),
            "identify" => self.0.identifies.fetch_add(1, Ordering::Relaxed),
            _ => 0,
        };
    }
}

/// Libraries whose chatter holds tokens (in the addresses of requests, in whole frames), so that no
/// filter may ask for more of it than warnings.
const LEAKY: [&str; 8] = ["serenity", "reqwest", "hyper", "hyper_util", "h2", "tungstenite", "tokio_tungstenite", "rustls"];

fn is_leak(metadata: &Metadata<'_>) -> bool {
    let library = metadata.target().split("::").next().unwrap_or_default();
    LEAKY.contains(&library) && *metadata.level() > Level::WARN
}

/// Starts logging to standard error, of panics as well, and the counting; once per process.
pub fn start(settings: &Settings) -> Arc<GatewayCounts> {
    let counts = Arc::new(GatewayCounts::default());
    let filter = EnvFilter::try_new(&settings.log_filter).unwrap_or_else(|error| {
        eprintln!("kronikas: the log filter \"{}\" is malformed ({error}); logging as by default", settings.log_filter);
        EnvFilter::new(DEFAULT_FILTER)
    });
    let filter = filter.and(filter_fn(|metadata| !is_leak(metadata)));
    let layer = match settings.log {
        LogForm::Text => fmt::layer().with_writer(std::io::stderr).with_filter(filter).boxed(),
        LogForm::Json => fmt::layer().json().with_writer(std::io::stderr).with_filter(filter).boxed(),
    };
    let counting = Count(counts.clone()).with_filter(filter_fn(counted));
    if let Err(error) = tracing_subscriber::registry().with(layer).with(counting).try_init() {
        eprintln!("kronikas: logging was started before: {error}");
    }
    panics::log();
    counts
}
