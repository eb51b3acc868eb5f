//! The browser edge in real browsers: what the adapters tell the recorder, and what the recorder's calls do to a page.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used)]

use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use waymark::browser::{api, page, storage};
use waymark_wire::Batch;

wasm_bindgen_test_configure!(run_in_browser);

/// Runs the body of a function in the page.
fn js(body: &str) -> JsValue {
    Function::new_no_args(body).call0(&JsValue::UNDEFINED).unwrap()
}

fn text(body: &str) -> String {
    js(body).as_string().unwrap()
}

/// What was posted so far: addresses and bodies.
fn bodies() -> Vec<(String, String)> {
    serde_wasm_bindgen::from_value(js("return bodies")).unwrap()
}

/// Waits until the expression is true in the page; the test's own deadline is the runner's.
async fn until(expression: &str) {
    let body = format!(
        "return new Promise((done) => {{ const look = () => ({expression}) ? done() : setTimeout(look, 5); look(); }})"
    );
    js_sys::futures::JsFuture::from(Promise::from(js(&body))).await.unwrap();
}

#[wasm_bindgen_test]
fn the_page_is_what_the_browser_says_it_is() {
    js("document.title = 'Line one\\nand \"two\"'");
    let page = page::page();
    let window = web_sys::window().unwrap();
    let location = window.location();
    assert_eq!(page.title, window.document().unwrap().title());
    assert_eq!(page.location.protocol, location.protocol().unwrap());
    assert_eq!(page.location.hostname, location.hostname().unwrap());
    assert_eq!(page.location.pathname, location.pathname().unwrap());
    assert_eq!(Some(f64::from(page.screen.width)), window.inner_width().unwrap().as_f64());
    assert_eq!(Some(f64::from(page.screen.height)), window.inner_height().unwrap().as_f64());
    assert_eq!(f64::from(page.timezone), js("return new Date().getTimezoneOffset()").as_f64().unwrap());
    assert_eq!(page.is_iframe, js("return self != top").as_bool().unwrap());
}

#[wasm_bindgen_test]
fn the_browser_is_known_for_what_it_is() {
    let agent = page::agent();
    assert_eq!(agent.user_agent, text("return navigator.userAgent"));
    let browser = agent.browser();
    let engine = text(
        "const ua = navigator.userAgent;
         return ua.includes('Firefox') ? 'Firefox' : ua.includes('Chrome') ? 'Chrom' : 'Safari'",
    );
    assert!(browser.name.starts_with(&engine), "{browser:?}");
    assert!(browser.version.starts_with(|digit: char| digit.is_ascii_digit()), "{browser:?}");
    assert_eq!(agent.os().name, "Linux");
    assert!(!agent.mobile());
}

#[wasm_bindgen_test]
fn a_cookie_is_found_by_its_whole_name_and_decoded() {
    js("document.cookie = 'wm_test=ann%20b'; document.cookie = 'xwm_test2=no'; document.cookie = 'wm_bad=%E0%A4%A'");
    assert_eq!(page::cookie("wm_test").as_deref(), Some("ann b"));
    assert_eq!(page::cookie("wm_test2"), None);
    assert_eq!(page::cookie("wm_bad").as_deref(), Some("%E0%A4%A"));
    js("for (const name of ['wm_test', 'xwm_test2', 'wm_bad']) document.cookie = name + '=; max-age=0'");
}

#[wasm_bindgen_test]
fn a_variable_is_text_or_number_at_its_path_and_nothing_throws() {
    js("window.shop = { users: [{ id: 42 }, { id: 'ann' }], get bad() { throw new Error('mine') }, now: new Date() }");
    assert_eq!(page::variable("shop.users.0.id").as_deref(), Some("42"));
    assert_eq!(page::variable("shop.users.1.id").as_deref(), Some("ann"));
    for nothing in ["shop.users.2.id", "shop.bad", "shop.now", "shop", "nothing.at.all", ""] {
        assert_eq!(page::variable(nothing), None, "{nothing}");
    }
}

