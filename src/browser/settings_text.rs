//! Settings as the recorder takes them today: a line each, `user.cookie s a`, `level n 1`. What is in an array has the
//! array's name.

use super::bindings::{entries_of, text_of};
use super::provider::{self, PageFunction};
use js_sys::{Array, Function};
use wasm_bindgen::{JsCast, JsValue};
use waymark_wire::json::push_int;

/// `{user: {cookie: 'a'}, level: 1}` as lines. Functions are kept, and named by `#` and their number.
///
/// # Errors
/// What a getter among them throws.
pub fn lines(settings: &JsValue) -> Result<String, JsValue> {
    let mut lines = String::new();
    append(settings, "", &mut lines)?;
    Ok(lines)
}

/// Appends the setting `name`.
///
/// # Errors
/// As [`lines`].
pub fn append(value: &JsValue, name: &str, lines: &mut String) -> Result<(), JsValue> {
    if value.is_undefined() {
        return Ok(());
    }
    if Array::is_array(value) {
        return value.unchecked_ref::<Array>().iter().try_for_each(|each| append(&each, name, lines));
    }
    if value.is_object() {
        for entry in entries_of(value)?.iter() {
            let entry = entry.unchecked_into::<Array>();
            let key = entry.get(0).as_string().unwrap_or_default();
            let key = if name.is_empty() { key } else { String::from(name) + "." + &key };
            append(&entry.get(1), &key, lines)?;
        }
        return Ok(());
    }
    let (kind, text) = match value.dyn_ref::<Function>() {
        Some(function) => (String::from("string"), function_name(function)),
        None => (value.js_typeof().as_string().unwrap_or_default(), text_of(value)?),
    };
    if !lines.is_empty() {
        lines.push('\n');
    }
    for (part, end) in [(name, ' '), (kind.get(..1).unwrap_or_default(), ' ')] {
        lines.extend(part.chars().map(one_line));
        lines.push(end);
    }
    lines.extend(text.chars().map(one_line));
    Ok(())
}

fn one_line(character: char) -> char {
    if character == '\n' { ' ' } else { character }
}

fn function_name(function: &Function) -> String {
    let mut name = String::from("#");
    if let PageFunction::Kept(number) = provider::keep_function(function.clone()) {
        push_int(&mut name, number as i64);
    }
    name
}
