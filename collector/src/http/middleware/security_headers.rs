//! Response headers that limit what a browser may do with an answer.

use axum::http::{HeaderMap, HeaderValue, header};

/// Adds the strictest policies. Pages set policies of their own.
pub(crate) fn guard(headers: &mut HeaderMap) {
    const NOTHING: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    for (name, value) in [(header::CONTENT_SECURITY_POLICY, NOTHING), (header::REFERRER_POLICY, "no-referrer")] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}
