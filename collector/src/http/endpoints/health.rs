//! For load balancers. `/healthz`: the process answers. `/readyz`: an event that came now would be stored.
//! They must not be merged: who is alive but not ready is to be waited for, not restarted.

use crate::app::Shared;
use crate::error::Rejection;
use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use std::time::Duration;

/// Who cannot write anything for this long is not ready.
const PATIENCE: Duration = Duration::from_secs(5);

pub(crate) async fn alive() -> Json<Value> {
    Json(json!({"status": "alive"}))
}

pub(crate) async fn ready(State(shared): State<Shared>) -> Result<Json<Value>, Rejection> {
    if *shared.ending.borrow() {
        return Err(Rejection::Ending);
    }
    if shared
        .disk
        .as_ref()
        .and_then(|disk| disk.free().ok())
        .is_some_and(|free| free < shared.rules.get().limits.disk_bytes)
    {
        return Err(Rejection::Disk);
    }
    tokio::time::timeout(PATIENCE, shared.writer.check()).await.map_err(|_| Rejection::Busy)??;
    let reading = shared.store.clone();
    let read = tokio::task::spawn_blocking(move || reading.newest(&Default::default(), 1)).await;
    match read {
        Ok(Ok(_)) => Ok(Json(json!({"status": "ready"}))),
        _ => Err(Rejection::Store),
    }
}
