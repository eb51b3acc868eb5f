//! Cookies: read by their whole name, written for the widest domain that the browser accepts.

use super::bindings::{DOCUMENT, LOCATION};
use crate::address::{decoded, encoded};
use std::cell::RefCell;
use waymark_wire::level::Key;
use web_sys::Location;

thread_local! {
    /// The `domain` attribute; `None` before it is known.
    static DOMAIN: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// All cookies: name and value, the value still encoded.
pub fn all() -> Vec<(String, String)> {
    let text = DOCUMENT.with(|document| document.cookie()).unwrap_or_default();
    let pairs = text.split(';').filter_map(|pair| pair.trim_ascii_start().split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// The value of a cookie, decoded.
pub fn read(name: &str) -> Option<String> {
    let (_, value) = all().into_iter().find(|(found, _)| found == name)?;
    Some(decoded(&value).unwrap_or(value))
}

/// Stores a value for `days` days; 0 removes it. Only [`read`] shows whether the browser accepted the cookie. `site`
/// names the cookie that finds the domain.
pub fn write(site: &str, name: &str, value: &str, days: u32) {
    set(name, &encoded(value), i64::from(days) * 86_400, &domain(site));
}

fn set(name: &str, value: &str, max_age_s: i64, domain: &str) {
    let mut text = String::new();
    let mut digits = itoa::Buffer::new();
    for part in [name, "=", value, "; path=/; samesite=lax; max-age=", digits.format(max_age_s), domain] {
        text.push_str(part);
    }
    if LOCATION.with(Location::protocol).is_ok_and(|protocol| protocol == "https:") {
        text.push_str("; secure");
    }
    // Reading the cookie shows whether the browser refused it.
    let _ = DOCUMENT.with(|document| document.set_cookie(&text));
}

/// The widest domain that accepts cookies, found once by setting a probe cookie.
fn domain(site: &str) -> String {
    if let Some(domain) = DOMAIN.with_borrow(Clone::clone) {
        return domain;
    }
    let host = LOCATION.with(Location::hostname).unwrap_or_default();
    let domain = probe(&host, &Key::PROBE.name(site, &[])).unwrap_or_default();
    DOMAIN.set(Some(domain.clone()));
    domain
}

fn probe(host: &str, name: &str) -> Option<String> {
    let dots: Vec<usize> = host.bytes().enumerate().filter(|(_, byte)| *byte == b'.').map(|(at, _)| at).collect();
    // From the last two labels to the whole name.
    let starts = dots.iter().rev().skip(1).map(|dot| dot + 1).chain([0]);
    let ends = starts.filter(|_| !dots.is_empty()).filter_map(|start| host.get(start..));
    ends.map(|end| String::from("; domain=") + end).find(|domain| {
        set(name, "1", 60, domain);
        let is_taken = read(name).is_some();
        if is_taken {
            set(name, "", 0, domain);
        }
        is_taken
    })
}
