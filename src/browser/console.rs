//! Warnings on the developer's console. Each line is written once, because a mistake such as a wrong site key recurs
//! with every batch.

use super::bindings::console_warn;
use std::cell::RefCell;

thread_local! {
    static WARNED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Writes `waymark: message`, if it has not been written before.
pub fn warn_once(message: &str) {
    write_once(String::from("waymark: ") + message);
}

/// Writes `waymark('command'): message`, if it has not been written before.
pub fn warn_once_of(command: &str, message: &str) {
    write_once(["waymark('", command, "'): ", message].concat());
}

fn write_once(line: String) {
    let is_new = WARNED.with_borrow(|warned| !warned.contains(&line));
    if is_new {
        // The page may have replaced the console by one that throws.
        let _ = console_warn(&line);
        WARNED.with_borrow_mut(|warned| warned.push(line));
    }
}
