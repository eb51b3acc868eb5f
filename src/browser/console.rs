//! The developer's console: each line once, for a wrong site key refuses every batch.

use super::bindings::console_warn;
use std::cell::RefCell;

thread_local! {
    static WARNED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Writes `waymark: message`, unless that was written before.
pub fn warn_once(message: &str) {
    write_once(String::from("waymark: ") + message);
}

/// Writes `waymark('command'): message`, unless that was written before.
pub fn warn_once_of(command: &str, message: &str) {
    write_once(["waymark('", command, "'): ", message].concat());
}

fn write_once(line: String) {
    let is_new = WARNED.with_borrow(|warned| !warned.contains(&line));
    if is_new {
        // A console that the page has replaced may throw.
        let _ = console_warn(&line);
        WARNED.with_borrow_mut(|warned| warned.push(line));
    }
}
