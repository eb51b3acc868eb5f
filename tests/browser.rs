//! The browser edge in real browsers: what the adapters tell the recorder, and what the recorder's calls do to a page.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used)]

use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use waymark::browser::{api, page, storage};
use waymark::host::Purge;
use waymark_wire::level::{Key, Place};
use waymark_wire::{Allowed, Batch, Level};

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

/// Lets the page go on.
async fn moment() {
    js_sys::futures::JsFuture::from(Promise::from(js("return new Promise((done) => setTimeout(done, 5))")))
        .await
        .unwrap();
}

/// Waits until the expression is true in the page; the test's own deadline is the runner's.
async fn until(expression: &str) {
    let body = format!(
        "return new Promise((done) => {{ const look = () => ({expression}) ? done() : setTimeout(look, 5); look(); }})"
    );
    js_sys::futures::JsFuture::from(Promise::from(js(&body))).await.unwrap();
}

/// The glue is handed the recorder's door by the loader; here by the test.
#[wasm_bindgen(module = "/src/browser/glue.js")]
extern "C" {
    fn connect(call: &JsValue, base: &JsValue, settle: &JsValue);
    fn shown() -> JsValue;
    fn unwatch();
}

/// What tells the glue whose a name is, for as long as the page is there.
fn base() -> JsValue {
    Closure::<dyn Fn(String, String) -> Option<String>>::new(|name: String, site: String| api::base_of(&name, &site))
        .into_js_value()
}

/// The glue knows names, and no recorder.
fn connect_names() {
    connect(&JsValue::UNDEFINED, &base(), &JsValue::UNDEFINED);
}

const LOCAL: u32 = Place::Local as u32;
const BOTH: u32 = Place::Both as u32;
const COOKIE: u32 = Place::Cookie as u32;

#[wasm_bindgen_test]
fn the_page_is_what_the_browser_says_it_is() {
    js("document.title = 'Line one\\nand \"two\"'; history.replaceState({}, '', '?a=1&secret=2&b=%20#there')");
    let told = page::page("b a");
    let location = web_sys::window().unwrap().location();
    let title = web_sys::window().unwrap().document().unwrap().title();
    let expected = [
        location.protocol().unwrap(),
        location.hostname().unwrap(),
        location.pathname().unwrap(),
        "?a=1&b=+".to_owned(),
        String::new(),
        js("return '' + (self != top)").as_string().unwrap(),
        text("return '' + innerHeight"),
        text("return '' + innerWidth"),
        text("return '' + new Date().getTimezoneOffset()"),
        title,
    ];
    assert_eq!(told, expected.join("\n"));
    assert!(page::page("#").contains("\n#there\n"));
    js("history.replaceState({}, '', location.pathname)");
}

#[wasm_bindgen_test]
fn the_browser_is_known_for_what_it_is() {
    let agent = page::agent();
    assert_eq!(agent.user_agent, text("return navigator.userAgent"));
    let (name, version) = agent.browser();
    let engine = text(
        "const ua = navigator.userAgent;
         return ua.includes('Firefox') ? 'Firefox' : ua.includes('Chrome') ? 'Chrom' : 'Safari'",
    );
    assert!(name.starts_with(&engine), "{name}");
    assert!(version.starts_with(|digit: char| digit.is_ascii_digit()), "{version}");
    assert_eq!(agent.os().0, "Linux");
    assert!(!agent.mobile());
}

fn given(kind: &str, at: &str) -> Option<String> {
    page::provided(kind, at, "")
}

#[wasm_bindgen_test]
fn a_cookie_is_found_by_its_whole_name_and_decoded() {
    js("document.cookie = 'test=ann%20b'; document.cookie = 'xtest2=no'; document.cookie = 'bad=%E0%A4%A'");
    assert_eq!(given("cookie", "test").as_deref(), Some("ann b"));
    assert_eq!(given("cookie", "test2"), None);
    assert_eq!(given("cookie", "bad").as_deref(), Some("%E0%A4%A"));
    js("for (const name of ['test', 'xtest2', 'bad']) document.cookie = name + '=; max-age=0'");
}

