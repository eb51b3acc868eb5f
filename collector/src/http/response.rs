//! HTTP responses for errors. Each [`Rejection`] gets its status code and headers here and nowhere else.

use crate::error::Rejection;
use crate::store::StoreError;
use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::time::Duration;
use waymark_wire::{Refusal, RefusalCode};

/// The site of a request. A handler adds it to its response for the security log.
#[derive(Clone, Debug)]
pub(crate) struct SiteTag(pub(crate) String);

/// The code of a rejection, for the metrics.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RejectionTag(pub(crate) RefusalCode);

impl Rejection {
    /// The status.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Rejection::InvalidBatch(_)
            | Rejection::InvalidGzip(_)
            | Rejection::IncompleteBody(_)
            | Rejection::InvalidForgetRequest(_)
            | Rejection::InvalidStateRequest(_)
            | Rejection::InvalidShareRequest(_)
            | Rejection::InvalidOverlayRequest(_)
            | Rejection::InvalidParameter(_)
            | Rejection::InvalidPath(_)
            | Rejection::SiteMismatch
            | Rejection::UnknownSiteParameter(_) => StatusCode::BAD_REQUEST,
            Rejection::UnknownSite(_)
            | Rejection::Unauthorized { .. }
            | Rejection::InvalidShare
            | Rejection::Unsigned => StatusCode::UNAUTHORIZED,
            Rejection::ReadOnly(_)
            | Rejection::InvalidOverlay
            | Rejection::OriginNotAllowed { .. }
            | Rejection::AdminDisabled
            | Rejection::NotLocal => StatusCode::FORBIDDEN,
            Rejection::NoSettings { is_there: true } => StatusCode::FORBIDDEN,
            Rejection::NotFound(_) | Rejection::NoSettings { is_there: false } => StatusCode::NOT_FOUND,
            Rejection::WrongRegion { .. } => StatusCode::MISDIRECTED_REQUEST,
            Rejection::RateLimited { .. } => StatusCode::TOO_MANY_REQUESTS,
            Rejection::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Rejection::BodyTimeout | Rejection::BodyTooSlow { .. } => StatusCode::REQUEST_TIMEOUT,
            Rejection::BatchTooLarge { .. } | Rejection::BodyTooLarge { .. } | Rejection::TooManyEvents { .. } => {
                StatusCode::PAYLOAD_TOO_LARGE
            }
            Rejection::TooManyConnections
            | Rejection::Busy
            | Rejection::StoreFailed
            | Rejection::DiskFull
            | Rejection::ShuttingDown => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The header that belongs to the status.
    pub(crate) fn header(&self) -> Option<(HeaderName, HeaderValue)> {
        match self {
            Rejection::Unauthorized { .. } | Rejection::InvalidShare => {
                Some((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")))
            }
            Rejection::UnknownSite(_) => Some((header::WWW_AUTHENTICATE, HeaderValue::from_static("Waymark-Site"))),
            Rejection::Unsigned => Some((header::WWW_AUTHENTICATE, HeaderValue::from_static("Waymark"))),
            Rejection::RateLimited { wait, .. } => Some((header::RETRY_AFTER, whole_seconds(*wait).into())),
            Rejection::TooManyConnections | Rejection::Busy => {
                Some((header::RETRY_AFTER, HeaderValue::from_static("2")))
            }
            Rejection::StoreFailed | Rejection::DiskFull | Rejection::ShuttingDown => {
                Some((header::RETRY_AFTER, HeaderValue::from_static("10")))
            }
            // The rest of the body is not read.
            Rejection::BodyTimeout | Rejection::BodyTooSlow { .. } => {
                Some((header::CONNECTION, HeaderValue::from_static("close")))
            }
            _ => None,
        }
    }

    /// The body.
    pub(crate) fn refusal(&self) -> Refusal {
        let limit = match self {
            Rejection::BatchTooLarge { limit, .. }
            | Rejection::BodyTooLarge { limit }
            | Rejection::TooManyEvents { limit } => Some(*limit),
            _ => None,
        };
        let endpoint = match self {
            Rejection::WrongRegion { endpoint, .. } => endpoint.clone(),
            _ => None,
        };
        Refusal { error: self.to_string(), code: self.code(), limit, endpoint }
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        let headers = [(header::CACHE_CONTROL, "no-store")];
        let mut response = (self.status(), headers, Json(self.refusal())).into_response();
        response.headers_mut().extend(self.header());
        response.extensions_mut().insert(RejectionTag(self.code()));
        if let Rejection::UnknownSite(site) | Rejection::ReadOnly(site) | Rejection::OriginNotAllowed { site, .. } =
            self
        {
            response.extensions_mut().insert(SiteTag(site));
        }
        response
    }
}

pub(crate) fn failed(error: StoreError) -> Rejection {
    tracing::error!(%error, "the store cannot be read");
    Rejection::StoreFailed
}

/// Rounds up to at least one second.
fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs_f64().ceil().max(1.0) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Region;
    use crate::error::{Oversize, ParameterError, RateScope};
    use std::collections::BTreeSet;
    use std::io;
    use waymark_wire::InvalidBatch;

    /// One of each kind.
    fn rejections() -> Vec<Rejection> {
        let text = || "x".to_owned();
        let json = || serde_json::from_str::<u8>("{").unwrap_err();
        vec![
            Rejection::InvalidBatch(InvalidBatch(text())),
            Rejection::InvalidGzip(io::Error::other("x")),
            Rejection::IncompleteBody(axum::Error::new("x")),
            Rejection::InvalidForgetRequest(json()),
            Rejection::InvalidStateRequest(text()),
            Rejection::InvalidShareRequest(text()),
            Rejection::InvalidOverlayRequest(text()),
            Rejection::InvalidParameter(ParameterError::Missing("user")),
            Rejection::InvalidPath(text()),
            Rejection::SiteMismatch,
            Rejection::UnknownSiteParameter(text()),
            Rejection::UnknownSite(text()),
            Rejection::Unauthorized { is_read: false },
            Rejection::InvalidShare,
            Rejection::InvalidOverlay,
            Rejection::ReadOnly(text()),
            Rejection::Unsigned,
            Rejection::OriginNotAllowed { origin: text(), site: text() },
            Rejection::AdminDisabled,
            Rejection::NotLocal,
            Rejection::NoSettings { is_there: true },
            Rejection::WrongRegion { region: Region::Eu, endpoint: None },
            Rejection::RateLimited { whose: RateScope::Site, wait: Duration::from_secs(1) },
            Rejection::NotFound(text()),
            Rejection::MethodNotAllowed,
            Rejection::BodyTimeout,
            Rejection::BodyTooSlow { grace: Duration::from_secs(1), rate: 1 },
            Rejection::BatchTooLarge { what: Oversize::Body, limit: 1 },
            Rejection::BodyTooLarge { limit: 1 },
            Rejection::TooManyEvents { limit: 1 },
            Rejection::TooManyConnections,
            Rejection::Busy,
            Rejection::StoreFailed,
            Rejection::DiskFull,
            Rejection::ShuttingDown,
        ]
    }

    /// The statuses of a code in docs/wire.md.
    fn documented(code: RefusalCode) -> &'static str {
        let docs = include_str!("../../../docs/wire.md");
        let row = docs.lines().find_map(|line| line.strip_prefix(&format!("| `{code}` | ")));
        row.unwrap_or_else(|| panic!("docs/wire.md has no line for {code}")).split_once(" |").unwrap().0
    }

    #[test]
    fn every_rejection_has_a_code_of_its_own_and_every_code_a_rejection() {
        let codes: Vec<_> = rejections().iter().map(Rejection::code).collect();
        let unique: BTreeSet<_> = codes.iter().copied().collect();
        assert_eq!(unique.len(), codes.len(), "{codes:?}");
        assert_eq!(unique, RefusalCode::ALL.iter().copied().collect());
    }

    #[tokio::test]
    async fn an_answer_has_the_documented_status_and_the_code_beside_the_sentence() {
        for rejection in rejections() {
            let (code, sentence) = (rejection.code(), rejection.to_string());
            let response = rejection.into_response();
            let status = response.status().as_u16().to_string();
            assert!(documented(code).split(", ").any(|documented| documented == status), "{code} {status}");
            let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
            let refusal: Refusal = serde_json::from_slice(&body).unwrap();
            assert_eq!((refusal.code, refusal.error), (code, sentence));
        }
        assert_eq!(documented(RefusalCode::NoSettings), "403, 404");
        assert_eq!(Rejection::NoSettings { is_there: false }.status(), StatusCode::NOT_FOUND);
    }
}
