//! The browser as a [`Host`]: returns facts at once, and collects effects for the runtime.

use super::effect::Task;
use super::provider::{self, id_of};
use super::{clock, page, signals, site_settings, storage, user_agent};
use crate::facts::{AddressFilter, PageChange, PageFacts, Signals, UserAgent};
use crate::host::{Effect, Host, Purge, SaveResult};
use uuid::Uuid;
use waymark_wire::level::{Key, StorageArea};
use waymark_wire::settings::{Callable, Provider};

/// The page's browser.
#[derive(Debug)]
pub struct BrowserHost {
    tasks: Vec<Task>,
}

impl BrowserHost {
    /// A host with no tasks.
    pub const fn new() -> Self {
        BrowserHost { tasks: Vec::new() }
    }

    /// Adds a task.
    pub fn add(&mut self, task: Task) {
        self.tasks.push(task);
    }

    /// Takes the collected tasks.
    pub fn take_tasks(&mut self) -> Vec<Task> {
        std::mem::take(&mut self.tasks)
    }
}

impl Host for BrowserHost {
    fn now(&self) -> i64 {
        clock::now()
    }

    fn new_uuid(&mut self) -> Uuid {
        Uuid::new_v4()
    }

    fn user_agent(&mut self) -> UserAgent {
        user_agent::read()
    }

    fn page(&mut self, filter: &AddressFilter) -> PageFacts {
        page::read(filter)
    }

    fn page_change(&mut self) -> PageChange {
        page::change()
    }

    fn signals(&mut self) -> Signals {
        signals::read()
    }

    fn settings(&mut self, collector: &str, site: &str, again: bool) -> Option<String> {
        if site_settings::select(collector, site) || again {
            if again {
                site_settings::drop_refusal();
            }
            self.add(Task::FetchSettings { bypass_cache: again });
        }
        site_settings::current().map(|settings| settings.text())
    }

    fn read_provider(&mut self, provider: &Provider) -> Option<String> {
        id_of(provider)
    }

    fn ask_gate(&mut self, gate: &Callable) -> bool {
        provider::call(gate).is_ok_and(|answer| answer.as_bool() == Some(true))
    }

    fn set_allowed_keys(&mut self, site: &str, keys: &[Key], purge: Purge) {
        storage::set_allowed(site, keys, purge);
    }

    fn load(&mut self, name: &str, area: StorageArea, days: u32) -> Option<String> {
        storage::load(name, area, days)
    }

    fn save(&mut self, name: &str, value: &str, area: StorageArea, days: u32) -> SaveResult {
        storage::save(name, value, area, days)
    }

    fn remove(&mut self, name: &str) {
        storage::remove(name);
    }

    fn names(&mut self, prefix: &str) -> Vec<String> {
        storage::keys(prefix)
    }

    fn push(&mut self, effect: Effect) {
        self.add(Task::Effect(effect));
    }
}
