//! A site: key, account, allowed origins, and what is collected.

use super::account::{self, Account};
use super::error::ConfigError;
use super::origin;
use super::secret::{self, Secret};
use serde::Deserialize;
use std::collections::{BTreeMap, HashSet};
use waymark_wire::{Allowed, Level, Settings};

/// A site.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// Site key in its pages: 1 to 64 of `A-Z a-z 0-9 _ . -`. Not a secret.
    pub key: String,
    /// Account (site owner), 32 hex digits.
    pub account: String,
    /// Display name.
    #[serde(default)]
    pub name: String,
    /// The origins whose pages may send, such as `https://www.example.com`, or `https://*.example.com` for every
    /// subdomain; `capacitor://localhost` and the like for apps and extensions; `null` for pages that have no origin.
    /// Empty: any.
    #[serde(default)]
    pub origins: Vec<String>,
    /// Its environments, the `wm.env` of their events by name; for people.
    #[serde(default)]
    pub environments: BTreeMap<String, u16>,
    /// Whether anything is collected. Default: true.
    #[serde(default = "default_enabled")]
    pub enabled: bool,
    /// Percentage of users that are recorded. Default: 100.
    #[serde(default = "default_sampling")]
    pub sampling: u8,
    /// Recorder settings. Data that they exclude is not stored, even if a recorder sends it.
    #[serde(default)]
    pub settings: Settings,
    /// Retention in days from arrival. Default: 365. 0 keeps events until they are erased.
    #[serde(default = "retention_days")]
    pub retention_days: u32,
    /// Secrets with which the site's server signs user IDs, so that user state is shared between browsers. Two during a
    /// rotation. Default: empty, no state is stored.
    #[serde(default)]
    pub state_secrets: Vec<Secret>,
}

impl Site {
    /// A site with default settings and any origin.
    pub fn new(key: &str, account: &str) -> Self {
        Site {
            key: key.to_owned(),
            account: account.to_owned(),
            name: String::new(),
            origins: Vec::new(),
            environments: BTreeMap::new(),
            enabled: default_enabled(),
            sampling: default_sampling(),
            settings: Settings::default(),
            retention_days: retention_days(),
            state_secrets: Vec::new(),
        }
    }

    /// What may be stored of its events.
    pub fn allowed(&self) -> Allowed {
        let mut allowed = self.settings.allowed();
        if !self.enabled {
            allowed.set_level(Level::Off);
        }
        allowed
    }

    /// Whether pages of this origin may send events.
    pub fn takes(&self, origin: &str) -> bool {
        self.origins.is_empty() || self.origins.iter().any(|pattern| origin::is_taken_by(pattern, origin))
    }

    fn check(&self, accounts: &[Account]) -> Result<(), String> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
        if !(1..=64).contains(&self.key.len()) || !self.key.bytes().all(plain) {
            return Err("key must be 1 to 64 of A-Z a-z 0-9 _ . -".to_owned());
        }
        if matches!(self.key.as_str(), "." | "..") {
            return Err(format!("key must not be `{}`: browsers leave that out of addresses", self.key));
        }
        account::check_id(&self.account).map_err(|reason| format!("account {reason}"))?;
        if !accounts.is_empty() && !accounts.iter().any(|account| account.id == self.account) {
            let known: Vec<_> = accounts.iter().map(|account| &*account.id).collect();
            return Err(format!("account `{}` is none of [[accounts]]: {}", self.account, known.join(", ")));
        }
        if self.sampling > 100 {
            return Err(format!("sampling must be from 0 to 100, and is {}", self.sampling));
        }
        secret::check_all(&self.state_secrets)?;
        let mut numbers = HashSet::new();
        for (name, number) in &self.environments {
            if *number > 1_000 || !numbers.insert(number) {
                return Err(format!(
                    "environment `{name}` must be a number of its own from 0 to 1000, and is {number}"
                ));
            }
        }
        self.origins.iter().find_map(|pattern| origin::refuse(pattern)).map_or(Ok(()), Err)
    }
}

pub(super) fn check_all(sites: &[Site], accounts: &[Account]) -> Result<(), ConfigError> {
    let mut keys = HashSet::new();
    for (index, site) in sites.iter().enumerate() {
        let wrong = |reason| {
            let site = if site.key.is_empty() { format!("number {}", index + 1) } else { format!("`{}`", site.key) };
            ConfigError::Site { site, reason }
        };
        site.check(accounts).map_err(wrong)?;
        if !keys.insert(&site.key) {
            return Err(wrong("its key is there twice; every site needs its own".to_owned()));
        }
    }
    Ok(())
}

/// The default retention.
fn retention_days() -> u32 {
    365
}

fn default_enabled() -> bool {
    true
}

fn default_sampling() -> u8 {
    100
}
