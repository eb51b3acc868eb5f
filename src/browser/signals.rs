//! What the browser says of its user's wishes: Global Privacy Control and Do Not Track.

use super::bindings::{NAVIGATOR, member};
use crate::facts::Signals;

/// Reads them.
pub fn read() -> Signals {
    NAVIGATOR.with(|navigator| {
        let said = |name| member(navigator.as_ref(), name).ok();
        Signals {
            gpc: said("globalPrivacyControl").is_some_and(|on| on.is_truthy()),
            dnt: said("doNotTrack").and_then(|on| on.as_string()).as_deref() == Some("1"),
        }
    })
}
