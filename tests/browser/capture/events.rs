use super::Stage;
use crate::script::js;
use serde_json::{Value, json};
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn t51_what_a_script_clicks_and_changes_is_not_recorded() {
    let stage = Stage::new("<button id=x>A</button><input id=c>").await;
    js("const x = document.getElementById('x');
        for (let n = 0; n < 5000; n++) x.click();
        const field = document.getElementById('c');
        for (const type of ['pointerdown', 'pointerup', 'click', 'auxclick', 'focusin', 'input', 'change', 'focusout', 'submit'])
            field.dispatchEvent(new Event(type, { bubbles: true, composed: true }));
        x.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, isPrimary: true }));
        x.dispatchEvent(new MouseEvent('click', { bubbles: true, detail: 1 }))");
    assert_eq!(stage.events(), Vec::<Value>::new());
}

/// Submits a form as a user would, and keeps the page where it is.
const SUBMIT: &str = "const form = document.getElementById('f');
    form.addEventListener('submit', (event) => event.preventDefault(), { once: true });
    HTMLFormElement.prototype.requestSubmit.call(form)";

#[wasm_bindgen_test]
async fn t31_the_controls_of_a_form_are_those_that_the_browser_counts() {
    let stage = Stage::new(
        "<dialog open><form id=f><fieldset disabled><input name=off></fieldset><input name=a><output></output>
         <input type=hidden name=h></form></dialog><input form=f name=b><select form=f name=c></select><input name=d>",
    )
    .await;
    js(SUBMIT);
    let events = stage.events();
    let [submit] = &*events else { panic!("{events:?}") };
    assert_eq!(
        json!([submit["type"], submit["fields"], submit["prevented"], submit["method"]]),
        json!(["formSubmit", 4, true, "get"])
    );
    // Invalid forms are not submitted, and what a script submits tells nobody.
    js("document.querySelector('#f [name=a]').required = true;
        document.getElementById('f').requestSubmit()");
    assert_eq!(stage.events(), Vec::<Value>::new());
}

#[wasm_bindgen_test]
async fn t16_a_page_that_stops_a_submit_on_its_way_is_seen_to_do_so() {
    let stage = Stage::new("<form id=f method=dialog></form>").await;
    js("const form = document.getElementById('f');
        form.addEventListener('submit', (event) => {
            event.stopImmediatePropagation();
            event.preventDefault();
        });
        form.requestSubmit()");
    let events = stage.events();
    assert_eq!((events.len(), &events[0]["prevented"], &events[0]["method"]), (1, &json!(true), &json!("dialog")));
}

#[wasm_bindgen_test]
async fn nothing_is_recorded_once_capture_has_ended() {
    let stage = Stage::new("<form id=f></form>").await;
    (stage.0.set_rules)(None);
    js(SUBMIT);
    assert_eq!(stage.events(), Vec::<Value>::new());
    assert!((stage.0.explain)(&js("return document.getElementById('f')")).is_none());
}
