//! The browser as a [`Host`]: facts at once, effects collected for the runtime. It stands between the typed facilities and
//! the texts that the recorder takes today.

use super::effect::Effect;
use super::page::{self, AddressFilter, PageFacts};
use super::provider::{PageFunction, Provider};
use super::{clock, site_settings, storage, user_agent};
use crate::agent::Agent;
use crate::host::{Host, Kept, NEVER, Purge};
use uuid::Uuid;
use waymark_wire::json::push_int;
use waymark_wire::level::{Key, Place};
use waymark_wire::text::parse_int;

/// The page's browser.
#[derive(Debug)]
pub struct BrowserHost {
    effects: Vec<Effect>,
}

impl BrowserHost {
    /// The browser that this code runs in.
    pub const fn new() -> Self {
        BrowserHost { effects: Vec::new() }
    }

    /// Adds something that is to be done.
    pub fn push(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    /// Takes what is to be done.
    pub fn take_effects(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.effects)
    }
}

impl Host for BrowserHost {
    fn now(&self) -> i64 {
        clock::now()
    }

    fn guid(&mut self) -> Uuid {
        Uuid::new_v4()
    }

    fn agent(&mut self) -> Agent {
        user_agent::read()
    }

    fn page(&mut self, query: &str) -> String {
        let names: Vec<&str> = query.split(' ').filter(|name| !name.is_empty()).collect();
        page_lines(&page::read(AddressFilter { query: &names, hash: names.contains(&"#") }))
    }

    fn settings(&mut self, collector: &str, site: &str, again: bool) -> Option<String> {
        if site_settings::select(collector, site) || again {
            self.push(Effect::FetchSettings { anew: again });
        }
        site_settings::current().map(|settings| settings.text())
    }

    fn provided(&mut self, kind: &str, at: &str, detail: &str) -> Option<String> {
        provider(kind, at, (!detail.is_empty()).then_some(detail))?.id()
    }

    fn permit(&mut self, site: &str, keys: &[Key], purge: Purge) {
        storage::set_allowed(site, keys, purge);
    }

    fn load(&mut self, key: &str, place: Place, days: u32) -> Option<String> {
        storage::load(key, place, days)
    }

    fn save(&mut self, key: &str, value: &str, place: Place, days: u32) -> Kept {
        if value.is_empty() {
            storage::remove(key);
            return Kept::Stored;
        }
        storage::save(key, value, place, days)
    }

    fn keys(&mut self, prefix: &str) -> String {
        let mut lines = String::new();
        for name in storage::keys(prefix) {
            lines.push_str(&name);
            lines.push('\n');
        }
        lines
    }

    fn take_turn(&mut self, lock: &str) {
        self.push(Effect::LockSession(lock.to_owned()));
    }

    fn own(&mut self, tab: &str, lease: &str) {
        self.push(Effect::LockTab { tab: tab.to_owned(), lease: lease.to_owned() });
    }

    fn when_idle(&mut self) {
        self.push(Effect::WhenIdle);
    }

    fn post(&mut self, number: u32, body: String, leaving: bool) {
        self.push(Effect::Send { number, body, leaving });
    }

    fn post_at_the_end(&mut self, body: String) {
        self.push(Effect::SendAtUnload(body));
    }

    fn share(&mut self, number: u32, body: String) {
        self.push(Effect::SyncState(number, body));
    }

    fn forget(&mut self, body: String) {
        self.push(Effect::Forget(body));
    }

    fn wake_at(&mut self, at: i64) {
        let in_ms = (at != NEVER).then(|| at - self.now());
        self.push(Effect::WakeIn(in_ms));
    }

    fn settle(&mut self, trouble: Option<&'static str>) {
        self.push(Effect::Settle(trouble));
    }

    fn report(&mut self, message: &str) {
        self.push(Effect::Report(message.to_owned()));
    }
}

/// A line for each of [`crate::context::PAGE`].
fn page_lines(page: &PageFacts) -> String {
    let mut lines = String::new();
    for part in [&page.protocol, &page.hostname, &page.pathname, &page.search, &page.hash] {
        lines.push_str(part);
        lines.push('\n');
    }
    lines.push_str(if page.is_iframe { "true\n" } else { "false\n" });
    for number in [page.viewport.height, page.viewport.width, page.timezone] {
        push_int(&mut lines, i64::from(number));
        lines.push('\n');
    }
    lines.push_str(&page.title);
    lines
}

/// The provider that the settings name by three texts.
fn provider(kind: &str, at: &str, detail: Option<&str>) -> Option<Provider> {
    let place = at.to_owned();
    let detail = detail.map(str::to_owned);
    Some(match kind {
        "cookie" => Provider::Cookie(place),
        "variable" => Provider::Variable(place),
        "localStorage" => Provider::LocalStorage(place),
        "sessionStorage" => Provider::SessionStorage(place),
        "selector" => Provider::Selector(place, detail),
        "meta" => Provider::Meta(place),
        "function" => Provider::Function(match at.strip_prefix('#').and_then(parse_int) {
            Some(number) => PageFunction::Kept(number as usize),
            None => PageFunction::Path(place),
        }),
        "idToken" => {
            let (kind, at) = at.split_once(':')?;
            Provider::IdToken(Box::new(provider(kind, at, None)?), detail)
        }
        _ => return None,
    })
}
