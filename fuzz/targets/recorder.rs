//! A page that says anything, over a browser that keeps anything: settings, kept state, the outbox of other pages, what
//! a collector answers. The recorder never panics, and what it sends is a batch.
//!
//! The input is text, cut at zero bytes: the settings as JSON, then pairs of a key and what is kept under it; a pair
//! whose key begins with `!` is something that happens.

#![no_main]

use libfuzzer_sys::fuzz_target;
use waymark::Recorder;
use waymark::command::{Change, Entry, Input, Record, State};
use waymark::delivery::Response;
use waymark::testing::MemoryHost;
use waymark_wire::{Allowed, Batch, Level};

/// The page's own kind and name.
fn entry(text: &str) -> Entry<'_> {
    let (kind, name) = text.split_once(' ').unwrap_or_default();
    Entry { kind, name }
}

fuzz_target!(|text: &str| {
    let mut parts = text.split('\0');
    let settings = parts.next().unwrap_or_default();
    let parts: Vec<&str> = parts.collect();
    let (pairs, _) = parts.as_chunks::<2>();
    let mut host = MemoryHost { now: 1_795_600_000_000, ..MemoryHost::default() };
    for [key, value] in pairs.iter().filter(|[key, _]| !key.starts_with('!')) {
        host.stored.insert((*key).to_owned(), (*value).to_owned());
    }
    // What the page asks for its site's owner allows, until `!z` says otherwise.
    host.settings = Some(format!(r#"{{"settings":{settings}}}"#));
    let mut recorder = Recorder::new();
    let settings = match settings.strip_prefix('{') {
        Some(members) => format!(r#"{{"site":"demo","collector":"/",{members}"#),
        None => return,
    };
    if recorder.start(&settings, host.now, &mut host).is_err() {
        return;
    }
    for [key, value] in pairs {
        let Some(what) = key.strip_prefix('!') else { continue };
        let (what, rest) = what.split_at_checked(1).unwrap_or_default();
        host.now += 700;
        let number = rest.len() as u32;
        let input = match what {
            "r" => Input::Record(Record { at: host.now, kind: "play", data: "{}", content: rest }),
            "i" => Input::Identify(value, rest),
            "x" => Input::Reset,
            "f" => Input::Flush,
            "c" => Input::Consent(number as u8),
            "l" => Input::Level(number as u8),
            "e" => Input::Experience(number > 0),
            "?" => Input::Inspect,
            "d" => Input::Forget,
            "g" => Input::State(State::Get(entry(rest))),
            "s" => Input::State(State::Set(entry(rest), Change { value, days: 365, record: true })),
            "k" => Input::State(State::Remove(entry(rest))),
            "a" => Input::State(State::All),
            "n" => Input::Navigated,
            "v" => Input::Replaced,
            "o" => Input::Online,
            "b" if number > 0 => Input::Unload,
            "b" => Input::Hidden,
            "u" => Input::PageRestored,
            "w" => Input::TimerFired,
            "y" => Input::Idle,
            "t" => Input::TabLockAcquired(rest.parse().unwrap_or_default()),
            "q" => Input::OtherTabWrote(rest),
            "<" => match host.sent_batches.last() {
                Some((sent, _)) => {
                    let status = [200, 0, 503, 413, 400, 421][rest.len() % 6];
                    Input::BatchResponse(*sent, Response { status, retry_after: 0, body: value })
                }
                None => Input::Refresh,
            },
            "z" => {
                host.settings = Some((*value).to_owned());
                Input::Refresh
            }
            "h" => match host.state_requests.last() {
                Some((told, _)) => {
                    let status = [200, 0, 503, 401][rest.len() % 4];
                    Input::StateResponse(*told, Response { status, retry_after: 0, body: value })
                }
                None => Input::Refresh,
            },
            _ => Input::Refresh,
        };
        // A call that cannot be carried out says why.
        let _ = recorder.on(input, &mut host);
    }
    // What other pages left is sent as it was found; what this one recorded is a batch.
    for (_, body) in host.sent_batches.iter().filter(|_| host.stored.keys().all(|key| !key.starts_with("wm-out."))) {
        let batch = Batch::read(body.as_bytes()).unwrap_or_else(|error| panic!("{error}: {body}"));
        drop(batch.expand("", &Allowed::at(Level::Playback)));
    }
});
