//! What the browser says of itself, of the page and of its user: plain data, read by the edge.

use waymark_wire::settings::CollectSettings;
use waymark_wire::{Location, Screen};

/// The page, as the browser shows it now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PageFacts {
    /// Its address, as far as the site keeps it.
    pub location: Location,
    /// Whether it is shown inside another page.
    pub is_iframe: bool,
    /// The viewport.
    pub screen: Screen,
    /// Minutes as `Date.getTimezoneOffset` gives them: UTC+2 is -120.
    pub timezone: i32,
    /// The document's title.
    pub title: String,
}

/// How the page differs from the [`PageFacts`] that were read last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PageChange {
    /// Not at all.
    #[default]
    Same,
    /// Its title, its time zone, or its address without a navigation (`history.replaceState`).
    Updated,
    /// It navigated, and no listener has said so yet, or ever will.
    Navigated,
}

/// What of the page's address the site keeps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AddressFilter {
    /// The names of the query parameters.
    pub query: Vec<String>,
    /// Whether the part after `#` is kept.
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

/// The browser, as it describes itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UserAgent {
    /// `navigator.userAgent`.
    pub text: String,
    /// `navigator.userAgentData.brands`.
    pub brands: Vec<Brand>,
    /// `navigator.userAgentData.platform`, where it is known.
    pub platform: Option<String>,
    /// `navigator.userAgentData.mobile`, where there are hints.
    pub is_mobile: Option<bool>,
}

/// A brand of the client hints.
#[derive(Clone, Debug, PartialEq)]
pub struct Brand {
    /// Its name, such as `Google Chrome`.
    pub name: String,
    /// Its major version.
    pub version: String,
}

/// What the browser says of its user's wishes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signals {
    /// Global Privacy Control is on.
    pub gpc: bool,
    /// Do Not Track is on.
    pub dnt: bool,
}
