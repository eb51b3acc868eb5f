//! A call of the page's, as the loader hands it over.

use super::page::Place;
use crate::CallError;
use crate::command::{Change, Entry, Input, Record, State};
use crate::recorder::{Call, Reply};
use js_sys::{Function, JSON};
use wasm_bindgen::JsValue;

/// A call and where its answer goes.
#[derive(Debug)]
pub struct PageCall {
    /// The command's number ([`super::api::call`]).
    pub command: u32,
    /// Three texts.
    pub text: String,
    /// The second.
    pub data: String,
    /// The third.
    pub content: String,
    /// When the page made the call, epoch ms, or a number.
    pub at: f64,
    /// Where the page was then, if the call had to wait.
    pub place: Option<Place>,
    /// Called with what was wrong, what was asked for, and whether what was wrong follows from what the user or the
    /// site's owner decided.
    pub done: Function,
}

impl PageCall {
    /// When the page made the call, or a number.
    pub fn number(&self) -> i64 {
        self.at as i64
    }

    /// As the recorder takes it; nothing for `init`.
    pub fn input(&self) -> Option<Input<'_>> {
        let number = self.number();
        Some(match self.command {
            0 => return None,
            1 => Input::Record(Record { at: number, kind: &self.text, data: &self.data, content: &self.content }),
            2 => Input::Identify(&self.text, &self.data),
            3 => Input::Reset,
            4 => Input::Flush,
            5 => Input::Consent(number as u8),
            6 => Input::Level(number as u8),
            7 => Input::Experience(number > 0),
            8 => Input::Inspect,
            9 => Input::Forget,
            10 => Input::State(self.state()),
            _ => Input::Stop,
        })
    }

    /// A line break is in no kind and in no name: a text that holds one is refused in the name.
    fn state(&self) -> State<'_> {
        let (kind, name) = self.content.split_once('\n').unwrap_or((&self.content, ""));
        let entry = Entry { kind, name };
        // Fractions and what is no number are out of range.
        let days = if self.number() as f64 == self.at { self.number() } else { 0 };
        match &*self.text {
            "get" => State::Get(entry),
            "remove" => State::Remove(entry),
            "all" => State::All,
            verb => State::Set(entry, Change { value: &self.data, days, record: verb == "set" }),
        }
    }

    /// Answers it.
    pub fn answer(&self, outcome: Call) {
        let nothing = JsValue::UNDEFINED;
        let (wrong, value, is_expected) = match outcome {
            Ok(Reply::Done) => (nothing.clone(), nothing, false),
            Ok(reply) => (nothing, value_of(&reply), false),
            Err(CallError::Busy) => (BUSY.into(), nothing, false),
            Err(error) => (error.message().into(), nothing, error.is_expected()),
        };
        // The loader's own function: it settles promises.
        let _ = self.done.call3(&JsValue::UNDEFINED, &wrong, &value, &is_expected.into());
    }
}

/// What a call is answered with that must be made again a moment later.
const BUSY: &str = "busy";

/// Kept values are JSON already: the whole of it crosses as one text.
fn value_of(reply: &Reply) -> JsValue {
    serde_json::to_string(reply).ok().and_then(|json| JSON::parse(&json).ok()).unwrap_or_default()
}
