//! The recorder on its page: one a page, so what it does is one story.

use crate::script::{awaited, js, text, until};
use js_sys::{Array, Function, JSON};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;
use waymark::browser::{api, storage};
use waymark::host::Purge;
use waymark_wire::{Allowed, Batch, Level};

/// What was posted so far: addresses and bodies.
fn bodies() -> Vec<(String, String)> {
    serde_wasm_bindgen::from_value(js("return bodies")).unwrap()
}

/// What a call answers: what was asked for, as JSON, or what was wrong; nothing so far where it waits.
type Answer = Rc<RefCell<Option<Result<String, String>>>>;

/// What is called with the answer.
fn done(answer: &Answer) -> Function {
    let answered = Rc::clone(answer);
    let done = Closure::once_into_js(move |wrong: JsValue, value: JsValue, is_expected: bool| {
        assert!(!is_expected, "nobody has decided anything against it");
        let value = if value.is_undefined() { String::new() } else { JSON::stringify(&value).unwrap().into() };
        answered.replace(Some(wrong.as_string().map_or(Ok(value), Err)));
    });
    done.unchecked_into()
}

fn begin(command: u32, text: &str, data: &str, content: &str, at: f64) -> Answer {
    let answer = Answer::default();
    let (text, data, content) = (text.to_owned(), data.to_owned(), content.to_owned());
    api::call(command, text, data, content, at, done(&answer), None, None);
    answer
}

#[track_caller]
fn call(command: u32, text: &str, data: &str, content: &str, at: f64) -> Result<String, String> {
    begin(command, text, data, content, at).take().unwrap()
}

const DONE: Result<String, String> = Ok(String::new());

