//! Runs blocking reads of a store from async code.

use super::StoreError;
use std::sync::Arc;

/// Runs `read` on a thread for blocking work. `S` is a store, or one of its capabilities.
pub(crate) async fn reading<S, T, F>(store: &Arc<S>, read: F) -> Result<T, StoreError>
where
    S: Send + Sync + ?Sized + 'static,
    T: Send + 'static,
    F: FnOnce(&S) -> Result<T, StoreError> + Send + 'static,
{
    let store = Arc::clone(store);
    tokio::task::spawn_blocking(move || read(&*store)).await.unwrap_or(Err(StoreError::Interrupted))
}
