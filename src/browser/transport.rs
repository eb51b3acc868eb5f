//! Sends batches and requests to erase, and has the browser send what is left should the page end without being told.

use super::bindings::{Abort, WINDOW, window_function};
use super::contain::spawn;
use super::request::{self, address_of, posting};
use super::signal::{self, Reply, Signal};
use super::{clock, compression, console};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use waymark_wire::forget::Forget;

/// What the browser is to send should the page end without being told costs as much as a request: little events alone.
const AT_UNLOAD_BYTES: usize = 8_000;
/// From this many bytes on compression is worth its work (docs/delivery.md).
const COMPRESSED_BYTES: usize = 2_000;
/// So many of the last batches are shown by `inspect`.
const SHOWN_BATCHES: usize = 5;

/// A batch as it was sent and answered.
#[derive(Debug)]
pub struct Batch {
    number: u32,
    /// When, epoch ms.
    pub sent_at: i64,
    /// What was sent.
    pub body: String,
    /// What the collector answered; nothing so far while that is missing.
    pub reply: RefCell<Reply>,
    has_left: Cell<bool>,
}

struct State {
    /// The last ones.
    batches: Vec<Rc<Batch>>,
    /// Those that leave once they are compressed.
    compressing: Vec<Rc<Batch>>,
    /// How many are not answered.
    unanswered: u32,
    /// Requests to erase, which wait for every answer: a batch must not arrive after them.
    erasures: Vec<String>,
    /// Takes back what the browser was given to send.
    at_unload: Option<Abort>,
}

thread_local! {
    static STATE: RefCell<State> = const {
        RefCell::new(State {
            batches: Vec::new(),
            compressing: Vec::new(),
            unanswered: 0,
            erasures: Vec::new(),
            at_unload: None,
        })
    };
}

/// The last batches, the oldest first.
pub fn batches() -> Vec<Rc<Batch>> {
    STATE.with_borrow(|state| state.batches.clone())
}

/// Sends a batch, and tells the answer by [`Signal::BatchResponse`]. A page that is `leaving` cannot wait until it is
/// compressed.
pub fn send(number: u32, body: String, leaving: bool) {
    cancel_at_unload();
    let batch =
        Rc::new(Batch { number, sent_at: clock::now(), body, reply: RefCell::default(), has_left: Cell::new(false) });
    STATE.with_borrow_mut(|state| {
        state.unanswered += 1;
        state.batches.push(Rc::clone(&batch));
        if state.batches.len() > SHOWN_BATCHES {
            state.batches.remove(0);
        }
    });
    let compressed = (!leaving && batch.body.len() > COMPRESSED_BYTES).then(|| compression::gzip(&batch.body));
    if let Some(Ok(compressed)) = compressed {
        STATE.with_borrow_mut(|state| state.compressing.push(Rc::clone(&batch)));
        spawn(async move { batch.depart(compressed.await.ok()) });
    } else {
        batch.depart(None);
    }
}

/// Sends what is being compressed as it is: the page may never run again.
pub fn send_uncompressed() {
    let waiting = STATE.with_borrow_mut(|state| std::mem::take(&mut state.compressing));
    for batch in waiting {
        batch.depart(None);
    }
}

impl Batch {
    fn depart(self: Rc<Self>, compressed: Option<JsValue>) {
        if self.has_left.replace(true) {
            return;
        }
        STATE.with_borrow_mut(|state| state.compressing.retain(|waiting| !Rc::ptr_eq(waiting, &self)));
        let body = compressed.unwrap_or_else(|| JsValue::from_str(&self.body));
        // The request begins now: a future that is spawned begins after everything else that the page does.
        let request = request::post("events", &body);
        spawn(async move {
            let reply = request::reply(request).await;
            self.reply.replace(reply.clone());
            STATE.with_borrow_mut(|state| state.unanswered -= 1);
            signal::tell(Signal::BatchResponse(self.number, reply));
            send_erasures();
        });
    }
}

/// Has the browser send `body` should the page end without being told, in place of what it was given before; nothing
/// where there is none, or it is too large.
pub fn send_at_unload(body: Option<&str>) {
    cancel_at_unload();
    let Some(body) = body.filter(|body| body.len() <= AT_UNLOAD_BYTES) else { return };
    let (Some(fetch_later), Ok(abort)) = (window_function("fetchLater"), Abort::new()) else { return };
    let options = posting(&JsValue::from_str(body));
    let (Some(address), Ok(signal)) = (address_of("events"), abort.signal()) else { return };
    options.set_signal(Some(signal.unchecked_ref()));
    // A browser that has no room left for it throws.
    if WINDOW.with(|window| fetch_later.call2(window, &address.into(), &options)).is_ok() {
        STATE.with_borrow_mut(|state| state.at_unload = Some(abort));
    }
}

fn cancel_at_unload() {
    let given = STATE.with_borrow_mut(|state| state.at_unload.take());
    let _ = given.as_ref().map(Abort::abort);
}

/// Tells the collector of the user's state, and tells the answer by [`Signal::StateResponse`].
pub fn sync_state(number: u32, body: &str) {
    let request = request::post("state", &JsValue::from_str(body));
    spawn(async move {
        signal::tell(Signal::StateResponse(number, request::reply(request).await));
    });
}

/// Asks the collector to erase what it has, once every batch on its way has been answered. The last batches are
/// forgotten here.
pub fn forget(forget: &Forget) {
    // Texts and numbers: nothing among them that JSON cannot hold.
    let Ok(body) = serde_json::to_string(forget) else { return };
    STATE.with_borrow_mut(|state| {
        state.batches.clear();
        state.erasures.push(body);
    });
    send_erasures();
}

fn send_erasures() {
    let due = STATE.with_borrow_mut(|state| match state.unanswered {
        0 => std::mem::take(&mut state.erasures),
        _ => Vec::new(),
    });
    for body in due {
        let request = request::post("forget", &body.into());
        spawn(async move {
            match request::reply(request).await.status {
                200..=299 => {}
                0 => {
                    console::warn_once("the collector cannot be reached: what it has is not erased; call forget again")
                }
                _ => console::warn_once("the collector did not erase what it has: ask its operator"),
            }
        });
    }
}
