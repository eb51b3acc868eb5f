//! A site whose events are taken: its key, whose it is, which pages may send, and how much of it is stored.

use super::ConfigError;
use super::collect::{self, Collect};
use serde::Deserialize;
use std::collections::HashSet;
use waymark_wire::{Allowed, Level};

/// A site whose events are taken.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// What its pages name it by: 1 to 64 of `A-Z a-z 0-9 _ . -`. Not a secret.
    pub key: String,
    /// The account (site owner) that its events belong to, 32 hex digits.
    pub account: String,
    /// Its name, for people.
    #[serde(default)]
    pub name: String,
    /// The origins whose pages may send, such as `https://www.example.com`. Empty: any.
    #[serde(default)]
    pub origins: Vec<String>,
    /// The tracking level, 0 to 3, 1 by default. What is above it is not stored, whatever the recorder sends.
    #[serde(default, deserialize_with = "collect::level")]
    pub level: Level,
    /// What of the level is not stored either: a switch set to `false`. `query` and `hash` are off by default.
    #[serde(default)]
    pub collect: Collect,
    /// How many days its events are kept from their arrival, 365 by default; 0 keeps them until somebody erases them.
    #[serde(default = "retention_days")]
    pub retention_days: u32,
}

/// A year.
pub(crate) fn retention_days() -> u32 {
    365
}

impl Site {
    /// What of its events may be stored.
    pub fn allowed(&self) -> Allowed {
        self.collect.at(self.level)
    }

    fn check(&self) -> Result<(), String> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
        if !(1..=64).contains(&self.key.len()) || !self.key.bytes().all(plain) {
            return Err("key must be 1 to 64 of A-Z a-z 0-9 _ . -".to_owned());
        }
        if self.account.len() != 32 || !self.account.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(format!("account must be 32 hex digits, and is `{}`", self.account));
        }
        match self.origins.iter().find(|origin| !is_origin(origin)) {
            Some(bad) => Err(format!(
                "origin `{bad}` must be scheme and host as browsers send them, such as https://www.example.com \
                 or http://localhost:3000, in lower case and without a path"
            )),
            None => Ok(()),
        }
    }
}

pub(super) fn check_all(sites: &[Site]) -> Result<(), ConfigError> {
    let mut keys = HashSet::new();
    for (index, site) in sites.iter().enumerate() {
        let wrong = |why| {
            let site = if site.key.is_empty() { format!("number {}", index + 1) } else { format!("`{}`", site.key) };
            ConfigError::Site { site, why }
        };
        site.check().map_err(wrong)?;
        if !keys.insert(&site.key) {
            return Err(wrong("its key is there twice; every site needs its own".to_owned()));
        }
    }
    Ok(())
}

/// Whether `text` is what a browser would put into an `Origin` header.
fn is_origin(text: &str) -> bool {
    let Some(host) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else { return false };
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, Some(port)),
        _ => (host, None),
    };
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-._[]:".contains(&byte);
    !name.is_empty()
        && name.bytes().all(plain)
        && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|number| number.to_string() == port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_what_a_browser_sends() {
        for good in ["https://example.com", "http://localhost:3000", "http://127.0.0.1", "http://[::1]:80"] {
            assert!(is_origin(good), "{good}");
        }
        for bad in ["", "*", "null", "example.com", "https://", "https://a/", "https://A.com", "https://a:x", "ftp://a"]
        {
            assert!(!is_origin(bad), "{bad}");
        }
    }
}
