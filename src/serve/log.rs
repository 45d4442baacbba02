//! Sets up the log.

use tracing::{Level, Metadata};
use tracing_subscriber::filter::{EnvFilter, FilterExt, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt};

use crate::settings::{DEFAULT_FILTER, LogForm, Settings};

/// Libraries whose detailed logs contain tokens (in the URLs of requests, in whole frames). No filter
/// may enable more than their warnings.
const LEAKY: [&str; 8] = ["serenity", "reqwest", "hyper", "hyper_util", "h2", "tungstenite", "tokio_tungstenite", "rustls"];

/// The target of serenity's warnings that contain whole frames.
const LEAKIEST: &str = "serenity::gateway::ws";

fn is_leak(metadata: &Metadata<'_>) -> bool {
    let library = metadata.target().split("::").next().unwrap_or_default();
    let level = *metadata.level();
    (LEAKY.contains(&library) && level > Level::WARN) || (metadata.target().starts_with(LEAKIEST) && level > Level::ERROR)
}

/// Starts logging to standard error, including panics. Call it once per process.
pub fn start(settings: &Settings) {
    let filter = EnvFilter::try_new(&settings.log_filter).unwrap_or_else(|error| {
        eprintln!("kronikas: the log filter \"{}\" is malformed ({error}); logging as by default", settings.log_filter);
        EnvFilter::new(DEFAULT_FILTER)
    });
    let filter = filter.and(filter_fn(|metadata| !is_leak(metadata)));
    let layer = match settings.log {
        LogForm::Text => fmt::layer().with_writer(std::io::stderr).with_filter(filter).boxed(),
        LogForm::Json => fmt::layer().json().with_writer(std::io::stderr).with_filter(filter).boxed(),
    };
    if let Err(error) = tracing_subscriber::registry().with(layer).try_init() {
        eprintln!("kronikas: logging was started before: {error}");
    }
    crate::serve::panics::log();
}
