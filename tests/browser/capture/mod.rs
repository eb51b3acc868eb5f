//! Capture in a real browser, as far as scripts can act like a user: what `explain` reads of real elements, what of a
//! script's doings is recorded, and what counts as an answer of the page. Numbers are those of the traps in the
//! specification.

mod answers;
mod elements;
mod events;
mod marks;
mod secrets;

use crate::script::js;
use js_sys::{Function, JSON};
use serde_json::Value;
use std::cell::RefCell;
use wasm_bindgen::JsValue;
use waymark::browser::capture::part::{self, Part};
use waymark::browser::signal::{self, Signal};
use waymark::capture::Rules;

thread_local! {
    static EVENTS: RefCell<Vec<Value>> = const { RefCell::new(Vec::new()) };
}

/// Capture of the test's page, with a place for the test's elements. Both end when it is dropped.
struct Stage(Part);

impl Stage {
    /// Captures everything that may be captured; `html` is the content of the element `#stage`.
    async fn new(html: &str) -> Self {
        Stage::with(html, Rules::default()).await
    }

    async fn with(html: &str, rules: Rules) -> Self {
        let Ok(part) = part::load().await else { panic!("the code is in one piece here") };
        signal::connect(|signal| {
            if let Signal::Captured(event) = signal {
                let mut data: Value = serde_json::from_str(&event.data).unwrap();
                data["type"] = event.kind.into();
                EVENTS.with_borrow_mut(|events| events.push(data));
            }
        });
        EVENTS.take();
        (part.set_rules)(Some(Rules { reads_text: true, honours_foreign: true, ..rules }));
        let body = "const stage = document.createElement('div');
            stage.id = 'stage';
            stage.innerHTML = html;
            document.body.append(stage);";
        Function::new_with_args("html", body).call1(&JsValue::UNDEFINED, &html.into()).unwrap();
        Stage(part)
    }

    /// What a click on the element of an expression would record.
    #[track_caller]
    fn explain(&self, element: &str) -> Value {
        let explained = (self.0.explain)(&js(&format!("return {element}"))).expect("capture runs");
        serde_json::from_str(&String::from(JSON::stringify(&explained).unwrap())).unwrap()
    }

    /// What was recorded since the last call, with the type as `type`.
    fn events(&self) -> Vec<Value> {
        (self.0.leave)();
        EVENTS.take()
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        (self.0.set_rules)(None);
        js("Element.prototype.remove.call(Document.prototype.getElementById.call(document, 'stage'))");
    }
}
