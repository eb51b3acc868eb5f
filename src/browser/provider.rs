//! Providers of the user's ID. They read values of the page, which may throw; a provider that throws gives no ID.

use super::bindings::{DOCUMENT, PageElement, WINDOW, date_now, text_of};
use super::contain::spawn;
use super::members::member;
use super::signal::{self, Signal};
use super::{cookies, id_token, storage};
use js_sys::{Function, Object, Promise};
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue};
use waymark_wire::settings::{Callable, Line, Provider};

thread_local! {
    /// The functions in the page's settings. Settings name a function by its index in this list.
    static FUNCTIONS: RefCell<Vec<Function>> = const { RefCell::new(Vec::new()) };
    /// The last resolved value of each function that returns promises.
    static RESOLVED: RefCell<Vec<(Callable, JsValue)>> = const { RefCell::new(Vec::new()) };
}

/// Keeps a function of the page's settings. Returns the index by which [`Callable::Function`] names it.
pub fn keep(function: Function) -> u32 {
    FUNCTIONS.with_borrow_mut(|functions| {
        functions.push(function);
        functions.len() as u32 - 1
    })
}

/// The provider's current value as text, if it is a text, a number or a boolean. [`Signal::Refresh`] reports that a
/// promise has resolved.
pub fn id_of(provider: &Provider) -> Option<String> {
    let value = read(provider).ok()?;
    let is_id = value.is_string() || value.as_f64().is_some() || value.as_bool().is_some();
    if is_id { text_of(&value).ok() } else { None }
}

fn read(provider: &Provider) -> Result<JsValue, JsValue> {
    match provider {
        Provider::Selector { selector, attribute } => element(selector.as_str(), attribute.as_ref().map(Line::as_str)),
        Provider::Function(function) => call(function),
        Provider::IdToken { place, claim } => {
            let Some((kind, at)) = place.as_str().split_once(':') else { return Ok(JsValue::UNDEFINED) };
            let now_s = date_now()? / 1_000.0;
            id_token::claim(&value_at(kind, at)?, claim.as_ref().map_or("sub", Line::as_str), now_s)
        }
        Provider::Cookie(at)
        | Provider::Variable(at)
        | Provider::LocalStorage(at)
        | Provider::SessionStorage(at)
        | Provider::Meta(at) => value_at(provider.name(), at.as_str()),
        Provider::Generated | Provider::None => Ok(JsValue::UNDEFINED),
    }
}

/// The value of a provider that is named by one text.
fn value_at(kind: &str, at: &str) -> Result<JsValue, JsValue> {
    match kind {
        "cookie" => Ok(cookies::read(at).into()),
        "variable" => variable(at),
        "localStorage" => stored(storage::local(), at),
        "sessionStorage" => stored(storage::session(), at),
        "meta" => element(&(String::from("meta[name=\"") + at + "\"]"), Some("content")),
        "selector" => element(at, None),
        "function" => call_value(&variable(at)?),
        _ => Ok(JsValue::UNDEFINED),
    }
}

fn stored(area: Option<web_sys::Storage>, key: &str) -> Result<JsValue, JsValue> {
    area.map_or(Ok(JsValue::UNDEFINED), |area| Ok(area.get_item(key)?.into()))
}

fn variable(path: &str) -> Result<JsValue, JsValue> {
    let keys = path.split(['.', '[', ']']).filter(|key| !key.is_empty());
    let window = WINDOW.with(|window| window.into());
    keys.into_iter().try_fold(window, |at, key| member(&at, key))
}

fn element(selector: &str, attribute: Option<&str>) -> Result<JsValue, JsValue> {
    let Some(element) = DOCUMENT.with(|document| document.query_selector(selector))? else {
        return Ok(JsValue::UNDEFINED);
    };
    // A password is never an ID.
    if member(&element, "type")?.as_string().as_deref() == Some("password") {
        return Ok(JsValue::UNDEFINED);
    }
    Ok(match attribute {
        Some(attribute) => element.attribute(attribute)?,
        None => value_or_text(&element)?,
    }
    .into())
}

fn value_or_text(element: &PageElement) -> Result<Option<String>, JsValue> {
    let value = member(element, "value")?;
    let text = if value.is_null() || value.is_undefined() { element.text_content()? } else { value.as_string() };
    Ok(text.map(|text| text.trim().to_owned()))
}

fn call_value(function: &JsValue) -> Result<JsValue, JsValue> {
    if !function.is_function() {
        return Ok(JsValue::UNDEFINED);
    }
    function.unchecked_ref::<Function>().call0(&JsValue::UNDEFINED)
}

/// The return value of a function of the page; if it is a promise, the last resolved value.
///
/// # Errors
/// The exception of the page's function.
pub fn call(function: &Callable) -> Result<JsValue, JsValue> {
    let found = match function {
        Callable::Path(path) => variable(path.as_str())?,
        Callable::Function(index) => {
            let found = FUNCTIONS.with_borrow(|functions| functions.get(*index as usize).cloned());
            found.map_or(JsValue::UNDEFINED, JsValue::from)
        }
    };
    let answer = call_value(&found)?;
    if !answer.is_object() || !member(&answer, "then")?.is_function() {
        return Ok(answer);
    }
    let promise = Promise::resolve(&answer);
    let source = function.clone();
    spawn(async move {
        if let Ok(value) = promise.await
            && !Object::is(&value, &resolved(&source))
        {
            RESOLVED.with_borrow_mut(|resolved| {
                resolved.retain(|(function, _)| *function != source);
                resolved.push((source, value));
            });
            signal::report(Signal::Refresh);
        }
    });
    Ok(resolved(function))
}

fn resolved(function: &Callable) -> JsValue {
    RESOLVED.with_borrow(|resolved| {
        let found = resolved.iter().find(|(source, _)| source == function);
        found.map_or(JsValue::UNDEFINED, |(_, value)| value.clone())
    })
}
