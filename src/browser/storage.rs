//! What is kept for later pages: localStorage, or this page's memory where the browser refuses it.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/src/browser/glue.js")]
extern "C" {
    /// What was kept under the key.
    pub fn load(key: &str) -> Option<String>;
    /// Keeps the value under the key.
    pub fn save(key: &str, value: &str);
}
