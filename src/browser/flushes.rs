//! The page's flushes that wait for the collector.

use super::outcome::Pending;
use crate::call_error::FlushError;
use std::cell::RefCell;
use wasm_bindgen::JsValue;

thread_local! {
    static FLUSHES: RefCell<Vec<Pending>> = const { RefCell::new(Vec::new()) };
}

/// Adds a flush that waits.
pub fn add(flush: Pending) {
    FLUSHES.with_borrow_mut(|flushes| flushes.push(flush));
}

/// Takes all flushes that wait.
pub fn take() -> Vec<Pending> {
    FLUSHES.take()
}

/// Settles the flushes that wait: everything was acknowledged, or the reason why not.
pub fn settle(outcome: Result<(), FlushError>) {
    for flush in take() {
        flush.settle(outcome.map(|()| JsValue::UNDEFINED).map_err(Into::into));
    }
}
