//! Why a request is rejected: a code for programs, a sentence for people.

use super::parameter::ParameterError;
use crate::config::Region;
use std::fmt;
use std::time::Duration;
use waymark_wire::{InvalidBatch, RefusalCode};

/// Why a request is rejected.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Rejection {
    /// The body is not a batch.
    #[error(transparent)]
    InvalidBatch(#[from] InvalidBatch),
    /// The body begins like gzip and is not gzip.
    #[error("not gzip: {0}")]
    InvalidGzip(std::io::Error),
    /// The connection failed before the body's end.
    #[error("the body broke off: {0}")]
    IncompleteBody(axum::Error),
    /// The body is not a request to forget.
    #[error("invalid forget request: {0}")]
    InvalidForgetRequest(serde_json::Error),
    /// The body is not a request about a user's state.
    #[error("{0}")]
    InvalidStateRequest(String),
    /// The body is not a request for a shared link.
    #[error("{0}")]
    InvalidShareRequest(String),
    /// The body is not a request for an overlay.
    #[error("{0}")]
    InvalidOverlayRequest(String),
    /// Invalid query string.
    #[error(transparent)]
    InvalidParameter(#[from] ParameterError),
    /// A part of the path is not UTF-8.
    #[error("{0}")]
    InvalidPath(String),
    /// The URL and the body name different sites.
    #[error("the address and the body name different sites")]
    SiteMismatch,
    /// A query for stored data names an unknown site.
    #[error("{0}")]
    UnknownSiteParameter(String),
    /// Unknown site.
    #[error("no site has the key `{0}`; the keys are in the collector's configuration")]
    UnknownSite(String),
    /// Missing or wrong token.
    #[error("this needs the admin token{}: send `Authorization: Bearer TOKEN`", or_read(*is_read))]
    Unauthorized {
        /// Whether the read token of the site would do.
        is_read: bool,
    },
    /// The read token of a site, for something else than the insights of that site.
    #[error("this token reads the insights of the site `{0}`, and nothing else")]
    ReadOnly(String),
    /// The token of a shared link that has ended, was revoked, or never was.
    #[error("this link does not open: it has ended, was revoked, or never was")]
    InvalidShare,
    /// A token that opens no overlay here.
    #[error("this token opens no overlay here: it has expired, is for another site or origin, or never was")]
    InvalidOverlay,
    /// Wrong signature, unknown site, or a site without user state.
    #[error("not signed: `signature` must be what the site's server signs site and user with (docs/state.md)")]
    Unsigned,
    /// The page's origin is not allowed.
    #[error("{origin} may not send for the site `{site}`; its origins are in the collector's configuration")]
    OriginNotAllowed {
        /// The page's origin.
        origin: String,
        /// The site's key.
        site: String,
    },
    /// No token is configured, so admin access is disabled.
    #[error("closed: set `admin_token` in the configuration, or WAYMARK_ADMIN_TOKEN, to open export and inspector")]
    AdminDisabled,
    /// A request to the demo under a name that is not this machine's.
    #[error("the open demo answers only to localhost and loopback addresses")]
    NotLocal,
    /// Unknown site or foreign origin. Only the status differs.
    #[error("there are no settings here for this page; sites and their origins are in the collector's configuration")]
    NoSettings {
        /// Whether the site exists.
        is_there: bool,
    },
    /// The site's data belongs to another data centre.
    #[error("the data of this site stays in the data centre `{region}`{}", at(endpoint.as_deref()))]
    WrongRegion {
        /// The data centre.
        region: Region,
        /// Its URL, if configured.
        endpoint: Option<String>,
    },
    /// Rate limit exceeded.
    #[error("too many requests of this {whose}; come back later")]
    RateLimited {
        /// What the limit applies to.
        whose: RateScope,
        /// Wait until the next request is admitted.
        wait: Duration,
    },
    /// Unknown path.
    #[error("{0}")]
    NotFound(String),
    /// Unsupported method.
    #[error("this address does not take that method")]
    MethodNotAllowed,
    /// The body did not arrive in time.
    #[error("the body took too long to arrive")]
    BodyTimeout,
    /// The body arrived below the minimum rate.
    #[error(
        "the body arrives too slowly: after the first {} s it needs at least {rate} bytes a second",
        grace.as_secs()
    )]
    BodyTooSlow {
        /// Time before the rate counts.
        grace: Duration,
        /// Bytes per second.
        rate: u32,
    },
    /// The body, or the expanded batch, is too large. The client may split it.
    #[error("{what} is over {limit} bytes; send fewer events at a time")]
    BatchTooLarge {
        /// Which of them.
        what: Oversize,
        /// The limit.
        limit: usize,
    },
    /// The body is too large, and cannot be split.
    #[error("the body is over {limit} bytes")]
    BodyTooLarge {
        /// The limit.
        limit: usize,
    },
    /// Too many events in a batch.
    #[error("events has over {limit} entries; send fewer events at a time")]
    TooManyEvents {
        /// The limit.
        limit: usize,
    },
    /// The collector has too many open connections.
    #[error("too many connections are open; come back later")]
    TooManyConnections,
    /// The queue to the store is full.
    #[error("too much is waiting to be stored; come back later")]
    Busy,
    /// The store failed. Details are only logged.
    #[error("the store failed; come back later")]
    StoreFailed,
    /// The disk is nearly full.
    #[error("the disk is nearly full; come back later")]
    DiskFull,
    /// The collector is shutting down.
    #[error("shutting down; come back later")]
    ShuttingDown,
}

