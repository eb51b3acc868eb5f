//! The recorder on a host in memory: calls and browser signals go in, and batches come out, which the collector's code
//! reads.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

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

use page::{Browse, Page, SETTINGS, START, TITLE_WAIT_MS, each, envelope, example, expand, host, kinds, page_settings};
use serde_json::json;
use waymark::call_error::{CallError, FlushError};
use waymark::command::{Input, Record};
use waymark::{Recorder, session};
use waymark_wire::Lost;

// Events.

#[test]
fn a_played_walk_thru_has_every_key_of_the_example() {
    let mut page = Page::open("");
    let data = json!({
        "type": "wt", "oId": 124909, "oName": "Log in", "pInit": {"type": 1}, "oRequestedSubObject": 1394694,
        "oActualSubObject": 1394694, "pluginVer": "x.x",
    });
    let (at, data) = (START + 150, data.to_string());
    page.on(Input::Record(Record { at, kind: "play", data: &data, content: "wt:124909" }));
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
        page.content(kind, "wt:7");
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
        let event = Record { at: START, kind, data, content: "" };
        assert_eq!(page.call(Input::Record(event)), Err(why));
    }
    page.on(Input::Flush);
    assert_eq!(envelope(&page.host.sent_batches[0].1)["lost"], json!({"too_large": 1}));
}

// Batches.

#[test]
fn a_batch_is_sent_at_the_maximum_of_events() {
    let mut page = Page::open("batch.events = 3");
    page.record("a", "{}");
    assert!(page.host.sent_batches.is_empty());
    page.record("b", "{}");
    assert_eq!(kinds(&page.sent()), ["pageView", "a", "b"]);
}

#[test]
fn a_batch_is_sent_at_the_maximum_of_bytes() {
    let mut page = Page::open("batch.bytes = 2000");
    page.record("a", &json!({"text": "x".repeat(1_500)}).to_string());
    assert_eq!(kinds(&page.sent()), ["pageView", "a"]);
}

#[test]
fn a_batch_is_sent_at_the_maximum_age() {
    let mut page = Page::open("");
    page.wait(4_999);
    assert!(page.host.sent_batches.is_empty());
    page.wait(1);
    assert_eq!(kinds(&page.sent()), ["pageView"]);
    page.wait(3_600_000);
    assert!(page.host.sent_batches.is_empty(), "nothing happened, so nothing is sent");
}

#[test]
fn a_hidden_page_sends_the_open_batch() {
    let mut page = Page::open("");
    page.record("a", "{}");
    page.on(Input::Unload);
    assert_eq!(kinds(&page.sent()), ["pageView", "a"]);
}

#[test]
fn no_batch_is_larger_than_a_closing_page_may_send() {
    let mut page = Page::open("batch.bytes = 60000");
    let data = json!({"text": "x".repeat(29_000)}).to_string();
    (0..6).for_each(|_| page.record("large", &data));
    page.on(Input::Hidden);
    assert!(page.host.sent_batches.iter().map(|(_, body)| body.len()).sum::<usize>() <= 64 * 1024);
    assert!(page.host.sent_batches.iter().all(|(_, body)| body.len() <= 60_000));
    assert_eq!(page.sent().len(), 7, "the other batches are sent when these are answered");
}

#[test]
fn a_batch_with_the_longest_contexts_is_not_larger_either() {
    let mut page = Page::open("batch.bytes = 60000");
    let data = json!({"text": "x".repeat(15_000)}).to_string();
    for place in 0..8 {
        let (path, title) = (format!("/{place}").repeat(1_000), "\u{1}".repeat(1_000));
        page.host.go(&path, &title);
        page.on(Input::Navigated);
        page.on(Input::Identify(&"😀".repeat(256), ""));
        page.record("large", &data);
    }
    page.on(Input::Unload);
    let largest = page.host.sent_batches.iter().map(|(_, body)| body.len()).max().unwrap();
    assert!((30_000..=60_000).contains(&largest), "{largest}");
}

#[test]
fn a_flush_is_done_when_everything_is_acknowledged() {
    let mut page = Page::open("");
    page.on(Input::Flush);
    assert!(page.host.flush_results.is_empty());
    page.sent();
    assert_eq!(page.host.flush_results, [Ok(())]);
    page.on(Input::Flush);
    assert_eq!(page.host.flush_results, [Ok(()), Ok(())], "there was nothing to send");
}

