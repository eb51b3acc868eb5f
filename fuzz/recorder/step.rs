//! The steps of a visit.

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use serde_json::json;
use uuid::Uuid;
use waymark::command::{Change, Entry, Input, Record, State};
use waymark::delivery::Response;
use waymark_wire::level::Key;
use waymark_wire::{Batch, state};

use crate::browser::Browser;
use crate::settings::{self, Setting};

/// A step: a call of the page, an event of the browser, a reply of the collector, or a change of the browser.
#[derive(Debug, Arbitrary)]
pub enum Step<'a> {
    Record {
        kind: Verb,
        data: &'a str,
        content: u8,
    },
    Identify {
        id: User<'a>,
        signature: &'a str,
    },
    AwaitState,
    Reset,
    Flush,
    Consent(u8),
    Level(u8),
    Experience(bool),
    Inspect,
    Forget,
    Get(Name<'a>),
    Set {
        name: Name<'a>,
        value: &'a str,
        days: i16,
        record: bool,
    },
    Remove(Name<'a>),
    All,
    Stop,
    Navigated,
    Replaced,
    Resized,
    Refresh,
    Hidden,
    Unload,
    PageRestored,
    SessionLockAcquired,
    SessionLockReleased,
    TimerFired,
    Online,
    Idle,
    /// The lock of a tab that asked for it.
    TabLockAcquired(u8),
    /// Another tab wrote or removed a stored entry.
    OtherTabWrote(u8),
    /// The response to a batch.
    BatchResponse {
        batch: u8,
        reply: BatchReply<'a>,
    },
    /// The response to a state request.
    StateResponse {
        request: u8,
        reply: StateReply<'a>,
    },
    /// The collector's settings change.
    SiteSettings(Vec<Setting<'a>>),
    /// The collector refuses the settings.
    SiteRefused(u16),
    /// Time passes, in ms.
    Wait(u32),
    /// The clock jumps, in hours: by years, but not to a time before 1970.
    ClockJumps(i16),
    StorageFull(bool),
    /// The page ends, without notice unless it was unloaded.
    NextPage {
        same_tab: bool,
    },
    /// A stored entry is edited or cut off.
    EditStored {
        entry: u8,
        value: &'a str,
    },
    CutStored {
        entry: u8,
        length: u8,
    },
    Store {
        name: &'a str,
        value: &'a str,
    },
}

#[derive(Debug, Arbitrary)]
pub enum Verb {
    Play,
    Step,
    Complete,
    Other,
}

/// A user's ID: one of two, or any.
#[derive(Debug, Arbitrary)]
pub enum User<'a> {
    Ann,
    Ben,
    Any(&'a str),
}

/// The name of a state entry: one of guidance content, one of the site, or any.
#[derive(Debug, Arbitrary)]
pub enum Name<'a> {
    Task(u8),
    Data(u8),
    Any(&'a str, &'a str),
}

#[derive(Debug, Arbitrary)]
pub enum BatchReply<'a> {
    /// The collector has stored the batch, except for some of its events.
    Stored {
        rejected: u8,
        upto: Option<u8>,
    },
    /// A 200 of somebody else.
    Foreign(&'a str),
    Failed {
        status: u8,
        retry_after: u16,
    },
}

#[derive(Debug, Arbitrary)]
pub enum StateReply<'a> {
    Entries(Vec<Item<'a>>),
    Foreign(&'a str),
    Failed { status: u8, retry_after: u16 },
}

/// An entry in a reply.
#[derive(Debug, Arbitrary)]
pub struct Item<'a> {
    name: Name<'a>,
    version: u32,
    at: i32,
    value: Option<u8>,
}

const STATUSES: [u16; 12] = [0, 400, 401, 403, 404, 408, 413, 421, 425, 429, 500, 503];

fn status(number: u8) -> u16 {
    STATUSES[usize::from(number) % STATUSES.len()]
}

/// The element at `number`, modulo the length.
fn nth<T: Clone>(mut list: impl ExactSizeIterator<Item = T>, number: u8) -> Option<T> {
    if list.len() == 0 { None } else { list.nth(usize::from(number) % list.len()) }
}

impl Name<'_> {
    fn parts(&self) -> (String, String) {
        match self {
            Name::Task(number) => ("task".to_owned(), (number % 4).to_string()),
            Name::Data(number) => ("data".to_owned(), format!("a.{}", number % 4)),
            Name::Any(kind, name) => ((*kind).to_owned(), (*name).to_owned()),
        }
    }
}

