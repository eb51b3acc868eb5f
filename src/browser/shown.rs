//! What `inspect` shows of the browser's side: what is stored there, and the last batches.

use super::storage::{self, Area};
use super::transport;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

#[derive(Serialize)]
struct Shown {
    stored: Vec<Entry>,
    batches: Vec<Batch>,
}

#[derive(Serialize)]
struct Entry {
    key: String,
    #[serde(rename = "where")]
    area: &'static str,
    value: String,
}

/// Times are epoch ms; a status of 0 is that of a batch that is not answered.
#[derive(Serialize)]
struct Batch {
    sent: f64,
    status: u16,
    body: String,
    answer: String,
}

/// Reads it.
pub fn read() -> JsValue {
    let stored = storage::stored().into_iter();
    let batches = transport::batches();
    let shown = Shown {
        stored: stored.map(|one| Entry { key: one.name, area: name(one.area), value: one.value }).collect(),
        batches: batches.iter().map(|batch| shown_batch(batch)).collect(),
    };
    shown.serialize(&Serializer::json_compatible()).unwrap_or_default()
}

fn shown_batch(batch: &transport::Batch) -> Batch {
    let reply = batch.reply.borrow();
    Batch { sent: batch.sent_at as f64, status: reply.status, body: batch.body.clone(), answer: reply.body.clone() }
}

fn name(area: Area) -> &'static str {
    match area {
        Area::Memory => "memory",
        Area::Local => "localStorage",
        Area::Session => "sessionStorage",
        Area::Cookie => "cookie",
    }
}
