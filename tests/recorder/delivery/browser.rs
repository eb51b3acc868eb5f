//! A browser with several tabs, in memory.

use super::collector::Collector;
use super::step::Step;
use super::tab::Tab;
use crate::page::{Page, expand, host};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;
use waymark::call_error::CallError;
use waymark::command::Input;
use waymark::delivery::Response;
use waymark::testing::MemoryHost;
use waymark_wire::Reason;

pub struct Browser {
    tabs: Vec<Tab>,
    front: usize,
    pub local: BTreeMap<String, String>,
    now: i64,
    /// The deviation of the wall clock, in ms.
    off: i64,
    guids: u64,
    is_full: bool,
    pub collector: Collector,
    pub marks: u64,
    /// The marks that could not be stored before their page crashed.
    pub perished: BTreeSet<u64>,
}

const SETTINGS: &str = "batch.events = 7\nbatch.bytes = 3000\nidentity.link = false";

/// Whether `key` is a stored batch with events. A batch that only reports losses ends in `.0`; its losses could not be
/// reported if it were damaged.
fn is_batch(key: &str) -> bool {
    key.starts_with("wm-out.") && !key.ends_with(".0")
}

fn is_session(key: &str) -> bool {
    key.starts_with("wm-tab.")
}

impl Browser {
    /// `is_stateless`: the collector knows nothing of earlier batches.
    pub fn new(is_stateless: bool) -> Self {
        let mut browser = Browser {
            tabs: Vec::new(),
            front: 0,
            local: BTreeMap::new(),
            now: host().now,
            off: 0,
            guids: 0,
            is_full: false,
            collector: Collector { is_stateless, ..Collector::default() },
            marks: 0,
            perished: BTreeSet::new(),
        };
        browser.open(BTreeMap::new());
        browser
    }

    fn open(&mut self, session: BTreeMap<String, String>) {
        self.guids += 1;
        let host = MemoryHost {
            now: self.now + self.off,
            stored: self.local.clone().into_iter().chain(session).collect(),
            guid_seed: self.guids * 1_000_000,
            ..host()
        };
        let page = Page::open_in(host, SETTINGS);
        self.tabs.push(Tab::new(page));
        self.front = self.tabs.len() - 1;
        self.take_back();
    }

    /// Runs `act` on the front tab, with the browser's shared storage lent to its page.
    fn with<T>(&mut self, act: impl FnOnce(&mut Tab) -> T) -> T {
        let tab = &mut self.tabs[self.front];
        tab.page.host.stored = self.local.clone().into_iter().chain(std::mem::take(&mut tab.session)).collect();
        tab.page.host.is_storage_full = self.is_full;
        let result = act(tab);
        for outcome in std::mem::take(&mut tab.page.host.flush_results) {
            match outcome {
                Ok(()) => {
                    let asked = &tab.marks[..tab.flushed];
                    let missing = asked.iter().filter(|mark| !self.collector.stored.contains_key(mark)).count() as u64;
                    assert!(missing <= tab.returned, "a flush was ok, and {missing} of {asked:?} are not stored");
                }
                Err(answer) if answer.error == CallError::ResponseUnknown => tab.returned = u64::MAX,
                Err(answer) => {
                    let lost = Reason::ALL.into_iter().map(|reason| u64::from(answer.lost.count(reason))).sum();
                    tab.returned = tab.returned.saturating_add(lost);
                }
            }
        }
        self.take_back();
        result
    }

    fn take_back(&mut self) {
        let tab = &mut self.tabs[self.front];
        let stored = std::mem::take(&mut tab.page.host.stored);
        (tab.session, self.local) = stored.into_iter().partition(|(key, _)| is_session(key));
    }

    fn record(&mut self, text: usize) {
        let mark = self.marks;
        self.marks += 1;
        self.with(|tab| {
            tab.page.record("mark", &json!({ "mark": mark, "text": "x".repeat(text) }).to_string());
            tab.unsaved.push(mark);
            tab.marks.push(mark);
        });
    }

    /// An idle moment: the page stores its events. If the storage is full, the events stay in the page's memory.
    fn idle(&mut self) {
        let is_full = self.is_full;
        self.with(|tab| {
            let keeps = tab.page.host.is_idle_requested && !is_full;
            tab.page.idle();
            if keeps {
                tab.unsaved.clear();
            }
        });
    }

    fn locks(&mut self) {
        let taken: BTreeSet<Uuid> = self.tabs.iter().flat_map(|tab| tab.owned.clone()).collect();
        self.with(|tab| {
            for wanted in std::mem::take(&mut tab.page.host.tab_lock_requests) {
                if !taken.contains(&wanted) || tab.owned.contains(&wanted) {
                    tab.owned.insert(wanted);
                    tab.page.on(Input::TabLockAcquired(wanted));
                } else {
                    // The browser grants the lock when the other page has closed.
                    tab.page.host.tab_lock_requests.push(wanted);
                }
            }
        });
    }

