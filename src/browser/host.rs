//! The browser as a [`Host`]: facts at once, effects noted down and carried out when the recorder has been let go of.

use super::{page, sender, storage, timer::Timer};
use crate::agent::Agent;
use crate::context::Page;
use crate::host::{Host, NEVER};
use uuid::Uuid;

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
        js_sys::Date::now() as i64
    }

    fn guid(&mut self) -> Uuid {
        Uuid::new_v4()
    }

    fn agent(&mut self) -> Agent {
        page::agent()
    }

    fn page(&mut self) -> Page {
        page::page()
    }

    fn cookie(&mut self, name: &str) -> Option<String> {
        page::cookie(name)
    }

    fn variable(&mut self, path: &str) -> Option<String> {
        page::variable(path)
    }

    fn load(&mut self, key: &str) -> Option<String> {
        storage::load(key)
    }

    fn save(&mut self, key: &str, value: &str) {
        storage::save(key, value);
    }

    fn post(&mut self, number: u32, body: String) {
        sender::post(number, &body);
    }

    fn wake_at(&mut self, at: i64) {
        self.timer.set((at != NEVER).then(|| at - self.now()));
    }

    fn settle(&mut self, trouble: Option<&'static str>) {
        sender::settle(trouble.unwrap_or_default());
    }

    fn report(&mut self, message: &str) {
        page::report(message);
    }
}
