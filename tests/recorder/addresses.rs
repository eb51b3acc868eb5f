//! The page of an event: its address, title and viewport, and the navigations that make a view.

use crate::page::{Browse, Page, SETTINGS, START, TITLE_WAIT_MS, each, example, expand, host, kinds, page_settings};
use serde_json::json;
use waymark::Recorder;
use waymark::command::{Input, Record};

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
    page.on(Input::Record(Record { at, kind: "a", data: "{}" }));
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
