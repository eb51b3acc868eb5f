//! Lands in ClickHouse, as the configuration says.

use super::landing::Landing;
use super::run::{Lander, run};
use super::{LandCounts, LandError};
use crate::config::Config;
use crate::store::{ClickHouse, Delivery, ErasureNotice, LandedEvent, StoreError};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

impl Landing for ClickHouse {
    fn insert(&self, events: &[LandedEvent], token: &str) -> Result<(), StoreError> {
        ClickHouse::insert(self, events, token)
    }

    fn insert_deliveries(&self, deliveries: &[Delivery], token: &str) -> Result<(), StoreError> {
        ClickHouse::insert_deliveries(self, deliveries, token)
    }

    fn insert_erasures(&self, notices: &[ErasureNotice]) -> Result<(), StoreError> {
        ClickHouse::insert_erasures(self, notices)
    }

    fn apply_erasures(&self) -> Result<u64, StoreError> {
        ClickHouse::apply_erasures(self)
    }
}

/// Runs a lander until `shutdown` is ready, then ends it in order. `listen` is where metrics are served. `started` is
/// called with that address once messages are read.
///
/// # Errors
/// [`LandError`]: it cannot start.
pub(crate) async fn start(
    config: &Config,
    listen: Option<SocketAddr>,
    shutdown: impl Future<Output = ()> + Send + 'static,
    started: impl FnOnce(Option<SocketAddr>),
) -> Result<(), LandError> {
    let clickhouse = config.clickhouse.clone().ok_or(LandError::NotClustered)?;
    let lander = Lander { rows: clickhouse.batch_rows, wait: Duration::from_millis(clickhouse.batch_ms), listen };
    let opened = tokio::task::spawn_blocking(move || ClickHouse::open(&clickhouse)).await;
    let landing = Arc::new(opened.map_err(|_| LandError::Ended)??);
    let (end, ending) = watch::channel(false);
    tokio::spawn(async move {
        shutdown.await;
        end.send_replace(true);
    });
    run(config, lander, landing, Arc::<LandCounts>::default(), ending, started).await
}