#[test]
fn a_flush_without_a_collector_returns_an_error_and_the_events_are_sent_later() {
    let mut page = Page::open("");
    page.on(Input::Flush);
    let first = page.answer(0);
    assert_eq!(page.host.flush_results, [Err(FlushError { error: CallError::Unreachable, lost: Lost::default() })]);
    page.on(Input::Flush);
    let (_, second) = &page.host.sent_batches[0];
    assert_eq!(envelope(&first)["events"], envelope(second)["events"]);
    assert_eq!(envelope(second)["attempt"], 2);
    assert_eq!(expand(&first)[0]["id"], expand(second)[0]["id"]);
}

#[test]
fn a_refused_batch_is_counted_and_reported() {
    let mut page = Page::open("");
    page.on(Input::Flush);
    page.answer(401);
    assert_eq!(page.host.warnings, ["the collector does not know this site key: check 'site' in init"]);
    let report = envelope(&page.answer(200));
    assert_eq!((&report["lost"], &report["events"], &report["last"]), (&json!({"refused": 1}), &json!([]), &json!(0)));
    page.record("a", "{}");
    page.on(Input::Flush);
    let next = envelope(&page.host.sent_batches[0].1);
    assert_eq!((&next["lost"], &next["seq"], &next["last"]), (&json!({"refused": 1}), &json!(1), &json!(1)));
}

// The page of an event.

#[test]
fn the_page_is_read_once_per_batch_not_once_per_event() {
    let mut page = Page::open("batch.events = 1000");
    let before = page.host.page_reads;
    (0..500).for_each(|_| page.record("a", "{}"));
    assert_eq!(page.host.page_reads, before);
}

#[test]
fn a_new_viewport_is_in_the_next_event() {
    let mut page = Page::open("");
    page.host.page.screen = (1, 2);
    page.on(Input::Resized);
    page.record("a", "{}");
    let events = page.flushed();
    assert_eq!(events[0]["env"]["screen"], json!({"height": 561, "width": 1249}));
    assert_eq!(events[1]["env"]["screen"], json!({"height": 1, "width": 2}));
}

#[test]
fn each_navigation_is_one_view_with_the_title_set_after_it() {
    let mut page = Page::open("");
    page.host.page.pathname = "/cart/".to_owned();
    page.on(Input::Navigated);
    page.on(Input::Navigated);
    page.host.page.title = "Cart".to_owned();
    page.wait(TITLE_WAIT_MS);
    let events = page.flushed();
    assert_eq!(kinds(&events), ["pageView", "pageView"]);
    assert_eq!(each(&events, "/ctx/location/pathname"), ["/product/pink-alligator/", "/cart/"]);
    assert_eq!(each(&events, "/ctx/title"), [example()["ctx"]["title"].as_str().unwrap(), "Cart"]);
    assert_ne!(events[0]["ctx"]["visitId"], events[1]["ctx"]["visitId"]);
}

#[test]
fn addresses_and_titles_are_collected_without_what_identifies_a_person() {
    const TOKEN: &str = "dGhpcyBpcyBhIHNlY3JldCE1";
    for (settings, path, search, title) in [
        ("", "/u/[email]/[token]", "?next=[token]&page=2", "[email] - Mail"),
        ("collect.paths = 'exact'", "/u/ann@example.org/TOKEN", "?next=TOKEN&page=2", "ann@example.org - Mail"),
    ] {
        let mut host = host();
        host.page.search = format!("?next={TOKEN}&page=2");
        host.go(&format!("/u/ann@example.org/{TOKEN}"), "ann@example.org - Mail");
        let settings = format!("collect.query = ['next', 'page']\n{settings}");
        let ctx = &Page::open_in(host, &settings).flushed()[0]["ctx"];
        let found = ["/location/pathname", "/location/search", "/title"].map(|path| ctx.pointer(path).unwrap());
        assert_eq!(json!(found), json!([path, search, title].map(|text| text.replace("TOKEN", TOKEN))));
    }
    let mut page = Page::open_in_with(host(), &format!("{SETTINGS}\ncollect.paths = 'exact'"));
    page.host.go("/u/ann@example.org", "a");
    page.on(Input::Navigated);
    assert_eq!(page.flushed()[1]["ctx"]["location"]["pathname"], "/u/[email]", "a page cannot widen it");
}

