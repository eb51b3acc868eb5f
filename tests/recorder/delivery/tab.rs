//! A tab of the browser.

use crate::page::Page;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A tab with its page.
pub struct Tab {
    pub page: Page,
    /// The tab's sessionStorage, while another tab is at the front.
    pub session: BTreeMap<String, String>,
    /// The tabs whose locks the page has.
    pub owned: BTreeSet<Uuid>,
    /// The marks recorded since the page was last idle.
    pub unsaved: Vec<u64>,
    /// All marks that the page recorded, and the number of them before the last flush.
    pub marks: Vec<u64>,
    pub flushed: usize,
    /// The number of losses that flushes have returned.
    pub returned: u64,
}

impl Tab {
    pub fn new(page: Page) -> Self {
        Tab {
            page,
            session: BTreeMap::new(),
            owned: BTreeSet::new(),
            unsaved: Vec::new(),
            marks: Vec::new(),
            flushed: 0,
            returned: 0,
        }
    }
}
