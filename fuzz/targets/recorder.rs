//! A page that says anything, over a browser that keeps anything: settings, kept state, the outbox of other pages, what a
//! collector answers. The recorder never panics, and what it sends is a batch.
//!
//! The input is text, cut at zero bytes: the settings, then pairs of a key and what is kept under it; a pair whose key
//! begins with `!` is something that happens.

#![no_main]

use libfuzzer_sys::fuzz_target;
use waymark::Recorder;
use waymark::input::{Input, Record, State};
use waymark::outbox::Answer;
use waymark::testing::MemoryHost;
use waymark_wire::{Allowed, Batch, Level};

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
    host.settings = Some(format!("level n 1\n{settings}"));
    let mut recorder = Recorder::new();
    let settings = format!("site s demo\ncollector s /\n{settings}");
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
            "g" => Input::State(State { verb: "get", entry: rest, value: "" }),
            "s" => Input::State(State { verb: "set", entry: rest, value }),
            "k" => Input::State(State { verb: "remove", entry: rest, value: "" }),
            "a" => Input::State(State { verb: "all", entry: "", value: "" }),
            "n" => Input::Navigated,
            "o" => Input::Online,
            "b" => Input::Leaving(number > 0),
            "u" => Input::Returned,
            "w" => Input::Woken,
            "y" => Input::Idle,
            "t" => Input::Owned(rest),
            "v" => Input::Wrote(rest),
            "<" => match host.posts.last() {
                Some((sent, _)) => {
                    let status = [200, 0, 503, 413, 400, 421][rest.len() % 6];
                    Input::Answered(*sent, Answer { status, retry_after: 0, body: value })
                }
                None => Input::LookAgain,
            },
            "z" => {
                host.settings = Some((*value).to_owned());
                Input::LookAgain
            }
            "h" => match host.shared.last() {
                Some((told, _)) => {
                    let status = [200, 0, 503, 401][rest.len() % 4];
                    Input::Shared(*told, Answer { status, retry_after: 0, body: value })
                }
                None => Input::LookAgain,
            },
            _ => Input::LookAgain,
        };
        // A call that cannot be carried out says why.
        let _ = recorder.on(input, &mut host);
    }
    // What other pages left is sent as it was found; what this one recorded is a batch.
    for (_, body) in host.posts.iter().filter(|_| host.stored.keys().all(|key| !key.starts_with("wm-out."))) {
        let batch = Batch::read(body.as_bytes()).unwrap_or_else(|error| panic!("{error}: {body}"));
        drop(batch.expand("", &Allowed::at(Level::Playback)));
    }
});
