//! A host in memory, with a clock and a network that the test controls. For tests of this crate and of others.

mod page;

pub use page::Page;

use crate::call_error::FlushError;
use crate::capture::Rules;
use crate::facts::{AddressFilter, PageChange, PageFacts, Signals, UserAgent};
use crate::host::{Effect, Host, Purge, SaveResult};
use crate::scope::Scope;
use std::collections::BTreeMap;
use uuid::{Builder, Uuid};
use waymark_wire::Forget;
use waymark_wire::level::{Key, StorageArea};
use waymark_wire::settings::{Callable, Line, Provider};

/// The site and the collector of most tests.
pub fn scope() -> Scope {
    Scope::of("demo", "https://collect.example.com")
}

/// A simulated browser.
#[derive(Debug)]
pub struct MemoryHost {
    /// The clock, epoch ms.
    pub now: i64,
    /// The browser's description of itself.
    pub user_agent: UserAgent,
    /// The page.
    pub page: Page,
    /// The cookies that the page can read.
    pub cookies: BTreeMap<String, String>,
    /// The collector's answer with the site's settings, as [`Host::settings`] returns it.
    pub settings: Option<String>,
    /// How often the recorder asked the collector for the settings again.
    pub settings_refetches: usize,
    /// The privacy signals of the browser.
    pub signals: Signals,
    /// The page's variables, by dotted path.
    pub variables: BTreeMap<String, String>,
    /// The return values of the page's functions, by dotted path.
    pub functions: BTreeMap<String, String>,
    /// The values of the other providers, by kind and place.
    pub other_providers: BTreeMap<(String, String), String>,
    /// The values stored for later pages, in all storage areas.
    pub stored: BTreeMap<String, String>,
    /// The values that live as long as the page.
    pub memory: BTreeMap<String, (String, StorageArea, u32)>,
    /// The site of the last call of [`Host::set_allowed_keys`].
    pub site: String,
    /// The keys that may be stored, from the last call of [`Host::set_allowed_keys`].
    pub allowed_keys: Vec<Key>,
    /// Whether the storage is full.
    pub is_storage_full: bool,
    /// The number of writes to storage and memory.
    pub writes: usize,
    /// How often the session's lock was asked for.
    pub session_lock_requests: usize,
    /// The batches sent: number and body.
    pub sent_batches: Vec<(u32, String)>,
    /// The tabs whose locks were asked for.
    pub tab_lock_requests: Vec<Uuid>,
    /// The rules by which level 2 is captured, if it is.
    pub capture: Option<Rules>,
    /// Whether the recorder has asked for an idle moment.
    pub is_idle_requested: bool,
    /// The body that the browser sends if the page ends without notice.
    pub unload_body: Option<String>,
    /// The state requests sent: number and body.
    pub state_requests: Vec<(u32, String)>,
    /// The requests to the collector to erase data.
    pub erasure_requests: Vec<Forget>,
    /// The time that the timer is set to, epoch ms.
    pub wake_at: Option<i64>,
    /// The results of the flushes.
    pub flush_results: Vec<Result<(), FlushError>>,
    /// The messages to the site's developer.
    pub warnings: Vec<String>,
    /// The page as the recorder last read it.
    pub last_read_page: Option<Page>,
    /// Whether the next change of the address is a navigation that no listener reports.
    pub is_unreported_navigation: bool,
    /// How often the recorder read the page. Reading the page is the most expensive call in a browser.
    pub page_reads: usize,
    /// The seed of the next GUID.
    pub guid_seed: u64,
}

impl Default for MemoryHost {
    /// A browser in which all keys of the site `demo` may be stored. The site's owner allows level 1 and set nothing
    /// else.
    fn default() -> Self {
        MemoryHost {
            now: 0,
            user_agent: UserAgent::default(),
            page: Page::default(),
            cookies: BTreeMap::new(),
            settings: Some(r#"{"settings":{"level":1}}"#.to_owned()),
            settings_refetches: 0,
            signals: Signals::default(),
            variables: BTreeMap::new(),
            functions: BTreeMap::new(),
            other_providers: BTreeMap::new(),
            stored: BTreeMap::new(),
            memory: BTreeMap::new(),
            site: scope().site,
            allowed_keys: Key::ALL.to_vec(),
            is_storage_full: false,
            writes: 0,
            capture: None,
            session_lock_requests: 0,
            sent_batches: Vec::new(),
            tab_lock_requests: Vec::new(),
            is_idle_requested: false,
            unload_body: None,
            state_requests: Vec::new(),
            erasure_requests: Vec::new(),
            wake_at: None,
            flush_results: Vec::new(),
            warnings: Vec::new(),
            last_read_page: None,
            is_unreported_navigation: false,
            page_reads: 0,
            guid_seed: 0,
        }
    }
}

impl MemoryHost {
    fn may_keep(&self, name: &str) -> bool {
        Key::of(name, &self.site).is_some_and(|key| self.allowed_keys.contains(&key))
    }
}

impl Host for MemoryHost {
    fn now(&self) -> i64 {
        self.now
    }

    fn new_uuid(&mut self) -> Uuid {
        self.guid_seed += 1;
        let drawn = u128::from(self.guid_seed).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        Builder::from_random_bytes(drawn.to_be_bytes()).into_uuid()
    }

