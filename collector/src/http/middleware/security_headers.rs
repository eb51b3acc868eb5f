//! Response headers that limit what a browser may do with an answer.

use axum::http::{HeaderValue, header};
use axum::response::Response;

/// Adds the strictest policies. Pages set policies of their own.
pub(crate) async fn guard(mut response: Response) -> Response {
    const NOTHING: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    for (name, value) in [(header::CONTENT_SECURITY_POLICY, NOTHING), (header::REFERRER_POLICY, "no-referrer")] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}
