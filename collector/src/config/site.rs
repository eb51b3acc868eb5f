//! A site: key, account, allowed origins, and what is collected.

use super::account::{self, Account};
use super::document::{element, join};
use super::findings::Findings;
use super::origin;
use super::secret::{self, Secret};
use super::settings;
use super::table::{BOOLEAN, TEXT, Table};
use super::token::{Admin, Token};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap, HashSet};
use waymark_wire::{Allowed, Level, Settings};

/// A site.
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    /// Site key in its pages: 1 to 64 of `A-Z a-z 0-9 _ . -`. Not a secret.
    pub key: String,
    /// Account (site owner), 32 hex digits.
    pub account: String,
    /// Display name.
    pub name: String,
    /// The origins whose pages may send, such as `https://www.example.com`, or `https://*.example.com` for every
    /// subdomain; `capacitor://localhost` and the like for apps and extensions; `null` for pages that have no origin.
    /// Empty: any.
    pub origins: Vec<String>,
    /// Its environments, the `wm.env` of their events by name; for people.
    pub environments: BTreeMap<String, u16>,
    /// Whether anything is collected. Default: true.
    pub enabled: bool,
    /// Percentage of users that are recorded. Default: 100.
    pub sampling: u8,
    /// Recorder settings. Data that they exclude is not stored, even if a recorder sends it.
    pub settings: Settings,
    /// What becomes of the events of bots. Default: flag.
    pub bots: Bots,
    /// Retention in days from arrival. Default: 365. 0 keeps events until they are erased.
    pub retention_days: u32,
    /// Secrets with which the site's server signs user IDs, so that user state is shared between browsers. Two during a
    /// rotation. Default: empty, no state is stored.
    pub state_secrets: Vec<Secret>,
    /// Token that reads the site's insights, and nothing else. Default: none, only the admin token reads them.
    pub read_token: Option<Token>,
}

/// What becomes of the events of bots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Bots {
    /// They are stored like any other.
    Keep,
    /// They are stored with `server.bot`.
    #[default]
    Flag,
    /// They are rejected.
    Drop,
}

impl Bots {
    /// The setting as it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Bots::Keep => "keep",
            Bots::Flag => "flag",
            Bots::Drop => "drop",
        }
    }
}

const KEY: &str = "must be 1 to 64 of A-Z a-z 0-9 _ . -";
const ENVIRONMENT: &str = "must be a whole number of its own from 0 to 1000";
const SAMPLING: &str = "must be a whole number from 0 to 100";
const BOTS: &str = "must be one of keep, flag, drop";
const DAYS: &str = "must be a whole number from 0 to 4294967295";

impl Site {
    pub(super) fn read(table: &mut Table<'_>) -> Self {
        let key: String = table.required("key", KEY);
        let account: String = table.required("account", account::ID);
        let default = Site::new(&key, &account);
        let secrets = table.list("state_secrets", secret::SECRET);
        let site = Site {
            key,
            account,
            name: table.value("name", TEXT).unwrap_or_default(),
            origins: table.list("origins", TEXT).into_iter().map(Option::unwrap_or_default).collect(),
            environments: table.map("environments", ENVIRONMENT),
            enabled: table.value("enabled", BOOLEAN).unwrap_or(default.enabled),
            sampling: table.value("sampling", SAMPLING).unwrap_or(default.sampling),
            settings: settings::read(table, "settings"),
            bots: table.value("bots", BOTS).unwrap_or(default.bots),
            retention_days: table.value("retention_days", DAYS).unwrap_or(default.retention_days),
            state_secrets: secrets.into_iter().map(|secret| secret.unwrap_or_else(|| String::new().into())).collect(),
            read_token: table.value("read_token", TEXT),
        };
        for key in settings::names_in("") {
            table.misplaced(key, "belongs under [sites.settings]");
        }
        site
    }

    /// A site with default settings and any origin.
    pub fn new(key: &str, account: &str) -> Self {
        Site {
            key: key.to_owned(),
            account: account.to_owned(),
            name: String::new(),
            origins: Vec::new(),
            environments: BTreeMap::new(),
            enabled: true,
            sampling: 100,
            settings: Settings::default(),
            bots: Bots::default(),
            retention_days: 365,
            state_secrets: Vec::new(),
            read_token: None,
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

    fn check(&self, path: &str, accounts: &[Account], findings: &mut Findings) {
        let key = join(path, "key");
        if !is_key(&self.key) {
            findings.add(&key, KEY);
        }
        if matches!(self.key.as_str(), "." | "..") {
            findings.add(&key, format!("must not be `{}`: browsers leave that out of addresses", self.key));
        }
        let key = join(path, "account");
        account::check_id(&key, &self.account, findings);
        let is_known = accounts.is_empty() || accounts.iter().any(|account| account.id == self.account);
        if !is_known && findings.are_right(&["accounts"]) {
            let known: Vec<_> = accounts.iter().map(|account| &*account.id).collect();
            findings.add(&key, format!("`{}` is none of [[accounts]]: {}", self.account, known.join(", ")));
        }
        if self.sampling > 100 {
            findings.add(&join(path, "sampling"), format!("{SAMPLING}, and is {}", self.sampling));
        }
        secret::check_all(&join(path, "state_secrets"), &self.state_secrets, findings);
        let environments = join(path, "environments");
        let mut numbers = HashSet::new();
        for (name, number) in &self.environments {
            if *number > 1_000 || !numbers.insert(number) {
                findings.add(&join(&environments, name), format!("{ENVIRONMENT}, and is {number}"));
            }
        }
        let origins = join(path, "origins");
        for (index, pattern) in self.origins.iter().enumerate() {
            if let Some(reason) = origin::refuse(pattern) {
                findings.add(&element(&origins, index), reason);
            }
        }
    }
}

/// Whether a text has the form of a site key.
pub(crate) fn is_key(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    (1..=64).contains(&text.len()) && text.bytes().all(plain)
}

pub(super) fn check_all(sites: &[Site], accounts: &[Account], admin: &Admin, findings: &mut Findings) {
    let mut keys = HashMap::new();
    for (index, site) in sites.iter().enumerate() {
        let path = element("sites", index);
        site.check(&path, accounts, findings);
        let first = *keys.entry(&site.key).or_insert(index);
        if first != index {
            let reason = format!("`{}` is also that of sites[{first}]; every site needs its own", site.key);
            findings.add(&join(&path, "key"), reason);
        }
        let Some(token) = &site.read_token else { continue };
        let same = sites.iter().take(index).position(|other| other.read_token.as_ref() == Some(token));
        let reason = match (token.check("the site's insights"), admin, same) {
            (Err(reason), _, _) => reason,
            (Ok(()), Admin::Token(admin), _) if admin == token => {
                "must not be the admin_token: that one opens every site, and erases".to_owned()
            }
            (Ok(()), _, Some(first)) => format!("is also that of sites[{first}]; every site needs its own"),
            _ => continue,
        };
        findings.add(&join(&path, "read_token"), reason);
    }
}
