//! The recorder on its page: one a page, so what it does is one story, in typed calls.

use crate::script::{Replaced, js, text, until};
use js_sys::futures::JsFuture;
use js_sys::{JSON, Promise, Reflect};
use serde::Deserialize;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;
use waymark::CallError;
use waymark::browser::{api, storage};
use waymark::host::Purge;
use waymark_wire::{Allowed, Batch, Level};

/// What was posted so far: addresses and bodies.
fn bodies() -> Vec<(String, String)> {
    serde_wasm_bindgen::from_value(js("return bodies")).unwrap()
}

#[derive(Deserialize)]
struct Outcome {
    ok: bool,
    error: Option<String>,
}

/// What a call answers: what was asked for, as JSON, or what was wrong.
async fn answer(call: Promise) -> Result<String, String> {
    let settled = JsFuture::from(call).await.unwrap();
    let value = Reflect::get(&settled, &"value".into()).unwrap();
    let Outcome { ok, error } = serde_wasm_bindgen::from_value(settled).unwrap();
    assert_eq!(ok, error.is_none());
    let value = || JsValue::from(JSON::stringify(&value).unwrap()).as_string().unwrap_or_default();
    error.map_or_else(|| Ok(value()), Err)
}

async fn done(call: Promise) {
    assert_eq!(answer(call).await, Ok(String::new()));
}

async fn wrong(call: Promise, error: CallError) {
    assert_eq!(answer(call).await, Err(error.message().to_owned()));
}

fn record(kind: &str, data: &str) -> Promise {
    api::record(kind.into(), JSON::parse(data).unwrap())
}

fn settings(own: &str) -> JsValue {
    js(&format!("return {{ site: 'demo', collector: 'https://collect.example.com/', {own} }}"))
}

/// What the page has put in the place of fetch is the page's affair.
const PAGE: &str = "window.bodies = [];
    window.asked = [];
    window.collect = (url, { body, credentials }) => {
        if (!body) {
            asked.push(url + ' ' + credentials);
            const settings = { level: 1, user: { variable: 'user' }, collect: { query: ['a', 'b'] } };
            return Promise.resolve(new Response(JSON.stringify({ settings, sampling: 100, region: 'eu' })));
        }
        bodies.push([url, body]);
        return Promise.resolve(new Response(JSON.stringify({ request: JSON.parse(body).request })));
    };
    const real = window.fetch;
    window.fetch = (url, init) => ('' + url).includes('collect.example.com') ? collect(url, init) : real(url, init);
    Object.defineProperty(window, 'user', { get: () => { if (window.inside) inside(); return 'ann'; } });
    window.waymark = () => {}";

