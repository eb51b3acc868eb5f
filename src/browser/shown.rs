//! What `inspect` shows: what the recorder holds, and of the browser's side what is stored there, and the last batches.

use super::bindings::Inspection;
use super::storage::{self, Area};
use super::transport;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::{JsCast, JsValue};

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

/// Adds the browser's side to the recorder's report.
pub fn complete(report: &JsValue) {
    let stored = storage::stored().into_iter();
    let stored: Vec<_> = stored.map(|one| Entry { key: one.name, area: name(one.area), value: one.value }).collect();
    let batches: Vec<_> = transport::batches().iter().map(|batch| shown_batch(batch)).collect();
    let report = report.unchecked_ref::<Inspection>();
    report.set_stored(&value_of(&stored));
    report.set_batches(&value_of(&batches));
}

fn value_of(list: &impl Serialize) -> JsValue {
    list.serialize(&Serializer::json_compatible()).unwrap_or_default()
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
