//! The browser as a [`Host`]: facts at once, effects noted down and carried out when the recorder has been let go of.

use super::{page, sender, storage, timer::Timer};
use crate::call_error::FlushError;
use crate::context::user_agent::Agent;
use crate::host::{Host, Kept, NEVER, PageChange, Purge};
use uuid::Uuid;
use waymark_wire::level::{Key, Place};

/// The page's browser.
pub struct BrowserHost {
    timer: Timer,
}

impl BrowserHost {
    /// The browser that this code runs in.
    pub const fn new() -> Self {
        BrowserHost { timer: Timer::new() }
    }
}

impl Host for BrowserHost {
    fn now(&self) -> i64 {
        page::clock() as i64
    }

    fn guid(&mut self) -> Uuid {
        Uuid::new_v4()
    }

    fn agent(&mut self) -> Agent {
        page::agent()
    }

    fn page(&mut self, query: &str) -> String {
        page::page(query)
    }

    fn page_change(&mut self) -> PageChange {
        match page::page_change() {
            0 => PageChange::Same,
            1 => PageChange::Updated,
            _ => PageChange::Navigated,
        }
    }

    fn settings(&mut self, collector: &str, site: &str, again: bool) -> Option<String> {
        page::settings(collector, site, again)
    }

    fn provided(&mut self, kind: &str, at: &str, detail: &str) -> Option<String> {
        page::provided(kind, at, detail)
    }

    fn permit(&mut self, site: &str, keys: &[Key], purge: Purge) {
        storage::permit(site, keys, purge);
    }

    fn load(&mut self, key: &str, place: Place, days: u32) -> Option<String> {
        storage::load(key, place as u32, days)
    }

    fn save(&mut self, key: &str, value: &str, place: Place, days: u32) -> Kept {
        match storage::save(key, value, place as u32, days) {
            0 => Kept::Stored,
            1 => Kept::ForThePage,
            _ => Kept::Full,
        }
    }

    fn keys(&mut self, prefix: &str) -> String {
        storage::keys(prefix)
    }

    fn take_turn(&mut self, lock: &str) {
        sender::take_turn(lock);
    }

    fn own(&mut self, tab: &str, lease: &str) {
        storage::own(tab, lease);
    }

    fn when_idle(&mut self) {
        sender::when_idle();
    }

    fn post(&mut self, number: u32, body: String, leaving: bool) {
        sender::post(number, &body, leaving);
    }

    fn post_at_the_end(&mut self, body: String) {
        sender::post_at_the_end(&body);
    }

    fn share(&mut self, number: u32, body: String) {
        sender::share(number, &body);
    }

    fn forget(&mut self, body: String) {
        sender::forget(&body);
    }

    fn wake_at(&mut self, at: i64) {
        self.timer.set((at != NEVER).then(|| at - self.now()));
    }

    fn settle(&mut self, outcome: Result<(), FlushError>) {
        sender::settle(&outcome.err().map(|error| error.message()).unwrap_or_default());
    }

    fn report(&mut self, message: &str) {
        page::report(message);
    }
}
