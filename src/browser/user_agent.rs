//! What the browser says of itself: the user-agent string and, where it has them, client hints.

use super::bindings::{NAVIGATOR, PageNavigator, member};
use crate::facts::{Brand, UserAgent};
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};

/// Reads them. What is missing, or what an extension has emptied, stays empty.
pub fn read() -> UserAgent {
    NAVIGATOR.with(|navigator| {
        let hints = hints(navigator).unwrap_or_default();
        UserAgent { text: navigator.user_agent().unwrap_or_default(), ..hints }
    })
}

fn hints(navigator: &PageNavigator) -> Option<UserAgent> {
    let hints = navigator.user_agent_data().ok().flatten()?;
    let brands = hints.brands().ok().filter(Array::is_array);
    let brands = brands.iter().flat_map(|brands| brands.unchecked_ref::<Array>().iter());
    Some(UserAgent {
        platform: hints.platform().ok().flatten().filter(|platform| !platform.is_empty()),
        is_mobile: Some(hints.mobile().ok().flatten().unwrap_or_default()),
        brands: brands.map(|brand| Brand { name: text(&brand, "brand"), version: text(&brand, "version") }).collect(),
        text: String::new(),
    })
}

fn text(brand: &JsValue, key: &str) -> String {
    member(brand, key).ok().and_then(|value| value.as_string()).unwrap_or_default()
}
