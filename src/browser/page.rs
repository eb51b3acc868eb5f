//! What the browser says of itself and of the page.

use crate::agent::Agent;
use crate::context::Page;
use wasm_bindgen::prelude::*;
use waymark_wire::{Location, Screen};

mod glue {
    use super::*;

    #[wasm_bindgen(module = "/src/browser/glue.js")]
    extern "C" {
        pub fn agent() -> String;
        pub fn cookie(name: &str) -> Option<String>;
        pub fn variable(path: &str) -> Option<String>;
    }

    #[wasm_bindgen]
    extern "C" {
        #[wasm_bindgen(js_namespace = console)]
        pub fn warn(message: &str);
    }
}

/// The page as it is now, in the viewport that is known already.
pub fn page(screen: Screen) -> Page {
    let Some(window) = web_sys::window() else { return Page::default() };
    let location = window.location();
    Page {
        location: Location {
            protocol: location.protocol().unwrap_or_default(),
            hostname: location.hostname().unwrap_or_default(),
            pathname: location.pathname().unwrap_or_default(),
        },
        title: window.document().map(|document| document.title()).unwrap_or_default(),
        screen,
        timezone: js_sys::Date::new_0().get_timezone_offset() as i32,
        is_iframe: window.parent().ok().flatten().is_some_and(|parent| parent != window),
    }
}

/// The viewport. Asking for it can make the browser lay the page out: only at the start and when it changed.
pub fn screen() -> Screen {
    let Some(window) = web_sys::window() else { return Screen::default() };
    let pixels = |side: Result<JsValue, JsValue>| side.ok().and_then(|side| side.as_f64()).unwrap_or_default() as u32;
    Screen { height: pixels(window.inner_height()), width: pixels(window.inner_width()) }
}

/// What the browser says of itself.
pub fn agent() -> Agent {
    let text = glue::agent();
    let mut lines = text.split('\n').map(str::to_owned);
    let mut line = || lines.next();
    let user_agent = line().unwrap_or_default();
    let platform = line().unwrap_or_default();
    let mobile = line().filter(|mobile| !mobile.is_empty()).map(|mobile| mobile == "1");
    let mut brands = Vec::new();
    while let (Some(brand), Some(version)) = (line(), line()) {
        brands.push((brand, version));
    }
    Agent { user_agent, brands, platform, mobile }
}

/// A cookie's value, decoded.
pub fn cookie(name: &str) -> Option<String> {
    glue::cookie(name)
}

/// The text or number at a dotted path from `window`.
pub fn variable(path: &str) -> Option<String> {
    glue::variable(path)
}

/// A line on the console.
pub fn report(message: &str) {
    let mut line = String::from("waymark: ");
    line.push_str(message);
    glue::warn(&line);
}
