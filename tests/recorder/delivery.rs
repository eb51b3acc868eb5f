//! A browser with several tabs and a collector, both in memory, under any schedule of records, replies, losses, crashes
//! and clock changes. Every recorded event is stored exactly once or reported as lost, unless it was recorded after the
//! last idle moment before its page crashed.

use crate::page::{Page, envelope, expand, host};
use proptest::prelude::*;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;
use waymark::call_error::CallError;
use waymark::command::Input;
use waymark::delivery::Response;
use waymark::session;
use waymark::testing::MemoryHost;
use waymark_wire::Reason;

#[derive(Clone, Debug)]
enum Step {
    /// The page records an event with this number of characters.
    Record(usize),
    Idle,
    Flush,
    Hide,
    /// The page closes, and the next page of its tab opens.
    Navigate,
    /// The page closes and is restored from the browser's page cache: before the tab's next page has closed, or after.
    Return(bool),
    /// The page ends without notice, and another page opens.
    Crash,
    /// Another tab comes to the front.
    Turn(usize),
    /// A new tab opens.
    Open,
    /// All free locks are granted.
    Locks,
    Wait(i64),
    /// The wall clock is set. Open pages keep their own time.
    SetClock(i64),
    Online,
    /// A request in flight reaches the collector and is answered.
    Deliver,
    /// A request reaches the collector, but the reply is lost.
    Swallow,
    /// A request does not arrive, or is refused.
    Fail(u16, u32),
    /// A captive portal answers the request.
    Portal,
    /// A stored entry is edited or truncated.
    Damage(usize),
    Full(bool),
}

fn any_step() -> impl Strategy<Value = Step> {
    let status =
        prop_oneof![4 => Just(0u16), 3 => Just(503), 1 => Just(500), 1 => Just(429), 1 => Just(413), 1 => Just(400)];
    prop_oneof![
        10 => (0..400usize).prop_map(Step::Record),
        4 => Just(Step::Idle),
        2 => Just(Step::Flush),
        1 => Just(Step::Hide),
        2 => Just(Step::Navigate),
        1 => any::<bool>().prop_map(Step::Return),
        1 => Just(Step::Crash),
        3 => (0..4usize).prop_map(Step::Turn),
        1 => Just(Step::Open),
        3 => Just(Step::Locks),
        3 => prop_oneof![0..200i64, 0..10_000i64, Just(session::IDLE_MS), Just(8 * 86_400_000i64)].prop_map(Step::Wait),
        1 => prop_oneof![Just(-31_536_000_000i64), Just(31_536_000_000)].prop_map(Step::SetClock),
        1 => Just(Step::Online),
        8 => Just(Step::Deliver),
        2 => Just(Step::Swallow),
        4 => (status, prop_oneof![Just(0u32), Just(30)]).prop_map(|(status, after)| Step::Fail(status, after)),
        1 => Just(Step::Portal),
        1 => (0..8usize).prop_map(Step::Damage),
        1 => any::<bool>().prop_map(Step::Full),
    ]
}

/// The collector's data.
#[derive(Default)]
struct Collector {
    /// How often each mark was stored. The event ID prevents duplicates.
    stored: BTreeMap<u64, u32>,
    ids: BTreeSet<String>,
    /// The newest event number and the losses that each tab has reported.
    tabs: BTreeMap<String, (u64, BTreeMap<String, u64>)>,
    upto: BTreeMap<String, u64>,
}

impl Collector {
    fn take(&mut self, body: &str) -> String {
        let envelope = envelope(body);
        let tab = envelope["tab"].as_str().unwrap().to_owned();
        let (last, lost) = self.tabs.entry(tab.clone()).or_default();
        *last = (*last).max(envelope["last"].as_u64().unwrap());
        for (reason, count) in envelope["lost"].as_object().unwrap() {
            let known = lost.entry(reason.clone()).or_default();
            *known = (*known).max(count.as_u64().unwrap());
        }
        let events = expand(body);
        for event in &events {
            if self.ids.insert(event["id"].as_str().unwrap().to_owned())
                && let Some(mark) = event["data"]["mark"].as_u64()
            {
                *self.stored.entry(mark).or_default() += 1;
            }
        }
        let (seq, upto) = (envelope["seq"].as_u64().unwrap(), self.upto.entry(tab).or_default());
        if seq <= *upto {
            *upto = (*upto).max(seq + events.len() as u64);
        }
        json!({ "request": envelope["request"], "stored": events.len(), "rejected": [], "upto": *upto }).to_string()
    }

