//! CORS: pages of other origins may send events and read every answer, errors included. Without these headers a page
//! sees only a network error. No credentials, and no access to stored data.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Headers that are always allowed.
const ALWAYS: &str = "Content-Type, Content-Encoding";

/// Limits of a preflight: number of further headers, and bytes of each name.
const NAMES: usize = 64;
const NAME_BYTES: usize = 100;

/// The origin that may read the answer: of a POST or OPTIONS, the one that sent it, and any where none is named.
pub(crate) fn reader(request: &Request) -> Option<HeaderValue> {
    let is_shared = matches!(*request.method(), Method::POST | Method::OPTIONS);
    let origin = || request.headers().get(header::ORIGIN).cloned();
    is_shared.then(|| origin().unwrap_or(HeaderValue::from_static("*")))
}

/// For routes that pages may read by GET. Only requests with an origin get the headers.
pub(crate) async fn open(request: Request, next: Next) -> Response {
    let origin = request.headers().get(header::ORIGIN).cloned();
    let mut response = next.run(request).await;
    match origin {
        Some(origin) => share(response.headers_mut(), origin),
        None => drop(response.headers_mut().append(header::VARY, HeaderValue::from_static("Origin"))),
    }
    response
}

/// Answers the preflight of a POST.
pub(crate) async fn to_post(headers: HeaderMap) -> impl IntoResponse {
    preflight("POST", &headers)
}

/// Answers the preflight of a GET.
pub(crate) async fn to_get(headers: HeaderMap) -> impl IntoResponse {
    preflight("GET", &headers)
}

/// Lets pages of `origin` read the answer.
pub(crate) fn share(headers: &mut HeaderMap, origin: HeaderValue) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("Retry-After"));
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
}

/// Recorders send requests without preflight. Other clients, and tracing libraries that add headers, do not. Every
/// requested header is allowed, because no header grants access. 7,200 s is Chromium's maximum.
fn preflight(method: &'static str, asked: &HeaderMap) -> impl IntoResponse + use<> {
    let headers = [
        (header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(method)),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, allowed(asked)),
        (header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("7200")),
        (header::VARY, HeaderValue::from_static("Access-Control-Request-Headers")),
    ];
    (StatusCode::NO_CONTENT, headers)
}

/// The headers that are always allowed, then the requested ones that are valid, within the limits.
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
