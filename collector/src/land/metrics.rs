//! `GET /metrics` and `GET /healthz` of a lander, on a loopback address. The numbers are about nobody.

use super::LandError;
use super::counts::LandCounts;
use crate::telemetry::metrics::exposition::{KIND, Text};
use axum::Router;
use axum::http::header;
use axum::routing::get;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::net::TcpListener;

/// Serves on `address` until it is dropped. Returns the address, whose port is not 0.
pub(super) async fn serve(
    address: SocketAddr,
    counts: Arc<LandCounts>,
) -> Result<(SocketAddr, impl Future<Output = ()>), LandError> {
    if !address.ip().is_loopback() {
        return Err(LandError::NotLoopback(address));
    }
    let failed = |error| LandError::Listen { address, error };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    let metrics =
        get(async move || ([(header::CONTENT_TYPE, KIND), (header::CACHE_CONTROL, "no-store")], text(&counts)));
    let router = Router::new().route("/metrics", metrics).route("/healthz", get(async || "{\"status\":\"alive\"}"));
    let serving = async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "the metrics are no longer served");
        }
    };
    Ok((bound, serving))
}

fn text(counts: &LandCounts) -> String {
    let mut text = Text::default();
    let counters: [(&'static str, &str, &AtomicU64); 6] = [
        ("waymark_land_events_total", "Events that were inserted, with those that came again.", &counts.events),
        ("waymark_land_deliveries_total", "Reports about tabs that were inserted.", &counts.deliveries),
        ("waymark_land_erasures_total", "Erasures that were noted.", &counts.erasures),
        ("waymark_land_erased_total", "Events of erased users that were dropped.", &counts.erased),
        ("waymark_land_failures_total", "Attempts to land a block that failed.", &counts.failures),
        ("waymark_land_commit_failures_total", "Commits of offsets that failed.", &counts.commit_failures),
    ];
    for (name, help, counter) in counters {
        text.counter(name, help);
        text.sample(&[], counter.load(Ordering::Relaxed) as f64);
    }
    text.counter("waymark_land_rejected_total", "Messages that cannot be landed, by the reason.");
    for (reason, counter) in [("unreadable", &counts.unreadable), ("refused", &counts.refused)] {
        text.sample(&[("reason", reason)], counter.load(Ordering::Relaxed) as f64);
    }
    text.histogram("waymark_land_insert_seconds", "How long the store took for each block.");
    counts.inserts.write(&[], &mut text);
    text.histogram("waymark_land_delay_seconds", "How old the newest event of each block was when it was landed.");
    counts.delays.write(&[], &mut text);
    text.gauge("waymark_land_lag", "Messages of the lander's partitions that are not landed yet.");
    for ((topic, partition), lag) in counts.lag() {
        text.sample(&[("topic", &topic), ("partition", &partition.to_string())], lag as f64);
    }
    text.finish()
}
