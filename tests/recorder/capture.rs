//! Level 2 at the recorder: when the browser captures, and what becomes of what it captured.

use crate::page::{Page, START, envelope, host, kinds, site};
use serde_json::json;
use waymark::capture::Captured;
use waymark::command::Input;

fn click() -> Captured {
    Captured { at: START + 200, kind: "elementClick", data: r#"{"el":{"tag":"button","path":"button"}}"#.to_owned() }
}

#[test]
fn t53_below_level_2_the_browser_captures_nothing() {
    for (settings, captures) in [
        ("", false),
        ("level = 2", true),
        ("level = 3", true),
        ("level = 2\nconsent = 'wait'", false),
        ("level = 2\nconsent = 'anonymous'", false),
        ("level = 2\nmanual = true", false),
        ("level = 2\ngate = 'app.closed'", false),
    ] {
        assert_eq!(Page::open(settings).host.capture.is_some(), captures, "{settings}");
    }
}

#[test]
fn t44_consent_that_is_withdrawn_ends_capture() {
    let mut page = Page::open("level = 2\nconsent = 'wait'");
    page.on(Input::Consent(7));
    assert!(page.host.capture.is_some());
    page.on(Input::Captured(&click()));
    page.on(Input::Consent(1));
    assert!(page.host.capture.is_none());
    page.on(Input::Captured(&click()));
    page.on(Input::Consent(7));
    assert!(!kinds(&page.flushed()).contains(&"elementClick"));
}

#[test]
fn t45_the_gate_is_asked_at_each_event() {
    let mut host = host();
    host.functions.insert("app.may".to_owned(), "true".to_owned());
    let mut page = Page::open_in(host, "level = 2\ngate = 'app.may'");
    page.on(Input::Captured(&click()));
    page.host.functions.insert("app.may".to_owned(), "false".to_owned());
    page.on(Input::Captured(&click()));
    assert!(page.host.capture.is_none());
    assert_eq!(kinds(&page.flushed()), ["pageView", "elementClick"]);
}

#[test]
fn manual_mode_begins_and_ends_capture() {
    let mut page = Page::open("level = 2\nmanual = true");
    for is_on in [true, false] {
        page.on(Input::Experience(is_on));
        assert_eq!(page.host.capture.is_some(), is_on);
        page.on(Input::Captured(&click()));
    }
    assert_eq!(kinds(&page.flushed()), ["pageView", "elementClick"]);
}

#[test]
fn t46_a_level_that_is_lowered_late_ends_capture() {
    let mut page = Page::open("level = 2");
    assert!(page.host.capture.is_some());
    page.host.settings = Some(site("level = 1"));
    page.on(Input::Refresh);
    assert!(page.host.capture.is_none());
    let mut page = Page::open("level = 2");
    page.on(Input::Level(1));
    assert!(page.host.capture.is_none());
    page.on(Input::Level(2));
    page.on(Input::Stop);
    assert!(page.host.capture.is_none());
}

#[test]
fn t47_lists_that_change_are_in_force_at_once_and_a_page_adds_to_them() {
    let mut host = host();
    host.settings = Some(site("level = 2\ncensor.ids = ['a']"));
    let mut page =
        Page::open_in_with(host, &format!("{}\ncensor.ids = ['b']\nexperience.text = false", crate::SETTINGS));
    let rules = page.host.capture.clone().unwrap();
    assert_eq!(
        (rules.ids, rules.reads_text, rules.honours_foreign),
        (vec!["a".to_owned(), "b".to_owned()], false, true)
    );
    page.host.settings = Some(site("level = 2\ncensor.ids = ['c']\ncensor.classes = '*'"));
    page.on(Input::Refresh);
    let rules = page.host.capture.clone().unwrap();
    assert_eq!((rules.ids, rules.selectors), (vec!["c".to_owned(), "b".to_owned()], vec!["*".to_owned()]));
    assert!(page.host.warnings.is_empty(), "{:?}", page.host.warnings);
}

#[test]
fn a_kind_that_is_switched_off_is_not_recorded() {
    let mut page = Page::open("level = 2\nexperience.clicks = false");
    page.on(Input::Captured(&click()));
    page.on(Input::Captured(&Captured { kind: "rageClick", ..click() }));
    assert_eq!(kinds(&page.flushed()), ["pageView", "rageClick"]);
}

#[test]
fn t51_what_is_captured_too_fast_is_declared_lost() {
    let mut page = Page::open("level = 2");
    (0..80).for_each(|_| page.on(Input::Captured(&click())));
    page.on(Input::Flush);
    let batch = envelope(&page.host.sent_batches[0].1);
    assert_eq!((batch["events"].as_array().unwrap().len(), &batch["lost"]), (51, &json!({ "rate": 30 })));
    page.sent();
    let told = "events were lost; lost for good: 30 captured too fast";
    assert_eq!(page.host.flush_results.pop().unwrap().unwrap_err().message(), told);
    page.flushed();
    assert_eq!(page.host.flush_results.pop(), Some(Ok(())), "a loss is told once");
}
