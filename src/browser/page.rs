//! What the browser says of itself and of the page.

use crate::agent::Agent;
use crate::context::Page;
use crate::text::{next_part, parse_int};
use wasm_bindgen::prelude::*;
use waymark_wire::{Location, Screen};

#[wasm_bindgen(module = "/src/browser/glue.js")]
extern "C" {
    #[wasm_bindgen(js_name = agent)]
    fn agent_lines() -> String;
    #[wasm_bindgen(js_name = page)]
    fn page_lines() -> String;
    /// A cookie's value, decoded.
    pub fn cookie(name: &str) -> Option<String>;
    /// The text or number at a dotted path from `window`.
    pub fn variable(path: &str) -> Option<String>;
    /// A line on the console.
    pub fn report(message: &str);
}

/// The page as it is now.
pub fn page() -> Page {
    let text = page_lines();
    let mut rest = text.as_str();
    let mut line = || next_part(&mut rest, b'\n');
    let number = |line: &str| parse_int(line).unwrap_or_default();
    Page {
        location: Location { protocol: line().to_owned(), hostname: line().to_owned(), pathname: line().to_owned() },
        screen: Screen { width: number(line()) as u32, height: number(line()) as u32 },
        timezone: number(line()) as i32,
        is_iframe: line() == "1",
        title: rest.to_owned(),
    }
}

/// What the browser says of itself.
pub fn agent() -> Agent {
    let text = agent_lines();
    let mut rest = text.as_str();
    let mut line = || next_part(&mut rest, b'\n');
    let user_agent = line().to_owned();
    let platform = line().to_owned();
    let mobile = line();
    let mobile = (!mobile.is_empty()).then(|| mobile == "1");
    Agent { user_agent, platform, mobile, brands: rest.to_owned() }
}
