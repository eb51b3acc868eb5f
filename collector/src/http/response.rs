//! How a [`Rejection`] is answered: nowhere else does an error become a status.

use crate::error::Rejection;
use crate::store::StoreError;
use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::time::Duration;
use waymark_wire::Refusal;

/// The site that a request named: a handler adds it to its answer.
#[derive(Clone, Debug)]
pub(crate) struct Named(pub(crate) String);

/// Why a request got no, in one word.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refused(pub(crate) &'static str);

impl Rejection {
    fn status(&self) -> StatusCode {
        match self {
            Rejection::Unreadable(_) | Rejection::Parameter(_) => StatusCode::BAD_REQUEST,
            Rejection::UnknownSite(_) | Rejection::Unauthorized | Rejection::Unsigned => StatusCode::UNAUTHORIZED,
            Rejection::Origin { .. } | Rejection::Closed | Rejection::NotLocal => StatusCode::FORBIDDEN,
            Rejection::NoSettings { is_there: true } => StatusCode::FORBIDDEN,
            Rejection::NotFound(_) | Rejection::NoSettings { is_there: false } => StatusCode::NOT_FOUND,
            Rejection::Elsewhere { .. } => StatusCode::MISDIRECTED_REQUEST,
            Rejection::TooFast { .. } => StatusCode::TOO_MANY_REQUESTS,
            Rejection::Method => StatusCode::METHOD_NOT_ALLOWED,
            Rejection::Slow => StatusCode::REQUEST_TIMEOUT,
            Rejection::TooLarge { .. } | Rejection::TooLong { .. } | Rejection::TooMany { .. } => {
                StatusCode::PAYLOAD_TOO_LARGE
            }
            Rejection::Busy | Rejection::Store | Rejection::Disk | Rejection::Ending => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// What a status asks to be said beside it.
    fn header(&self) -> Option<(HeaderName, HeaderValue)> {
        match self {
            Rejection::Unauthorized => Some((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
            Rejection::UnknownSite(_) => Some((header::WWW_AUTHENTICATE, HeaderValue::from_static("Waymark-Site"))),
            Rejection::Unsigned => Some((header::WWW_AUTHENTICATE, HeaderValue::from_static("Waymark"))),
            Rejection::TooFast { wait, .. } => Some((header::RETRY_AFTER, whole_seconds(*wait).into())),
            Rejection::Busy => Some((header::RETRY_AFTER, HeaderValue::from_static("2"))),
            Rejection::Store | Rejection::Disk | Rejection::Ending => {
                Some((header::RETRY_AFTER, HeaderValue::from_static("10")))
            }
            // What is left of the body is not worth waiting for.
            Rejection::Slow => Some((header::CONNECTION, HeaderValue::from_static("close"))),
            _ => None,
        }
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        let limit = match self {
            Rejection::TooLarge { limit, .. } | Rejection::TooLong { limit } | Rejection::TooMany { limit } => {
                Some(limit)
            }
            _ => None,
        };
        let endpoint = match &self {
            Rejection::Elsewhere { endpoint, .. } => endpoint.clone(),
            _ => None,
        };
        let body = Refusal { error: self.to_string(), limit, endpoint };
        let mut response = (self.status(), [(header::CACHE_CONTROL, "no-store")], Json(body)).into_response();
        response.headers_mut().extend(self.header());
        response.extensions_mut().insert(Refused(self.name()));
        if let Rejection::UnknownSite(site) | Rejection::Origin { site, .. } = self {
            response.extensions_mut().insert(Named(site));
        }
        response
    }
}

pub(crate) fn failed(error: StoreError) -> Rejection {
    tracing::error!(%error, "the store cannot be read");
    Rejection::Store
}

/// Never too early.
fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs_f64().ceil().max(1.0) as u64
}
