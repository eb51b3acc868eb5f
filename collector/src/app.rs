//! Shared application state of endpoints and jobs.

use crate::assets::Assets;
use crate::client::geoip::GeoIp;
use crate::client::rate_limit::RateLimiter;
use crate::ingest::live_feed::LiveFeed;
use crate::ingest::writer::Writer;
use crate::micro::Micro;
use crate::sinks::SinkStatus;
use crate::sites::active_config::{ConfigHandle, ReloadCounts};
use crate::sites::overlay_tokens::OverlayTokens;
use crate::store::Store;
use crate::store::disk::Disk;
use crate::telemetry::metrics::Metrics;
use crate::telemetry::security_log::SecurityLog;
use std::sync::Arc;
use tokio::sync::{Semaphore, watch};

pub(crate) type SharedState = Arc<AppState>;

/// The state.
pub(crate) struct AppState {
    pub(crate) config: ConfigHandle,
    pub(crate) rate_limiter: RateLimiter,
    pub(crate) reload_counts: ReloadCounts,
    /// Whether stored data is shown on a loopback listener of its own.
    pub(crate) is_admin_local: bool,
    pub(crate) geoip: Arc<GeoIp>,
    pub(crate) metrics: Arc<Metrics>,
    /// `None` for a store in memory.
    pub(crate) disk: Option<Disk>,
    pub(crate) security_log: Option<SecurityLog>,
    pub(crate) assets: Assets,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) writer: Writer,
    pub(crate) live_feed: LiveFeed,
    pub(crate) overlay_tokens: OverlayTokens,
    /// Of a collector for tests.
    pub(crate) micro: Option<Micro>,
    /// The sinks to which events are forwarded.
    pub(crate) sinks: Vec<SinkStatus>,
    /// Questions that may be answered at the same time.
    pub(crate) questions: Semaphore,
    /// Turns true at shutdown.
    pub(crate) ending: watch::Receiver<bool>,
}
