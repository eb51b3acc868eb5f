//! Reads the arguments of each command at the time of the call, because the page may change them afterwards. Getters
//! and `toJSON` methods of the page may throw or call the recorder, so nothing is borrowed here.

use super::bindings::{DOCUMENT, FunctionMark, is_array, stringify, text_of};
use super::command::{Command, EntryName};
use super::event_data::{self, EventData};
use super::members::{member, prototype_function};
use super::provider;
use super::refusal::Refusal;
use crate::CallError;
use crate::consent::purposes_of;
use crate::recorder::Follower;
use js_sys::{JSON, Object};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Node;

/// The command of a call, or the reason why the arguments are wrong.
pub type Read = Result<Command, Refusal>;

/// `Number.MAX_SAFE_INTEGER`.
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

/// The default lifetime of an entry of the user's state, in days.
const DEFAULT_DAYS: i64 = 365;

/// `init`: an object of settings. Functions in it stay in the browser edge.
pub fn init(settings: &JsValue) -> Read {
    if settings.is_undefined() {
        return Ok(Command::Init("{}".to_owned()));
    }
    let json = stringify(settings, &mut |_, value| {
        if !value.is_function() {
            return value;
        }
        let mark = Object::new().unchecked_into::<FunctionMark>();
        mark.set_function(provider::keep(value.unchecked_into()));
        mark.into()
    });
    let json = json.map_err(|cause| Refusal::caused(CallError::SettingsUnreadable, &cause))?;
    let json = json.as_string().filter(|json| json.starts_with('{')).ok_or(CallError::SettingsNotObject)?;
    Ok(Command::Init(json))
}

/// `record`: a type, and an object of data.
pub fn record(kind: &JsValue, data: &JsValue) -> Read {
    let kind = kind.as_string().ok_or(CallError::TypeInvalid)?;
    if data.is_undefined() {
        return Ok(Command::Record { kind, data: "{}".to_owned(), note: None });
    }
    if !is_object(data) {
        return Err(CallError::DataNotObject.into());
    }
    let EventData { json: data, note } = event_data::read(data)?;
    Ok(Command::Record { kind, data, note })
}

/// `identify`: an ID, and an object with its signature.
pub fn identify(id: &JsValue, options: &JsValue) -> Read {
    let signature = option(options, "signature")?;
    let signature = if signature.is_undefined() { Some(String::new()) } else { signature.as_string() };
    let signature = signature.ok_or(CallError::SignatureInvalid)?;
    // A value that is neither a text nor a number is not an ID.
    let is_id = id.is_string() || id.as_f64().is_some() || id.is_bigint();
    let id = if is_id { text_of(id).unwrap_or_default() } else { String::new() };
    Ok(Command::Identify { id, signature })
}

/// `consent`: the user's answer.
pub fn consent(answer: &JsValue) -> Read {
    let answer = JSON::stringify(answer).ok().and_then(|json| JsValue::from(json).as_string()).unwrap_or_default();
    let answer = serde_json::from_str(&answer).ok();
    let purposes = answer.and_then(|answer| purposes_of(&answer)).ok_or(CallError::ConsentInvalid)?;
    Ok(Command::Consent(purposes))
}

/// `level`: 0 to 3.
pub fn level(level: &JsValue) -> Read {
    let level = level.as_f64().and_then(|level| [0u8, 1, 2, 3].into_iter().find(|one| f64::from(*one) == level));
    Ok(Command::Level(level.ok_or(CallError::LevelInvalid)?))
}

/// `experience`: a boolean.
pub fn experience(is_on: &JsValue) -> Read {
    Ok(Command::Experience(is_on.as_bool().ok_or(CallError::ExperienceInvalid)?))
}

/// `explain`: an element, or a selector of one.
pub fn explain(element: &JsValue) -> Read {
    let found = match element.as_string() {
        Some(selector) => DOCUMENT.with(|document| document.query_selector(&selector)).ok().flatten().map(Into::into),
        None => is_element(element).then(|| element.clone()),
    };
    Ok(Command::Explain(found.ok_or(CallError::ElementInvalid)?))
}

fn is_element(value: &JsValue) -> bool {
    let kind = prototype_function("Node", "nodeType").and_then(|node_type| node_type.call0(value).ok());
    kind.is_some_and(|kind| kind == f64::from(Node::ELEMENT_NODE))
}

/// `state.get`: a kind and a name.
pub fn get_state(kind: &JsValue, name: &JsValue) -> Read {
    Ok(Command::GetState(entry(kind, name)?))
}

/// `state.set`: a kind, a name, a value, and an object with `days` and `record`.
pub fn set_state(kind: &JsValue, name: &JsValue, value: &JsValue, options: &JsValue) -> Read {
    let (days, record) = (option(options, "days")?, option(options, "record")?);
    let record = if record.is_undefined() { Some(true) } else { record.as_bool() };
    let record = record.ok_or(CallError::StateRecordInvalid)?;
    // A fraction, or a value that is not a number, counts as out of range.
    let days = if days.is_undefined() { DEFAULT_DAYS } else { integer(&days).unwrap_or_default() };
    Ok(Command::SetState { entry: entry(kind, name)?, value: json(value)?, days, record })
}

/// `state.remove`: a kind and a name.
pub fn remove_state(kind: &JsValue, name: &JsValue) -> Read {
    Ok(Command::RemoveState(entry(kind, name)?))
}

/// `on`: a topic and a function.
pub fn on(name: &JsValue, listener: &JsValue) -> Read {
    let name = name.as_string().filter(|name| Follower::named(name).is_some()).ok_or(CallError::TopicUnknown)?;
    if !listener.is_function() {
        return Err(CallError::ListenerInvalid.into());
    }
    Ok(Command::On { name, listener: listener.clone().unchecked_into() })
}

fn is_object(value: &JsValue) -> bool {
    value.is_object() && !is_array(value).unwrap_or_default()
}

/// A member of the options. The options may be missing.
fn option(options: &JsValue, name: &str) -> Result<JsValue, Refusal> {
    if options.is_undefined() {
        return Ok(JsValue::UNDEFINED);
    }
    let found = if is_object(options) { member(options, name).ok() } else { None };
    Ok(found.ok_or(CallError::OptionsNotObject)?)
}

/// The value as JSON; empty if it has no JSON form.
fn json(value: &JsValue) -> Result<String, Refusal> {
    let json = JSON::stringify(value).map_err(|cause| Refusal::caused(CallError::NotJson, &cause))?;
    Ok(JsValue::from(json).as_string().unwrap_or_default())
}

fn integer(value: &JsValue) -> Option<i64> {
    let number = value.as_f64().filter(|number| number.trunc() == *number && number.abs() <= MAX_SAFE_INTEGER)?;
    Some(number as i64)
}

fn entry(kind: &JsValue, name: &JsValue) -> Result<EntryName, Refusal> {
    let text = |value: &JsValue| if value.is_undefined() { Some(String::new()) } else { value.as_string() };
    let number = |value: &JsValue| integer(value).map(|number| itoa::Buffer::new().format(number).to_owned());
    let kind = text(kind).ok_or(CallError::StateKindInvalid)?;
    let name = text(name).or_else(|| number(name)).ok_or(CallError::StateNameInvalid)?;
    Ok(EntryName { kind, name })
}
