//! What the browser says of itself, of the page and of the user, and the page's developer's console.

use crate::context::user_agent::Agent;
use wasm_bindgen::prelude::*;
use waymark_wire::text::next_part;

#[wasm_bindgen(module = "/src/browser/glue.js")]
extern "C" {
    #[wasm_bindgen(js_name = agent)]
    fn agent_lines() -> String;
    /// Epoch ms, by a clock that nobody can set.
    pub fn clock() -> f64;
    /// The page as it is now, a value a line ([`crate::context::PAGE`]).
    pub fn page(query: &str) -> String;
    /// How the page differs from what [`page`] returned last: 0 not at all, 1 without a navigation, 2 by one that nobody told of.
    #[wasm_bindgen(js_name = pageChange)]
    pub fn page_change() -> u32;
    /// What the site's owner set at the collector ([`crate::Host::settings`]).
    pub fn settings(collector: &str, site: &str, again: bool) -> Option<String>;
    /// What a provider of the user's ID gives now.
    pub fn provided(kind: &str, at: &str, detail: &str) -> Option<String>;
    /// From here on the recorder hears of what happens to the page and to the batches sent to the collector.
    pub fn watch();
    /// A line on the console.
    pub fn report(message: &str);
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
