use crate::script::{Replaced, js, until};
use js_sys::Function;
use serde_json::json;
use std::cell::Cell;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use waymark::browser::provider::{call, id_of, keep};
use waymark::browser::signal::{self, Signal};
use waymark_wire::settings::{Callable, Provider, Providers, Value};

/// What a place of the user's settings gives now.
#[track_caller]
fn id(place: serde_json::Value) -> Option<String> {
    id_of(&provider(place))
}

#[track_caller]
fn provider(place: serde_json::Value) -> Provider {
    let mut problems = Vec::new();
    let value: Value = serde_json::from_value(place).unwrap();
    let mut list = Providers::read(&value, &mut problems).0;
    assert_eq!((list.len(), problems), (1, Vec::new()));
    list.remove(0)
}

#[track_caller]
fn cookie(name: &str) -> Option<String> {
    id(json!({ "cookie": name }))
}

#[track_caller]
fn variable(path: &str) -> Option<String> {
    id(json!({ "variable": path }))
}

#[track_caller]
fn selector(selector: &str, attribute: Option<&str>) -> Option<String> {
    id(json!({ "selector": selector, "attribute": attribute }))
}

#[track_caller]
fn token(place: &str, claim: Option<&str>) -> Option<String> {
    id(json!({ "idToken": place, "claim": claim }))
}

#[wasm_bindgen_test]
fn a_cookie_is_found_by_its_whole_name_and_decoded() {
    js("document.cookie = 'test=ann%20b'; document.cookie = 'xtest2=no'; document.cookie = 'bad=%E0%A4%A'");
    assert_eq!(cookie("test").as_deref(), Some("ann b"));
    assert_eq!(cookie("test2"), None);
    assert_eq!(cookie("bad").as_deref(), Some("%E0%A4%A"));
    js("for (const name of ['test', 'xtest2', 'bad']) document.cookie = name + '=; max-age=0'");
}

#[wasm_bindgen_test]
fn a_variable_is_text_number_or_boolean_at_its_path_and_nothing_throws() {
    js(
        "window.shop = { users: [{ id: 42 }, { id: 'ann' }], get bad() { throw new Error('mine') }, now: new Date(), in: true }",
    );
    assert_eq!(variable("shop.users[0].id").as_deref(), Some("42"));
    assert_eq!(variable("shop.users.1.id").as_deref(), Some("ann"));
    assert_eq!(variable("shop.users.1.id.length").as_deref(), Some("3"), "of a primitive");
    assert_eq!(variable("shop.in").as_deref(), Some("true"));
    for nothing in ["shop.users.2.id", "shop.bad", "shop.now", "shop", "nothing.at.all", "."] {
        assert_eq!(variable(nothing), None, "{nothing}");
    }
}

#[wasm_bindgen_test]
fn an_entry_of_a_storage_is_its_text() {
    js("localStorage.setItem('test', 'ann'); sessionStorage.setItem('test', 'ben')");
    assert_eq!(id(json!({ "localStorage": "test" })).as_deref(), Some("ann"));
    assert_eq!(id(json!({ "sessionStorage": "test" })).as_deref(), Some("ben"));
    assert_eq!(id(json!({ "localStorage": "none" })), None);
    js("localStorage.removeItem('test'); sessionStorage.removeItem('test')");
}

#[wasm_bindgen_test]
fn a_storage_that_the_browser_refuses_gives_nothing() {
    let before = js("return Object.getOwnPropertyDescriptor(window, 'localStorage')");
    js(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError') }, configurable: true })",
    );
    assert_eq!(id(json!({ "localStorage": "test" })), None);
    Function::new_with_args("before", "Object.defineProperty(window, 'localStorage', before)")
        .call1(&wasm_bindgen::JsValue::UNDEFINED, &before)
        .unwrap();
}

#[wasm_bindgen_test]
fn an_element_gives_its_value_its_text_or_an_attribute_and_a_password_never() {
    js(
        "document.body.insertAdjacentHTML('beforeend', `<div id=provider><b data-id=\"7\"> ann </b><input value=\"ben\">\
        <input type=password value=\"secret\"></div><meta name=\"user-id\" content=\"carl\">`)",
    );
    assert_eq!(selector("#provider b", None).as_deref(), Some("ann"));
    assert_eq!(selector("#provider b", Some("data-id")).as_deref(), Some("7"));
    assert_eq!(selector("#provider input", None).as_deref(), Some("ben"));
    assert_eq!(selector("#provider [type=password]", None), None);
    assert_eq!(selector("#provider [type=password]", Some("value")), None);
    assert_eq!(selector("#nobody", None), None);
    assert_eq!(selector("(((", None), None);
    assert_eq!(id(json!({ "meta": "user-id" })).as_deref(), Some("carl"));
    assert_eq!(id(json!({ "meta": "other" })), None);
    js("document.getElementById('provider').remove(); document.querySelector('meta[name=user-id]').remove()");
}

