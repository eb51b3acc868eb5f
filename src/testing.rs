//! A host in memory: what a recorder does on it is what it does in a browser, with the clock and the network in the
//! test's hands. For tests of the recorder, of this crate and of others.

use crate::agent::Agent;
use crate::context::Page;
use crate::host::{Host, NEVER};
use std::collections::BTreeMap;
use uuid::{Builder, Uuid};

/// A browser that is not there.
#[derive(Debug)]
pub struct MemoryHost {
    /// The clock, epoch ms.
    pub now: i64,
    /// What the browser says of itself.
    pub agent: Agent,
    /// The page.
    pub page: Page,
    /// The cookies that the page can read.
    pub cookies: BTreeMap<String, String>,
    /// The page's variables, by dotted path.
    pub variables: BTreeMap<String, String>,
    /// What was kept.
    pub stored: BTreeMap<String, String>,
    /// What was sent: the batch's number and the body.
    pub posts: Vec<(u32, String)>,
    /// When it wants to be woken.
    pub wake_at: i64,
    /// The flushes that are done.
    pub settled: Vec<Option<&'static str>>,
    /// What the site's developer was told.
    pub reports: Vec<String>,
    /// How often the page was asked for: reading it costs a browser most.
    pub page_reads: usize,
    guids: u64,
}

impl Default for MemoryHost {
    fn default() -> Self {
        MemoryHost {
            now: 0,
            agent: Agent::default(),
            page: Page::default(),
            cookies: BTreeMap::new(),
            variables: BTreeMap::new(),
            stored: BTreeMap::new(),
            posts: Vec::new(),
            wake_at: NEVER,
            settled: Vec::new(),
            reports: Vec::new(),
            page_reads: 0,
            guids: 0,
        }
    }
}

impl Host for MemoryHost {
    fn now(&self) -> i64 {
        self.now
    }

    fn guid(&mut self) -> Uuid {
        self.guids += 1;
        let mut bytes = [0x5a; 16];
        bytes[..8].copy_from_slice(&self.guids.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
        Builder::from_random_bytes(bytes).into_uuid()
    }

    fn agent(&mut self) -> Agent {
        self.agent.clone()
    }

    fn page(&mut self) -> Page {
        self.page_reads += 1;
        self.page.clone()
    }

    fn cookie(&mut self, name: &str) -> Option<String> {
        self.cookies.get(name).cloned()
    }

    fn variable(&mut self, path: &str) -> Option<String> {
        self.variables.get(path).cloned()
    }

    fn load(&mut self, key: &str) -> Option<String> {
        self.stored.get(key).cloned()
    }

    fn save(&mut self, key: &str, value: &str) {
        self.stored.insert(key.to_owned(), value.to_owned());
    }

    fn post(&mut self, number: u32, body: String) {
        self.posts.push((number, body));
    }

    fn wake_at(&mut self, at: i64) {
        self.wake_at = at;
    }

    fn settle(&mut self, trouble: Option<&'static str>) {
        self.settled.push(trouble);
    }

    fn report(&mut self, message: &str) {
        self.reports.push(message.to_owned());
    }
}
