//! The browser as a [`Host`]: facts at once, effects noted down and carried out when the recorder has been let go of.

use super::{page, sender, storage::Storage, timer::Timer};
use crate::Config;
use crate::agent::Agent;
use crate::context::Page;
use crate::host::{Host, Post};
use js_sys::Function;
use uuid::Uuid;
use wasm_bindgen::JsValue;
use waymark_wire::Screen;

/// The page's browser.
pub struct BrowserHost {
    storage: Storage,
    timer: Timer,
    /// Read at the start and when it changes: asking for it can cost the page a layout.
    pub(super) screen: Screen,
    flushes: Vec<(u32, Function)>,
    tickets: u32,
    effects: Effects,
}

/// What the recorder asked for and the page will notice.
#[derive(Default)]
pub struct Effects {
    url: String,
    posts: Vec<Post>,
    settled: Vec<(Function, Result<(), &'static str>)>,
}

impl BrowserHost {
    /// The browser of a page that reports to the collector of `config`.
    pub fn new(config: &Config) -> Self {
        let mut url = config.collector.trim_end_matches('/').to_owned();
        url.push_str("/v1/events");
        BrowserHost {
            storage: Storage::default(),
            timer: Timer::default(),
            screen: page::screen(),
            flushes: Vec::new(),
            tickets: 0,
            effects: Effects { url, ..Effects::default() },
        }
    }

    /// Keeps what to call when a flush is done; the ticket names it.
    pub fn ticket(&mut self, done: Function) -> u32 {
        self.tickets += 1;
        self.flushes.push((self.tickets, done));
        self.tickets
    }

    /// What was asked for since the last time.
    pub fn take_effects(&mut self) -> Effects {
        Effects {
            url: if self.effects.posts.is_empty() { String::new() } else { self.effects.url.clone() },
            posts: std::mem::take(&mut self.effects.posts),
            settled: std::mem::take(&mut self.effects.settled),
        }
    }
}

impl Effects {
    /// Does it. The recorder must not be borrowed: what is called here may call it.
    pub fn carry_out(self) {
        for post in &self.posts {
            sender::post(&self.url, post);
        }
        for (done, outcome) in self.settled {
            let error = outcome.err().map_or(JsValue::UNDEFINED, JsValue::from_str);
            // The function is the loader's and does not throw; were it to, there is nobody to tell.
            let _ = done.call1(&JsValue::UNDEFINED, &error);
        }
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
        page::page(self.screen.clone())
    }

    fn cookie(&mut self, name: &str) -> Option<String> {
        page::cookie(name)
    }

    fn variable(&mut self, path: &str) -> Option<String> {
        page::variable(path)
    }

    fn load(&mut self, key: &str) -> Option<String> {
        self.storage.load(key)
    }

    fn save(&mut self, key: &str, value: &str) {
        self.storage.save(key, value);
    }

    fn post(&mut self, post: Post) {
        self.effects.posts.push(post);
    }

    fn wake_at(&mut self, at: Option<i64>) {
        let now = self.now();
        self.timer.set(at.map(|at| at - now));
    }

    fn settle(&mut self, ticket: u32, outcome: Result<(), &'static str>) {
        if let Some(at) = self.flushes.iter().position(|(known, _)| *known == ticket) {
            let (_, done) = self.flushes.swap_remove(at);
            self.effects.settled.push((done, outcome));
        }
    }

    fn report(&mut self, message: &str) {
        page::report(message);
    }
}
