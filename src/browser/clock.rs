//! Epoch ms by a clock that nobody can set: where the wall clock stood when it was read first, and what has passed
//! since by `performance.now`.

use super::bindings::{date_now, performance_now};
use std::cell::Cell;

/// The monotonic clock stands still while some systems sleep: from this difference on the wall clock is read again.
const ASLEEP_MS: f64 = 60_000.0;

thread_local! {
    /// Epoch ms at which `performance.now` was 0.
    static ORIGIN: Cell<f64> = Cell::new(origin());
}

fn wall() -> f64 {
    date_now().unwrap_or_default()
}

/// What a page put in place of `performance.now` may give anything.
fn elapsed() -> Option<f64> {
    performance_now().ok().filter(|elapsed| elapsed.is_finite())
}

fn origin() -> f64 {
    wall() - elapsed().unwrap_or_default()
}

/// Epoch ms.
pub fn now() -> i64 {
    let now = elapsed().map_or_else(wall, |elapsed| ORIGIN.get() + elapsed);
    now.floor() as i64
}

/// Reads the wall clock again if the system has slept.
pub fn wake() {
    if wall() - now() as f64 > ASLEEP_MS {
        ORIGIN.set(origin());
    }
}
