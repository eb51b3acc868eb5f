//! Page views: how long they wait for a title, what counts as one, and the event types of pages.

use crate::page::{Browse, Page, TITLE_WAIT_MS, each, envelope, host, kinds, site};
use serde_json::json;
use waymark::command::Input;
use waymark_wire::settings::TitleWait;

/// The titles of the views that are recorded by now, without another event that would end their wait.
fn titles(page: &mut Page) -> Vec<String> {
    page.wait(10_000);
    let events = page.sent();
    each(&events, "/ctx/title").into_iter().map(str::to_owned).collect()
}

fn navigated(settings: &str, title: &str) -> Page {
    let mut page = Page::open(settings);
    page.flushed();
    page.host.page.pathname = "/cart/".to_owned();
    page.host.page.title = title.to_owned();
    page.on(Input::Navigated);
    page
}

#[test]
fn a_view_takes_the_title_that_comes_within_its_wait() {
    assert_eq!(TITLE_WAIT_MS, i64::from(TitleWait::default().0));
    for (settings, after_ms, is_new) in [
        ("", 450, true),
        ("", 600, false),
        ("collect.titleWaitMs = 2000", 1_900, true),
        ("collect.titleWaitMs = 0", 50, false),
        ("collect.titleWaitMs = 100", 50, true),
    ] {
        let mut page = navigated(settings, "Shop");
        page.wait(after_ms);
        page.host.page.title = "Cart".to_owned();
        let expected = if is_new { "Cart" } else { "Shop" };
        assert_eq!(titles(&mut page), [expected], "{settings} {after_ms}");
    }
}

#[test]
fn a_view_is_recorded_as_soon_as_its_title_changes_and_keeps_its_time() {
    let mut page = navigated("collect.titleWaitMs = 10000", "Shop");
    let began = page.host.now;
    page.wait(250);
    page.host.page.title = "Cart".to_owned();
    page.wait(100);
    page.host.page.title = "Cart (3)".to_owned();
    let events = page.flushed();
    assert_eq!((kinds(&events), each(&events, "/ctx/title")), (vec!["pageView"], vec!["Cart"]));
    assert_eq!(events[0]["time"], json!(began));
}

#[test]
fn nothing_else_waits_with_a_view() {
    let mut page = navigated("collect.titleWaitMs = 10000\nbatch.events = 2", "Cart");
    page.record("Order Completed", "{}");
    assert_eq!(kinds(&page.sent()), ["pageView", "Order Completed"]);
    let mut page = navigated("collect.titleWaitMs = 10000", "Cart");
    page.on(Input::Unload);
    assert_eq!(kinds(&page.sent()), ["pageView"]);
}

#[test]
fn a_title_that_is_not_collected_is_not_waited_for() {
    let mut page = navigated("collect.title = false\nbatch.events = 1", "Cart");
    page.wait(0);
    assert_eq!(kinds(&page.sent()), ["pageView"]);
}

#[test]
fn a_replaced_path_is_a_view_only_where_the_site_says_so() {
    for (settings, views) in [("", 1), ("collect.replaceState = false", 1), ("collect.replaceState = true", 2)] {
        let mut page = Page::open(settings);
        page.host.go("/login", "Log in");
        page.on(Input::Replaced);
        page.host.page.title = "Log in again".to_owned();
        page.record("a", "{}");
        let events = page.flushed();
        assert_eq!(kinds(&events).iter().filter(|kind| **kind == "pageView").count(), views, "{settings}");
        let paths = each(&events, "/ctx/location/pathname");
        assert_eq!(paths.last(), Some(&"/login"), "{settings}");
        assert_eq!(each(&events, "/ctx/title").last(), Some(&"Log in again"), "{settings}");
    }
}

#[test]
fn a_page_alone_does_not_make_views_of_replaced_paths() {
    let mut host = host();
    host.settings = Some(site(""));
    let mut page = Page::open_in_with(host, "site = 'demo'\ncollector = '/c'\ncollect.replaceState = true");
    page.host.go("/login", "Log in");
    page.on(Input::Replaced);
    assert_eq!(kinds(&page.flushed()), ["pageView"]);
}

#[test]
fn a_page_that_routes_by_an_uncollected_hash_is_hinted_at_once() {
    for (settings, hash, hints) in
        [("", "#/cart", 1), ("", "#!cart", 1), ("", "#part", 0), ("collect.hash = true", "#/cart", 0)]
    {
        let mut host = host();
        host.page.hash = hash.to_owned();
        let mut page = Page::open_in(host, settings);
        assert_eq!(page.host.warnings, [""; 0], "{hash}");
        let shown = envelope(&page.call(Input::Inspect).unwrap());
        assert_eq!(shown["hints"].as_array().unwrap().len(), hints, "{hash}");
        assert_eq!(page.host.warnings.len(), hints, "{hash}");
    }
}

#[test]
fn types_of_other_products_are_recorded_as_they_are() {
    let long = "🛒".repeat(128);
    let types = ["Order Completed", "$pageview", "Añadir al carrito", "</script>\"\\", &long];
    let mut page = Page::open("");
    for kind in types {
        page.record(kind, "{}");
    }
    assert_eq!(kinds(&page.flushed())[1..], types);
}

#[test]
fn a_batch_of_types_that_need_escaping_stays_within_its_size() {
    let mut page = Page::open("batch.events = 1000\nbatch.bytes = 60000");
    let kind = "\"\\".repeat(64);
    for _ in 0..400 {
        page.record(&kind, "{}");
    }
    let bodies = page.flushed_bodies();
    assert!(bodies.len() > 1 && bodies.iter().all(|body| body.len() <= 60_000));
}

#[test]
fn only_a_browser_that_software_drives_says_so() {
    for is_automated in [false, true] {
        let mut host = host();
        host.user_agent.is_automated = is_automated;
        let mut page = Page::open_in(host, "");
        page.record("a", "{}");
        let body = page.flushed_bodies().remove(0);
        let said = if is_automated { json!(true) } else { json!(null) };
        assert_eq!(envelope(&body)["contexts"][0]["webdriver"], said);
    }
}