/// One recorder a page: what it does is one story.
#[wasm_bindgen_test]
async fn a_recorder_lives_on_its_page() {
    js(PAGE);
    api::connect(js("return waymark").unchecked_into(), None, None);

    // A call before init waits; a bad init fails, and so does what waited for it.
    let early = record("a", "{}");
    wrong(api::init(settings("site: 1")), CallError::SiteInvalid).await;
    wrong(early, CallError::NotStarted).await;
    let unreadable = answer(api::init(js("return { get site() { throw new Error('mine') } }"))).await.unwrap_err();
    assert_eq!(unreadable, "the settings cannot be read: Error: mine");

    // Started once the collector has told the site's settings, and once only. What the page calls meanwhile waits.
    let own = "level: 2, batch: { ageMs: 60000 }, get env() { window.reads = (window.reads || 0) + 1; return 1 }";
    let (init, again) = (api::init(settings(own)), api::init(settings("")));
    let href = "https://shop.example.com/before?a=1&c=2".to_owned();
    api::as_of(1_553_433_890_151.0, Some(href), Some("Before".to_owned()));
    let waited = record("waited", "{}");
    done(init).await;
    wrong(again, CallError::AlreadyStarted).await;
    done(waited).await;
    assert_eq!(js("return reads").as_f64(), Some(1.0), "a getter is read once");
    assert_eq!(text("return asked.join()"), "https://collect.example.com/v1/sites/demo/settings omit");
    assert_eq!(
        text("return localStorage.getItem('wm-settings.demo.6d006da9')"),
        r#"{"settings":{"level":1,"user":{"variable":"user"},"collect":{"query":["a","b"]}},"sampling":100,"region":"eu"}"#
    );

    // What is recorded is sent when asked for, and the page hears of it.
    done(record("custom", r#"{"a":1}"#)).await;
    done(api::flush()).await;
    let (url, body) = bodies().remove(0);
    assert_eq!(url, "https://collect.example.com/v1/events?site=demo");
    let batch = Batch::read(body.as_bytes()).unwrap();
    let expanded = batch.expand("", &Allowed::at(Level::Engagement));
    let events: Vec<_> = expanded.events.into_iter().map(|event| event.unwrap().1).collect();
    let kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!((kinds, expanded.stripped), (vec!["pageView", "waited", "custom"], 0));
    // One that had to wait is about the page that it was made on.
    let there = &events[1].ctx;
    assert_eq!(events[1].time, 1_553_433_890_151);
    assert_eq!((there.location.pathname.as_deref(), there.title.as_deref()), (Some("/before"), Some("Before")));
    assert_eq!(there.location.search.as_deref(), Some("?a=1"));
    assert_eq!(events[2].data.get(), r#"{"a":1}"#);
    assert_eq!(events[2].ctx.location.pathname, Some(text("return location.pathname")));
    assert_eq!(events[2].wm.eu_id.as_deref(), Some("ann"));

    // It shows what it holds.
    let inspected = answer(api::inspect()).await.unwrap();
    for part in [r#""mode":"on""#, r#""key":"wm-session.demo","where":"localStorage""#, r#""status":200"#] {
        assert!(inspected.contains(part), "{part} in {inspected}");
    }

    // What is remembered of the user.
    done(api::state_set("task".into(), 7.into(), 2.into(), JsValue::UNDEFINED)).await;
    let kept = answer(api::state_get("task".into(), "7".into())).await.unwrap();
    assert!(kept.starts_with(r#"{"value":2,"#), "{kept}");

    // A navigation in the page is a view, and a page that is hidden sends it.
    js("history.pushState({}, '', '/elsewhere')");
    js("window.visibility = Object.getOwnPropertyDescriptor(Document.prototype, 'visibilityState');
        Object.defineProperty(Document.prototype, 'visibilityState', { get: () => 'hidden', configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
        Object.defineProperty(Document.prototype, 'visibilityState', visibility)");
    assert_eq!(bodies().len(), 2, "at once");
    assert!(bodies()[1].1.contains(r#""pathname":"/elsewhere""#));

    a_call_from_within_a_call_waits_its_turn().await;

    // A collector that is not there: kept, and sent when it is back.
    js("window.working = collect; window.collect = () => { throw new Error('mine') }");
    wrong(api::flush(), CallError::Unreachable).await;
    js("window.collect = working");
    until("bodies.length == 3").await;
    let (_, body) = &bodies()[2];
    assert!(body.contains(r#""type":"outside""#) && body.contains(r#""attempt":2"#), "{body}");
    assert!(body.find(r#""type":"outside""#) < body.find(r#""type":"inside""#), "{body}");

    listeners_hear_of_changes().await;

    // What a page takes off is off.
    done(api::stop()).await;
    wrong(record("after", "{}"), CallError::Stopped).await;
    wrong(api::init(settings("")), CallError::Stopped).await;
    assert!(js("return 'waymark' in window").is_falsy());
    js("history.pushState({}, '', '/after')");
    storage::set_allowed("demo", &[], Purge::All);
}

/// A getter of the page's, asked for the user while a call is carried out, calls in.
async fn a_call_from_within_a_call_waits_its_turn() {
    let inner: Rc<RefCell<Vec<Promise>>> = Rc::default();
    let inners = Rc::clone(&inner);
    let inside = Closure::<dyn Fn()>::new(move || inners.borrow_mut().push(record("inside", "{}")));
    Reflect::set(&js_sys::global(), &"inside".into(), inside.as_ref()).unwrap();
    js("window.calls = 0; const { inside } = window; window.inside = () => calls++ || inside()");
    done(record("outside", "{}")).await;
    js("window.inside = undefined");
    let calls = inner.take();
    assert_eq!(calls.len(), 1);
    for call in calls {
        done(call).await;
    }
}

async fn listeners_hear_of_changes() {
    js("window.warnedOf = []");
    let _console = Replaced::new("console", "warn", "(line) => warnedOf.push(line)");
    js("window.heard = []; window.hears = (what) => (notice) => heard.push(what + ' ' + JSON.stringify(notice))");
    for (name, first) in [("level", "1"), ("user", r#"{"id":"ann","identified":true}"#)] {
        let listener = js(&format!("return hears('{name}')"));
        assert_eq!(answer(api::on(name.into(), listener)).await, Ok(String::new()), "a function is no JSON");
        until("heard.length").await;
        assert_eq!(text("return heard.pop()"), format!("{name} {first}"));
    }
    let thrower = js("return () => { throw new Error('mine') }");
    answer(api::on("state".into(), thrower)).await.unwrap();
    let settled = JsFuture::from(api::on("state".into(), js("return hears('state')"))).await.unwrap();
    until("heard.length").await;
    let first = text("return heard.pop()");
    assert_eq!(first, r#"state [{"kind":"task","name":"7","value":2}]"#);
    assert_eq!(text("return warnedOf.join()"), "waymark('on'): a listener has thrown: Error: mine");
    done(api::state_remove("task".into(), 7.into())).await;
    until("heard.length").await;
    assert_eq!(text("return heard.pop()"), r#"state [{"kind":"task","name":"7"}]"#);
    // It hears nothing once it is taken off, twice over.
    let remove: js_sys::Function = Reflect::get(&settled, &"value".into()).unwrap().unchecked_into();
    remove.call0(&JsValue::UNDEFINED).unwrap();
    remove.call0(&JsValue::UNDEFINED).unwrap();
    done(api::state_set("task".into(), 7.into(), 1.into(), JsValue::UNDEFINED)).await;
    done(api::level(0.into())).await;
    until("heard.length").await;
    assert_eq!(text("return heard.join()").split(',').next(), Some("level 0"));
    // A page has only so many: three are there.
    let listener = js("return () => {}");
    for _ in 3..100 {
        answer(api::on("level".into(), listener.clone())).await.unwrap();
    }
    wrong(api::on("level".into(), listener.clone()), CallError::ListenersFull).await;
    wrong(api::on("levels".into(), listener), CallError::TopicUnknown).await;
    wrong(api::on("level".into(), JsValue::NULL), CallError::ListenerInvalid).await;
}
