//! Why a request gets no, and the status that says it: nowhere else does an error become a status.
//! A status below 500 says that the same request will never succeed; 503 says that it may, later.

use crate::config::Region;
use crate::watch::{Named, Refused};
use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::time::Duration;
use waymark_wire::{Refusal, Unreadable};

/// Why a request gets no.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Rejection {
    /// The body is not what the address takes.
    #[error("{0}")]
    Unreadable(String),
    /// A parameter of the address is not as it must be.
    #[error("{0}")]
    Parameter(String),
    /// No such site.
    #[error("no site has the key `{0}`; the keys are in the collector's configuration")]
    UnknownSite(String),
    /// The token is missing or wrong.
    #[error("this needs the admin token: send `Authorization: Bearer TOKEN`")]
    Unauthorized,
    /// No server of the site has signed the user, or there is no such site, or it keeps nobody's state.
    #[error("not signed: `signature` must be what the site's server signs site and user with (docs/state.md)")]
    Unsigned,
    /// The page's origin is not one of the site's.
    #[error("{origin} may not send for the site `{site}`; its origins are in the collector's configuration")]
    Origin {
        /// Where the page is.
        origin: String,
        /// The site that it named.
        site: String,
    },
    /// No token is configured.
    #[error("closed: set `admin_token` in the configuration, or WAYMARK_ADMIN_TOKEN, to open export and inspector")]
    Closed,
    /// The open demo was reached under a name that is not this machine's.
    #[error("the open demo answers only to localhost and loopback addresses")]
    NotLocal,
    /// No such site, or not one of its origins: which, only the status says.
    #[error("there are no settings here for this page; sites and their origins are in the collector's configuration")]
    NoSettings {
        /// Whether there is such a site.
        is_there: bool,
    },
    /// The data stays in the other data centre.
    #[error("the data of this site stays in the data centre `{region}`{}", at(endpoint.as_deref()))]
    Elsewhere {
        /// Which.
        region: Region,
        /// Where that is, if it is configured.
        endpoint: Option<String>,
    },
    /// More requests came than may.
    #[error("too many requests of this {whose}; come back later")]
    TooFast {
        /// Of whom.
        whose: &'static str,
        /// How long until there may be another.
        wait: Duration,
    },
    /// Nothing is there.
    #[error("{0}")]
    NotFound(String),
    /// That cannot be done with what is there.
    #[error("this address does not take that method")]
    Method,
    /// The body did not come in time.
    #[error("the body took too long to arrive")]
    Slow,
    /// The body, or what it expands to, is too large.
    #[error("{what} is over {limit} bytes; send fewer events at a time")]
    TooLarge {
        /// What of it.
        what: &'static str,
        /// The most it may have.
        limit: usize,
    },
    /// The body is longer than what it has to say.
    #[error("the body is over {limit} bytes")]
    TooLong {
        /// The most it may have.
        limit: usize,
    },
    /// It has too many events.
    #[error("events has over {limit} entries; send fewer events at a time")]
    TooMany {
        /// The most it may have.
        limit: usize,
    },
    /// Too much waits to be written.
    #[error("too much is waiting to be stored; come back later")]
    Busy,
    /// The store failed. What exactly is logged, not told to strangers.
    #[error("the store failed; come back later")]
    Store,
    /// Soon nothing can be written any more.
    #[error("the disk is nearly full; come back later")]
    Disk,
    /// The collector is ending.
    #[error("shutting down; come back later")]
    Ending,
}

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

    /// In one word, for the figures.
    fn name(&self) -> &'static str {
        match self {
            Rejection::Unreadable(_) => "unreadable",
            Rejection::Parameter(_) => "parameter",
            Rejection::UnknownSite(_) => "site",
            Rejection::Unauthorized => "token",
            Rejection::Unsigned => "signature",
            Rejection::Origin { .. } => "origin",
            Rejection::Closed | Rejection::NotLocal => "closed",
            Rejection::NotFound(_) | Rejection::NoSettings { is_there: false } => "not_found",
            Rejection::NoSettings { is_there: true } => "origin",
            Rejection::Elsewhere { .. } => "region",
            Rejection::TooFast { .. } => "rate",
            Rejection::Method => "method",
            Rejection::Slow => "slow",
            Rejection::TooLarge { .. } | Rejection::TooLong { .. } | Rejection::TooMany { .. } => "too_large",
            Rejection::Busy => "busy",
            Rejection::Store => "store",
            Rejection::Disk => "disk",
            Rejection::Ending => "ending",
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

impl From<Unreadable> for Rejection {
    fn from(unreadable: Unreadable) -> Self {
        Rejection::Unreadable(unreadable.to_string())
    }
}

fn at(endpoint: Option<&str>) -> String {
    endpoint.map_or_else(String::new, |endpoint| format!(": send it to {endpoint}"))
}

/// Never too early.
fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs_f64().ceil().max(1.0) as u64
}
