//! Why a request gets no.
//! A status below 500 says that the same request will never succeed; 503 says that it may, later.

use crate::config::Region;
use std::time::Duration;
use waymark_wire::Unreadable;

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
    /// In one word, for the figures.
    pub(crate) fn name(&self) -> &'static str {
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
}

impl From<Unreadable> for Rejection {
    fn from(unreadable: Unreadable) -> Self {
        Rejection::Unreadable(unreadable.to_string())
    }
}

fn at(endpoint: Option<&str>) -> String {
    endpoint.map_or_else(String::new, |endpoint| format!(": send it to {endpoint}"))
}
