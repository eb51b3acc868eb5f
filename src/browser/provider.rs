//! Where the page tells who its user is. All of it is the page's, and may throw: what throws gives nothing.

use super::bindings::{DOCUMENT, PageElement, WINDOW, date_now, member, text_of};
use super::contain::spawn;
use super::signal::{self, Signal};
use super::{cookies, id_token, storage};
use js_sys::{Function, Object, Promise};
use std::cell::RefCell;
use wasm_bindgen::{JsCast, JsValue};

/// A place in the page where an ID can be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Provider {
    /// A cookie of that name.
    Cookie(String),
    /// A path from `window`: `app.users[0].id` or `app.users.0.id`.
    Variable(String),
    /// An entry of localStorage.
    LocalStorage(String),
    /// An entry of sessionStorage.
    SessionStorage(String),
    /// An element's value or text, or its attribute.
    Selector(String, Option<String>),
    /// The content of the `meta` element of that name.
    Meta(String),
    /// What a function gives, or the promise that it gives.
    Function(PageFunction),
    /// A claim of the ID token that another provider gives, else `sub`.
    IdToken(Box<Provider>, Option<String>),
}

/// A function of the page's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageFunction {
    /// By its path from `window`.
    Path(String),
    /// By its number in the table of functions that stood among the page's settings.
    Kept(usize),
}

thread_local! {
    static FUNCTIONS: RefCell<Vec<Function>> = const { RefCell::new(Vec::new()) };
    /// What the promises of functions gave last.
    static PROMISED: RefCell<Vec<(PageFunction, JsValue)>> = const { RefCell::new(Vec::new()) };
}

/// Keeps a function of the page's settings.
pub fn keep_function(function: Function) -> PageFunction {
    FUNCTIONS.with_borrow_mut(|functions| {
        functions.push(function);
        PageFunction::Kept(functions.len() - 1)
    })
}

impl Provider {
    /// The ID as text: what the provider gives now, where that is a text, a number or a boolean. What a promise gives comes
    /// later, with [`Signal::Refresh`].
    pub fn id(&self) -> Option<String> {
        let value = self.read().ok()?;
        let is_id = value.is_string() || value.as_f64().is_some() || value.as_bool().is_some();
        if is_id { text_of(&value).ok() } else { None }
    }

    /// What the provider gives now.
    ///
    /// # Errors
    /// What the page throws.
    pub fn read(&self) -> Result<JsValue, JsValue> {
        match self {
            Provider::Cookie(name) => Ok(cookies::read(name).into()),
            Provider::Variable(path) => variable(path),
            Provider::LocalStorage(key) => stored(storage::local(), key),
            Provider::SessionStorage(key) => stored(storage::session(), key),
            Provider::Selector(selector, attribute) => element(selector, attribute.as_deref()),
            Provider::Meta(name) => element(&(String::from("meta[name=\"") + name + "\"]"), Some("content")),
            Provider::Function(function) => call(function),
            Provider::IdToken(token, claim) => {
                let now_s = date_now()? / 1_000.0;
                id_token::claim(&token.read()?, claim.as_deref().unwrap_or("sub"), now_s)
            }
        }
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
    // A password is nobody's ID.
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

fn call(function: &PageFunction) -> Result<JsValue, JsValue> {
    let found = match function {
        PageFunction::Path(path) => variable(path)?,
        PageFunction::Kept(number) => FUNCTIONS.with_borrow(|functions| functions.get(*number).cloned()).into(),
    };
    if !found.is_function() {
        return Ok(JsValue::UNDEFINED);
    }
    let answer = found.unchecked_ref::<Function>().call0(&JsValue::UNDEFINED)?;
    if !answer.is_object() || !member(&answer, "then")?.is_function() {
        return Ok(answer);
    }
    let promise = Promise::resolve(&answer);
    let source = function.clone();
    spawn(async move {
        if let Ok(value) = promise.await
            && !Object::is(&value, &promised(&source))
        {
            PROMISED.with_borrow_mut(|promised| {
                promised.retain(|(function, _)| *function != source);
                promised.push((source, value));
            });
            signal::tell(Signal::Refresh);
        }
    });
    Ok(promised(function))
}

fn promised(function: &PageFunction) -> JsValue {
    PROMISED.with_borrow(|promised| {
        let found = promised.iter().find(|(source, _)| source == function);
        found.map_or(JsValue::UNDEFINED, |(_, value)| value.clone())
    })
}
