//! A sink that the configuration names, opened and ready to run.

use super::SinkCounts;
use crate::kafka::BrokersError;
use crate::store::StoreError;
use std::pin::Pin;
use std::sync::Arc;
use tokio::sync::watch;

/// Forwards to the sink until the receiver turns true.
type Run = Box<dyn FnOnce(watch::Receiver<bool>) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send>;

/// An opened sink.
pub(crate) struct SinkJob {
    pub(crate) status: SinkStatus,
    pub(crate) run: Run,
}

/// What is known of a sink while it runs.
#[derive(Clone)]
pub(crate) struct SinkStatus {
    /// Its name, which is that of its cursor.
    pub(crate) name: String,
    pub(crate) counts: Arc<SinkCounts>,
}

/// Why a configured sink cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SinkOpenError {
    /// The brokers cannot be used.
    #[error(transparent)]
    Brokers(#[from] BrokersError),
    /// The store keeps no notices for it.
    #[error(transparent)]
    Store(#[from] StoreError),
}