impl Step<'_> {
    /// Takes the step.
    pub fn take(&self, browser: &mut Browser) {
        match self {
            Step::Record { kind, data, content } => {
                let kind = match kind {
                    Verb::Play => "play",
                    Verb::Step => "step",
                    Verb::Complete => "complete",
                    Verb::Other => "purchase",
                };
                // The browser edge passes only objects.
                let is_object = serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(data).is_ok();
                let data = match content {
                    0 if is_object => (*data).to_owned(),
                    0 => "{}".to_owned(),
                    content => json!({ "type": "wt", "oId": content, "text": data }).to_string(),
                };
                let at = browser.host.now;
                browser.on(Input::Record(Record { at, kind, data: &data }));
            }
            Step::Identify { id, signature } => {
                let id = match id {
                    User::Ann => "ann",
                    User::Ben => "ben",
                    User::Any(id) => id,
                };
                browser.on(Input::Identify(id, signature));
            }
            Step::AwaitState => browser.on(Input::AwaitState),
            Step::Reset => browser.on(Input::Reset),
            Step::Flush => browser.on(Input::Flush),
            Step::Consent(purposes) => browser.on(Input::Consent(purposes % 8)),
            Step::Level(level) => browser.on(Input::Level(level % 4)),
            Step::Experience(is_on) => browser.on(Input::Experience(*is_on)),
            Step::Inspect => browser.on(Input::Inspect),
            Step::Forget => browser.on(Input::Forget),
            Step::Get(name) => with_entry(name, |entry| browser.on(Input::State(State::Get(entry)))),
            Step::Set { name, value, days, record } => {
                let change = Change { value, days: (*days).into(), record: *record };
                with_entry(name, |entry| browser.on(Input::State(State::Set(entry, change))));
            }
            Step::Remove(name) => with_entry(name, |entry| browser.on(Input::State(State::Remove(entry)))),
            Step::All => browser.on(Input::State(State::All)),
            Step::Stop => browser.on(Input::Stop),
            Step::Navigated => {
                browser.host.page.pathname.push('a');
                browser.on(Input::Navigated);
            }
            Step::Replaced => {
                browser.host.page.pathname.push('b');
                browser.on(Input::Replaced);
            }
            Step::Resized => browser.on(Input::Resized),
            Step::Refresh => browser.on(Input::Refresh),
            Step::Hidden => browser.on(Input::Hidden),
            Step::Unload => browser.on(Input::Unload),
            Step::PageRestored => browser.on(Input::PageRestored),
            Step::SessionLockAcquired => browser.on(Input::SessionLockAcquired),
            Step::SessionLockReleased => browser.on(Input::SessionLockReleased),
            Step::TimerFired => {
                browser.host.now = browser.host.now.max(browser.host.wake_at.unwrap_or_default());
                browser.on(Input::TimerFired);
            }
            Step::Online => browser.on(Input::Online),
            Step::Idle => browser.on(Input::Idle),
            Step::TabLockAcquired(number) => {
                if let Some(tab) = nth(browser.host.tab_lock_requests.clone().into_iter(), *number) {
                    browser.on(Input::TabLockAcquired(tab));
                }
            }
            Step::OtherTabWrote(number) => {
                if let Some(name) = stored(browser, *number, |key| key == Key::OUTBOX) {
                    browser.on(Input::OtherTabWrote(&name));
                }
            }
            Step::BatchResponse { batch, reply } => respond_to_batch(browser, *batch, reply),
            Step::StateResponse { request, reply } => respond_to_state(browser, *request, reply),
            Step::SiteSettings(owner) => {
                browser.host.settings = Some(settings::site(owner));
                browser.on(Input::Refresh);
            }
            Step::SiteRefused(status) => {
                browser.host.settings = Some(format!("!{status}"));
                browser.on(Input::Refresh);
            }
            Step::Wait(ms) => browser.host.now += i64::from(*ms),
            Step::ClockJumps(hours) => browser.host.now += i64::from(*hours) * 3_600_000,
            Step::StorageFull(is_full) => browser.host.is_storage_full = *is_full,
            Step::NextPage { same_tab } => browser.next_page(*same_tab),
            Step::EditStored { entry, value } => edit(browser, *entry, |_| (*value).to_owned()),
            Step::CutStored { entry, length } => {
                edit(browser, *entry, |text| text.chars().take((*length).into()).collect());
            }
            Step::Store { name, value } => {
                browser.is_edited = true;
                browser.host.stored.insert((*name).to_owned(), (*value).to_owned());
            }
        }
    }
}

