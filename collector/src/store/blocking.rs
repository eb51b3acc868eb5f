//! Runs blocking reads of a store from async code.

use super::{Store, StoreError};
use std::sync::Arc;

/// Runs `read` on a thread for blocking work.
pub(crate) async fn reading<T, F>(store: &Arc<dyn Store>, read: F) -> Result<T, StoreError>
where
    T: Send + 'static,
    F: FnOnce(&dyn Store) -> Result<T, StoreError> + Send + 'static,
{
    let store = Arc::clone(store);
    tokio::task::spawn_blocking(move || read(&*store)).await.unwrap_or(Err(StoreError::Interrupted))
}
