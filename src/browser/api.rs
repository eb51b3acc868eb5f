//! What the loader and the glue call.

use super::intake;
use crate::call_error::CallError;
use crate::command::{Change, Entry, Input, Record, State};
use crate::delivery::Answer;
use wasm_bindgen::prelude::*;
use waymark_wire::level::Key;
use waymark_wire::text::{next_part, parse_int};

/// Makes the call that the page made, or tells what the browser did. Answers with nothing; with what was wrong; with
/// [`AGAIN`]; behind a `=` with the JSON of what was asked for; or behind a `-` with what was not done because the user or
/// the site's owner wants it so, which the console does not show. One door for all of them: every exported function would
/// bring its own copies of what turns texts to bytes and back. `at` is when the page made the call, epoch ms, or a number.
///
/// | command | | takes |
/// |---|---|---|
/// | 0 | `init` | `text`: the settings as JSON; `at` |
/// | 1 | `record` | `text`: the type; `data`: the data as JSON; `content`: `<type>:<oId>` of guidance content; `at` |
/// | 2 | `identify` | `text`: the ID; `data`: its signature |
/// | 3 | `reset` | |
/// | 4 | `flush` | the loader is told when it is done |
/// | 5 | `consent` | `at`: the purposes, as bits |
/// | 6 | `level` | `at`: the level |
/// | 7 | `experience` | `at`: 1 to begin, 0 to end |
/// | 8 | `inspect` | |
/// | 9 | `forget` | |
/// | 10 | `state` | `text`: the verb, `keep` for a `set` without an event; `content`: kind, line break, name; `data`: the value as JSON; `at`: the days |
/// | 11 | `stop` | |
/// | 12 | the page is hidden or left | `at`: 1 if it is left |
/// | 13 | the page is back as it was | |
/// | 14 | the address may have changed | |
/// | 15 | the viewport has | |
/// | 16 | anything else may have | |
/// | 17 | the turn begins or is over | `at`: 1 if it is over |
/// | 18 | a batch was answered | `text`: `<number> <status> <seconds to wait>`; `data`: the answer's body |
/// | 19 | the page has nothing else to do | |
/// | 20 | nobody else sends what a tab recorded | `text`: the tab |
/// | 21 | the network is back | |
/// | 22 | what was told of the user's state was answered | as 18; `data`: an entry a line |
/// | 23 | another tab wrote a batch, or removed it | `text`: its name |
/// | 24 | the path was replaced | |
///
/// # Examples
/// `call(10, "set", "3", "task\n7", 365.0)` keeps 3 under the task 7 for a year.
#[wasm_bindgen]
pub fn call(command: u32, text: &str, data: &str, content: &str, at: f64) -> Option<String> {
    let number = at as i64;
    let input = match command {
        0 => return intake::start(text, number).err().map(text_of),
        1 => Input::Record(Record { at: number, kind: text, data, content }),
        2 => Input::Identify(text, data),
        3 => Input::Reset,
        4 => Input::Flush,
        5 => Input::Consent(number as u8),
        6 => Input::Level(number as u8),
        7 => Input::Experience(number > 0),
        8 => Input::Inspect,
        9 => Input::Forget,
        10 => Input::State(state(text, data, content, at)),
        11 => Input::Stop,
        12 => Input::Leaving(number > 0),
        13 => Input::Returned,
        14 => Input::Navigated,
        15 => Input::Resized,
        16 => Input::LookAgain,
        17 => Input::Turn(number > 0),
        19 => Input::Idle,
        20 => Input::Owned(text),
        21 => Input::Online,
        23 => Input::Wrote(text),
        24 => Input::Replaced,
        _ => {
            let mut rest = text;
            let mut number = || parse_int(next_part(&mut rest, b' ')).unwrap_or_default();
            let (batch, status, retry_after) = (number() as u32, number() as u16, number() as u32);
            let answer = Answer { status, retry_after, body: data };
            if command == 22 { Input::Shared(batch, answer) } else { Input::Answered(batch, answer) }
        }
    };
    match intake::take(input) {
        Ok(answer) if answer.is_empty() => None,
        Ok(answer) => {
            let mut text = String::from("=");
            text.push_str(&answer);
            Some(text)
        }
        Err(error) => Some(text_of(error)),
    }
}

/// What a call is answered with that must be made again a moment later.
pub const AGAIN: &str = "busy";

fn text_of(error: CallError) -> String {
    let mut text = String::new();
    if error.is_expected() {
        text.push_str("-");
    }
    text.push_str(if error == CallError::Busy { AGAIN } else { error.message() });
    text
}

/// A line break is in no kind and in no name: a text that holds one is refused in the name.
fn state<'a>(verb: &str, value: &'a str, entry: &'a str, days: f64) -> State<'a> {
    let mut name = entry;
    let kind = next_part(&mut name, b'\n');
    let entry = Entry { kind, name };
    // Fractions and what is no number are out of range.
    let whole = days as i64;
    let days = if whole as f64 == days { whole } else { 0 };
    match verb {
        "get" => State::Get(entry),
        "remove" => State::Remove(entry),
        "all" => State::All,
        _ => State::Set(entry, Change { value, days, record: verb == "set" }),
    }
}

/// The base of the key whose name it is, such as `wm-euid`, where it is one of the exact names that the recorder of `site`
/// writes: all others are somebody else's.
#[wasm_bindgen(js_name = baseOf)]
pub fn base_of(name: &str, site: &str) -> Option<String> {
    Key::of(name, site).map(|key| key.base.to_owned())
}
