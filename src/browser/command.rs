//! A command of the page, with its arguments as they were at the time of the call.

use crate::command::{Change, Entry, Input, Record, State};
use js_sys::Function;
use wasm_bindgen::JsValue;

/// A command. It owns its texts; [`Input`] borrows them.
#[derive(Debug)]
pub enum Command {
    /// Start with these settings, as JSON.
    Init(String),
    /// Record an event.
    Record {
        /// Its type.
        kind: String,
        /// Its data, as JSON.
        data: String,
        /// What of the data was replaced, for the page's developer.
        note: Option<Box<str>>,
    },
    /// Identify the user.
    Identify {
        /// The ID.
        id: String,
        /// The signature of the site's server; empty without one.
        signature: String,
    },
    /// Wait for the user's state of other browsers.
    AwaitState,
    /// Sign the user out.
    Reset,
    /// Send all events now.
    Flush,
    /// Set the purposes that the user agreed to, as bits.
    Consent(u8),
    /// Limit the level.
    Level(u8),
    /// Allow levels 2 and 3, or end them.
    Experience(bool),
    /// Return what a click on the element would record now.
    Explain(JsValue),
    /// Return the recorder's whole state.
    Inspect,
    /// Erase everything.
    Forget,
    /// Return an entry of the user's state.
    GetState(EntryName),
    /// Store an entry.
    SetState {
        /// The entry.
        entry: EntryName,
        /// Its value, as JSON.
        value: String,
        /// The lifetime in days.
        days: i64,
        /// Whether the change is recorded as an event.
        record: bool,
    },
    /// Remove an entry.
    RemoveState(EntryName),
    /// Return all entries.
    AllState,
    /// Call the listener when the topic changes.
    On {
        /// The topic.
        name: String,
        /// The listener.
        listener: Function,
    },
    /// Remove the recorder from the page.
    Stop,
}

/// The name of an entry of the user's state.
#[derive(Debug)]
pub struct EntryName {
    /// The entry's kind.
    pub kind: String,
    /// The entry's name.
    pub name: String,
}

impl EntryName {
    fn entry(&self) -> Entry<'_> {
        Entry { kind: &self.kind, name: &self.name }
    }
}

impl Command {
    /// The recorder's input for a call made at `at`, epoch ms; `None` for `init`, `on` and `explain`.
    pub fn input(&self, at: i64) -> Option<Input<'_>> {
        Some(match self {
            Command::Init(_) | Command::On { .. } | Command::Explain(_) => return None,
            Command::Record { kind, data, .. } => Input::Record(Record { at, kind, data }),
            Command::Identify { id, signature } => Input::Identify(id, signature),
            Command::AwaitState => Input::AwaitState,
            Command::Reset => Input::Reset,
            Command::Flush => Input::Flush,
            Command::Consent(purposes) => Input::Consent(*purposes),
            Command::Level(level) => Input::Level(*level),
            Command::Experience(is_on) => Input::Experience(*is_on),
            Command::Inspect => Input::Inspect,
            Command::Forget => Input::Forget,
            Command::GetState(entry) => Input::State(State::Get(entry.entry())),
            Command::SetState { entry, value, days, record } => {
                Input::State(State::Set(entry.entry(), Change { value, days: *days, record: *record }))
            }
            Command::RemoveState(entry) => Input::State(State::Remove(entry.entry())),
            Command::AllState => Input::State(State::All),
            Command::Stop => Input::Stop,
        })
    }
}
