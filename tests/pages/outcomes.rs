//! What the browser edge and the page's scripts answer: odd arguments, a second `init`, a wrong key, a wrong origin.
//! The outcomes of the recorder itself are provoked in tests/recorder/outcomes.rs.

use crate::{call, flush, open, wrong};
use serde_json::{Value, json};
use support::browser::Browser;
use support::world::World;
use waymark::CallError::{self, *};

/// Calls on a page whose recorder runs.
const ODD: [(&str, CallError); 66] = [
    ("waymark()", UnknownCommand),
    ("waymark('recrod')", UnknownCommand),
    ("waymark('toString')", UnknownCommand),
    ("waymark(Symbol('record'))", UnknownCommand),
    ("waymark({ toString() { throw 1 } })", UnknownCommand),
    ("waymark('init', null)", SettingsNotObject),
    ("waymark('init', 'x')", SettingsNotObject),
    ("waymark('init', 5)", SettingsNotObject),
    ("waymark('init', [])", SettingsNotObject),
    ("waymark('init', trap)", SettingsUnreadable),
    ("waymark('init', circle)", SettingsUnreadable),
    ("waymark('init', { env: 1n })", SettingsUnreadable),
    ("waymark('init')", AlreadyStarted),
    ("waymark('record')", TypeInvalid),
    ("waymark('record', 5)", TypeInvalid),
    ("waymark('record', '')", TypeInvalid),
    ("waymark('record', 'a\\nb')", TypeInvalid),
    ("waymark('record', 'a', null)", DataNotObject),
    ("waymark('record', 'a', 'text')", DataNotObject),
    ("waymark('record', 'a', [])", DataNotObject),
    ("waymark('record', 'a', { toJSON: () => 5 })", DataNotObject),
    ("waymark('record', 'a', { toJSON() {} })", DataNotObject),
    ("waymark('record', 'a', unlisted)", NotJson),
    ("waymark('identify')", IdPlaceholder),
    ("waymark('identify', {})", IdPlaceholder),
    ("waymark('identify', Symbol('ann'))", IdPlaceholder),
    ("waymark('identify', 'ann', null)", OptionsNotObject),
    ("waymark('identify', 'ann', 'signed')", OptionsNotObject),
    ("waymark('identify', 'ann', { signature: 5 })", SignatureInvalid),
    ("waymark('consent')", ConsentInvalid),
    ("waymark('consent', 'yes')", ConsentInvalid),
    ("waymark('consent', true)", ConsentInvalid),
    ("waymark('consent', ['analytics', 'ads'])", ConsentInvalid),
    ("waymark('consent', { ads: true })", ConsentInvalid),
    ("waymark('level')", LevelInvalid),
    ("waymark('level', 4)", LevelInvalid),
    ("waymark('level', '1')", LevelInvalid),
    ("waymark('experience')", ExperienceInvalid),
    ("waymark('experience', 1)", ExperienceInvalid),
    ("waymark('state.get')", StateKindInvalid),
    ("waymark('state.get', null, 'x')", StateKindInvalid),
    ("waymark('state.get', 'data x', '9')", StateKindInvalid),
    ("waymark('state.get', 'data', 'x 9')", StateNameInvalid),
    ("waymark('state.get', 'data', 'x\\ny')", StateNameInvalid),
    ("waymark('state.get', 'data', {})", StateNameInvalid),
    ("waymark('state.remove', 'data', 'x 9')", StateNameInvalid),
    ("waymark('state.remove', 'task', 1.5)", StateNameInvalid),
    ("waymark('state.set', 'data', 'x 9', 1)", StateNameInvalid),
    ("waymark('state.set', 'data', '', 1)", StateNameInvalid),
    ("waymark('state.set', 'data', 'x')", StateValueTooLarge),
    ("waymark('state.set', 'data', 'x', circle)", NotJson),
    ("waymark('state.set', 'data', 'x', 1, null)", OptionsNotObject),
    ("waymark('state.set', 'data', 'x', 1, { days: 1.5 })", StateDaysInvalid),
    ("waymark('state.set', 'data', 'x', 1, { days: '9' })", StateDaysInvalid),
    ("waymark('state.set', 'data', 'x', 1, { days: NaN })", StateDaysInvalid),
    ("waymark('state.set', 'data', 'x', 1, { days: -1 })", StateDaysInvalid),
    ("waymark('state.set', 'data', 'x', 1, { record: 'no' })", StateRecordInvalid),
    ("waymark('state.set', 'data', 'x', 1, { record: 0 })", StateRecordInvalid),
    ("waymark('on')", TopicUnknown),
    ("waymark('on', 'levels', () => {})", TopicUnknown),
    ("waymark('on', 'level')", ListenerInvalid),
    ("waymark('on', 'level', {})", ListenerInvalid),
    ("waymark('explain')", ElementInvalid),
    ("waymark('explain', {})", ElementInvalid),
    ("waymark('explain', '#nothing-has-this-id')", ElementInvalid),
    ("waymark('explain', 'no [selector')", ElementInvalid),
];

