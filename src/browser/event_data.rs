//! The data of an event as JSON. What JSON has no form for is replaced by a word or a text, so that an event is not lost
//! for one member of it. Getters and `toJSON` of the page's may throw, or call the recorder: nothing is borrowed here.

use super::bindings::{WINDOW, is_array, keys_of, text_of};
use super::members::member;
use super::refusal::Refusal;
use crate::CallError;
use js_sys::{Array, Function, JSON, Object};
use wasm_bindgen::{JsCast, JsValue};
use waymark_wire::limits;
use web_sys::Node;

/// The most members that a note names.
const NAMED: usize = 10;

/// An event's data.
#[derive(Debug, PartialEq, Eq)]
pub struct EventData {
    /// The JSON; empty where JSON has nothing for it.
    pub json: String,
    /// What was replaced, for the page's developer; `None`: nothing.
    pub note: Option<Box<str>>,
}

/// Reads the data. Its JSON is what `JSON.stringify` makes of it, where that is possible.
///
/// # Errors
/// Not even its members can be listed.
pub fn read(data: &JsValue) -> Result<EventData, Refusal> {
    let converted = JSON::stringify(data).map(|json| JsValue::from(json).as_string().unwrap_or_default());
    match converted {
        // Nodes, and objects of functions, become empty objects.
        Ok(json) if !json.contains("{}") => return Ok(EventData { json, note: None }),
        _ => {}
    }
    let mut writer = Writer::default();
    writer.write(data, "");
    match converted {
        Ok(_) if writer.is_root_replaced => Err(CallError::DataNotObject.into()),
        Err(cause) if writer.is_root_replaced => Err(Refusal::caused(CallError::NotJson, &cause)),
        _ => Ok(EventData { note: writer.note(), json: writer.json }),
    }
}

/// Writes a value as `JSON.stringify` would, member by member.
#[derive(Default)]
struct Writer {
    json: String,
    /// The names down to the value that is written, each after a dot.
    path: String,
    /// The objects around it.
    around: Vec<JsValue>,
    /// What was replaced, each with what took its place.
    replaced: Vec<String>,
    is_root_replaced: bool,
}

impl Writer {
    /// Writes the value that stands at `key`. Returns `false`, and writes nothing, if JSON has nothing for it.
    fn write(&mut self, value: &JsValue, key: &str) -> bool {
        let is_convertible = value.is_object().then(|| member(value, "toJSON"));
        match is_convertible {
            Some(Err(_)) => self.replace("[unreadable]"),
            Some(Ok(convert)) if convert.is_function() => {
                match convert.unchecked_ref::<Function>().call1(value, &key.into()) {
                    Ok(value) => self.write_plain(&value),
                    Err(_) => self.replace("[unreadable]"),
                }
            }
            _ => self.write_plain(value),
        }
    }

    fn write_plain(&mut self, value: &JsValue) -> bool {
        if value.is_function() {
            self.replace("[function]")
        } else if value.is_bigint() {
            self.replace_by(&text_of(value).unwrap_or_default(), "its digits")
        } else if !value.is_object() {
            let json = JSON::stringify(value).ok().and_then(|json| JsValue::from(json).as_string());
            self.json.push_str(json.as_deref().unwrap_or_default());
            json.is_some()
        } else if self.around.contains(value) {
            self.replace("[circular]")
        } else if value.has_type::<Node>() {
            self.replace("[node]")
        } else if WINDOW.with(|window| Object::is(value, window)) {
            self.replace("[window]")
        } else {
            // Past the limits of data it is refused: what is deeper, or more, is not read.
            if self.around.len() >= limits::DATA_DEPTH || self.is_too_large() {
                self.json.push_str("{}");
                return true;
            }
            self.around.push(value.clone());
            let is_readable = if is_array(value).unwrap_or_default() { self.items(value) } else { self.members(value) };
            self.around.pop();
            is_readable || self.replace("[unreadable]")
        }
    }

    fn items(&mut self, list: &JsValue) -> bool {
        let Ok(Some(length)) = member(list, "length").map(|length| length.as_f64()) else { return false };
        self.json.push('[');
        for index in 0..length as u32 {
            if index > 0 {
                self.json.push(',');
            }
            if !self.member(list, itoa::Buffer::new().format(index)) {
                self.json.push_str("null");
            }
            if self.is_too_large() {
                break;
            }
        }
        self.json.push(']');
        true
    }

    fn members(&mut self, object: &JsValue) -> bool {
        let Ok(keys) = keys_of(object).and_then(JsCast::dyn_into::<Array>) else { return false };
        self.json.push('{');
        let mut is_first = true;
        for key in keys.iter().filter_map(|key| key.as_string()) {
            let begin = self.json.len();
            if !is_first {
                self.json.push(',');
            }
            self.text(&key);
            self.json.push(':');
            if self.member(object, &key) {
                is_first = false;
            } else {
                self.json.truncate(begin);
            }
            if self.is_too_large() {
                break;
            }
        }
        self.json.push('}');
        true
    }

    fn member(&mut self, object: &JsValue, key: &str) -> bool {
        let end = self.path.len();
        self.path.push('.');
        self.path.push_str(key);
        let is_written = match member(object, key) {
            Ok(value) => self.write(&value, key),
            Err(_) => self.replace("[unreadable]"),
        };
        self.path.truncate(end);
        is_written
    }

    fn text(&mut self, text: &str) {
        self.json.push_str(&serde_json::to_string(text).unwrap_or_default());
    }

    fn is_too_large(&self) -> bool {
        self.json.len() > limits::DATA_BYTES
    }

    /// Writes `word` in place of the value.
    fn replace(&mut self, word: &str) -> bool {
        self.replace_by(word, word)
    }

    /// Writes `text` in place of the value. The note says `what` that is.
    fn replace_by(&mut self, text: &str, what: &str) -> bool {
        let Some(path) = self.path.strip_prefix('.') else {
            self.is_root_replaced = true;
            return false;
        };
        self.replaced.push([path, " by ", what].concat());
        self.text(text);
        true
    }

    fn note(&self) -> Option<Box<str>> {
        let named = self.replaced.get(..NAMED).unwrap_or(&self.replaced).join(", ");
        let more = if self.replaced.len() > NAMED { ", and more" } else { "" };
        (!named.is_empty()).then(|| ["replaced in data: ", &named, more].concat().into())
    }
}
