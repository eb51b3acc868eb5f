//! What lets pages of other origins send events and read every answer to them, errors included: without these headers
//! a page sees a network error where a status says why. No credentials, and nothing for reading what is stored.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

pub(crate) async fn layer(request: Request, next: Next) -> Response {
    if !matches!(*request.method(), Method::POST | Method::OPTIONS) {
        return next.run(request).await;
    }
    let origin = request.headers().get(header::ORIGIN).cloned();
    let mut response = match *request.method() {
        Method::OPTIONS => preflight().into_response(),
        _ => next.run(request).await,
    };
    share(response.headers_mut(), origin);
    response
}

/// For what pages may read by GET: nothing that a page did not ask for is shared.
pub(crate) async fn open(request: Request, next: Next) -> Response {
    let origin = request.headers().get(header::ORIGIN).cloned();
    let mut response = next.run(request).await;
    match origin {
        Some(origin) => share(response.headers_mut(), Some(origin)),
        None => drop(response.headers_mut().append(header::VARY, HeaderValue::from_static("Origin"))),
    }
    response
}

fn share(headers: &mut HeaderMap, origin: Option<HeaderValue>) {
    let origin = origin.unwrap_or(HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("Retry-After"));
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
}

/// Recorders send what needs no preflight; others may not know how. 7,200 s is Chromium's cap.
fn preflight() -> impl IntoResponse {
    let headers = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, "POST"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "Content-Type, Content-Encoding"),
        (header::ACCESS_CONTROL_MAX_AGE, "7200"),
    ];
    (StatusCode::NO_CONTENT, headers)
}
