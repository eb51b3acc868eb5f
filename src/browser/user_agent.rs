//! The browser's description of itself: the user-agent string and, in Chromium, client hints.

use super::bindings::{NAVIGATOR, PageNavigator};
use super::members::member;
use crate::facts::{Brand, UserAgent};
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};

/// Reads both. A value that is missing, or that an extension has cleared, stays empty.
pub fn read() -> UserAgent {
    NAVIGATOR.with(|navigator| {
        let hints = hints(navigator).unwrap_or_default();
        UserAgent {
            text: navigator.user_agent().unwrap_or_default(),
            is_automated: member(navigator, "webdriver").is_ok_and(|is| is.is_truthy()),
            ..hints
        }
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
        is_automated: false,
    })
}

fn text(brand: &JsValue, key: &str) -> String {
    member(brand, key).ok().and_then(|value| value.as_string()).unwrap_or_default()
}
