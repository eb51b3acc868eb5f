//! What lets pages of other origins send events and read every answer to them, errors included: without these headers
//! a page sees a network error where a status says why. No credentials, and nothing for reading what is stored.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// The headers that senders of batches have a use for.
const ALWAYS: &str = "Content-Type, Content-Encoding";

/// How many more headers a preflight may ask for, and how many bytes each name may have.
const NAMES: usize = 64;
const NAME_BYTES: usize = 100;

pub(crate) async fn layer(request: Request, next: Next) -> Response {
    if !matches!(*request.method(), Method::POST | Method::OPTIONS) {
        return next.run(request).await;
    }
    let origin = request.headers().get(header::ORIGIN).cloned();
    let mut response = next.run(request).await;
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

/// The preflight of an address that pages POST to.
pub(crate) async fn to_post(headers: HeaderMap) -> impl IntoResponse {
    preflight("POST", &headers)
}

/// The preflight of an address that pages GET.
pub(crate) async fn to_get(headers: HeaderMap) -> impl IntoResponse {
    preflight("GET", &headers)
}

fn share(headers: &mut HeaderMap, origin: Option<HeaderValue>) {
    let origin = origin.unwrap_or(HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("Retry-After"));
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
}

/// Recorders send what needs no preflight. A page's tracing library may add headers to every request, and others may not
/// know how: whatever header is asked for is allowed, because no header decides what a page gets. 7,200 s is Chromium's cap.
fn preflight(method: &'static str, asked: &HeaderMap) -> impl IntoResponse + use<> {
    let headers = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(method)),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, allowed(asked)),
        (header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("7200")),
        (header::VARY, HeaderValue::from_static("Access-Control-Request-Headers")),
    ];
    (StatusCode::NO_CONTENT, headers)
}

/// The names of headers that are asked for, as far as they are names and not too many, behind those that are always
/// allowed.
fn allowed(asked: &HeaderMap) -> HeaderValue {
    let mut names = Vec::new();
    for line in asked.get_all(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        let line = line.to_str().unwrap_or_default();
        let fresh = line.split(',').map(|name| name.trim_matches([' ', '\t'])).filter(|name| name.len() <= NAME_BYTES);
        for name in fresh.filter_map(|name| HeaderName::from_bytes(name.as_bytes()).ok()) {
            let is_there = names.contains(&name) || name == header::CONTENT_TYPE || name == header::CONTENT_ENCODING;
            if !is_there && names.len() < NAMES {
                names.push(name);
            }
        }
    }
    let all = names.iter().fold(ALWAYS.to_owned(), |all, name| all + ", " + name.as_str());
    HeaderValue::from_str(&all).unwrap_or(HeaderValue::from_static(ALWAYS))
}
