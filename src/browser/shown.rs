//! The browser's part of the result of `inspect`: the stored entries and the last batches.

use super::bindings::Inspection;
use super::storage::{self, StoredIn};
use super::transport;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::{JsCast, JsValue};

#[derive(Serialize)]
struct Entry {
    key: String,
    #[serde(rename = "where")]
    stored_in: &'static str,
    value: String,
}

/// `sent` is epoch ms. `status` is 0 if there is no response.
#[derive(Serialize)]
struct Batch {
    sent: f64,
    status: u16,
    body: String,
    answer: String,
}

/// Adds the browser's part to the recorder's report.
pub fn complete(report: &JsValue) {
    let stored = storage::stored().into_iter();
    let stored: Vec<_> =
        stored.map(|one| Entry { key: one.name, stored_in: name(one.stored_in), value: one.value }).collect();
    let batches: Vec<_> = transport::batches().iter().map(|batch| shown_batch(batch)).collect();
    let report = report.unchecked_ref::<Inspection>();
    report.set_stored(&value_of(&stored));
    report.set_batches(&value_of(&batches));
}

fn value_of(list: &impl Serialize) -> JsValue {
    list.serialize(&Serializer::json_compatible()).unwrap_or_default()
}

fn shown_batch(batch: &transport::Batch) -> Batch {
    let response = batch.response.borrow();
    let (body, answer) = (batch.body.clone(), response.body.clone());
    Batch { sent: batch.sent_at as f64, status: response.status, body, answer }
}

fn name(stored_in: StoredIn) -> &'static str {
    match stored_in {
        StoredIn::Memory => "memory",
        StoredIn::Local => "localStorage",
        StoredIn::Session => "sessionStorage",
        StoredIn::Cookie => "cookie",
    }
}
