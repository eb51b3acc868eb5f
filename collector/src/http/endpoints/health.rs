//! Health checks for load balancers. `/healthz`: the process answers. `/readyz`: an event could be stored now. They
//! stay apart: a process that is alive but not ready must not be restarted.

use crate::app::SharedState;
use crate::error::Rejection;
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use std::time::Duration;

/// Longest time for a write of a collector that is ready.
const CHECK_TIMEOUT: Duration = Duration::from_secs(5);

pub(crate) async fn alive() -> Json<Value> {
    Json(json!({"status": "alive"}))
}

pub(crate) async fn ready(State(shared): State<SharedState>) -> Result<Json<Value>, Rejection> {
    if *shared.ending.borrow() {
        return Err(Rejection::ShuttingDown);
    }
    if shared
        .disk
        .as_ref()
        .and_then(|disk| disk.free().ok())
        .is_some_and(|free| free < shared.config.get().limits.disk_bytes)
    {
        return Err(Rejection::DiskFull);
    }
    tokio::time::timeout(CHECK_TIMEOUT, shared.writer.check()).await.map_err(|_| Rejection::Busy)??;
    if shared.writer.is_to_log() {
        return Ok(Json(json!({"status": "ready"})));
    }
    let reading = shared.store.clone();
    let read = tokio::task::spawn_blocking(move || reading.newest(&Default::default(), 1)).await;
    match read {
        Ok(Ok(_)) => Ok(Json(json!({"status": "ready"}))),
        _ => Err(Rejection::StoreFailed),
    }
}