/// Data that JSON has no form for, and what is recorded of it.
const REPLACED: [(&str, &str, &str); 4] = [
    ("{ total: 12n, n: 1 }", r#"{"total":"12","n":1}"#, "total by its digits"),
    ("circle", r#"{"circle":"[circular]"}"#, "circle by [circular]"),
    ("{ at: document.body, n: 1, empty: {} }", r#"{"at":"[node]","n":1,"empty":{}}"#, "at by [node]"),
    (
        "{ n: 1, trap }",
        r#"{"n":1,"trap":{"collector":"[unreadable]","site":"demo"}}"#,
        "trap.collector by [unreadable]",
    ),
];

/// Types that sites of other products have.
const OTHER_TYPES: [&str; 4] = ["Order Completed", "$pageview", "Añadir al carrito 🛒", "</script>\"\\"];

/// Those that need more than one call, each in a test of its own below, or beside other tests of level 2.
const OTHERS: [CallError; 8] =
    [ListenersFull, QueueFull, Stopped, Failed, CannotStart, NotLoaded, LoadQueueFull, CaptureNotLoaded];

#[test]
fn every_outcome_of_the_edge_is_provoked() {
    let provoked = ODD.iter().map(|(_, error)| *error).chain(OTHERS);
    let provoked: Vec<CallError> = provoked.collect();
    for error in CallError::ALL.into_iter().filter(|error| error.is_found_by_edge()) {
        assert!(provoked.contains(&error), "{error:?}");
    }
}

/// The outcome is `ok: false` with that error, and with its cause where it has one.
#[track_caller]
fn assert_refused(outcome: &Value, error: CallError) {
    let said = outcome["error"].as_str().unwrap_or_default();
    let is_it = match error.message().strip_suffix(':') {
        Some(_) => said.strip_prefix(error.message()).is_some_and(|cause| cause.len() > 1),
        None => said == error.message(),
    };
    assert!(outcome["ok"] == json!(false) && is_it, "{error:?}: {outcome}");
}

/// Opens the page and waits until the script is there.
async fn open_uninitialised(browser: &Browser, world: &World) {
    open(browser, world, "outcomes.html", "{}").await;
    browser.wait_for("!waymark.q").await;
}

const INIT: &str = "waymark('init', settings())";

pub async fn invalid_arguments_are_refused(browser: &Browser, world: &World) {
    open_uninitialised(browser, world).await;
    call(browser, INIT).await;
    for (expression, error) in ODD {
        assert_refused(&browser.promised(expression).await, error);
    }
    flush(browser).await;
    world.wait_for_kinds(&["pageView"]).await;
    assert_eq!(call(browser, "waymark('state.all')").await, json!([]));
    assert_eq!(wrong(browser).await, json!([]));
}

pub async fn invalid_settings_are_refused(browser: &Browser, world: &World) {
    open_uninitialised(browser, world).await;
    for (given, error) in [("", SiteInvalid), (", null", SettingsNotObject), (", { site: 'demo' }", CollectorInvalid)] {
        assert_refused(&browser.promised(&format!("waymark('init'{given})")).await, error);
    }
    let said = browser.run("return said", &[]).await;
    assert_eq!(said.as_array().unwrap().len(), 3, "{said}");
    assert_refused(&browser.promised("waymark('record', 'a', {})").await, NotStarted);
    call(browser, INIT).await;
    call(browser, "waymark('record', 'b', {})").await;
    flush(browser).await;
    world.wait_for_kinds(&["pageView", "b"]).await;
}

pub async fn the_first_of_two_inits_counts(browser: &Browser, world: &World) {
    open(browser, world, "outcomes.html", "{}").await;
    let both = "Promise.all([settings(), settings({ site: 'other' }), settings({ collector: 'https://other.example' })]
        .map((own) => waymark('init', own)))";
    let outcomes = browser.promised(both).await;
    assert_eq!(outcomes[0], json!({ "ok": true }));
    assert_refused(&outcomes[1], AlreadyStarted);
    assert_refused(&outcomes[2], AlreadyStarted);
    // What is sent goes to the first, though the others came after it.
    assert_refused(&browser.promised("waymark('init', settings({ site: 'third' }))").await, AlreadyStarted);
    call(browser, "waymark('record', 'a', {})").await;
    flush(browser).await;
    world.wait_for_kinds(&["pageView", "a"]).await;
}

pub async fn a_wrong_site_key_is_reported_and_can_be_corrected(browser: &Browser, world: &World) {
    open_uninitialised(browser, world).await;
    assert_refused(&browser.promised("waymark('init', settings({ site: 'nobody' }))").await, UnknownSite);
    for call in ["'record', 'lost', {}", "'flush'", "'identify', 'ann'", "'inspect'"] {
        assert_refused(&browser.promised(&format!("waymark({call})")).await, UnknownSite);
    }
    assert_eq!(browser.run("return Object.keys(localStorage).length", &[]).await, 0);
    call(browser, INIT).await;
    call(browser, "waymark('record', 'a', {})").await;
    flush(browser).await;
    world.wait_for_kinds(&["pageView", "a"]).await;
}

pub async fn a_wrong_origin_is_reported_by_init_or_with_cached_settings_by_flush(browser: &Browser, world: &World) {
    world.set_origins(&["https://www.example.com"]).await;
    open_uninitialised(browser, world).await;
    assert_refused(&browser.promised(INIT).await, WrongOrigin);
    assert_refused(&browser.promised("waymark('flush')").await, WrongOrigin);
    // Once somebody has added the origin, the same call works.
    world.set_origins(&[]).await;
    call(browser, INIT).await;
    flush(browser).await;
    world.set_origins(&["https://www.example.com"]).await;
    open_uninitialised(browser, world).await;
    call(browser, INIT).await;
    call(browser, "waymark('record', 'lost', {})").await;
    let outcome = browser.promised("waymark('flush')").await;
    assert_eq!(outcome["ok"], false, "{outcome}");
    let said = outcome["error"].as_str().unwrap();
    assert!(said.starts_with(WrongOrigin.message()) && said.ends_with("2 refused by the collector"), "{said}");
    world.wait_for_kinds(&["pageView"]).await;
}

pub async fn no_call_reports_success_where_nothing_is_recorded(browser: &Browser, world: &World) {
    open_uninitialised(browser, world).await;
    call(browser, INIT).await;
    call(browser, "waymark('consent', 'denied')").await;
    assert_refused(&browser.promised("waymark('record', 'a', {})").await, Off);
    assert_refused(&browser.promised("waymark('identify', 'ann')").await, Off);
    assert_eq!(browser.run("return said", &[]).await, json!([]), "it is no mistake");
}

pub async fn a_page_learns_that_the_recorder_cannot_start(browser: &Browser, world: &World) {
    // Too many calls for the snippet.
    browser.goto(&world.page("pages/outcomes.html?early")).await;
    assert_refused(&browser.promised("early").await, LoadQueueFull);
    // Too many before init.
    open_uninitialised(browser, world).await;
    let full = "Promise.any(Array.from({ length: 1001 }, () => waymark('flush')))";
    assert_refused(&browser.promised(full).await, QueueFull);
    open_uninitialised(browser, world).await;
    call(browser, INIT).await;
    let listeners =
        "Promise.all(Array.from({ length: 101 }, () => waymark('on', 'level', () => {}))).then((all) => all[100])";
    assert_refused(&browser.promised(listeners).await, ListenersFull);
    // Something that the recorder needs is broken by the page. Firefox's driver has a `String` of its own.
    let broken = "window.String.prototype.charCodeAt = () => { throw new Error('mine') }";
    browser.run(broken, &[]).await;
    assert_refused(&browser.promised("waymark('record', 'a', { name: 'é' })").await, Failed);
    open_uninitialised(browser, world).await;
    call(browser, INIT).await;
    browser.run("window.ours = waymark", &[]).await;
    call(browser, "waymark('stop')").await;
    assert_refused(&browser.promised("ours('record', 'a', {})").await, Stopped);
    browser.goto(&world.page("pages/neither.html")).await;
    browser.wait_for("document.readyState === 'complete'").await;
    assert_refused(&browser.promised("waymark('flush')").await, CannotStart);
}

pub async fn a_page_learns_that_the_script_was_not_loaded(browser: &Browser, world: &World) {
    world.stop_collector().await;
    browser.goto(&world.page("pages/inline.html")).await;
    assert_refused(&browser.promised("waymark('flush')").await, NotLoaded);
}

pub async fn types_and_data_of_other_products_are_recorded(browser: &Browser, world: &World) {
    open_uninitialised(browser, world).await;
    call(browser, INIT).await;
    for kind in OTHER_TYPES {
        call(browser, &format!("waymark('record', {}, {{}})", json!(kind))).await;
    }
    for (data, _, note) in REPLACED {
        let outcome = browser.promised(&format!("waymark('record', 'odd', {data})")).await;
        assert_eq!(outcome, json!({ "ok": true, "note": format!("replaced in data: {note}") }), "{data}");
    }
    flush(browser).await;
    let mut events = world.wait_for(|events| events.len() == 1 + OTHER_TYPES.len() + REPLACED.len()).await;
    events.sort_by_key(|event| event["server"]["seq"].as_u64());
    let kinds: Vec<&str> = events[1..=OTHER_TYPES.len()].iter().map(|event| event["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, OTHER_TYPES);
    for (event, (data, json, _)) in events[1 + OTHER_TYPES.len()..].iter().zip(REPLACED) {
        assert_eq!(event["data"], serde_json::from_str::<Value>(json).unwrap(), "{data}");
    }
    let lines = browser.run("return said.filter((line) => line.includes('note')).length", &[]).await;
    assert_eq!(lines, 1, "the console has the note once");
    assert_eq!(wrong(browser).await, json!([]));
}

pub async fn automated_browsers_are_flagged(browser: &Browser, world: &World) {
    open_uninitialised(browser, world).await;
    call(browser, INIT).await;
    flush(browser).await;
    let events = world.wait_for_kinds(&["pageView"]).await;
    let is_headless = browser.run("return navigator.userAgent.includes('Headless')", &[]).await == true;
    let sign = if is_headless { "userAgent" } else { "webdriver" };
    assert_eq!(events[0]["server"]["bot"], sign);
    assert_eq!(events[0].get("webdriver"), None);
}
