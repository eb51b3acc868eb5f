//! Members of the page's values, of `window` and of the prototypes, read past what the page may have put in their way.

use super::bindings::{WINDOW, descriptor_of};
use js_sys::{Function, Object};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// A value whose members are read as `value[key]`: on primitives too, where `Reflect.get` throws.
    type Indexed;
    #[wasm_bindgen(method, structural, indexing_getter, catch)]
    fn get(this: &Indexed, key: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, structural, indexing_getter, catch)]
    fn get_named(this: &Indexed, key: &JsValue) -> Result<JsValue, JsValue>;
}

/// An object for options: what a page has added to `Object.prototype` is no option.
pub fn bare() -> Object {
    Object::create(JsValue::NULL.unchecked_ref())
}

/// `value[key]`.
///
/// # Errors
/// A getter throws, or `value` is `undefined` or `null`.
pub fn member(value: &JsValue, key: &str) -> Result<JsValue, JsValue> {
    value.unchecked_ref::<Indexed>().get(key)
}

/// The same with a key that is a value of the page already.
///
/// # Errors
/// See [`member`].
pub fn member_named(value: &JsValue, key: &JsValue) -> Result<JsValue, JsValue> {
    value.unchecked_ref::<Indexed>().get_named(key)
}

/// A member of `window`; `None` if there is none.
pub fn window_member(name: &str) -> Option<JsValue> {
    WINDOW.with(|window| member(window, name)).ok().filter(|found| !found.is_undefined())
}

/// A function of `window` that some browsers lack. An element of that name is not a function.
pub fn window_function(name: &str) -> Option<Function> {
    let found = WINDOW.with(|window| member(window, name)).ok()?;
    found.is_function().then(|| found.unchecked_into())
}

/// The function or getter `name` of an interface's prototype, which no member of a page's element hides.
pub fn prototype_function(interface: &str, name: &str) -> Option<Function> {
    let prototype = member(&window_member(interface)?, "prototype").ok()?;
    // What an exception costs is no matter once, but this is asked at every event, too.
    let descriptor = descriptor_of(&prototype, name).ok().filter(|descriptor| !descriptor.is_undefined())?;
    let found = ["get", "value"].into_iter().filter_map(|kind| member(&descriptor, kind).ok());
    found.into_iter().find(JsValue::is_function).map(JsCast::unchecked_into)
}
