//! The privacy signals of the browser: Global Privacy Control and Do Not Track.

use super::bindings::{NAVIGATOR, member};
use crate::facts::Signals;

/// Reads the signals.
pub fn read() -> Signals {
    NAVIGATOR.with(|navigator| {
        let value = |name| member(navigator.as_ref(), name).ok();
        Signals {
            gpc: value("globalPrivacyControl").is_some_and(|on| on.is_truthy()),
            dnt: value("doNotTrack").and_then(|on| on.as_string()).as_deref() == Some("1"),
        }
    })
}