    fn crash(&mut self) {
        let tab = self.tabs.remove(self.front);
        self.perished.extend(tab.unsaved);
        // With full storage, the page could not store its losses either.
        if self.is_full {
            self.perished.extend((0..self.marks).filter(|mark| !self.collector.stored.contains_key(mark)));
        }
        self.front = 0;
        if self.tabs.is_empty() {
            self.open(BTreeMap::new());
        }
    }

    fn navigate(&mut self) {
        let session = self.with(|tab| {
            tab.page.on(Input::Unload);
            tab.page.host.stored.clone().into_iter().filter(|(key, _)| is_session(key)).collect()
        });
        // The last requests outlive their page, so no page receives the replies.
        for (_, body) in std::mem::take(&mut self.tabs[self.front].page.host.sent_batches) {
            if body.len() % 2 == 0 {
                self.collector.take(&body);
            }
        }
        let tab = self.tabs.remove(self.front);
        if self.is_full {
            self.perished.extend(tab.unsaved);
        }
        self.open(session);
    }

    fn answer(&mut self, step: &Step) {
        let Some((number, body)) = self.with(|tab| {
            let posts = &mut tab.page.host.sent_batches;
            if posts.is_empty() { None } else { Some(posts.remove(0)) }
        }) else {
            return;
        };
        let (status, retry_after, reply) = match step {
            Step::Deliver => (200, 0, self.collector.take(&body)),
            Step::Swallow => {
                self.collector.take(&body);
                (0, 0, String::new())
            }
            Step::Portal => (200, 0, "<html>".to_owned()),
            // A collector that refuses a batch accepts the report of that loss.
            Step::Fail(400 | 413, _) if expand(&body).is_empty() => (503, 0, String::new()),
            Step::Fail(status, retry_after) => (*status, *retry_after, String::new()),
            _ => unreachable!(),
        };
        self.with(|tab| tab.page.on(Input::BatchResponse(number, Response { status, retry_after, body: &reply })));
    }

    pub fn take(&mut self, step: Step) {
        match step {
            Step::Record(text) => self.record(text),
            Step::Idle => self.idle(),
            Step::Flush => self.with(|tab| {
                tab.flushed = tab.marks.len();
                tab.page.on(Input::Flush);
            }),
            Step::Hide => {
                let is_full = self.is_full;
                self.with(|tab| {
                    tab.page.on(Input::Hidden);
                    if !is_full {
                        tab.unsaved.clear();
                    }
                });
            }
            Step::Navigate => self.navigate(),
            Step::Return(is_early) => self.with(|tab| {
                tab.page.on(Input::Unload);
                tab.owned.clear();
                if is_early {
                    tab.page.host.stored.retain(|key, _| !is_session(key));
                }
                tab.page.on(Input::PageRestored);
            }),
            Step::Crash => self.crash(),
            Step::Turn(to) => self.front = to % self.tabs.len(),
            Step::Open if self.tabs.len() < 4 => self.open(BTreeMap::new()),
            Step::Open => {}
            Step::Locks => self.locks(),
            Step::Wait(ms) => {
                self.now += ms;
                self.with(|tab| tab.page.wait(ms));
            }
            Step::SetClock(by) => self.off += by,
            Step::Online => self.with(|tab| tab.page.on(Input::Online)),
            Step::Damage(which) => {
                let kept: Vec<String> = self.local.keys().filter(|key| is_batch(key)).cloned().collect();
                if let Some(key) = kept.get(which) {
                    self.local.entry(key.clone()).and_modify(|value| {
                        value.pop();
                    });
                }
            }
            Step::Full(is_full) => self.is_full = is_full,
            answer => self.answer(&answer),
        }
    }

    /// At the end the collector is reachable, and a last page sends the batches of all other pages.
    pub fn settle(&mut self) {
        self.is_full = false;
        for _ in 0..40 {
            for front in 0..self.tabs.len() {
                self.front = front;
                self.take(Step::Online);
                self.take(Step::Flush);
                self.idle();
                self.take(Step::Wait(600_000));
                for _ in 0..40 {
                    self.take(Step::Deliver);
                }
            }
        }
        while self.tabs.len() > 1 {
            self.front = 0;
            self.with(|tab| tab.page.on(Input::Unload));
            let tab = self.tabs.remove(0);
            for (_, body) in tab.page.host.sent_batches {
                self.collector.take(&body);
            }
        }
        self.front = 0;
        for _ in 0..40 {
            self.navigate();
            self.locks();
            self.take(Step::Flush);
            for _ in 0..40 {
                self.take(Step::Deliver);
            }
            self.take(Step::Wait(600_000));
        }
    }
}
