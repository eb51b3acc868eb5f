//! The system clock.

use std::time::{SystemTime, UNIX_EPOCH};

/// The time, epoch ms.
pub(crate) fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64)
}
