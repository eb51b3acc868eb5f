//! A call of the page's, as the loader hands it over.

use crate::input::{Input, Record, State};
use js_sys::Function;
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
    /// Called with what was wrong, and with the JSON of what was asked for.
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
            10 => Input::State(State { verb: &self.text, entry: &self.content, value: &self.data }),
            _ => Input::Stop,
        })
    }

    /// Answers it.
    pub fn answer(&self, outcome: Result<String, &'static str>) {
        let (wrong, value) = match outcome {
            Ok(value) if value.is_empty() => (JsValue::UNDEFINED, JsValue::UNDEFINED),
            Ok(value) => (JsValue::UNDEFINED, value.into()),
            Err(why) => (why.into(), JsValue::UNDEFINED),
        };
        // The loader's own function: it settles promises.
        let _ = self.done.call2(&JsValue::UNDEFINED, &wrong, &value);
    }
}
