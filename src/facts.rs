//! Facts about the browser, the page and the user's privacy signals: plain data, read by the browser edge.

use waymark_wire::settings::CollectSettings;
use waymark_wire::{Location, Screen};

/// The page as the browser shows it now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PageFacts {
    /// The parts of the page's address that the site collects.
    pub location: Location,
    /// Whether the address has a hash that looks like a route (`#/cart`, `#!/cart`) and is not collected.
    pub is_hash_routed: bool,
    /// Whether the page is shown inside another page.
    pub is_iframe: bool,
    /// The viewport.
    pub screen: Screen,
    /// Minutes as `Date.getTimezoneOffset` gives them: UTC+2 is -120.
    pub timezone: i32,
    /// The document's title.
    pub title: String,
}

impl PageFacts {
    /// Whether the hash of an address looks like a route of an application.
    pub fn has_hash_route(href: &str) -> bool {
        href.split_once('#').is_some_and(|(_, hash)| hash.starts_with(['/', '!']))
    }
}

/// How the page differs from the [`PageFacts`] that were read last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PageChange {
    /// No difference.
    #[default]
    Same,
    /// The title, the time zone, or the address without a navigation (`history.replaceState`) changed.
    Updated,
    /// The page navigated, and no listener has reported that (yet).
    Navigated,
}

/// The optional parts of the page's address that the site collects.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AddressFilter {
    /// The names of the query parameters to collect.
    pub query: Vec<String>,
    /// Whether to collect the part after `#`.
    pub hash: bool,
}

impl From<&CollectSettings> for AddressFilter {
    fn from(collect: &CollectSettings) -> Self {
        let names = collect.query.iter().flat_map(|names| &names.0);
        AddressFilter {
            query: names.map(|name| name.as_str().to_owned()).collect(),
            hash: collect.hash.unwrap_or_default().0,
        }
    }
}

/// The browser's description of itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UserAgent {
    /// `navigator.userAgent`.
    pub text: String,
    /// `navigator.userAgentData.brands`.
    pub brands: Vec<Brand>,
    /// `navigator.userAgentData.platform`; `None` if the browser does not give it.
    pub platform: Option<String>,
    /// `navigator.userAgentData.mobile`; `None` if the browser has no client hints.
    pub is_mobile: Option<bool>,
    /// `navigator.webdriver`: software drives the browser, and says so.
    pub is_automated: bool,
}

/// A brand of the client hints.
#[derive(Clone, Debug, PartialEq)]
pub struct Brand {
    /// The brand's name, such as `Google Chrome`.
    pub name: String,
    /// The brand's major version.
    pub version: String,
}

/// The privacy signals of the browser.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signals {
    /// Global Privacy Control is on.
    pub gpc: bool,
    /// Do Not Track is on.
    pub dnt: bool,
}
