//! gzip by the browser's `CompressionStream`.

use super::bindings::{CompressionStream, FetchResponse};
use js_sys::Promise;
use wasm_bindgen::JsValue;

/// Begins to compress `text`; the promise gives an `ArrayBuffer`.
///
/// # Errors
/// What the browser throws that has no `CompressionStream`.
pub fn gzip(text: &str) -> Result<Promise, JsValue> {
    let gzip = CompressionStream::new("gzip")?;
    // `pipeThrough` leaves no promise behind that nobody handles; writing to the stream does.
    let compressed = FetchResponse::new(&JsValue::from_str(text))?.body()?.pipe_through(&gzip)?;
    Ok(Promise::resolve(&FetchResponse::new(&compressed)?.array_buffer()?))
}