/// What a rate limit applies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RateScope {
    /// A site.
    Site,
    /// A masked network address.
    Address,
}

/// What of a batch is over a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Oversize {
    /// The body.
    Body,
    /// The body after decompression.
    DecompressedBody,
    /// The events with their contexts.
    ExpandedBatch,
}

impl Rejection {
    /// The code, which is also the metrics label.
    pub(crate) fn code(&self) -> RefusalCode {
        match self {
            Rejection::InvalidBatch(_) => RefusalCode::InvalidBatch,
            Rejection::InvalidGzip(_) => RefusalCode::InvalidGzip,
            Rejection::IncompleteBody(_) => RefusalCode::IncompleteBody,
            Rejection::InvalidForgetRequest(_) => RefusalCode::InvalidForgetRequest,
            Rejection::InvalidStateRequest(_) => RefusalCode::InvalidStateRequest,
            Rejection::InvalidShareRequest(_) => RefusalCode::InvalidShareRequest,
            Rejection::InvalidShare => RefusalCode::InvalidShare,
            Rejection::InvalidOverlayRequest(_) => RefusalCode::InvalidOverlayRequest,
            Rejection::InvalidOverlay => RefusalCode::InvalidOverlay,
            Rejection::InvalidParameter(_) => RefusalCode::InvalidParameter,
            Rejection::InvalidPath(_) => RefusalCode::InvalidPath,
            Rejection::SiteMismatch => RefusalCode::SiteMismatch,
            Rejection::UnknownSiteParameter(_) => RefusalCode::UnknownSiteParameter,
            Rejection::UnknownSite(_) => RefusalCode::UnknownSite,
            Rejection::Unauthorized { .. } => RefusalCode::Unauthorized,
            Rejection::ReadOnly(_) => RefusalCode::ReadOnly,
            Rejection::Unsigned => RefusalCode::Unsigned,
            Rejection::OriginNotAllowed { .. } => RefusalCode::OriginNotAllowed,
            Rejection::AdminDisabled => RefusalCode::AdminDisabled,
            Rejection::NotLocal => RefusalCode::NotLocal,
            Rejection::NoSettings { .. } => RefusalCode::NoSettings,
            Rejection::WrongRegion { .. } => RefusalCode::WrongRegion,
            Rejection::RateLimited { .. } => RefusalCode::RateLimited,
            Rejection::NotFound(_) => RefusalCode::NotFound,
            Rejection::MethodNotAllowed => RefusalCode::MethodNotAllowed,
            Rejection::BodyTimeout => RefusalCode::BodyTimeout,
            Rejection::BodyTooSlow { .. } => RefusalCode::BodyTooSlow,
            Rejection::BatchTooLarge { .. } => RefusalCode::BatchTooLarge,
            Rejection::BodyTooLarge { .. } => RefusalCode::BodyTooLarge,
            Rejection::TooManyEvents { .. } => RefusalCode::TooManyEvents,
            Rejection::TooManyConnections => RefusalCode::TooManyConnections,
            Rejection::Busy => RefusalCode::Busy,
            Rejection::StoreFailed => RefusalCode::StoreFailed,
            Rejection::DiskFull => RefusalCode::DiskFull,
            Rejection::ShuttingDown => RefusalCode::ShuttingDown,
        }
    }
}

impl fmt::Display for RateScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            RateScope::Site => "site",
            RateScope::Address => "network address",
        })
    }
}

impl fmt::Display for Oversize {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Oversize::Body => "the body",
            Oversize::DecompressedBody => "the decompressed body",
            Oversize::ExpandedBatch => "the expanded batch",
        })
    }
}

fn or_read(is_read: bool) -> &'static str {
    if is_read { ", or the `read_token` of the site" } else { "" }
}

fn at(endpoint: Option<&str>) -> String {
    endpoint.map_or_else(String::new, |endpoint| format!(": send it to {endpoint}"))
}
