//! What is kept for later pages, as far as that is permitted: localStorage, sessionStorage and cookies, or this page's
//! memory where the browser refuses them.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/glue.js")]
extern "C" {
    /// From here on only keys that begin with one of `names` are kept; with `forget` not even in memory.
    pub fn permit(names: &str, forget: bool);
    /// What was kept under the key. `place` is a [`waymark_wire::level::Place`].
    pub fn load(key: &str, place: u32, days: u32) -> Option<String>;
    /// Keeps the value under the key: 0 it is kept, 1 for this page only, 2 there is no room.
    pub fn save(key: &str, value: &str, place: u32, days: u32) -> u32;
    /// Notes down to be the only page that sends what was recorded in `tab`.
    pub fn own(tab: &str);
    /// The keys in use that begin with `prefix`, a line each.
    pub fn keys(prefix: &str) -> String;
}