    fn user_agent(&mut self) -> UserAgent {
        self.user_agent.clone()
    }

    fn page(&mut self, filter: &AddressFilter) -> PageFacts {
        self.page_reads += 1;
        self.last_read_page = Some(self.page.clone());
        self.is_unreported_navigation = false;
        self.page.facts(filter)
    }

    fn page_change(&mut self) -> PageChange {
        // The recorder learns of a viewport change by an input, so the viewport is not compared here.
        let now = Page { screen: self.last_read_page.as_ref().map_or((0, 0), |seen| seen.screen), ..self.page.clone() };
        match &self.last_read_page {
            Some(seen) if *seen == now => PageChange::Same,
            _ if self.is_unreported_navigation => PageChange::Navigated,
            _ => PageChange::Updated,
        }
    }

    fn settings(&mut self, _collector: &str, _site: &str, again: bool) -> Option<String> {
        self.settings_refetches += usize::from(again);
        self.settings.clone()
    }

    fn signals(&mut self) -> Signals {
        self.signals
    }

    fn read_provider(&mut self, provider: &Provider) -> Option<String> {
        let (kind, at) = (provider.name(), place_of(provider)?);
        match provider {
            Provider::Cookie(_) => self.cookies.get(at).cloned(),
            Provider::Variable(_) => self.variables.get(at).cloned(),
            Provider::Function(_) => self.functions.get(at).cloned(),
            _ => self.other_providers.get(&(kind.to_owned(), at.to_owned())).cloned(),
        }
    }

    fn ask_gate(&mut self, gate: &Callable) -> bool {
        matches!(gate, Callable::Path(path) if self.functions.get(path.as_str()).is_some_and(|answer| answer == "true"))
    }

    fn set_allowed_keys(&mut self, site: &str, keys: &[Key], purge: Purge) {
        self.site = site.to_owned();
        self.allowed_keys = keys.to_vec();
        if purge == Purge::Nothing {
            return;
        }
        let stored = std::mem::take(&mut self.stored);
        let stays = |name: &str| Key::of(name, site).is_none_or(|key| keys.contains(&key));
        self.stored = stored.into_iter().filter(|(name, _)| stays(name)).collect();
        for (key, (value, area, days)) in std::mem::take(&mut self.memory) {
            if self.may_keep(&key) || purge == Purge::Stored {
                self.save(&key, &value, area, days);
            }
        }
    }

    fn load(&mut self, key: &str, _area: StorageArea, _days: u32) -> Option<String> {
        let stored = if self.may_keep(key) { self.stored.get(key) } else { None };
        stored.or_else(|| self.memory.get(key).map(|(value, ..)| value)).cloned()
    }

    fn save(&mut self, key: &str, value: &str, area: StorageArea, days: u32) -> SaveResult {
        self.writes += 1;
        if !self.may_keep(key) {
            self.memory.insert(key.to_owned(), (value.to_owned(), area, days));
            SaveResult::MemoryOnly
        } else if self.is_storage_full {
            SaveResult::QuotaExceeded
        } else {
            self.memory.remove(key);
            self.stored.insert(key.to_owned(), value.to_owned());
            SaveResult::Stored
        }
    }

    fn remove(&mut self, name: &str) {
        self.writes += 1;
        if Key::of(name, &self.site).is_some() {
            self.stored.remove(name);
        }
        self.memory.remove(name);
    }

    fn names(&mut self, prefix: &str) -> Vec<String> {
        let is_one = |name: &&String| name.starts_with(prefix) && Key::of(name, &self.site).is_some();
        self.stored.keys().chain(self.memory.keys()).filter(is_one).cloned().collect()
    }

    fn push(&mut self, effect: Effect) {
        match effect {
            Effect::Send { number, body, .. } => {
                self.unload_body = None;
                self.sent_batches.push((number, body));
            }
            Effect::SendAtUnload(body) => self.unload_body = body,
            Effect::SyncState { number, body } => self.state_requests.push((number, body)),
            Effect::Forget(forget) => self.erasure_requests.push(forget),
            Effect::LockSession(_) => self.session_lock_requests += 1,
            Effect::LockTab { tab, .. } => self.tab_lock_requests.push(tab),
            Effect::Capture(rules) => self.capture = rules.map(|rules| *rules),
            Effect::WhenIdle => self.is_idle_requested = true,
            Effect::WakeAt(at) => self.wake_at = at,
            Effect::ResolveFlushes(outcome) => self.flush_results.push(outcome),
            Effect::Warn(message) => self.warnings.push(message),
        }
    }
}

/// The place that a provider reads.
fn place_of(provider: &Provider) -> Option<&str> {
    match provider {
        Provider::Cookie(place)
        | Provider::Variable(place)
        | Provider::LocalStorage(place)
        | Provider::SessionStorage(place)
        | Provider::Meta(place)
        | Provider::IdToken { place, .. }
        | Provider::Selector { selector: place, .. }
        | Provider::Function(Callable::Path(place)) => Some(Line::as_str(place)),
        Provider::Function(Callable::Function(_)) | Provider::Generated | Provider::None => None,
    }
}
