//! The time as epoch ms, from a monotonic clock: the wall clock at the first reading, plus the time that has passed
//! since then by `performance.now`. A change of the system's clock does not move it.

use super::bindings::{date_now, performance_now};
use std::cell::Cell;

/// The difference from which the wall clock is read again: the monotonic clock of some systems stops during sleep.
const SLEEP_MS: f64 = 60_000.0;

thread_local! {
    /// Epoch ms at which `performance.now` was 0.
    static ORIGIN: Cell<f64> = Cell::new(origin());
}

fn wall() -> f64 {
    date_now().unwrap_or_default()
}

/// `performance.now`. A page's replacement may return anything.
fn elapsed() -> Option<f64> {
    performance_now().ok().filter(|elapsed| elapsed.is_finite())
}

fn origin() -> f64 {
    wall() - elapsed().unwrap_or_default()
}

/// The time, epoch ms.
pub fn now() -> i64 {
    let now = elapsed().map_or_else(wall, |elapsed| ORIGIN.get() + elapsed);
    now.floor() as i64
}

/// Reads the wall clock again if the system has slept.
pub fn resync() {
    if wall() - now() as f64 > SLEEP_MS {
        ORIGIN.set(origin());
    }
}
