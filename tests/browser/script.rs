//! JavaScript that tests run in their page.

use js_sys::futures::JsFuture;
use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;

/// Runs the body of a function in the page.
#[track_caller]
pub fn js(body: &str) -> JsValue {
    Function::new_no_args(body).call0(&JsValue::UNDEFINED).unwrap()
}

/// What the body of a function returns, as text.
#[track_caller]
pub fn text(body: &str) -> String {
    js(body).as_string().unwrap()
}

/// What the body of an async function returns.
pub async fn awaited(body: &str) -> JsValue {
    JsFuture::from(Promise::from(js(&format!("return (async () => {{ {body} }})()")))).await.unwrap()
}

/// Waits until the expression is true in the page; the test's own deadline is the runner's.
pub async fn until(expression: &str) {
    awaited(&format!("while (!({expression})) await new Promise((again) => setTimeout(again, 5));")).await;
}

/// Replaces members of the page until it is dropped: `(owner, member, value)` as JavaScript expressions.
pub struct Replaced(Function);

impl Replaced {
    /// `owner[member]` is `value`.
    pub fn new(owner: &str, member: &str, value: &str) -> Self {
        let body = format!(
            "const owner = {owner}, before = Object.getOwnPropertyDescriptor(owner, '{member}');
             Object.defineProperty(owner, '{member}', {{ value: {value}, configurable: true, writable: true }});
             return () => before ? Object.defineProperty(owner, '{member}', before) : delete owner['{member}'];"
        );
        Replaced(js(&body).into())
    }
}

impl Drop for Replaced {
    fn drop(&mut self) {
        self.0.call0(&JsValue::UNDEFINED).unwrap();
    }
}

/// A function that throws.
pub const THROWS: &str = "() => { throw new Error('of the page') }";