#[wasm_bindgen_test]
fn a_form_whose_controls_shadow_its_members_gives_its_attribute() {
    js("document.body.insertAdjacentHTML('beforeend',
        '<form id=shadowed data-id=ann><input name=getAttribute><input name=type></form>')");
    assert_eq!(selector("#shadowed", Some("data-id")).as_deref(), Some("ann"));
    js("document.getElementById('shadowed').remove()");
}

#[wasm_bindgen_test]
fn a_function_gives_what_it_returns_and_one_that_throws_nothing() {
    js("window.who = { am: { i: () => 'ann', not: () => { throw new Error('mine') } } }");
    let function = |path: &str| id(json!({ "function": path }));
    assert_eq!(function("who.am.i").as_deref(), Some("ann"));
    assert_eq!(function("who.am.not"), None);
    assert_eq!(function("who.am"), None);
}

#[wasm_bindgen_test]
fn a_function_among_the_settings_is_called_by_its_number() {
    let kept = |body: &str| keep(js(body).unchecked_into());
    let ann = kept("return () => 'ann'");
    let ben = kept("return () => 'ben'");
    let thrower = kept("return () => { throw new Error('mine') }");
    let function = |index: u32| id(json!({ "function": { "$function": index } }));
    assert_eq!(function(ann).as_deref(), Some("ann"));
    assert_eq!(function(ben).as_deref(), Some("ben"));
    for index in [thrower, thrower + 1, u32::MAX] {
        assert_eq!(function(index), None, "{index}");
    }
    assert_eq!(call(&Callable::Function(ann)).unwrap().as_string().as_deref(), Some("ann"));
    assert!(call(&Callable::Function(thrower)).is_err());
}

thread_local! {
    static REFRESHED: Cell<u32> = const { Cell::new(0) };
}

#[wasm_bindgen_test]
async fn a_promise_gives_its_value_later_and_tells_of_it_once() {
    signal::connect(|signal| {
        if matches!(signal, Signal::Refresh) {
            REFRESHED.set(REFRESHED.get() + 1);
            js("window.refreshed = true");
        }
    });
    js("window.refreshed = false; window.asked = 0; window.later = async () => (asked++, 'ann')");
    let provider = provider(json!({ "function": "later" }));
    assert_eq!(id_of(&provider), None);
    until("refreshed").await;
    assert_eq!(id_of(&provider).as_deref(), Some("ann"));
    until("asked == 2").await;
    assert_eq!(id_of(&provider).as_deref(), Some("ann"));
    assert_eq!(REFRESHED.get(), 1);
}

#[wasm_bindgen_test]
fn an_id_token_gives_its_claim_until_it_expires() {
    js("const part = (value) => btoa(unescape(encodeURIComponent(JSON.stringify(value)))).replace(/=/g, '').replace(/[+]/g, '-').replace(/[/]/g, '_');
        window.token = (claims) => 'e30.' + part(claims) + '.sig';
        localStorage.setItem('jwt', token({ sub: 'ann', email: 'j\u{f6}rg?>@example.com', exp: Date.now() / 1000 + 60 }));
        localStorage.setItem('old', token({ sub: 'ann', exp: Date.now() / 1000 - 1 }));
        localStorage.setItem('store', JSON.stringify({ id_token: token({ sub: 'ben' }) }));
        window.session = { id_token: token({ sub: 'carl' }) }");
    assert_eq!(token("localStorage:jwt", None).as_deref(), Some("ann"));
    assert_eq!(token("localStorage:jwt", Some("email")).as_deref(), Some("j\u{f6}rg?>@example.com"));
    assert_eq!(token("localStorage:old", None), None, "expired");
    assert_eq!(token("localStorage:store", None).as_deref(), Some("ben"));
    assert_eq!(token("variable:session", None).as_deref(), Some("carl"));
    for nothing in ["localStorage:none", "variable:token", "variable:nonsense", "variable:innerWidth", "session", "a:b"]
    {
        assert_eq!(token(nothing, None), None, "{nothing}");
    }
    for key in ["jwt", "old", "store"] {
        js(&format!("localStorage.removeItem('{key}')"));
    }
}

#[wasm_bindgen_test]
fn a_reflect_that_the_page_has_replaced_changes_nothing() {
    js("window.shop2 = { id: 'ann' }");
    let _replaced = Replaced::new("Reflect", "get", crate::script::THROWS);
    assert_eq!(variable("shop2.id").as_deref(), Some("ann"));
}
