//! The recorder on a host in memory: calls and browser signals go in, and batches come out, which the collector's code
//! reads.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

mod addresses;
mod batches;
mod capture;
mod delivery;
mod follow;
mod isolation;
mod outcomes;
mod page;
mod permissions;
mod remote_settings;
mod state_sync;
mod user;
mod views;

use page::{Page, SETTINGS, START, each, envelope, example, host, kinds, page_settings};
use serde_json::json;
use waymark::call_error::CallError;
use waymark::command::{Input, Record};
use waymark::{Recorder, session};

// Events.

#[test]
fn a_played_walk_thru_has_every_key_of_the_example() {
    let mut page = Page::open("");
    let data = json!({
        "type": "wt", "oId": 124909, "oName": "Log in", "pInit": {"type": 1}, "oRequestedSubObject": 1394694,
        "oActualSubObject": 1394694, "pluginVer": "x.x",
    });
    let (at, data) = (START + 150, data.to_string());
    page.on(Input::Record(Record { at, kind: "play", data: &data }));
    let events = page.flushed();
    let mut event = events.into_iter().find(|event| event["type"] == "play").unwrap();
    event.as_object_mut().unwrap().remove("id").unwrap();

    let mut example = example();
    // Random values and versions only need to be present. All other values are compared.
    for pointer in [
        "/time",
        "/sId",
        "/data/pId",
        "/data/libVer",
        "/wm/euId",
        "/wm/interactionGuid",
        "/ctx/visitId",
        "/visions/sId",
        "/version/lib",
        "/version/pe",
    ] {
        let drawn = event.pointer(pointer).unwrap().clone();
        assert_eq!(drawn.is_string(), example.pointer(pointer).unwrap().is_string(), "{pointer}");
        *example.pointer_mut(pointer).unwrap() = drawn;
    }
    assert_eq!(event, example);
    assert_eq!(event["ctx"]["visitId"].as_str().unwrap().len(), 32);
    assert!(event["data"]["pId"].as_str().unwrap().starts_with("1553433890150-124909-"));
}

#[test]
fn the_events_of_a_play_share_its_id_and_interaction() {
    let mut page = Page::open("");
    for kind in ["play", "step", "complete", "play"] {
        page.record(kind, r#"{"type":"wt","oId":7}"#);
    }
    page.record("custom", "{}");
    let events = page.flushed();
    let plays = each(&events[1..5], "/data/pId");
    assert!(plays[0] == plays[1] && plays[1] == plays[2] && plays[2] != plays[3], "{plays:?}");
    let interactions = each(&events, "/wm/interactionGuid");
    assert!(interactions[1] == interactions[2] && interactions[2] == interactions[3], "{interactions:?}");
    assert_ne!(interactions[3], interactions[4]);
    assert_eq!(interactions[0], interactions[5], "an event of no play has the visit's interaction");
}

#[test]
fn invalid_events_are_refused_with_a_reason() {
    let mut page = Page::open("");
    let large = format!("{{\"a\":\"{}\"}}", "x".repeat(40_000));
    for (kind, data, why) in [
        ("a\nb", "{}", CallError::TypeInvalid),
        (&"x".repeat(129), "{}", CallError::TypeInvalid),
        ("a", "[]", CallError::DataNotObject),
        ("a", &large, CallError::DataTooLarge),
    ] {
        let event = Record { at: START, kind, data };
        assert_eq!(page.call(Input::Record(event)), Err(why));
    }
    page.on(Input::Flush);
    assert_eq!(envelope(&page.host.sent_batches[0].1)["lost"], json!({"too_large": 1}));
}

// User and session.

#[test]
fn the_anonymous_id_continues_on_the_next_page_and_changes_after_reset() {
    let mut first = Page::open("");
    let id = first.flushed()[0]["wm"]["euId"].clone();
    let mut next = Page::open_in(first.host, "");
    next.on(Input::Reset);
    next.record("a", "{}");
    let events = next.flushed();
    assert_eq!(events[0]["wm"]["euId"], id);
    assert_ne!(events[1]["wm"]["euId"], id);
    assert_eq!(each(&events, "/wm/euIdSource"), ["Cache", "Cache"]);
    assert_ne!(events[0]["sId"], events[1]["sId"], "the next user has a session of their own");
}

#[test]
fn events_keep_the_user_at_the_time_of_recording() {
    let mut page = Page::open("user.cookie = 'shop_user'");
    page.on(Input::Identify("ann", ""));
    page.record("a", "{}");
    page.on(Input::Reset);
    page.host.cookies.insert("shop_user".to_owned(), "bea".to_owned());
    page.flushed();
    page.record("b", "{}");
    let events = page.flushed();
    assert_eq!(kinds(&events), ["identify", "b"], "the anonymous user is identified");
    assert_eq!(each(&events, "/wm/euId"), ["bea", "bea"]);
    assert_eq!(each(&events, "/wm/euIdSource"), ["Identifier", "Identifier"]);
}

#[test]
fn a_session_continues_across_pages_and_ends_with_a_long_pause() {
    let mut first = Page::open("");
    let session = first.flushed()[0]["sId"].clone();
    let mut next = Page::open_in(first.host, "");
    assert_eq!(next.flushed()[0]["sId"], session);
    next.wait(session::IDLE_MS);
    next.record("a", "{}");
    let events = next.flushed();
    assert_ne!(events[0]["sId"], session);
    assert_ne!(events[0]["visions"]["sId"], json!(null));
}

#[test]
fn a_session_that_another_tab_kept_alive_continues_here() {
    let mut page = Page::open("");
    let session = page.flushed()[0]["sId"].clone();
    page.wait(session::IDLE_MS - 1_000);
    let mut other = Page::open_in(std::mem::take(&mut page.host), "");
    other.flushed();
    other.idle();
    page.host = other.host;
    page.host.now += 60_000;
    page.record("a", "{}");
    assert_eq!(page.flushed()[0]["sId"], session);
}

#[test]
fn at_level_0_nothing_is_stored_or_sent() {
    let mut page = Page::open("level = 0");
    for call in [Input::Record(Record { at: START, kind: "a", data: "{}" }), Input::Identify("ann", "")] {
        assert_eq!(page.call(call), Err(CallError::Off));
    }
    page.on(Input::Navigated);
    page.on(Input::Unload);
    page.on(Input::Flush);
    page.wait(60_000);
    assert!(page.host.stored.is_empty());
    assert!(page.host.sent_batches.is_empty());
    assert_eq!(page.host.page_reads, 0);
    assert_eq!(page.host.flush_results, [Ok(())]);
}

#[test]
fn init_can_be_called_again_after_wrong_settings() {
    let (mut recorder, mut host) = (Recorder::new(), host());
    let wrong = recorder.start(r#"{"site":"demo","collector":3}"#, START, &mut host);
    assert_eq!(wrong, Err(CallError::CollectorInvalid));
    assert_eq!(recorder.on(Input::Reset, &mut host).unwrap_err(), CallError::NotStarted);
    assert!(host.stored.is_empty());
    recorder.start(&page_settings(SETTINGS), START, &mut host).unwrap();
    assert!(recorder.start(&page_settings(SETTINGS), START, &mut host).is_err());
}
