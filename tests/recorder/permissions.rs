//! Permissions: nothing is stored or sent before it is permitted, and everything is removed when it is no longer
//! permitted.

use crate::page::{Browse, Page, SETTINGS, START, each, envelope, host, kinds, page_settings, site};
use proptest::prelude::*;
use serde_json::{Value, json};
use waymark::call_error::{CallError, FlushError};
use waymark::command::{Input, Record};
use waymark::consent::permissions::{Mode, PageWishes, Permissions};
use waymark::level::{Field, Key, Switch, purpose};
use waymark::testing::MemoryHost;
use waymark_wire::Lost;

fn inspected(page: &mut Page) -> Value {
    envelope(&page.call(Input::Inspect).unwrap())
}

#[track_caller]
fn nothing_left(host: &MemoryHost) {
    assert!(host.stored.is_empty(), "{:?}", host.stored);
    assert!(host.sent_batches.is_empty(), "{:?}", host.sent_batches);
}

/// A page that uses all features; the results are ignored.
fn live(page: &mut Page) {
    page.record_if_allowed("a");
    let play = Record { at: page.host.now, kind: "play", data: r#"{"type":"wt","oId":7}"# };
    for call in [Input::Record(play), Input::Identify("ann", "")] {
        let _ = page.call(call);
    }
    page.host.go("/next", "Next");
    page.on(Input::Navigated);
    page.on(Input::Resized);
    page.on(Input::Refresh);
    page.wait(60_000);
    page.on(Input::Flush);
    page.on(Input::Hidden);
}

#[test]
fn events_are_held_until_the_user_agrees_and_are_then_sent() {
    let mut page = Page::open("consent = 'wait'");
    live(&mut page);
    nothing_left(&page.host);
    assert_eq!(page.host.flush_results, [Err(FlushError { error: CallError::ConsentPending, lost: Lost::default() })]);
    assert_eq!(inspected(&mut page)["mode"], "held");
    page.on(Input::Consent(purpose::ALL));
    let events = page.flushed();
    assert_eq!(kinds(&events), ["pageView", "a", "play", "pageView", "consent"]);
    assert_eq!(events[4]["data"]["purposes"], json!(["functional", "analytics", "playback"]));
    assert!(events.iter().all(|event| event["wm"]["euId"] == "ann"), "held events carry the right ID");
    assert_eq!(each(&events, "/ctx/location/pathname")[..3], ["/product/pink-alligator/"; 3]);
    assert_eq!(events[0]["time"], START);
    assert!(page.host.stored.contains_key("wm-consent.demo") && page.host.stored.contains_key("wm-session.demo"));
}

#[test]
fn held_events_are_dropped_if_the_user_denies() {
    let mut page = Page::open("consent = 'wait'");
    live(&mut page);
    page.on(Input::Consent(0));
    live(&mut page);
    nothing_left(&page.host);
    assert!(page.host.memory.is_empty());
    // If the user agrees later, numbers start there: the dropped events had no numbers.
    page.on(Input::Consent(purpose::ANALYTICS));
    page.on(Input::Flush);
    let (_, body) = &page.host.sent_batches[0];
    assert_eq!((&envelope(body)["seq"], &envelope(body)["lost"]), (&json!(0), &json!({})));
}

#[test]
fn at_most_one_batch_is_held_and_further_events_are_reported_as_lost() {
    let mut page = Page::open("consent = 'wait'");
    let data = json!({"text": "x".repeat(20_000)}).to_string();
    (0..5).for_each(|_| page.record_if_allowed_with("large", &data));
    page.on(Input::Consent(purpose::ALL));
    page.on(Input::Flush);
    let sent = page.host.sent_batches.clone();
    let held: Vec<Value> = sent.iter().flat_map(|(_, body)| crate::page::expand(body)).collect();
    let large = held.iter().filter(|event| event["type"] == "large").count() as u64;
    assert!(large >= 1 && sent.iter().all(|(_, body)| body.len() <= 60_000));
    assert_eq!(envelope(&sent[0].1)["lost"]["held"], 5 - large);
}

#[test]
fn anonymous_mode_sends_events_and_stores_nothing() {
    let mut first = host();
    first.cookies.insert("user".to_owned(), "ann".to_owned());
    let mut page = Page::open_in(first, "consent = 'anonymous'\nuser.cookie = 'user'");
    page.record("a", "{}");
    page.on(Input::Identify("ann", ""));
    let events = page.flushed();
    assert_eq!(kinds(&events), ["pageView", "a"]);
    assert_eq!(each(&events, "/wm/euIdSource"), ["Cache", "Cache"]);
    assert!(page.host.stored.is_empty());
    let id = events[0]["wm"]["euId"].clone();
    // The next page does not know anything of this page.
    page.host.memory.clear();
    let mut next = Page::open_in(page.host, "consent = 'anonymous'\nuser.cookie = 'user'");
    assert_ne!(next.flushed()[0]["wm"]["euId"], id);
    // Once the user agrees, providers are read, and values in memory are stored.
    next.on(Input::Consent(purpose::ALL));
    assert_eq!(each(&next.flushed(), "/wm/euId"), ["ann", "ann"], "identify and consent");
    assert!(next.host.stored.contains_key("wm-session.demo") && next.host.memory.is_empty());
}

#[test]
fn a_consent_is_stored_for_the_next_page_and_a_denial_is_not() {
    let mut page = Page::open("consent = 'wait'");
    page.on(Input::Consent(purpose::ANALYTICS));
    page.flushed();
    let mut next = Page::open_in(page.host, "consent = 'wait'");
    assert_eq!(kinds(&next.flushed()), ["pageView"]);
    next.on(Input::Consent(0));
    nothing_left(&next.host);
    let mut third = Page::open_in(next.host, "consent = 'wait'");
    live(&mut third);
    nothing_left(&third.host);
}

#[test]
fn a_withdrawal_purges_stored_and_queued_events_and_reports_their_number() {
    let mut page = Page::open("batch.events = 2");
    page.record("a", "{}");
    assert_eq!(page.host.sent_batches.len(), 1, "one batch is in flight");
    page.record("b", "{}");
    page.record("c", "{}");
    page.record("d", "{}");
    page.on(Input::Consent(0));
    assert!(page.host.stored.is_empty());
    page.answer(503);
    page.wait(3_600_000);
    nothing_left(&page.host);
    page.on(Input::Consent(purpose::ALL));
    page.on(Input::Flush);
    let declared = envelope(&page.host.sent_batches[0].1);
    assert_eq!(declared["lost"], json!({"withdrawn": 4}));
    assert_eq!(declared["seq"], 4, "the event that was not sent has no number");
}

#[test]
fn consent_given_or_withdrawn_in_another_tab_applies_here() {
    let mut page = Page::open("consent = 'wait'");
    page.on(Input::Consent(purpose::ALL));
    page.flushed();
    // The user denies in another tab, which purges the shared storage.
    page.host.stored.clear();
    page.on(Input::Refresh);
    page.record_if_allowed("a");
    page.on(Input::Flush);
    nothing_left(&page.host);
    assert_eq!(inspected(&mut page)["consent"], "denied");
    // The user agrees in another tab.
    page.host.allowed_keys = Key::ALL.to_vec();
    page.host
        .stored
        .insert("wm-consent.demo".to_owned(), json!({ "v": 1, "purposes": 7, "at": page.host.now }).to_string());
    page.on(Input::Refresh);
    assert_eq!(inspected(&mut page)["mode"], "on");
}

#[test]
fn consent_to_functional_only_stores_progress_and_records_nothing() {
    let mut page = Page::open("consent = 'wait'");
    page.on(Input::Consent(purpose::FUNCTIONAL));
    page.on(Input::State(crate::page::state("set", "task 7 365 1", "1")));
    live(&mut page);
    assert!(page.host.sent_batches.is_empty());
    assert_eq!(
        page.host.stored.keys().collect::<Vec<_>>(),
        ["wm-consent.demo", "wm-settings.demo.6d006da9", "wm-state.demo.0.task.7"]
    );
}

#[test]
fn the_page_can_lower_the_level_but_not_raise_it() {
    let mut page = Page::open("");
    page.flushed();
    page.on(Input::Level(3));
    assert_eq!(inspected(&mut page)["level"], 1);
    page.on(Input::Level(0));
    page.record_if_allowed("a");
    page.on(Input::Flush);
    nothing_left(&page.host);
    page.on(Input::Level(1));
    page.record("b", "{}");
    assert_eq!(kinds(&page.flushed()), ["pageView", "b"]);
}

#[test]
fn the_gate_is_asked_on_each_navigation_and_manual_mode_waits_for_the_start() {
    let mut first = host();
    first.functions.insert("app.may".to_owned(), "true".to_owned());
    let mut page = Page::open_in(first, "level = 2\ngate = 'app.may'\nmanual = true");
    let level = |page: &mut Page| inspected(page)["level"].clone();
    assert_eq!(level(&mut page), 1);
    page.on(Input::Experience(true));
    assert_eq!(level(&mut page), 2);
    page.host.functions.insert("app.may".to_owned(), "false".to_owned());
    page.host.go("/salaries", "Salaries");
    page.on(Input::Navigated);
    assert_eq!(level(&mut page), 1);
    assert_eq!(inspected(&mut page)["why"]["gate"], 1);
    assert!(
        page.recorder
            .on(Input::Record(waymark::command::Record { at: START, kind: "elementClick", data: "{}" }), &mut page.host)
            .is_err()
    );
}

#[test]
fn users_are_not_linked_under_global_privacy_control() {
    let mut first = host();
    first.signals.gpc = true;
    let mut page = Page::open_in(first, "");
    let before = page.flushed().remove(0);
    page.on(Input::Identify("ann", ""));
    page.record("a", "{}");
    let events = page.flushed();
    assert_eq!(kinds(&events), ["a"], "no identify");
    assert_ne!(events[0]["sId"], before["sId"], "the sessions are not linked either");
}

#[test]
fn page_views_can_be_switched_off() {
    let mut page = Page::open("collect.pageViews = false");
    page.host.go("/next", "Next");
    page.on(Input::Navigated);
    page.record("a", "{}");
    let events = page.flushed();
    assert_eq!(kinds(&events), ["a"]);
    assert_eq!(events[0]["ctx"]["location"]["pathname"], "/next");
}

#[test]
fn forget_erases_local_data_and_asks_the_collector_to_erase() {
    let mut page = Page::open("");
    page.on(Input::State(crate::page::state("set", "data colour 365 1", "\"red\"")));
    let id = page.flushed()[0]["wm"]["euId"].clone();
    page.record("queued", "{}");
    page.on(Input::Forget);
    assert_eq!(
        page.host.erasure_requests.iter().map(|forget| json!(forget)).collect::<Vec<_>>(),
        [json!({"site": "demo", "euId": id})]
    );
    live(&mut page);
    nothing_left(&page.host);
    assert!(page.host.memory.is_empty());
}

#[test]
fn a_user_who_denied_can_still_be_forgotten() {
    let mut page = Page::open("");
    page.flushed();
    page.on(Input::Consent(0));
    page.on(Input::Forget);
    assert_eq!(page.host.erasure_requests.len(), 1);
    page.on(Input::Forget);
    assert_eq!(page.host.erasure_requests.len(), 1, "the ID is forgotten after the first request");
}

#[test]
fn inspect_returns_the_current_state() {
    let mut page = Page::open("levle = 1");
    page.record("a", "{}");
    let shown = inspected(&mut page);
    assert_eq!(shown["refusedSettings"], json!(["levle is no setting"]));
    assert_eq!(page.host.warnings, ["levle is no setting"]);
    assert_eq!((&shown["level"], &shown["consent"], &shown["mode"]), (&json!(1), &json!("implied"), &json!("on")));
    assert_eq!(shown["why"].as_object().unwrap().len(), 8);
    assert_eq!(shown["purposes"], json!(["functional", "analytics", "playback"]));
    let events = page.flushed();
    assert_eq!(shown["user"], json!({"id": events[0]["wm"]["euId"], "source": "Cache"}));
    assert_eq!((&shown["session"], &shown["queued"]), (&events[0]["sId"], &json!(2)));
    assert_eq!(shown["context"]["ctx"], events[1]["ctx"]);
}

#[test]
fn a_stopped_recorder_sends_its_events_and_does_nothing_more() {
    let mut page = Page::open("");
    page.record("a", "{}");
    page.on(Input::Stop);
    assert_eq!(page.host.sent_batches.len(), 1);
    let record = waymark::command::Record { at: START, kind: "b", data: "{}" };
    assert_eq!(page.call(Input::Record(record)), Err(CallError::NotStarted));
}

/// All settings that affect what may be collected.
fn any_settings() -> impl Strategy<Value = String> {
    let level = (0..4u8).prop_map(|level| format!("level = {level}\n"));
    let off = prop::sample::subsequence(Switch::ALL.to_vec(), 0..5).prop_map(|off| {
        off.iter()
            .filter(|switch| **switch != Switch::User && **switch != Switch::Query)
            .map(|switch| format!("{} = false\n", switch.name()))
            .collect::<String>()
    });
    let consent =
        prop::sample::select(vec!["implied", "wait", "anonymous"]).prop_map(|mode| format!("consent = '{mode}'\n"));
    let user = prop::sample::select(vec![
        "",
        "user = 'none'\n",
        "user.cookie = 'user'\n",
        "user.cookie = 'user'\nidentity.hash = true\n",
    ]);
    (level, off, consent, user, any::<bool>())
        .prop_map(|(level, off, consent, user, manual)| format!("{level}{off}{consent}{user}manual = {manual}"))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// With any settings and any consent, only data that the level table allows is stored or sent.
    #[test]
    fn only_allowed_data_is_stored_or_sent(
        settings in any_settings(),
        says in prop::collection::vec(prop::option::of(0..8u8), 1..4),
        gpc: bool,
    ) {
        let mut first = host();
        first.cookies.insert("user".to_owned(), "the raw user".to_owned());
        first.page.hash = "#secret".to_owned();
        if gpc {
            first.signals.gpc = true;
        }
        let mut page = Page::open_in(first, &settings);
        let mut config = waymark::ActiveSettings::default();
        config.read(&page_settings(&format!("{SETTINGS}\n{settings}"))).unwrap();
        config.take_site(&site(&settings));
        let mut consent = waymark::consent::Consent::default();
        for said in says {
            if let Some(said) = said {
                page.on(Input::Consent(said));
                consent.answer(said, page.host.now);
            }
            let permitted = Permissions::current(&config, &consent, PageWishes::default(), &mut page.host);
            page.record_if_allowed("a");
            let posts = page.flushed_bodies();
            let may_send = matches!(permitted.mode, Mode::On | Mode::Anonymous);
            prop_assert!(may_send || posts.is_empty(), "{settings} {said:?} {posts:?}");
            for body in &posts {
                for event in crate::page::expand(body) {
                    prop_assert!(permitted.allowed.kind(event["type"].as_str().unwrap()));
                    for &field in Field::ALL {
                        let path = if field == Field::InteractionGuid { "wm.interactionGuid" } else { field.path() };
                        let is_there = event.pointer(&format!("/{}", path.replace('.', "/"))).is_some();
                        prop_assert!(permitted.allowed.field(field) || !is_there, "{path} in {event}");
                    }
                }
                prop_assert!(!config.in_force().identity.hash.unwrap_or_default().0 || !body.contains("the raw user"));
            }
            let keys = Key::allowed_for(permitted.storage_purposes);
            for (key, value) in &page.host.stored {
                let is_kept = Key::of(key, "demo").is_some_and(|key| keys.contains(&key));
                prop_assert!(is_kept, "{key} at {settings} {said:?}");
                prop_assert!(!value.contains("the raw user"), "{key}");
            }
        }
    }
}
