//! A page in a simulated browser with a recorder. The test controls the collector's answers.

use serde_json::{Value, json};
use waymark::CallError;
use waymark::Recorder;
use waymark::command::{Change, Entry, Input, Record, State};
use waymark::delivery::Response;
use waymark::facts::UserAgent;
use waymark::recorder::Reply;
use waymark::testing::{self, MemoryHost};
use waymark_wire::{Allowed, Batch, Level};

pub const ACCOUNT: &str = "3210be7ad82f403298f7c4da065ec657";
/// How long a page view waits for its title.
pub const TITLE_WAIT_MS: i64 = 500;
pub const START: i64 = 1_553_433_890_000;
pub const SETTINGS: &str = "site = 'demo'\ncollector = 'https://collect.example.com'";

/// A page with a recorder.
pub struct Page {
    pub recorder: Recorder,
    pub host: MemoryHost,
}

impl Page {
    pub fn open(settings: &str) -> Self {
        Page::open_in(host(), settings)
    }

    /// Opens the next page in the same browser.
    pub fn open_in(mut host: MemoryHost, settings: &str) -> Self {
        // The site's owner allows everything that the page asks for.
        host.settings = Some(site(settings));
        Page::open_in_with(host, &format!("{SETTINGS}\n{settings}"))
    }

    /// Opens the next page with these settings, without changing the settings of the site's owner.
    pub fn open_in_with(mut host: MemoryHost, settings: &str) -> Self {
        let mut recorder = Recorder::new();
        recorder.start(&page_settings(settings), host.now, &mut host).unwrap();
        let mut page = Page { recorder, host };
        page.take_turns();
        page.wait(TITLE_WAIT_MS);
        page
    }

    /// The result of a call, as JSON; empty if the call has no result.
    pub fn call(&mut self, input: Input<'_>) -> Result<String, CallError> {
        self.recorder.on(input, &mut self.host).map(|reply| match reply {
            Reply::Done => String::new(),
            reply => serde_json::to_string(&reply).unwrap(),
        })
    }

    #[track_caller]
    pub fn on(&mut self, input: Input<'_>) {
        self.recorder.on(input, &mut self.host).unwrap();
        self.take_turns();
    }

    /// Grants the session's lock at once, since there is no other tab.
    fn take_turns(&mut self) {
        while self.host.session_lock_requests > 0 {
            self.host.session_lock_requests -= 1;
            self.recorder.on(Input::SessionLockAcquired, &mut self.host).unwrap();
            self.recorder.on(Input::SessionLockReleased, &mut self.host).unwrap();
        }
    }

    #[track_caller]
    pub fn record(&mut self, kind: &str, data: &str) {
        let at = self.host.now;
        self.on(Input::Record(Record { at, kind, data }));
    }

    /// Records an event, allowed or not.
    pub fn record_if_allowed(&mut self, kind: &str) {
        self.record_if_allowed_with(kind, "{}");
    }

    pub fn record_if_allowed_with(&mut self, kind: &str, data: &str) {
        let event = Record { at: self.host.now, kind, data };
        let _ = self.recorder.on(Input::Record(event), &mut self.host);
        self.take_turns();
    }

    /// Flushes, acknowledges the requests, and returns their bodies.
    pub fn flushed_bodies(&mut self) -> Vec<String> {
        self.on(Input::Flush);
        let mut bodies = Vec::new();
        while !self.host.sent_batches.is_empty() {
            bodies.push(self.answer(200));
        }
        bodies
    }

    /// Answers the oldest request and returns its body.
    pub fn answer(&mut self, status: u16) -> String {
        let (number, body) = self.host.sent_batches.remove(0);
        self.answer_to(number, &body, status);
        body
    }

    fn answer_to(&mut self, number: u32, body: &str, status: u16) {
        let reply = json!({ "request": envelope(body)["request"], "stored": 1, "rejected": [], "upto": 0 }).to_string();
        let body = if status == 200 { &reply } else { "" };
        self.on(Input::BatchResponse(number, Response { status, retry_after: 0, body }));
    }

