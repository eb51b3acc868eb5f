//! A host in memory: what a recorder does on it is what it does in a browser, with the clock and the network in the
//! test's hands. For tests of the recorder, of this crate and of others.

use crate::agent::Agent;
use crate::host::{Host, Kept, NEVER, Purge};
use crate::scope::Scope;
use std::collections::BTreeMap;
use uuid::{Builder, Uuid};
use waymark_wire::level::{Key, Place};

/// The site and the collector of most tests.
pub fn scope() -> Scope {
    Scope::of("demo", "https://collect.example.com")
}

/// The page of a browser that is not there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// With its colon.
    pub protocol: String,
    /// Without the port.
    pub hostname: String,
    /// From the first slash.
    pub pathname: String,
    /// The query parameters that the site keeps.
    pub search: String,
    /// From the `#`; told only to a recorder that wants it.
    pub hash: String,
    /// The document's title.
    pub title: String,
    /// The viewport: height and width.
    pub screen: (u32, u32),
    /// Minutes as `Date.getTimezoneOffset` gives them.
    pub timezone: i32,
    /// Whether it is shown inside another page.
    pub is_iframe: bool,
}

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
    /// What the collector tells of the site's settings.
    pub settings: Option<String>,
    /// How often it was to be asked again.
    pub asked_again: usize,
    /// The page's variables, by dotted path.
    pub variables: BTreeMap<String, String>,
    /// What the page's functions answer, by dotted path.
    pub functions: BTreeMap<String, String>,
    /// What the other providers give, by kind and place.
    pub others: BTreeMap<(String, String), String>,
    /// What is kept for later pages, with the tab's own and what has a cookie, too.
    pub stored: BTreeMap<String, String>,
    /// What lives as long as the page.
    pub memory: BTreeMap<String, (String, Place, u32)>,
    /// Whose recorder it is, as [`Host::permit`] said last,
    pub site: String,
    /// and which keys may be kept.
    pub permitted: Vec<Key>,
    /// Whether there is room for nothing more.
    pub is_full: bool,
    /// How often something was kept.
    pub writes: usize,
    /// How often a turn was asked for.
    pub turns: usize,
    /// What was sent: the batch's number and the body.
    pub posts: Vec<(u32, String)>,
    /// The tabs whose batches it wants to send.
    pub wanted: Vec<String>,
    /// Whether it wants to be told when the page is idle.
    pub is_idle_wanted: bool,
    /// What the browser sends should the page end without being told.
    pub at_the_end: String,
    /// What the collector was told of the user's state: the request's number and its body.
    pub shared: Vec<(u32, String)>,
    /// What the collector was asked to erase.
    pub forgotten: Vec<String>,
    /// When it wants to be woken.
    pub wake_at: i64,
    /// The flushes that are done.
    pub settled: Vec<Option<&'static str>>,
    /// What the site's developer was told.
    pub reports: Vec<String>,
    /// How often the page was asked for: reading it costs a browser most.
    pub page_reads: usize,
    /// What the next GUID is drawn from.
    pub guid_seed: u64,
}

impl Default for MemoryHost {
    /// Everything of the site `demo` may be kept, as after [`Host::permit`] with all keys; the site's owner set nothing.
    fn default() -> Self {
        MemoryHost {
            now: 0,
            agent: Agent::default(),
            page: Page::default(),
            cookies: BTreeMap::new(),
            settings: Some("level n 1".to_owned()),
            asked_again: 0,
            variables: BTreeMap::new(),
            functions: BTreeMap::new(),
            others: BTreeMap::new(),
            stored: BTreeMap::new(),
            memory: BTreeMap::new(),
            site: scope().site,
            permitted: Key::ALL.to_vec(),
            is_full: false,
            writes: 0,
            turns: 0,
            posts: Vec::new(),
            wanted: Vec::new(),
            is_idle_wanted: false,
            at_the_end: String::new(),
            shared: Vec::new(),
            forgotten: Vec::new(),
            wake_at: NEVER,
            settled: Vec::new(),
            reports: Vec::new(),
            page_reads: 0,
            guid_seed: 0,
        }
    }
}