fn wrong(why: &str) -> Result<String, String> {
    Err(why.to_owned())
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
                const settings = { level: 1, user: { variable: 'user' }, collect: { query: ['a', 'b'] } };
                return Promise.resolve(new Response(JSON.stringify({ settings, sampling: 100, region: 'eu' })));
            }
            bodies.push([url, body]);
            return Promise.resolve(new Response(JSON.stringify({ request: JSON.parse(body).request })));
        };
        const real = window.fetch;
        window.fetch = (url, init) => ('' + url).includes('collect.example.com') ? collect(url, init) : real(url, init);
        window.settled = [];
        Object.defineProperty(window, 'user', { get: () => { if (window.inside) inside(); return 'ann'; } })");
    api::connect(
        js("return (trouble) => settled.push(trouble)").unchecked_into(),
        js("return () => {}").unchecked_into(),
        Array::new(),
    );

    // Not started yet, and badly.
    assert_eq!(call(1, "a", "{}", "", 0.0), wrong("call init first"));
    assert_eq!(
        call(0, r#"{"site":1}"#, "", "", 0.0),
        wrong("site must be the site's key: 1 to 64 of A-Z a-z 0-9 _ . -")
    );

    // Started once the collector has told the site's settings, and once only.
    let settings = r#"{"site":"demo","collector":"https://collect.example.com/","level":2,"batch":{"ageMs":60000}}"#;
    assert_eq!(call(0, settings, "", "", 0.0), wrong("busy"));
    until("asked.length == 1").await;
    while let Err(again) = call(0, settings, "", "", 0.0) {
        assert_eq!(again, "busy");
        awaited("await new Promise((again) => setTimeout(again, 5))").await;
    }
    assert_eq!(text("return asked.join()"), "https://collect.example.com/v1/sites/demo/settings omit");
    assert_eq!(
        text("return localStorage.getItem('wm-settings.demo.6d006da9')"),
        r#"{"settings":{"level":1,"user":{"variable":"user"},"collect":{"query":["a","b"]}},"sampling":100,"region":"eu"}"#
    );
    assert_eq!(call(0, settings, "", "", 0.0), wrong("already started: the first settings stay in force"));

    // What is recorded is sent when asked for, and the page hears of it.
    assert_eq!(call(1, "custom", r#"{"a":1}"#, "", 1_553_433_890_150.0), DONE);
    // One that had to wait is about the page that it was made on.
    let (answer, href) = (Answer::default(), "https://shop.example.com/before?a=1&c=2".to_owned());
    let [kind, data] = ["waited", "{}"].map(str::to_owned);
    api::call(1, kind, data, String::new(), 1_553_433_890_151.0, done(&answer), Some(href), Some("Before".to_owned()));
    assert_eq!(answer.take(), Some(DONE));
    assert_eq!(call(4, "", "", "", 0.0), DONE);
    until("settled.length == 1").await;
    assert_eq!(text("return settled[0]"), "");
    let (url, body) = bodies().remove(0);
    assert_eq!(url, "https://collect.example.com/v1/events?site=demo");
    let batch = Batch::read(body.as_bytes()).unwrap();
    let expanded = batch.expand("", &Allowed::at(Level::Engagement));
    let events: Vec<_> = expanded.events.into_iter().map(|event| event.unwrap().1).collect();
    let kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!((kinds, expanded.stripped), (vec!["pageView", "custom", "waited"], 0));
    assert_eq!((events[1].time, events[1].data.get()), (1_553_433_890_150, r#"{"a":1}"#));
    assert_eq!(events[1].ctx.location.pathname, Some(text("return location.pathname")));
    let there = &events[2].ctx;
    assert_eq!((there.location.pathname.as_deref(), there.title.as_deref()), (Some("/before"), Some("Before")));
    assert_eq!(there.location.search.as_deref(), Some("?a=1"));
    assert_eq!(events[1].wm.eu_id.as_deref(), Some("ann"));

    // It shows what it holds.
    let inspected = call(8, "", "", "", 0.0).unwrap();
    assert!(inspected.starts_with("{") && inspected.contains(r#""mode":"on""#), "{inspected}");
    js_sys::Reflect::set(&js_sys::global(), &"shown".into(), &api::shown()).unwrap();
    let answer = text("const { status, answer } = shown.batches.at(-1); return status + ' ' + answer");
    assert!(answer.starts_with(r#"200 {"request":""#), "{answer}");
    assert!(
        text("return shown.stored.map(({ key, where }) => key + ' ' + where).join()")
            .contains("wm-session.demo localStorage")
    );

    // What is remembered of the user.
    assert_eq!(call(10, "set", "2", "task\n7", 365.0), DONE);
    let kept = call(10, "get", "", "task\n7", 0.0).unwrap();
    assert!(kept.starts_with(r#"{"value":2,"#), "{kept}");

    // A navigation in the page is a view, and a page that is hidden sends it.
    js("history.pushState({}, '', '/elsewhere')");
    js("window.visibility = Object.getOwnPropertyDescriptor(Document.prototype, 'visibilityState');
        Object.defineProperty(Document.prototype, 'visibilityState', { get: () => 'hidden', configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
        Object.defineProperty(Document.prototype, 'visibilityState', visibility)");
    assert_eq!(bodies().len(), 2, "at once");
    assert!(bodies()[1].1.contains(r#""pathname":"/elsewhere""#));

    // A getter of the page's, asked for the user while a call is carried out, calls in: its call waits its turn.
    let inner: Rc<RefCell<Vec<Answer>>> = Rc::default();
    let inners = Rc::clone(&inner);
    let inside = Closure::<dyn Fn()>::new(move || {
        let answer = begin(1, "inside", "{}", "", 1.0);
        assert_eq!(*answer.borrow(), None, "not yet");
        inners.borrow_mut().push(answer);
    });
    js_sys::Reflect::set(&js_sys::global(), &"inside".into(), inside.as_ref()).unwrap();
    js("window.calls = 0; const { inside } = window; window.inside = () => calls++ || inside()");
    assert_eq!(call(1, "outside", "{}", "", 1.0), DONE);
    js("window.inside = undefined");
    let answers: Vec<_> = inner.take().iter().map(|answer| answer.borrow().clone()).collect();
    assert_eq!(answers, [Some(DONE)]);

    // A collector that is not there: kept, and sent when it is back.
    js("window.working = collect; window.collect = () => { throw new Error('mine') }");
    assert_eq!(call(4, "", "", "", 0.0), DONE);
    until("settled.length == 2").await;
    assert_eq!(text("return settled[1]"), "the collector cannot be reached; the events are sent later");
    js("window.collect = working");
    until("bodies.length == 3").await;
    let (_, body) = &bodies()[2];
    assert!(body.contains(r#""type":"outside""#) && body.contains(r#""attempt":2"#), "{body}");

    assert!(body.find(r#""type":"outside""#) < body.find(r#""type":"inside""#), "{body}");

    // What a page takes off is off.
    assert_eq!(call(11, "", "", "", 0.0), DONE);
    assert_eq!(call(1, "after", "{}", "", 0.0), wrong("call init first"));
    js("history.pushState({}, '', '/after')");
    storage::set_allowed("demo", &[], Purge::All);
}