#[test]
fn two_addresses_that_are_collected_alike_are_two_views() {
    let mut page = Page::open("");
    for user in ["ann", "bob", "bob"] {
        page.host.go(&format!("/u/{user}@example.org"), "a");
        page.on(Input::Navigated);
        page.wait(TITLE_WAIT_MS);
    }
    let events = page.flushed();
    assert_eq!(each(&events[1..], "/ctx/location/pathname"), ["/u/[email]"; 2]);
}

#[test]
fn long_addresses_and_titles_are_cut() {
    for paths in ["safe", "exact"] {
        let mut host = host();
        host.go(&"/é".repeat(3_000), &"é".repeat(3_000));
        let ctx = &Page::open_in(host, &format!("collect.paths = '{paths}'")).flushed()[0]["ctx"];
        let length = |path| ctx.pointer(path).unwrap().as_str().unwrap().chars().count();
        assert_eq!((length("/location/pathname"), length("/title")), (2_000, 1_000), "{paths}");
    }
}

#[test]
fn a_page_left_before_its_title_settled_still_records_its_view() {
    let (mut recorder, mut host) = (Recorder::new(), host());
    recorder.start(&page_settings(SETTINGS), START - 50, &mut host).unwrap();
    recorder.on(Input::Unload, &mut host).unwrap();
    let events = expand(&host.sent_batches[0].1);
    assert_eq!((kinds(&events), &events[0]["time"]), (vec!["pageView"], &json!(START - 50)));
}

#[test]
fn an_event_right_after_a_navigation_follows_its_view() {
    let mut page = Page::open("");
    page.host.go("/cart/", "Cart");
    page.on(Input::Navigated);
    page.record("a", "{}");
    page.host.go("/pay/", "Pay");
    page.on(Input::Navigated);
    page.host.go("/thanks/", "Thanks");
    page.on(Input::Navigated);
    let events = page.flushed();
    assert_eq!(kinds(&events), ["pageView", "pageView", "a", "pageView", "pageView"]);
    let paths = ["/product/pink-alligator/", "/cart/", "/cart/", "/pay/", "/thanks/"];
    assert_eq!(each(&events, "/ctx/location/pathname"), paths);
}

#[test]
fn an_event_has_the_address_and_title_at_its_time() {
    let mut page = Page::open("");
    page.record("first", "{}");
    page.host.page.pathname = "/login".to_owned();
    page.record("replaced", "{}");
    page.host.page.title = "Log in".to_owned();
    page.record("titled", "{}");
    page.host.page.timezone = 60;
    page.record("moved", "{}");
    let events = page.flushed();
    let first = "/product/pink-alligator/";
    assert_eq!(each(&events, "/ctx/location/pathname"), [first, first, "/login", "/login", "/login"]);
    let titles = each(&events, "/ctx/title");
    assert!(titles[..3].iter().all(|title| *title == titles[0]) && titles[3..] == ["Log in", "Log in"], "{titles:?}");
    assert_eq!((&events[3]["env"]["timezone"], &events[4]["env"]["timezone"]), (&json!(-120), &json!(60)));
    let visits = each(&events, "/ctx/visitId");
    assert!(visits.iter().all(|visit| *visit == visits[0]), "a replaced address is the same view");
}

#[test]
fn a_navigation_without_a_signal_is_a_view_before_the_next_event() {
    let mut page = Page::open("");
    page.host.go("/cart/", "Cart");
    page.host.is_unreported_navigation = true;
    let at = page.host.now;
    page.host.now += 5;
    page.on(Input::Record(Record { at, kind: "a", data: "{}", content: "" }));
    let events = page.flushed();
    assert_eq!(kinds(&events), ["pageView", "pageView", "a"]);
    assert_eq!(each(&events, "/ctx/location/pathname")[1..], ["/cart/", "/cart/"]);
    assert_eq!((&events[1]["time"], &events[1]["ctx"]["visitId"]), (&json!(at), &events[2]["ctx"]["visitId"]));
    assert_ne!(events[0]["ctx"]["visitId"], events[1]["ctx"]["visitId"]);
}

#[test]
fn navigating_back_from_a_replaced_path_is_a_new_view_of_the_first_path() {
    let mut page = Page::open("");
    let first = page.host.page.clone();
    page.host.go("/login", "Log in");
    page.on(Input::Replaced);
    page.host.page = first;
    page.on(Input::Navigated);
    page.wait(TITLE_WAIT_MS);
    assert_eq!(kinds(&page.flushed()), ["pageView", "pageView"]);
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
    for call in [Input::Record(Record { at: START, kind: "a", data: "{}", content: "" }), Input::Identify("ann", "")] {
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
