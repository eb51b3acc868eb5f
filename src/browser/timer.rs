//! The one timer: wakes the recorder when it asked to be woken.

use super::intake;
use crate::command::Input;
use gloo_timers::callback::Timeout;

/// The longest wait that browsers count right; beyond it they fire at once.
const LONGEST_MS: i64 = i32::MAX as i64;

/// A timer that is set, or not.
pub struct Timer(Option<Timeout>);

impl Timer {
    /// Not set.
    pub const fn new() -> Self {
        Timer(None)
    }

    /// Fires once in so many ms; what was set before does not.
    pub fn set(&mut self, in_ms: Option<i64>) {
        self.0 = in_ms.map(|in_ms| {
            Timeout::new(in_ms.clamp(0, LONGEST_MS) as u32, || {
                // A refusal says that there is no recorder any more.
                let _ = intake::take(Input::Woken);
            })
        });
    }
}
