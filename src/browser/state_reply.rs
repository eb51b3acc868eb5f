//! The collector's answer about the user's state, as the recorder takes it today: an entry a line.

use super::bindings::member;
use js_sys::{Array, JSON};
use wasm_bindgen::{JsCast, JsValue};

/// `{"entries": [..]}` as `<kind> <name> <version> <at> <expires> <value>` lines. Texts hold neither spaces nor line breaks;
/// JSON that is written again holds no line breaks.
///
/// # Errors
/// What is thrown where it is no such JSON.
pub fn entry_lines(body: &str) -> Result<String, JsValue> {
    let entries = member(&JSON::parse(body)?, "entries")?;
    let lines = Array::new();
    if Array::is_array(&entries) {
        for entry in entries.unchecked_ref::<Array>().iter() {
            let parts = Array::new();
            for key in ["kind", "name", "version", "at", "expires"] {
                parts.push(&member(&entry, key)?);
            }
            parts.push(&JSON::stringify(&member(&entry, "value")?)?.into());
            lines.push(&parts.join(" "));
        }
    }
    Ok(lines.join("\n").into())
}
