//! gzip by the browser's `CompressionStream`.

use super::bindings::{CompressionStream, FetchResponse};
use js_sys::Promise;
use wasm_bindgen::JsValue;

/// Begins to compress `text`. The promise resolves to an `ArrayBuffer`.
///
/// # Errors
/// The browser has no `CompressionStream`.
pub fn gzip(text: &str) -> Result<Promise, JsValue> {
    let gzip = CompressionStream::new("gzip")?;
    // Writing to the stream would leave unhandled promises; `pipeThrough` leaves none.
    let compressed = FetchResponse::new(&JsValue::from_str(text))?.body()?.pipe_through(&gzip)?;
    Ok(Promise::resolve(&FetchResponse::new(&compressed)?.array_buffer()?))
}
