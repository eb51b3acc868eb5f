//! Accounts (site owners) and the data centre of each.

use super::document::{element, join};
use super::findings::Findings;
use super::table::{TEXT, Table};
use waymark_wire::settings::{Region, Rule};

/// An account: a site owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// 32 hex digits: the `wm.uId` of its events.
    pub id: String,
    /// Its data centre.
    pub region: Region,
    /// Display name.
    pub name: String,
}

/// URL of the collector in each data centre, for requests that came to the wrong one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Endpoints {
    /// United States.
    pub us: Option<String>,
    /// European Union.
    pub eu: Option<String>,
}

/// What an account ID must be.
pub(super) const ID: &str = "must be 32 hex digits";

impl Account {
    pub(super) fn read(table: &mut Table<'_>) -> Self {
        Account {
            id: table.required("id", ID),
            region: table.required("region", Region::MUST_BE),
            name: table.value("name", TEXT).unwrap_or_default(),
        }
    }
}

impl Endpoints {
    pub(super) fn read(table: &mut Table<'_>) -> Self {
        Endpoints { us: table.value("us", TEXT), eu: table.value("eu", TEXT) }
    }

    /// URL of a region's collector, if configured.
    pub fn of(&self, region: Region) -> Option<&str> {
        let address = match region {
            Region::Us => &self.us,
            Region::Eu => &self.eu,
        };
        address.as_deref()
    }

    pub(super) fn check(&self, findings: &mut Findings) {
        check_address("endpoints.us", self.us.as_deref(), findings);
        check_address("endpoints.eu", self.eu.as_deref(), findings);
    }
}

/// Region of all accounts, if they are in one and there is no endpoint in another. Where there is one, several
/// collectors may share the file: each must say where it is.
pub(super) fn only_region(accounts: &[Account], endpoints: &Endpoints) -> Option<Region> {
    let first = accounts.first()?.region;
    let other = match first {
        Region::Us => Region::Eu,
        Region::Eu => Region::Us,
    };
    let is_only = accounts.iter().all(|account| account.region == first) && endpoints.of(other).is_none();
    is_only.then_some(first)
}

pub(super) fn check_all(accounts: &[Account], findings: &mut Findings) {
    for (index, account) in accounts.iter().enumerate() {
        let key = join(&element("accounts", index), "id");
        check_id(&key, &account.id, findings);
        if let Some(first) = accounts.iter().take(index).position(|other| other.id == account.id) {
            let reason = format!("`{}` is also that of accounts[{first}]; every account needs its own", account.id);
            findings.add(&key, reason);
        }
    }
}

/// Checks an account ID.
pub(super) fn check_id(key: &str, id: &str, findings: &mut Findings) {
    if id.len() != 32 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        findings.add(key, format!("{ID}, and is `{id}`"));
    }
}

/// Checks a URL for pages.
pub(super) fn check_address(key: &str, address: Option<&str>, findings: &mut Findings) {
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"\"'<>\\?#".contains(&byte);
    let good = |address: &str| {
        let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
        rest.is_some_and(|rest| !rest.is_empty() && !rest.ends_with('/') && rest.bytes().all(plain))
    };
    if let Some(bad) = address.filter(|address| !good(address)) {
        findings.add(
            key,
            format!("`{bad}` must be an address such as https://collect.example.com, without a slash at its end"),
        );
    }
}