    fn declared(&self) -> u64 {
        let numbered: BTreeSet<_> =
            Reason::ALL.into_iter().filter(|reason| reason.is_numbered()).map(Reason::name).collect();
        let all = self.tabs.values().flat_map(|(_, lost)| lost);
        all.filter(|(reason, _)| numbered.contains(reason.as_str())).map(|(_, count)| count).sum()
    }
}

/// A tab with its page.
struct Tab {
    page: Page,
    /// The tab's sessionStorage, while another tab is at the front.
    session: BTreeMap<String, String>,
    /// The tabs whose locks the page has.
    owned: BTreeSet<Uuid>,
    /// The marks recorded since the page was last idle.
    unsaved: Vec<u64>,
    /// All marks that the page recorded, and the number of them before the last flush.
    marks: Vec<u64>,
    flushed: usize,
    /// The number of losses that flushes have returned.
    returned: u64,
}

struct Browser {
    tabs: Vec<Tab>,
    front: usize,
    local: BTreeMap<String, String>,
    now: i64,
    /// The deviation of the wall clock, in ms.
    off: i64,
    guids: u64,
    is_full: bool,
    collector: Collector,
    marks: u64,
    /// The marks that could not be stored before their page crashed.
    perished: BTreeSet<u64>,
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
    fn new() -> Self {
        let mut browser = Browser {
            tabs: Vec::new(),
            front: 0,
            local: BTreeMap::new(),
            now: host().now,
            off: 0,
            guids: 0,
            is_full: false,
            collector: Collector::default(),
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
        self.tabs.push(Tab {
            page,
            session: BTreeMap::new(),
            owned: BTreeSet::new(),
            unsaved: Vec::new(),
            marks: Vec::new(),
            flushed: 0,
            returned: 0,
        });
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

    fn take(&mut self, step: Step) {
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
    fn settle(&mut self) {
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

/// Found by the property below: full storage must not lose entries that were stored before.
#[test]
fn a_stored_batch_survives_a_failed_attempt_to_store_more() {
    let mut browser = Browser::new();
    let record = |text| Step::Record(text);
    let steps = [record(0), record(0), Step::Idle, record(0), Step::Full(true), record(0), record(0), record(0)];
    let later = [record(43), record(89), Step::Fail(413, 0), Step::Fail(0, 0), record(0), record(0), Step::Navigate];
    steps.into_iter().chain(later).for_each(|step| browser.take(step));
    browser.settle();
    assert!([0, 1].iter().all(|mark| browser.collector.stored.contains_key(mark)), "{:?}", browser.collector.stored);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_event_is_stored_once_or_reported_as_lost(steps in prop::collection::vec(any_step(), 1..150)) {
        let mut browser = Browser::new();
        let is_harmed = steps.iter().any(|step| matches!(step, Step::Crash | Step::Full(true)));
        for step in steps {
            browser.take(step);
        }
        browser.settle();
        let left: Vec<_> = browser.local.keys().filter(|key| key.starts_with("wm-out.")).collect();
        prop_assert!(left.is_empty(), "no entry is left: {left:?}");
        let Collector { stored, ids, tabs, .. } = &browser.collector;
        if !is_harmed {
            // An event that was stored, and then dropped because no reply arrived, counts twice.
            let created: u64 = tabs.values().map(|(last, _)| last + 1).sum();
            let explained = ids.len() as u64 + browser.collector.declared();
            prop_assert!(created <= explained, "created {created}, explained {explained}: {tabs:?}");
        }
        prop_assert!(stored.values().all(|&times| times == 1));
        let missing: Vec<u64> = (0..browser.marks).filter(|mark| !stored.contains_key(mark)).collect();
        let unexplained = missing.iter().filter(|mark| !browser.perished.contains(mark)).count() as u64;
        let declared = browser.collector.declared();
        prop_assert!(
            unexplained <= declared,
            "missing {missing:?}, perished {:?}, declared {declared}: {:?}", browser.perished, browser.collector.tabs
        );
    }
}