#[wasm_bindgen_test]
fn a_variable_is_text_number_or_boolean_at_its_path_and_nothing_throws() {
    js("window.shop = { users: [{ id: 42 }, { id: 'ann' }], get bad() { throw new Error('mine') }, now: new Date() }");
    assert_eq!(given("variable", "shop.users[0].id").as_deref(), Some("42"));
    assert_eq!(given("variable", "shop.users.1.id").as_deref(), Some("ann"));
    for nothing in ["shop.users.2.id", "shop.bad", "shop.now", "shop", "nothing.at.all", ""] {
        assert_eq!(given("variable", nothing), None, "{nothing}");
    }
}

#[wasm_bindgen_test]
fn an_element_gives_its_value_its_text_or_an_attribute_and_a_password_never() {
    js(
        "document.body.insertAdjacentHTML('beforeend', `<div id=provider><b data-id=\"7\"> ann </b><input value=\"ben\">\
        <input type=password value=\"secret\"></div><meta name=\"user-id\" content=\"carl\">`)",
    );
    assert_eq!(given("selector", "#provider b").as_deref(), Some("ann"));
    assert_eq!(page::provided("selector", "#provider b", "data-id").as_deref(), Some("7"));
    assert_eq!(given("selector", "#provider input").as_deref(), Some("ben"));
    assert_eq!(given("selector", "#provider [type=password]"), None);
    assert_eq!(page::provided("selector", "#provider [type=password]", "value"), None);
    assert_eq!(given("selector", "#nobody"), None);
    assert_eq!(given("selector", "((("), None);
    assert_eq!(given("meta", "user-id").as_deref(), Some("carl"));
    assert_eq!(given("meta", "other"), None);
}

