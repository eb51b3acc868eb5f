//! A command of the page, with its arguments as they were when the page gave them.

use crate::command::{Change, Entry, Input, Record, State};
use js_sys::Function;

/// What the page wants.
#[derive(Debug)]
pub enum Command {
    /// Start, with these settings, as JSON.
    Init(String),
    /// Record an event.
    Record {
        /// Its type.
        kind: String,
        /// Its data, as JSON.
        data: String,
        /// `<type>:<oId>` of guidance content, else empty.
        content: String,
    },
    /// The user is this one.
    Identify {
        /// The ID.
        id: String,
        /// What the site's server has signed it with, else nothing.
        signature: String,
    },
    /// The user's state of other browsers is waited for.
    AwaitState,
    /// The user left.
    Reset,
    /// Send everything now.
    Flush,
    /// The user agreed to these purposes, as bits.
    Consent(u8),
    /// No more than this level.
    Level(u8),
    /// Levels 2 and 3 may begin, or must end.
    Experience(bool),
    /// Show what is held.
    Inspect,
    /// Erase everything.
    Forget,
    /// An entry of the user's state.
    GetState(EntryName),
    /// Keep an entry.
    SetState {
        /// Which.
        entry: EntryName,
        /// Its value, as JSON.
        value: String,
        /// For so many days.
        days: i64,
        /// Whether it is recorded as an event.
        record: bool,
    },
    /// Remove an entry.
    RemoveState(EntryName),
    /// All entries.
    AllState,
    /// Call the listener when the subject of that name changes.
    On {
        /// The subject.
        name: String,
        /// The listener.
        listener: Function,
    },
    /// Take the recorder off the page.
    Stop,
}

/// An entry of the user's state.
#[derive(Debug)]
pub struct EntryName {
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
}

impl EntryName {
    fn entry(&self) -> Entry<'_> {
        Entry { kind: &self.kind, name: &self.name }
    }
}

impl Command {
    /// As the recorder takes it, made at `at`, epoch ms; nothing for `init` and `on`.
    pub fn input(&self, at: i64) -> Option<Input<'_>> {
        Some(match self {
            Command::Init(_) | Command::On { .. } => return None,
            Command::Record { kind, data, content } => Input::Record(Record { at, kind, data, content }),
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
