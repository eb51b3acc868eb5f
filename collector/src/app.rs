//! What endpoints and jobs share.

use crate::assets::Assets;
use crate::client::geoip::Geo;
use crate::client::rate_limit::Pace;
use crate::ingest::live_feed::Live;
use crate::ingest::writer::Writer;
use crate::sites::active_config::{InForce, Readings};
use crate::store::Store;
use crate::store::disk::Disk;
use crate::telemetry::metrics::Metrics;
use crate::telemetry::security_log::SecurityLog;
use std::sync::Arc;
use tokio::sync::watch;

pub(crate) type Shared = Arc<State>;

/// What handlers share.
pub(crate) struct State {
    pub(crate) rules: InForce,
    pub(crate) pace: Pace,
    pub(crate) readings: Readings,
    /// Whether what is stored is shown on a loopback address of its own.
    pub(crate) apart: bool,
    pub(crate) geo: Arc<Geo>,
    pub(crate) metrics: Arc<Metrics>,
    /// None for a store in memory.
    pub(crate) disk: Option<Disk>,
    pub(crate) security: Option<SecurityLog>,
    pub(crate) assets: Assets,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) writer: Writer,
    pub(crate) live: Live,
    /// Turns true when the collector ends.
    pub(crate) ending: watch::Receiver<bool>,
}