#[wasm_bindgen_test]
fn an_id_token_gives_its_claim_until_it_expires() {
    js("const part = (value) => btoa(unescape(encodeURIComponent(JSON.stringify(value)))).replace(/=/g, '').replace(/[+]/g, '-').replace(/[/]/g, '_');
        window.token = (claims) => 'e30.' + part(claims) + '.sig';
        localStorage.setItem('jwt', token({ sub: 'ann', email: 'j\u{f6}rg?>@example.com', exp: Date.now() / 1000 + 60 }));
        localStorage.setItem('old', token({ sub: 'ann', exp: Date.now() / 1000 - 1 }));
        localStorage.setItem('store', JSON.stringify({ id_token: token({ sub: 'ben' }) }));
        window.session = { id_token: token({ sub: 'carl' }) }");
    assert_eq!(given("idToken", "localStorage:jwt").as_deref(), Some("ann"));
    assert_eq!(page::provided("idToken", "localStorage:jwt", "email").as_deref(), Some("j\u{f6}rg?>@example.com"));
    assert_eq!(given("idToken", "localStorage:old"), None, "expired");
    assert_eq!(given("idToken", "localStorage:store").as_deref(), Some("ben"));
    assert_eq!(given("idToken", "variable:session").as_deref(), Some("carl"));
    for nothing in ["localStorage:none", "variable:token", "nonsense", "file:/etc"] {
        assert_eq!(given("idToken", nothing), None, "{nothing}");
    }
    js("localStorage.clear()");
}

#[wasm_bindgen_test]
fn what_is_kept_has_its_place_and_each_copy_repairs_the_other() {
    connect_names();
    storage::permit("test", Key::ALL, Purge::Kept);
    assert_eq!(storage::save("wm-euid.test", "a b", BOTH, 1), 0);
    assert_eq!(text("return localStorage.getItem('wm-euid.test')"), "a b");
    assert_eq!(given("cookie", "wm-euid.test").as_deref(), Some("a b"));
    js("localStorage.removeItem('wm-euid.test')");
    assert_eq!(storage::load("wm-euid.test", BOTH, 1).as_deref(), Some("a b"));
    assert_eq!(text("return localStorage.getItem('wm-euid.test')"), "a b");
    js(
        "document.cookie = 'wm-euid.test=; path=/; max-age=0; domain=' + location.hostname; document.cookie = 'wm-euid.test=; path=/; max-age=0'",
    );
    assert_eq!(storage::load("wm-euid.test", BOTH, 1).as_deref(), Some("a b"));
    assert_eq!(given("cookie", "wm-euid.test").as_deref(), Some("a b"));
    assert_eq!(storage::save("wm-state.test.0.data.a~b", "c", COOKIE, 1), 0);
    assert_eq!(js("return localStorage.getItem('wm-state.test.0.data.a~b')"), JsValue::NULL);
    let mut keys: Vec<String> = storage::keys("wm-").lines().map(str::to_owned).collect();
    keys.sort();
    assert_eq!(keys, ["wm-euid.test", "wm-state.test.0.data.a~b"]);
    for key in ["wm-euid.test", "wm-state.test.0.data.a~b"] {
        assert_eq!(storage::save(key, "", BOTH, 0), 0);
        assert_eq!(storage::load(key, BOTH, 1), None);
    }
    assert_eq!(storage::keys("wm-"), "");
    assert_eq!(given("cookie", "wm-probe.test"), None);
}

#[wasm_bindgen_test]
fn what_the_browser_refuses_to_keep_is_kept_for_the_page_and_a_full_one_keeps_the_old() {
    connect_names();
    storage::permit("test", Key::ALL, Purge::Kept);
    assert_eq!(storage::save("wm-sample.test", "kept", LOCAL, 1), 0);
    js("window.realSetItem = Storage.prototype.setItem;
        Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }");
    assert_eq!(storage::save("wm-sample.test", "new", LOCAL, 1), 2);
    assert_eq!(storage::load("wm-sample.test", LOCAL, 1).as_deref(), Some("kept"));
    js(
        "Storage.prototype.setItem = () => { throw new DOMException('no', 'SecurityError') }; localStorage.removeItem('wm-sample.test')",
    );
    assert_eq!(storage::save("wm-sample.test", "remembered", LOCAL, 1), 1);
    js("Storage.prototype.setItem = window.realSetItem");
    assert_eq!(storage::load("wm-sample.test", LOCAL, 1).as_deref(), Some("remembered"));
    assert_eq!(storage::load("wm-session.test", LOCAL, 1), None);
    storage::save("wm-sample.test", "", LOCAL, 1);
}

#[wasm_bindgen_test]
fn what_is_not_permitted_is_in_no_store_and_what_no_longer_is_goes() {
    connect_names();
    storage::permit("test", &[], Purge::Kept);
    assert_eq!(storage::save("wm-euid.test", "x", BOTH, 1), 1);
    assert_eq!(storage::load("wm-euid.test", BOTH, 1).as_deref(), Some("x"));
    let empty = "return ['' + localStorage.length, document.cookie, '' + sessionStorage.length].join()";
    assert_eq!(text(empty), "0,,0");
    storage::permit("test", &Key::kept_for(7), Purge::Kept);
    assert_ne!(text(empty), "0,,0", "permitted, it is kept");
    storage::permit("test", &[Key::STATE], Purge::Nothing);
    assert_ne!(text(empty), "0,,0", "nothing is decided yet");
    storage::permit("test", &[Key::STATE], Purge::Kept);
    assert_eq!(text(empty), "0,,0");
    storage::permit("test", &[], Purge::All);
    assert_eq!(storage::load("wm-euid.test", BOTH, 1), None);
}

#[wasm_bindgen_test]
fn what_is_somebody_else_s_is_neither_listed_nor_read_nor_removed() {
    connect_names();
    storage::permit("test", Key::ALL, Purge::Kept);
    js("for (const name of ['wm-theme', 'wm-euid', 'wm-euid.other', 'wm-state.test', 'wm-out-mine']) {
            localStorage.setItem(name, 'mine');
            sessionStorage.setItem(name, 'mine');
            document.cookie = name + '=mine; path=/';
        }");
    let count = "return '' + localStorage.length + sessionStorage.length + document.cookie.split('=mine').length";
    assert_eq!((text(count), storage::keys("")), ("556".to_owned(), String::new()));
    for name in ["wm-theme", "wm-euid.other"] {
        assert_eq!(storage::load(name, BOTH, 1), None);
        storage::save(name, "", BOTH, 0);
    }
    storage::permit("test", &[], Purge::All);
    assert_eq!(text(count), "556");
    js("localStorage.clear();
        sessionStorage.clear();
        for (const part of document.cookie.split('; ')) document.cookie = part + '; path=/; max-age=0'");
}

/// One recorder a page: what it does is one story.
#[wasm_bindgen_test]
async fn a_recorder_lives_on_its_page() {
    // What the page has put in the place of fetch is the page's affair.
    js("window.bodies = [];
        window.asked = [];
        window.collect = (url, { body, credentials }) => {
            if (!body) {
                asked.push(url + ' ' + credentials);
                const settings = { level: 1, 'user.variable': 'user', 'collect.query': ['a', 'b'] };
                return Promise.resolve(new Response(JSON.stringify({ settings, sampling: 100, region: 'eu' })));
            }
            bodies.push([url, body]);
            return Promise.resolve(new Response(JSON.stringify({ request: JSON.parse(body).request })));
        };
        const real = window.fetch;
        window.fetch = (url, init) => ('' + url).includes('collect.example.com') ? collect(url, init) : real(url, init);
        window.settled = [];
        window.told = [];
        Object.defineProperty(window, 'user', { get: () => { if (window.inside) told.push(inside()); return 'ann'; } })");
    let door = Closure::<dyn Fn(u32, String, String, String, f64) -> Option<String>>::new(
        |command, text: String, data: String, content: String, at| api::call(command, &text, &data, &content, at),
    );
    connect(door.as_ref(), &base(), &js("return (trouble) => settled.push(trouble)"));

    // Not started yet, and badly.
    assert_eq!(api::call(1, "a", "{}", "", 0.0).as_deref(), Some("call init first"));
    assert_eq!(
        api::call(0, r#"{"site":1}"#, "", "", 0.0).as_deref(),
        Some("site must be the site's key: 1 to 64 of A-Z a-z 0-9 _ . -")
    );

    // Started once the collector has told the site's settings, and once only.
    let settings = r#"{"site":"demo","collector":"https://collect.example.com/","level":2,"batch":{"ageMs":60000}}"#;
    assert_eq!(api::call(0, settings, "", "", 0.0).as_deref(), Some("busy"));
    until("asked.length == 1").await;
    while let Some(again) = api::call(0, settings, "", "", 0.0) {
        assert_eq!(again, "busy");
        moment().await;
    }
    assert_eq!(text("return asked.join()"), "https://collect.example.com/v1/sites/demo/settings omit");
    assert_eq!(
        text("return localStorage.getItem('wm-settings.demo.6d006da9')"),
        "{\"settings\":{\"level\":1,\"user.variable\":\"user\",\"collect.query\":[\"a\",\"b\"]},\
         \"sampling\":100,\"region\":\"eu\"}"
    );
    let again = api::call(0, settings, "", "", 0.0);
    assert_eq!(again.as_deref(), Some("already started: the first settings stay in force"));

    // What is recorded is sent when asked for, and the page hears of it.
    assert_eq!(api::call(1, "custom", r#"{"a":1}"#, "", 1_553_433_890_150.0), None);
    assert_eq!(api::call(4, "", "", "", 0.0), None);
    until("settled.length == 1").await;
    assert_eq!(text("return settled[0]"), "");
    let (url, body) = bodies().remove(0);
    assert_eq!(url, "https://collect.example.com/v1/events?site=demo");
    let batch = Batch::read(body.as_bytes()).unwrap();
    let expanded = batch.expand("", &Allowed::at(Level::Engagement));
    let events: Vec<_> = expanded.events.into_iter().map(|event| event.unwrap().1).collect();
    let kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!((kinds, expanded.stripped), (vec!["pageView", "custom"], 0));
    assert_eq!((events[1].time, events[1].data.get()), (1_553_433_890_150, r#"{"a":1}"#));
    assert_eq!(events[1].wm.eu_id.as_deref(), Some("ann"));

    // It shows what it holds.
    let inspected = api::call(8, "", "", "", 0.0).unwrap();
    assert!(inspected.starts_with("={") && inspected.contains(r#""mode":"on""#), "{inspected}");
    js_sys::Reflect::set(&js_sys::global(), &"shown".into(), &shown()).unwrap();
    let answer = text("return '' + shown.batches.length + shown.batches[0].status + shown.batches[0].answer");
    assert!(answer.starts_with(r#"1200{"request":""#), "{answer}");
    assert!(
        text("return shown.stored.map(({ key, where }) => key + ' ' + where).join()")
            .contains("wm-session.demo localStorage")
    );

    // What is remembered of the user.
    assert_eq!(api::call(10, "keep", "2", "task\n7", 365.0), None);
    let kept = api::call(10, "get", "", "task\n7", 0.0).unwrap();
    assert!(kept.starts_with(r#"={"value":2,"#), "{kept}");

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

    // What a page takes off is off.
    let pushed = js("return history.pushState");
    assert_eq!(api::call(11, "", "", "", 0.0), None);
    unwatch();
    assert!(js("return window.navigation") != JsValue::UNDEFINED || js("return history.pushState") != pushed);
    assert_eq!(api::call(1, "after", "{}", "", 0.0).as_deref(), Some("call init first"));
}
