//! The developer's console: each line once, for a wrong site key refuses every batch.

use super::bindings::console_warn;
use std::cell::RefCell;

thread_local! {
    static WARNED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Writes `waymark: message`, unless that was written before.
pub fn warn_once(message: &str) {
    let is_new = WARNED.with_borrow_mut(|warned| {
        let is_new = !warned.iter().any(|before| before == message);
        if is_new {
            warned.push(message.to_owned());
        }
        is_new
    });
    if is_new {
        // A console that the page has replaced may throw.
        let _ = console_warn(&(String::from("waymark: ") + message));
    }
}
