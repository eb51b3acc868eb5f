//! What is kept for later pages, as far as that is permitted: localStorage, sessionStorage and cookies, or this page's
//! memory where the browser refuses them. Whose a name is the glue asks [`super::api::base_of`].

use crate::host::Purge;
use wasm_bindgen::prelude::*;
use waymark_wire::level::Key;

#[wasm_bindgen(module = "/src/browser/glue.js")]
extern "C" {
    #[wasm_bindgen(js_name = permit)]
    fn permit_bases(site: &str, bases: &str, probe: &str, purge: u32);
    /// What was kept under the name. `place` is a [`waymark_wire::level::Place`].
    pub fn load(name: &str, place: u32, days: u32) -> Option<String>;
    /// Keeps the value under the name: 0 it is kept, 1 for this page only, 2 there is no room.
    pub fn save(name: &str, value: &str, place: u32, days: u32) -> u32;
    /// Notes down to be the only page that sends what was recorded in `tab`, by a lock or a lease of that name.
    pub fn own(tab: &str, lease: &str);
    /// The recorder's names in use that begin with `prefix`, a line each.
    pub fn keys(prefix: &str) -> String;
}

/// As [`crate::Host::permit`]. The glue is told the keys by their bases, a space behind each, and the name of the cookie
/// that is tried.
pub fn permit(site: &str, keys: &[Key], purge: Purge) {
    let mut bases = String::new();
    for key in keys {
        bases.push_str(key.base);
        bases.push_str(" ");
    }
    permit_bases(site, &bases, &Key::PROBE.name(site, &[]), purge as u32);
}
