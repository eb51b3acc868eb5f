//! The privacy signals of the browser: Global Privacy Control and Do Not Track.

use super::bindings::{NAVIGATOR, NodeFunction};
use super::members::{member, prototype_function};
use crate::facts::Signals;
use wasm_bindgen::{JsCast, JsValue};

/// Reads the signals.
pub fn read() -> Signals {
    NAVIGATOR.with(|navigator| {
        let navigator: &JsValue = navigator.as_ref();
        // An extension may set the signal on `navigator` itself. A page must not hide the browser's own one there.
        let signal = |name| [own(navigator, name), member(navigator, name).ok()].into_iter().flatten();
        Signals {
            gpc: signal("globalPrivacyControl").any(|on| on.is_truthy()),
            dnt: signal("doNotTrack").any(|on| on.as_string().as_deref() == Some("1")),
        }
    })
}

/// What the browser says, past what stands in its place on this object. Browsers lack some signals: nothing is thrown
/// then, because this is asked at every event.
fn own(navigator: &JsValue, name: &str) -> Option<JsValue> {
    let getter: NodeFunction = prototype_function("Navigator", name)?.unchecked_into();
    getter.value_of(navigator, &JsValue::UNDEFINED).ok()?
}
