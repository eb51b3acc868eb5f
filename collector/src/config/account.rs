//! Accounts (site owners) and the data centre of each.

use super::error::ConfigError;
use serde::Deserialize;
use waymark_wire::settings::Region;

/// An account: a site owner.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// 32 hex digits: the `wm.uId` of its events.
    pub id: String,
    /// Its data centre.
    pub region: Region,
    /// Display name.
    #[serde(default)]
    pub name: String,
}

/// URL of the collector in each data centre, for requests that came to the wrong one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Endpoints {
    /// United States.
    pub us: Option<String>,
    /// European Union.
    pub eu: Option<String>,
}

impl Endpoints {
    /// URL of a region's collector, if configured.
    pub fn of(&self, region: Region) -> Option<&str> {
        let address = match region {
            Region::Us => &self.us,
            Region::Eu => &self.eu,
        };
        address.as_deref()
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        check_address("endpoints.us", self.us.as_deref())?;
        check_address("endpoints.eu", self.eu.as_deref())
    }
}

/// Region of all accounts, if they are in one and there is no endpoint in another. Where there is one, several collectors may share
/// the file: each must say where it is.
pub(super) fn only_region(accounts: &[Account], endpoints: &Endpoints) -> Option<Region> {
    let first = accounts.first()?.region;
    let other = match first {
        Region::Us => Region::Eu,
        Region::Eu => Region::Us,
    };
    let is_only = accounts.iter().all(|account| account.region == first) && endpoints.of(other).is_none();
    is_only.then_some(first)
}

pub(super) fn check_all(accounts: &[Account]) -> Result<(), ConfigError> {
    for (index, account) in accounts.iter().enumerate() {
        let wrong = |reason| Err(ConfigError::Account { account: account.id.clone(), reason });
        if let Err(reason) = check_id(&account.id) {
            return wrong(format!("id {reason}"));
        }
        if accounts.iter().take(index).any(|other| other.id == account.id) {
            return wrong("its id is there twice; every account needs its own".to_owned());
        }
    }
    Ok(())
}

/// Checks an account ID.
pub(super) fn check_id(id: &str) -> Result<(), String> {
    match id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        true => Ok(()),
        false => Err(format!("must be 32 hex digits, and is `{id}`")),
    }
}

/// Checks a URL for pages.
pub(super) fn check_address(key: &'static str, address: Option<&str>) -> Result<(), ConfigError> {
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"\"'<>\\?#".contains(&byte);
    let good = |address: &str| {
        let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
        rest.is_some_and(|rest| !rest.is_empty() && !rest.ends_with('/') && rest.bytes().all(plain))
    };
    match address.filter(|address| !good(address)) {
        Some(bad) => Err(ConfigError::Value {
            key,
            reason: format!(
                "`{bad}` must be an address such as https://collect.example.com, without a slash at its end"
            ),
        }),
        None => Ok(()),
    }
}
