//! Sessions and tabs: what pages and tabs of one browser share, and what each has of its own.

use crate::{call, different, each, flush, open};
use serde_json::Value;
use support::browser::Browser;
use support::world::World;

fn numbers(events: &[Value]) -> Vec<i64> {
    let mut numbers: Vec<i64> = events.iter().map(|event| event["server"]["seq"].as_i64().unwrap()).collect();
    numbers.sort_unstable();
    numbers
}

pub async fn ten_tabs_that_open_at_once_share_one_session(browser: &Browser, world: &World) {
    const TABS: usize = 10;
    browser.goto(&world.page("pages/gate.html")).await;
    for _ in 0..TABS {
        browser.new_tab().await;
        browser.goto(&world.page("pages/gate.html")).await;
    }
    // Told by the last of them, which stays.
    browser.run("go()", &[]).await;
    let events = world.wait_for(|events| events.len() >= TABS).await;
    assert_eq!(each(&events, "/type"), ["pageView"; TABS]);
    assert_eq!(different(each(&events, "/sId")), 1);
    assert_eq!(different(each(&events, "/visions/sId")), 1);
    assert_eq!(different(each(&events, "/server/tab")), TABS);
}

pub async fn a_tab_continues_after_a_reload(browser: &Browser, world: &World) {
    open(browser, world, "plain.html", "{}").await;
    call(browser, "waymark('record', 'before', {})").await;
    flush(browser).await;
    browser.run("window.old = true; location.reload()", &[]).await;
    browser.wait_for("!window.old && window.waymark").await;
    call(browser, "waymark('record', 'after', {})").await;
    flush(browser).await;
    let events = world.wait_for_kinds(&["pageView", "before", "pageView", "after"]).await;
    assert_eq!(different(each(&events, "/server/tab")), 1);
    assert_eq!(numbers(&events), [0, 1, 2, 3]);
}

pub async fn a_tab_s_numbers_have_no_gaps_over_three_pages(browser: &Browser, world: &World) {
    browser.goto(&world.page("pages/plain.html")).await;
    for page in ["One tag", "Plain"] {
        browser.wait_for("window.waymark && !waymark.q").await;
        // It has started: until the site's settings are known, calls wait in the page and are gone with it.
        call(browser, "waymark('inspect')").await;
        // The last calls of a page leave with it.
        let leave = "for (let i = 0; i < 3; i++) waymark('record', 'left', {}); ";
        let there = match page {
            "One tag" => "document.querySelector('#next').click()",
            _ => "location.href = 'plain.html'",
        };
        browser.run(&format!("{leave}{there}"), &[]).await;
        browser.wait_for(&format!("document.title === '{page}'")).await;
    }
    flush(browser).await;
    let events = world.wait_for(|events| events.len() >= 9).await;
    assert_eq!(different(each(&events, "/server/tab")), 1);
    assert_eq!(numbers(&events), (0..9).collect::<Vec<i64>>());
    assert_eq!(different(each(&events, "/sId")), 1);
}

pub async fn a_copied_tab_is_another_tab(browser: &Browser, world: &World) {
    browser.goto(&world.page("pages/plain.html")).await;
    flush(browser).await;
    browser.click("#copy").await;
    let events = world.wait_for_kinds(&["pageView", "pageView"]).await;
    assert_eq!(different(each(&events, "/server/tab")), 2);
    assert_eq!(different(each(&events, "/sId")), 1);
    assert_eq!(different(each(&events, "/wm/euId")), 1);
    call(browser, "waymark('record', 'after', {})").await;
    flush(browser).await;
    let events = world.wait_for_kinds(&["pageView", "pageView", "after"]).await;
    assert_eq!(events[2]["server"]["tab"], events[0]["server"]["tab"]);
    assert_eq!(events[2]["server"]["seq"], 1);
}
