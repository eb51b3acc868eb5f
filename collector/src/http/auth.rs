//! Access to stored data: with the admin token; in the demo, from this machine; otherwise none.

use crate::config::Admin;
use crate::error::Rejection;
use axum::http::{HeaderMap, header};
use std::net::IpAddr;

/// Checks access. `in_address` is a token from the query string, for routes that accept one.
pub(crate) fn allow(admin: &Admin, headers: &HeaderMap, in_address: Option<&str>) -> Result<(), Rejection> {
    match admin {
        Admin::Closed => Err(Rejection::AdminDisabled),
        Admin::Open if is_local(headers) => Ok(()),
        Admin::Open => Err(Rejection::NotLocal),
        Admin::Token(token) => match credentials(headers, "bearer").or(in_address) {
            Some(guess) if token.is(guess) => Ok(()),
            _ => Err(Rejection::Unauthorized),
        },
    }
}

/// The credentials of the `Authorization` header in this scheme.
pub(crate) fn credentials<'h>(headers: &'h HeaderMap, by: &str) -> Option<&'h str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case(by).then(|| token.trim())
}

/// Whether the request names this machine. A page elsewhere can let its own name point to 127.0.0.1 and so read what
/// is served there (DNS rebinding), but it cannot change the name that its browser sends.
fn is_local(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(header::HOST).and_then(|host| host.to_str().ok()) else { return false };
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

    #[test]
    fn only_this_machine_s_names_are_local() {
        let local = |host: &str| is_local(&HeaderMap::from_iter([(header::HOST, host.parse().unwrap())]));
        for host in ["localhost", "localhost:8787", "127.0.0.1:1", "127.0.0.1", "[::1]:8787", "[::1]"] {
            assert!(local(host), "{host}");
        }
        for host in ["", "evil.example", "localhost.evil.example:80", "203.0.113.1", "[2001:db8::1]:80"] {
            assert!(!local(host), "{host}");
        }
    }
}