fn with_entry(name: &Name<'_>, call: impl FnOnce(Entry<'_>)) {
    let (kind, name) = name.parts();
    call(Entry { kind: &kind, name: &name });
}

/// The name of a stored entry of such a key.
fn stored(browser: &Browser, number: u8, is_one: impl Fn(Key) -> bool) -> Option<String> {
    let names = browser.host.stored.keys().filter(|name| Key::of(name, "demo").is_some_and(&is_one));
    nth(names.cloned().collect::<Vec<_>>().into_iter(), number)
}

fn edit(browser: &mut Browser, number: u8, change: impl FnOnce(&str) -> String) {
    browser.is_edited = true;
    if let Some(name) = stored(browser, number, |_| true) {
        let value = change(&browser.host.stored[&name]);
        browser.host.stored.insert(name, value);
    }
}

fn respond_to_batch(browser: &mut Browser, number: u8, reply: &BatchReply<'_>) {
    let Some((number, body)) = nth(browser.host.sent_batches.clone().into_iter(), number) else { return };
    let (status, retry_after, body) = match reply {
        BatchReply::Stored { rejected, upto } => {
            let batch = Batch::read(body.as_bytes());
            let (request, end) =
                batch.map_or((Uuid::nil(), 0), |batch| (batch.request, batch.seq + batch.len() as u64));
            let upto = upto.map_or(end, u64::from);
            let rejected = vec![json!({ "index": 0, "seq": 0, "why": "" }); usize::from(rejected % 4)];
            (200, 0, json!({ "request": request, "rejected": rejected, "upto": upto }).to_string())
        }
        BatchReply::Foreign(body) => (200, 0, (*body).to_owned()),
        BatchReply::Failed { status: number, retry_after } => (status(*number), (*retry_after).into(), String::new()),
    };
    browser.on(Input::BatchResponse(number, Response { status, retry_after, body: &body }));
}

fn respond_to_state(browser: &mut Browser, number: u8, reply: &StateReply<'_>) {
    let Some((number, body)) = nth(browser.host.state_requests.clone().into_iter(), number) else { return };
    let now = browser.host.now;
    let (status, retry_after, body) = match reply {
        StateReply::Entries(items) => {
            let sent = serde_json::from_str::<state::Request>(&body).map_or(Vec::new(), |request| request.entries);
            let mut entries: Vec<_> = sent.iter().map(|item| json!(item)).collect();
            entries.extend(items.iter().map(|item| {
                let (kind, name) = item.name.parts();
                let at = now + i64::from(item.at);
                let mut entry = json!({ "kind": kind, "name": name, "version": item.version, "at": at, "expires": at + 86_400_000 });
                if let Some(value) = item.value {
                    entry["value"] = json!(value);
                }
                entry
            }));
            (200, 0, json!({ "entries": entries }).to_string())
        }
        StateReply::Foreign(body) => (200, 0, (*body).to_owned()),
        StateReply::Failed { status: number, retry_after } => (status(*number), (*retry_after).into(), String::new()),
    };
    browser.on(Input::StateResponse(number, Response { status, retry_after, body: &body }));
}
