//! HTTP responses for errors. Each [`Rejection`] gets its status code and headers here and nowhere else.

use crate::error::Rejection;
use crate::store::StoreError;
use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::time::Duration;
use waymark_wire::Refusal;

/// The site of a request. A handler adds it to its response for the security log.
#[derive(Clone, Debug)]
pub(crate) struct SiteTag(pub(crate) String);

/// The reason of a rejection, for the metrics.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RejectionTag(pub(crate) &'static str);

impl Rejection {
    fn status(&self) -> StatusCode {
        match self {
            Rejection::Unreadable(_) | Rejection::Parameter(_) => StatusCode::BAD_REQUEST,
            Rejection::UnknownSite(_) | Rejection::Unauthorized | Rejection::Unsigned => StatusCode::UNAUTHORIZED,
            Rejection::Origin { .. } | Rejection::AdminDisabled | Rejection::NotLocal => StatusCode::FORBIDDEN,
            Rejection::NoSettings { is_there: true } => StatusCode::FORBIDDEN,
            Rejection::NotFound(_) | Rejection::NoSettings { is_there: false } => StatusCode::NOT_FOUND,
            Rejection::Elsewhere { .. } => StatusCode::MISDIRECTED_REQUEST,
            Rejection::RateLimited { .. } => StatusCode::TOO_MANY_REQUESTS,
            Rejection::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Rejection::BodyTimeout | Rejection::BodyTooSlow { .. } => StatusCode::REQUEST_TIMEOUT,
            Rejection::TooLarge { .. } | Rejection::TooLong { .. } | Rejection::TooMany { .. } => {
                StatusCode::PAYLOAD_TOO_LARGE
            }
            Rejection::Busy | Rejection::Store | Rejection::Disk | Rejection::ShuttingDown => {
                StatusCode::SERVICE_UNAVAILABLE
            }
        }
    }

    /// The header that belongs to the status.
    fn header(&self) -> Option<(HeaderName, HeaderValue)> {
        match self {
            Rejection::Unauthorized => Some((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))),
            Rejection::UnknownSite(_) => Some((header::WWW_AUTHENTICATE, HeaderValue::from_static("Waymark-Site"))),
            Rejection::Unsigned => Some((header::WWW_AUTHENTICATE, HeaderValue::from_static("Waymark"))),
            Rejection::RateLimited { wait, .. } => Some((header::RETRY_AFTER, whole_seconds(*wait).into())),
            Rejection::Busy => Some((header::RETRY_AFTER, HeaderValue::from_static("2"))),
            Rejection::Store | Rejection::Disk | Rejection::ShuttingDown => {
                Some((header::RETRY_AFTER, HeaderValue::from_static("10")))
            }
            // The rest of the body is not read.
            Rejection::BodyTimeout | Rejection::BodyTooSlow { .. } => {
                Some((header::CONNECTION, HeaderValue::from_static("close")))
            }
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
        response.extensions_mut().insert(RejectionTag(self.name()));
        if let Rejection::UnknownSite(site) | Rejection::Origin { site, .. } = self {
            response.extensions_mut().insert(SiteTag(site));
        }
        response
    }
}

pub(crate) fn failed(error: StoreError) -> Rejection {
    tracing::error!(%error, "the store cannot be read");
    Rejection::Store
}

/// Rounds up to at least one second.
fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs_f64().ceil().max(1.0) as u64
}