impl MemoryHost {
    fn may_keep(&self, name: &str) -> bool {
        Key::of(name, &self.site).is_some_and(|key| self.permitted.contains(&key))
    }
}

impl Host for MemoryHost {
    fn now(&self) -> i64 {
        self.now
    }

    fn guid(&mut self) -> Uuid {
        self.guid_seed += 1;
        let drawn = u128::from(self.guid_seed).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        Builder::from_random_bytes(drawn.to_be_bytes()).into_uuid()
    }

    fn agent(&mut self) -> Agent {
        self.agent.clone()
    }

    fn page(&mut self, query: &str) -> String {
        self.page_reads += 1;
        let Page { protocol, hostname, pathname, search, hash, title, screen, timezone, is_iframe } = &self.page;
        let hash = if query.contains('#') { hash } else { "" };
        let (height, width) = screen;
        format!(
            "{protocol}\n{hostname}\n{pathname}\n{search}\n{hash}\n{is_iframe}\n{height}\n{width}\n{timezone}\n{title}"
        )
    }

    fn settings(&mut self, _collector: &str, _site: &str, again: bool) -> Option<String> {
        self.asked_again += usize::from(again);
        self.settings.clone()
    }

    fn provided(&mut self, kind: &str, at: &str, _detail: &str) -> Option<String> {
        match kind {
            "cookie" => self.cookies.get(at).cloned(),
            "variable" => self.variables.get(at).cloned(),
            "function" => self.functions.get(at).cloned(),
            _ => self.others.get(&(kind.to_owned(), at.to_owned())).cloned(),
        }
    }

    fn permit(&mut self, site: &str, keys: &[Key], purge: Purge) {
        self.site = site.to_owned();
        self.permitted = keys.to_vec();
        if purge == Purge::Nothing {
            return;
        }
        let stored = std::mem::take(&mut self.stored);
        let stays = |name: &str| Key::of(name, site).is_none_or(|key| keys.contains(&key));
        self.stored = stored.into_iter().filter(|(name, _)| stays(name)).collect();
        for (key, (value, place, days)) in std::mem::take(&mut self.memory) {
            if self.may_keep(&key) || purge == Purge::Kept {
                self.save(&key, &value, place, days);
            }
        }
    }

    fn load(&mut self, key: &str, _place: Place, _days: u32) -> Option<String> {
        let stored = if self.may_keep(key) { self.stored.get(key) } else { None };
        stored.or_else(|| self.memory.get(key).map(|(value, ..)| value)).cloned()
    }

    fn save(&mut self, key: &str, value: &str, place: Place, days: u32) -> Kept {
        self.writes += 1;
        if value.is_empty() {
            if Key::of(key, &self.site).is_some() {
                self.stored.remove(key);
            }
            self.memory.remove(key);
            Kept::Stored
        } else if !self.may_keep(key) {
            self.memory.insert(key.to_owned(), (value.to_owned(), place, days));
            Kept::ForThePage
        } else if self.is_full {
            Kept::Full
        } else {
            self.memory.remove(key);
            self.stored.insert(key.to_owned(), value.to_owned());
            Kept::Stored
        }
    }

    fn keys(&mut self, prefix: &str) -> String {
        let is_one = |name: &&String| name.starts_with(prefix) && Key::of(name, &self.site).is_some();
        let keys = self.stored.keys().chain(self.memory.keys()).filter(is_one);
        keys.cloned().collect::<Vec<_>>().join("\n")
    }

    fn take_turn(&mut self, _lock: &str) {
        self.turns += 1;
    }

    fn own(&mut self, tab: &str, _lease: &str) {
        self.wanted.push(tab.to_owned());
    }

    fn when_idle(&mut self) {
        self.is_idle_wanted = true;
    }

    fn post(&mut self, number: u32, body: String, _leaving: bool) {
        self.at_the_end.clear();
        self.posts.push((number, body));
    }

    fn post_at_the_end(&mut self, body: String) {
        self.at_the_end = body;
    }

    fn share(&mut self, number: u32, body: String) {
        self.shared.push((number, body));
    }

    fn forget(&mut self, body: String) {
        self.forgotten.push(body);
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
