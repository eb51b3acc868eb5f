//! Access to stored data: with the admin token; in the demo, from this machine; a site's insights also with its read
//! token; otherwise none.

use crate::app::SharedState;
use crate::config::Admin;
use crate::error::Rejection;
use crate::sites::active_config::ActiveConfig;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use std::net::IpAddr;

/// A request that may see stored data. As an extractor it must come before those that read the request further.
pub(crate) struct AdminAccess;

/// Who may read insights: with the admin token those of all sites, with a site's read token those of that site. As an
/// extractor it must come before those that read the request further.
pub(crate) enum InsightsAccess {
    All,
    Site(String),
}

impl FromRequestParts<SharedState> for AdminAccess {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &SharedState) -> Result<Self, Rejection> {
        allow(&state.config.get(), &parts.uri, &parts.headers, None).map(|()| AdminAccess)
    }
}

impl FromRequestParts<SharedState> for InsightsAccess {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, state: &SharedState) -> Result<Self, Rejection> {
        let config = state.config.get();
        match allow(&config, &parts.uri, &parts.headers, None) {
            Ok(()) => Ok(InsightsAccess::All),
            Err(Rejection::ReadOnly(site)) => Ok(InsightsAccess::Site(site)),
            Err(Rejection::AdminDisabled | Rejection::Unauthorized { .. }) if config.sites.has_readers() => {
                Err(Rejection::Unauthorized { is_read: true })
            }
            Err(refused) => Err(refused),
        }
    }
}

impl InsightsAccess {
    /// Whether the insights of this site may be read.
    ///
    /// # Errors
    /// The token is that of another site.
    pub(crate) fn check(self, site: &str) -> Result<(), Rejection> {
        match self {
            InsightsAccess::Site(own) if own != site => Err(Rejection::ReadOnly(own)),
            _ => Ok(()),
        }
    }
}

/// Checks access to all that is stored. `in_address` is a token from the query string, for routes that accept one.
///
/// # Errors
/// [`Rejection::ReadOnly`] with the read token of a site.
pub(crate) fn allow(
    config: &ActiveConfig,
    uri: &Uri,
    headers: &HeaderMap,
    in_address: Option<&str>,
) -> Result<(), Rejection> {
    let guess = credentials(headers, "bearer").or(in_address);
    let refused = match &config.admin {
        Admin::Closed => Rejection::AdminDisabled,
        Admin::Open if is_local(uri, headers) => return Ok(()),
        Admin::Open => Rejection::NotLocal,
        Admin::Token(token) if guess.is_some_and(|guess| token.is(guess)) => return Ok(()),
        Admin::Token(_) => Rejection::Unauthorized { is_read: false },
    };
    let reader = guess.and_then(|guess| config.sites.reader(guess));
    Err(reader.map_or(refused, |site| Rejection::ReadOnly(site.to_owned())))
}

/// The credentials of the `Authorization` header in this scheme.
pub(crate) fn credentials<'h>(headers: &'h HeaderMap, by: &str) -> Option<&'h str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case(by).then(|| token.trim())
}

/// Whether the request names this machine: in the `Host` header (HTTP/1.1), or in the authority of its address
/// (`:authority` of HTTP/2). A request that has both must name this machine in both, and a request without either is
/// not local. A page elsewhere can let its own name point to 127.0.0.1 and so read what is served there (DNS
/// rebinding), but it cannot change the name that its browser sends.
fn is_local(uri: &Uri, headers: &HeaderMap) -> bool {
    let authority = uri.authority().map(|authority| Some(authority.as_str()));
    let hosts = headers.get_all(header::HOST).iter().map(|host| host.to_str().ok());
    let mut names = authority.into_iter().chain(hosts).peekable();
    names.peek().is_some() && names.all(|name| name.is_some_and(is_loopback))
}

/// Whether an `Origin` is that of a page of this machine.
pub(crate) fn is_local_origin(origin: &HeaderValue) -> bool {
    let host = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
    host.is_some_and(|(scheme, host)| matches!(scheme, "http" | "https") && is_loopback(host))
}

/// Whether a host, with or without a port, is `localhost` or a loopback address.
fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => name,
        _ => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCAL: [&str; 6] = ["localhost", "localhost:8787", "127.0.0.1:1", "127.0.0.1", "[::1]:8787", "[::1]"];
    const FOREIGN: [&str; 4] = ["evil.example", "localhost.evil.example:80", "203.0.113.1", "[2001:db8::1]:80"];

    /// A request with this authority in its address and this `Host` header.
    fn local(authority: Option<&str>, host: Option<&str>) -> bool {
        let uri = authority.map_or_else(|| "/v1/events".to_owned(), |name| format!("http://{name}/v1/events"));
        let host = host.map(|host| (header::HOST, host.parse().unwrap()));
        is_local(&uri.parse().unwrap(), &HeaderMap::from_iter(host))
    }

    #[test]
    fn only_this_machine_s_names_are_local() {
        for name in LOCAL {
            assert!(
                local(None, Some(name)) && local(Some(name), None) && local(Some(name), Some("localhost")),
                "{name}"
            );
        }
        for name in FOREIGN {
            assert!(!local(None, Some(name)) && !local(Some(name), None), "{name}");
            assert!(!local(Some(name), Some("localhost")) && !local(Some("localhost"), Some(name)), "{name}");
        }
        assert!(!local(None, Some("")) && !local(None, None));
    }

    #[test]
    fn only_pages_of_this_machine_are_local() {
        for name in LOCAL {
            assert!(is_local_origin(&format!("http://{name}").parse().unwrap()), "{name}");
        }
        for name in FOREIGN {
            assert!(!is_local_origin(&format!("http://{name}").parse().unwrap()), "{name}");
        }
        for other in ["null", "file://", "capacitor://localhost", "localhost"] {
            assert!(!is_local_origin(&other.parse().unwrap()), "{other}");
        }
    }
}
