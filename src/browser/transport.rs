//! Sends batches, state and requests to erase data, and hands the browser a batch to send if the page ends without
//! notice.

use super::bindings::{Abort, WINDOW};
use super::contain::spawn;
use super::members::window_function;
use super::request::{self, address_of, post_options};
use super::signal::{self, Response, Signal};
use super::{clock, compression, console};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use waymark_wire::forget::Forget;

/// The maximum size of a batch that the browser sends if the page ends without notice. The body is handed over again
/// with each change, so a larger one would cost too much.
const MAX_UNLOAD_BYTES: usize = 8_000;
/// The size from which a batch is compressed (docs/delivery.md).
const MIN_COMPRESSED_BYTES: usize = 2_000;
/// The number of last batches that `inspect` shows.
const SHOWN_BATCHES: usize = 5;

/// A batch that was sent.
#[derive(Debug)]
pub struct Batch {
    number: u32,
    /// The time of sending, epoch ms.
    pub sent_at: i64,
    /// The request's body, uncompressed.
    pub body: String,
    /// The response; the default before it arrives.
    pub response: RefCell<Response>,
    is_sent: Cell<bool>,
}

struct State {
    /// The last batches.
    batches: Vec<Rc<Batch>>,
    /// The batches that are being compressed.
    compressing: Vec<Rc<Batch>>,
    /// The number of batches without a response.
    in_flight: u32,
    /// Requests to erase data. They wait for the responses of all batches, because a batch must not arrive after them.
    erasures: Vec<String>,
    /// Cancels the batch that the browser sends if the page ends without notice.
    at_unload: Option<Abort>,
}

thread_local! {
    static STATE: RefCell<State> = const {
        RefCell::new(State {
            batches: Vec::new(),
            compressing: Vec::new(),
            in_flight: 0,
            erasures: Vec::new(),
            at_unload: None,
        })
    };
}

/// The last batches, oldest first.
pub fn batches() -> Vec<Rc<Batch>> {
    STATE.with_borrow(|state| state.batches.clone())
}

/// Sends a batch. [`Signal::BatchResponse`] reports the response. If the page `is_leaving`, the batch is sent
/// uncompressed, because compression takes too long.
pub fn send(number: u32, body: String, is_leaving: bool) {
    cancel_at_unload();
    let batch =
        Rc::new(Batch { number, sent_at: clock::now(), body, response: RefCell::default(), is_sent: Cell::new(false) });
    STATE.with_borrow_mut(|state| {
        state.in_flight += 1;
        state.batches.push(Rc::clone(&batch));
        if state.batches.len() > SHOWN_BATCHES {
            state.batches.remove(0);
        }
    });
    let compressed = (!is_leaving && batch.body.len() > MIN_COMPRESSED_BYTES).then(|| compression::gzip(&batch.body));
    if let Some(Ok(compressed)) = compressed {
        STATE.with_borrow_mut(|state| state.compressing.push(Rc::clone(&batch)));
        spawn(async move { batch.request(compressed.await.ok()) });
    } else {
        batch.request(None);
    }
}

/// Sends the batches that are being compressed uncompressed, because the page may never run again.
pub fn send_uncompressed() {
    let waiting = STATE.with_borrow_mut(|state| std::mem::take(&mut state.compressing));
    for batch in waiting {
        batch.request(None);
    }
}

impl Batch {
    fn request(self: Rc<Self>, compressed: Option<JsValue>) {
        if self.is_sent.replace(true) {
            return;
        }
        STATE.with_borrow_mut(|state| state.compressing.retain(|waiting| !Rc::ptr_eq(waiting, &self)));
        let body = compressed.unwrap_or_else(|| JsValue::from_str(&self.body));
        // The request begins here, not in the spawned future, which runs after the page's current task.
        let request = request::post("events", &body);
        spawn(async move {
            let response = request::response(request).await;
            self.response.replace(response.clone());
            STATE.with_borrow_mut(|state| state.in_flight -= 1);
            signal::report(Signal::BatchResponse(self.number, response));
            send_erasures();
        });
    }
}

/// Asks the browser to send `body` if the page ends without notice, in place of an earlier body. Without a body, or
/// with one that is too large, the browser sends nothing.
pub fn send_at_unload(body: Option<&str>) {
    cancel_at_unload();
    let Some(body) = body.filter(|body| body.len() <= MAX_UNLOAD_BYTES) else { return };
    let (Some(fetch_later), Ok(abort)) = (window_function("fetchLater"), Abort::new()) else { return };
    let options = post_options(&JsValue::from_str(body));
    let (Some(address), Ok(signal)) = (address_of("events"), abort.signal()) else { return };
    options.set_signal(Some(signal.unchecked_ref()));
    // The browser throws if its quota is used up.
    if WINDOW.with(|window| fetch_later.call2(window, &address.into(), &options)).is_ok() {
        STATE.with_borrow_mut(|state| state.at_unload = Some(abort));
    }
}

fn cancel_at_unload() {
    let pending = STATE.with_borrow_mut(|state| state.at_unload.take());
    let _ = pending.as_ref().map(Abort::abort);
}

/// Sends the user's state to the collector. [`Signal::StateResponse`] reports the response.
pub fn sync_state(number: u32, body: &str) {
    let request = request::post("state", &JsValue::from_str(body));
    spawn(async move {
        signal::report(Signal::StateResponse(number, request::response(request).await));
    });
}

/// Asks the collector to erase the user's data, when all batches in flight have a response. Discards the last batches.
pub fn forget(forget: &Forget) {
    // The request consists of texts, which JSON can always hold.
    let Ok(body) = serde_json::to_string(forget) else { return };
    STATE.with_borrow_mut(|state| {
        state.batches.clear();
        state.erasures.push(body);
    });
    send_erasures();
}

fn send_erasures() {
    let due = STATE.with_borrow_mut(|state| match state.in_flight {
        0 => std::mem::take(&mut state.erasures),
        _ => Vec::new(),
    });
    for body in due {
        let request = request::post("forget", &body.into());
        spawn(async move {
            match request::response(request).await.status {
                200..=299 => {}
                0 => console::warn_once("the collector cannot be reached and has erased nothing: call forget again"),
                _ => console::warn_once("the collector has not erased the data: ask its operator"),
            }
        });
    }
}
