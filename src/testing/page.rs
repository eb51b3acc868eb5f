//! The page of a simulated browser, and what the recorder reads of it.

use crate::facts::{AddressFilter, PageFacts};
use waymark_wire::{Location, Screen};

/// The page of the simulated browser.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// `location.protocol`, with the colon.
    pub protocol: String,
    /// `location.hostname`, without the port.
    pub hostname: String,
    /// `location.pathname`, from the first slash.
    pub pathname: String,
    /// The query parameters that the site collects.
    pub search: String,
    /// `location.hash`, from the `#`. Given only to a recorder that asks for it.
    pub hash: String,
    /// The document's title.
    pub title: String,
    /// The viewport: height and width.
    pub screen: (u32, u32),
    /// Minutes as `Date.getTimezoneOffset` gives them.
    pub timezone: i32,
    /// Whether the page is shown inside another page.
    pub is_iframe: bool,
}

impl Page {
    /// What the recorder reads of the page.
    pub(super) fn facts(&self, filter: &AddressFilter) -> PageFacts {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let (height, width) = self.screen;
        PageFacts {
            location: Location {
                protocol: some(&self.protocol),
                hostname: some(&self.hostname),
                pathname: some(&self.pathname),
                search: some(&self.search),
                hash: some(&self.hash).filter(|_| filter.hash),
            },
            is_hash_routed: PageFacts::has_hash_route(&self.hash) && !filter.hash,
            is_iframe: self.is_iframe,
            screen: Screen { height: Some(height), width: Some(width) },
            timezone: self.timezone,
            title: self.title.clone(),
        }
    }
}
