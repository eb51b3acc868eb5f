//! Checks that an origin is written as browsers write it: origins are compared byte for byte.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::num::NonZeroU16;
use uuid::Uuid;

/// Pages without an origin of their own: sandboxed frames, files, `data:` addresses.
pub(super) const NONE: &str = "null";

/// Schemes that no page's origin has, and what is often written in place of https.
const NEVER: [&str; 8] = ["about", "blob", "data", "ftp", "javascript", "view-source", "ws", "wss"];

/// Whether `text` is what a browser would put into an `Origin` header, or stands for all extensions of a browser.
pub(super) fn is_origin(text: &str) -> bool {
    match text.split_once("://") {
        Some((scheme @ ("https" | "http"), host)) => is_web_host(scheme, host),
        Some(("file", host)) => host.is_empty(),
        Some(("chrome-extension", id)) => id.len() == 32 && id.bytes().all(|byte| matches!(byte, b'a'..=b'p')),
        // Their IDs are another in each browser.
        Some(("moz-extension" | "safari-web-extension", id)) => id == "*" || is_guid(id),
        Some((scheme, host)) => is_app_scheme(scheme) && is_app_host(host),
        None => text == NONE,
    }
}

pub(super) fn is_web(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

/// The port that browsers leave out.
pub(super) fn usual_port(scheme: &str) -> Option<&'static str> {
    match scheme {
        "https" => Some("443"),
        "http" => Some("80"),
        _ => None,
    }
}

/// A host as browsers write it, and a port other than the one that they leave out.
fn is_web_host(scheme: &str, host: &str) -> bool {
    let (name, port) = split_port(host);
    is_host_name(name) && port.is_none_or(|port| is_port(port) && Some(port) != usual_port(scheme))
}

fn is_host_name(name: &str) -> bool {
    if let Some(ip) = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
        return ip.parse().is_ok_and(|parsed| browsers_v6(parsed) == ip);
    }
    let mut labels = name.strip_suffix('.').unwrap_or(name).split('.');
    if !labels.clone().all(|label| !label.is_empty() && label.bytes().all(is_plain)) {
        return false;
    }
    // What ends in a number is an address, and browsers write it in its one form.
    let is_number = |label: &str| label.starts_with("0x") || label.bytes().all(|byte| byte.is_ascii_digit());
    !labels.next_back().is_some_and(is_number) || name.parse::<Ipv4Addr>().is_ok()
}

/// Browsers write both halves of an IPv4 address within one of IPv6 in hex.
pub(super) fn browsers_v6(ip: Ipv6Addr) -> String {
    match (ip.to_ipv4_mapped(), ip.segments()) {
        (Some(_), [.., high, low]) => format!("::ffff:{high:x}:{low:x}"),
        _ => ip.to_string(),
    }
}

/// The scheme of an app: any but those that no page has. What has no letter but those of https is misspelt.
fn is_app_scheme(scheme: &str) -> bool {
    scheme.starts_with(|first: char| first.is_ascii_lowercase())
        && scheme.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"+.-".contains(&byte))
        && !scheme.bytes().all(|byte| b"htps".contains(&byte))
        && !NEVER.contains(&scheme)
}

fn is_app_host(host: &str) -> bool {
    let (name, port) = split_port(host);
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    !name.is_empty() && name.bytes().all(plain) && port.is_none_or(is_port)
}

pub(super) fn is_guid(text: &str) -> bool {
    text.len() == 36 && Uuid::try_parse(text).is_ok()
}

pub(super) fn split_port(host: &str) -> (&str, Option<&str>) {
    match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, Some(port)),
        _ => (host, None),
    }
}

fn is_port(port: &str) -> bool {
    port.parse::<NonZeroU16>().is_ok_and(|number| number.to_string() == port)
}

pub(super) fn is_plain(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_'
}