#[wasm_bindgen_test]
fn what_the_browser_refuses_to_keep_is_kept_for_the_page() {
    storage::save("wm-test", "kept");
    assert_eq!(text("return localStorage.getItem('wm-test')"), "kept");
    js("window.realSetItem = Storage.prototype.setItem;
        Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') };
        localStorage.removeItem('wm-test')");
    storage::save("wm-test", "remembered");
    js("Storage.prototype.setItem = window.realSetItem");
    assert_eq!(storage::load("wm-test").as_deref(), Some("remembered"));
    assert_eq!(storage::load("wm-nothing"), None);
}

/// One recorder a page: what it does is one story.
#[wasm_bindgen_test]
async fn a_recorder_lives_on_its_page() {
    // What the page has put in the place of fetch is the page's affair.
    js("window.bodies = [];
        window.collect = (url, { body }) => (bodies.push([url, body]), Promise.resolve(new Response('{}')));
        const real = window.fetch;
        window.fetch = (url, init) => ('' + url).includes('collect.example.com') ? collect(url, init) : real(url, init);
        window.settled = [];
        window.waymark = { settle: (trouble) => settled.push(trouble) };
        window.told = [];
        Object.defineProperty(window, 'user', { get: () => { if (window.inside) told.push(inside()); return 'ann'; } })");

    // Not started yet, and badly.
    assert_eq!(api::call(1, "a", "{}", "", 0.0).as_deref(), Some("call init first"));
    assert_eq!(api::call(0, "site n 1", "", "", 0.0).as_deref(), Some("site must be a text"));

    // Started, once.
    let settings = "site s demo\ncollector s https://collect.example.com/\nuser.variable s user\nbatch.ageMs n 60000";
    assert_eq!(api::call(0, settings, "", "", 0.0), None);
    let again = api::call(0, settings, "", "", 0.0);
    assert_eq!(again.as_deref(), Some("was called before: the first settings stay in force"));

    // What is recorded is sent when asked for, and the page hears of it.
    assert_eq!(api::call(1, "custom", r#"{"a":1}"#, "", 1_553_433_890_150.0), None);
    assert_eq!(api::call(4, "", "", "", 0.0), None);
    until("settled.length == 1").await;
    assert_eq!(text("return settled[0]"), "");
    let (url, body) = bodies().remove(0);
    assert_eq!(url, "https://collect.example.com/v1/events");
    let batch = Batch::read(body.as_bytes()).unwrap();
    let events: Vec<_> = batch.expand("").map(|event| event.unwrap().1).collect();
    let kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["pageView", "custom"]);
    assert_eq!((events[1].time, events[1].data.get()), (1_553_433_890_150, r#"{"a":1}"#));
    assert_eq!(events[1].wm.eu_id, "ann");

    // A navigation in the page is a view, and a page that is hidden sends it.
    js("history.pushState({}, '', '/elsewhere')");
    js("Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
        document.dispatchEvent(new Event('visibilitychange'))");
    until("bodies.length == 2").await;
    assert!(bodies()[1].1.contains(r#""pathname":"/elsewhere""#));

    // A getter of the page's, asked for the user while a call is carried out, calls in: it is told to come again.
    let inside = Closure::<dyn Fn() -> JsValue>::new(|| api::call(1, "inside", "{}", "", 1.0).into());
    js_sys::Reflect::set(&js_sys::global(), &"inside".into(), inside.as_ref()).unwrap();
    assert_eq!(api::call(1, "outside", "{}", "", 1.0), None);
    assert_eq!(text("return told.join()"), "busy");
    js("window.inside = undefined");

    // A collector that is not there: kept, and sent when it is back.
    js("window.working = collect; window.collect = () => { throw new Error('mine') }");
    assert_eq!(api::call(4, "", "", "", 0.0), None);
    until("settled.length == 2").await;
    assert_eq!(text("return settled[1]"), "the collector cannot be reached; the events are sent later");
    js("window.collect = working");
    until("bodies.length == 3").await;
    let (_, body) = &bodies()[2];
    assert!(body.contains(r#""type":"outside""#) && body.contains(r#""attempt":2"#), "{body}");
}
