//! Whose sites they are, and in which of the two data centres their data stays.

use super::error::ConfigError;
use serde::Deserialize;
use waymark_wire::settings::Region;

/// A site owner.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// 32 hex digits: the `wm.uId` of its events.
    pub id: String,
    /// Where its data stays.
    pub region: Region,
    /// Its name, for people.
    #[serde(default)]
    pub name: String,
}

/// Where the collectors of each data centre are, for whoever came to the wrong one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Endpoints {
    /// In the United States.
    pub us: Option<String>,
    /// In the European Union.
    pub eu: Option<String>,
}

impl Endpoints {
    /// The address of a region's collector, where it is configured.
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

pub(super) fn check_all(accounts: &[Account]) -> Result<(), ConfigError> {
    for (index, account) in accounts.iter().enumerate() {
        let wrong = |why| Err(ConfigError::Account { account: account.id.clone(), why });
        if let Err(why) = check_id(&account.id) {
            return wrong(format!("id {why}"));
        }
        if accounts.iter().take(index).any(|other| other.id == account.id) {
            return wrong("its id is there twice; every account needs its own".to_owned());
        }
    }
    Ok(())
}

/// Whether `id` can be an account's.
pub(super) fn check_id(id: &str) -> Result<(), String> {
    match id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        true => Ok(()),
        false => Err(format!("must be 32 hex digits, and is `{id}`")),
    }
}

/// Whether pages can be told this address.
pub(super) fn check_address(key: &'static str, address: Option<&str>) -> Result<(), ConfigError> {
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"\"'<>\\?#".contains(&byte);
    let good = |address: &str| {
        let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
        rest.is_some_and(|rest| !rest.is_empty() && !rest.ends_with('/') && rest.bytes().all(plain))
    };
    match address.filter(|address| !good(address)) {
        Some(bad) => Err(ConfigError::Value {
            key,
            why: format!("`{bad}` must be an address such as https://collect.example.com, without a slash at its end"),
        }),
        None => Ok(()),
    }
}
