//! The privacy signals of the browser: Global Privacy Control and Do Not Track.

use super::bindings::{NAVIGATOR, member};
use crate::facts::Signals;

/// Reads the signals.
pub fn read() -> Signals {
    NAVIGATOR.with(|navigator| {
        // An extension may set the signal on `navigator` itself. A page must not hide the browser's own one there.
        let gpc = [navigator.global_privacy_control(), member(navigator.as_ref(), "globalPrivacyControl")];
        let dnt = [navigator.do_not_track(), member(navigator.as_ref(), "doNotTrack")];
        Signals {
            gpc: gpc.iter().flatten().any(|on| on.is_truthy()),
            dnt: dnt.iter().flatten().any(|on| on.as_string().as_deref() == Some("1")),
        }
    })
}