    /// Reports an idle moment, if the recorder asked for one.
    pub fn idle(&mut self) {
        if std::mem::take(&mut self.host.is_idle_requested) {
            self.on(Input::Idle);
        }
    }

    /// Advances the time by `ms`, and fires the timer whenever the recorder has set it.
    pub fn wait(&mut self, ms: i64) {
        let end = self.host.now + ms;
        while let Some(at) = self.host.wake_at.take_if(|at| *at <= end) {
            self.host.now = at.max(self.host.now);
            self.on(Input::TimerFired);
        }
        self.host.now = end;
    }

    /// All events sent so far, as the collector stores them. Acknowledges the requests.
    pub fn sent(&mut self) -> Vec<Value> {
        let mut events = Vec::new();
        while !self.host.sent_batches.is_empty() {
            for (number, body) in std::mem::take(&mut self.host.sent_batches) {
                events.extend(expand(&body));
                self.answer_to(number, &body, 200);
            }
        }
        events
    }

    pub fn flushed(&mut self) -> Vec<Value> {
        self.on(Input::Flush);
        self.sent()
    }
}

/// The argument of `init` as JSON, from TOML.
pub fn page_settings(settings: &str) -> String {
    serde_json::to_string(&toml::from_str::<toml::Table>(settings).unwrap()).unwrap()
}

/// A collector's answer with the owner's settings, from TOML. Level 1 by default.
pub fn site(settings: &str) -> String {
    let mut settings: toml::Table = toml::from_str(settings).unwrap();
    settings.entry("level").or_insert(1.into());
    let mut answer = toml::Table::new();
    for name in ["sampling", "region"] {
        answer.extend(settings.remove_entry(name));
    }
    answer.insert("settings".to_owned(), settings.into());
    serde_json::to_string(&answer).unwrap()
}

pub fn host() -> MemoryHost {
    let user_agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
        Chrome/72.0.3626.121 Safari/537.36"
        .to_owned();
    let ctx = &example()["ctx"];
    let text = |pointer: &str| ctx.pointer(pointer).unwrap().as_str().unwrap().to_owned();
    let page = testing::Page {
        protocol: text("/location/protocol"),
        hostname: text("/location/hostname"),
        pathname: text("/location/pathname"),
        title: text("/title"),
        screen: (561, 1249),
        timezone: -120,
        ..testing::Page::default()
    };
    let user_agent = UserAgent { text: user_agent, ..UserAgent::default() };
    MemoryHost { now: START, user_agent, page, ..MemoryHost::default() }
}

/// The example event of the requirements.
pub fn example() -> Value {
    envelope(include_str!("../../wire/fixtures/example-event.json"))
}

pub trait Browse {
    fn go(&mut self, path: &str, title: &str);
}

impl Browse for MemoryHost {
    fn go(&mut self, path: &str, title: &str) {
        self.page.pathname = path.to_owned();
        self.page.title = title.to_owned();
    }
}

/// A call of the user's state, from `<kind> <name> <days> <1 to record>`.
pub fn state<'a>(verb: &str, entry: &'a str, value: &'a str) -> State<'a> {
    let mut parts = entry.split(' ');
    let mut next = || parts.next().unwrap_or_default();
    let entry = Entry { kind: next(), name: next() };
    match verb {
        "get" => State::Get(entry),
        "remove" => State::Remove(entry),
        "all" => State::All,
        _ => State::Set(entry, Change { value, days: next().parse().unwrap(), record: next() == "1" }),
    }
}

pub fn expand(body: &str) -> Vec<Value> {
    let batch = Batch::read(body.as_bytes()).unwrap();
    let expanded = batch.expand(ACCOUNT, &Allowed::at(Level::Playback));
    assert_eq!(expanded.stripped, 0);
    expanded.events.into_iter().map(|event| serde_json::to_value(event.unwrap().1).unwrap()).collect()
}

pub fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["type"].as_str().unwrap()).collect()
}

pub fn each<'e>(events: &'e [Value], pointer: &str) -> Vec<&'e str> {
    events.iter().map(|event| event.pointer(pointer).unwrap().as_str().unwrap()).collect()
}

pub fn envelope(body: &str) -> Value {
    serde_json::from_str(body).unwrap()
}
