//! Opens the store of collectors that keep their events in Kafka.

use super::open::open;
use super::{AppendEvents, ClickHouse, Cluster, IngestBatch, Receipt, Store, StoreError};
use crate::config;
use std::path::Path;
use std::sync::Arc;

/// Nothing is appended here: batches go to the log.
struct Nothing;

impl AppendEvents for Nothing {
    fn append(&self, _: &[IngestBatch]) -> Result<Vec<Receipt>, StoreError> {
        Err(StoreError::Interrupted)
    }

    fn check(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

/// What was landed, and beside it what changes in place, in the file `local`.
///
/// # Errors
/// [`StoreError`] with what mends it.
pub(crate) fn open_cluster(clickhouse: &config::ClickHouse, local: &Path) -> Result<Arc<dyn Store>, StoreError> {
    let events = Arc::new(ClickHouse::open(clickhouse)?);
    Ok(Arc::new(Cluster::new(Arc::new(Nothing), events, open(local)?)))
}
