//! Request errors. [`crate::http::response`] maps them to HTTP status codes.

use crate::config::Region;
use std::time::Duration;
use waymark_wire::Unreadable;

/// Why a request is rejected.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Rejection {
    /// Invalid body.
    #[error("{0}")]
    Unreadable(String),
    /// Invalid query parameter.
    #[error("{0}")]
    Parameter(String),
    /// Unknown site.
    #[error("no site has the key `{0}`; the keys are in the collector's configuration")]
    UnknownSite(String),
    /// Missing or wrong token.
    #[error("this needs the admin token: send `Authorization: Bearer TOKEN`")]
    Unauthorized,
    /// Wrong signature, unknown site, or a site without user state.
    #[error("not signed: `signature` must be what the site's server signs site and user with (docs/state.md)")]
    Unsigned,
    /// The page's origin is not allowed.
    #[error("{origin} may not send for the site `{site}`; its origins are in the collector's configuration")]
    Origin {
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
    Elsewhere {
        /// The data centre.
        region: Region,
        /// Its URL, if configured.
        endpoint: Option<String>,
    },
    /// Rate limit exceeded.
    #[error("too many requests of this {whose}; come back later")]
    RateLimited {
        /// What the limit applies to.
        whose: &'static str,
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
    TooLarge {
        /// Which of them.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// The body is too large, and cannot be split.
    #[error("the body is over {limit} bytes")]
    TooLong {
        /// The limit.
        limit: usize,
    },
    /// Too many events in a batch.
    #[error("events has over {limit} entries; send fewer events at a time")]
    TooMany {
        /// The limit.
        limit: usize,
    },
    /// The queue to the store is full.
    #[error("too much is waiting to be stored; come back later")]
    Busy,
    /// The store failed. Details are only logged.
    #[error("the store failed; come back later")]
    Store,
    /// The disk is nearly full.
    #[error("the disk is nearly full; come back later")]
    Disk,
    /// The collector is shutting down.
    #[error("shutting down; come back later")]
    ShuttingDown,
}

impl Rejection {
    /// The metrics label.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Rejection::Unreadable(_) => "unreadable",
            Rejection::Parameter(_) => "parameter",
            Rejection::UnknownSite(_) => "site",
            Rejection::Unauthorized => "token",
            Rejection::Unsigned => "signature",
            Rejection::Origin { .. } => "origin",
            Rejection::AdminDisabled | Rejection::NotLocal => "closed",
            Rejection::NotFound(_) | Rejection::NoSettings { is_there: false } => "not_found",
            Rejection::NoSettings { is_there: true } => "origin",
            Rejection::Elsewhere { .. } => "region",
            Rejection::RateLimited { .. } => "rate",
            Rejection::MethodNotAllowed => "method",
            Rejection::BodyTimeout | Rejection::BodyTooSlow { .. } => "slow",
            Rejection::TooLarge { .. } | Rejection::TooLong { .. } | Rejection::TooMany { .. } => "too_large",
            Rejection::Busy => "busy",
            Rejection::Store => "store",
            Rejection::Disk => "disk",
            Rejection::ShuttingDown => "ending",
        }
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
