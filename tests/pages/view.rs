//! What a view is: one for each page and each address that an application moves to, and nothing else.

use crate::{call, different, each, flush, open, wrong};
use serde_json::{Value, json};
use support::browser::Browser;
use support::engine::Engine;
use support::world::World;

pub async fn a_single_page_application_has_a_view_per_navigation(browser: &Browser, world: &World) {
    browser.goto(&world.page("pages/single.html")).await;
    flush(browser).await;
    for path in ["/orders", "/settings"] {
        browser.run("go(arguments[0])", &[json!(path)]).await;
        browser.promised("new Promise((done) => setTimeout(done, 200))").await;
    }
    // By the page: WebKit's own button passes over entries that no user made.
    browser.run("history.back()", &[]).await;
    browser.wait_for("location.pathname === '/orders'").await;
    browser.promised("new Promise((done) => setTimeout(done, 200))").await;
    flush(browser).await;
    let events = world.wait_for_kinds(&["pageView"; 4]).await;
    let paths: Vec<_> = events.iter().map(|event| &event["ctx"]["location"]["pathname"]).collect();
    assert_eq!(paths, ["/pages/single.html", "/orders", "/settings", "/orders"]);
    assert_eq!(events[1]["ctx"]["title"], "/orders");
    assert_eq!(events[2]["ctx"]["title"], "/settings");
    let visit = |event: &Value| event["ctx"]["visitId"].as_str().unwrap().to_owned();
    let visits: std::collections::HashSet<String> = events.iter().map(visit).collect();
    assert_eq!(visits.len(), 4, "each view is a visit");
}

/// Follows two links by that router and goes back once; what it does then has settled.
async fn follow(router: &str, paths: [&str; 2], browser: &Browser) {
    const SETTLED: &str = "new Promise((done) => setTimeout(done, 200))";
    for path in paths {
        browser.run(&format!("routers.{router}(arguments[0])"), &[json!(path)]).await;
        browser.promised(SETTLED).await;
    }
    browser.run("history.back()", &[]).await;
    browser.wait_for(&format!("location.href.endsWith('{}') || history.state?.at > 1", paths[0])).await;
    browser.promised(SETTLED).await;
    flush(browser).await;
}

pub async fn every_router_has_a_view_per_navigation(browser: &Browser, world: &World) {
    let mut before = 0;
    for router in ["react", "vue", "noise"] {
        open(browser, world, "routers.html", "{}").await;
        flush(browser).await;
        follow(router, ["/a", "/b"], browser).await;
        let events = world.wait_for(|events| events.len() >= before + 4).await;
        let views = &events[before..];
        assert_eq!(each(views, "/type"), ["pageView"; 4], "{router}");
        assert_eq!(each(views, "/ctx/location/pathname"), ["/pages/routers.html", "/a", "/b", "/a"], "{router}");
        assert_eq!(each(views, "/ctx/title")[..3], ["Routers", "/a", "/b"], "{router}");
        assert_eq!(different(each(views, "/ctx/visitId")), 4, "{router}");
        before = events.len();
    }
    assert_eq!(wrong(browser).await, json!([]));
}

pub async fn a_hash_change_is_a_view_only_if_the_site_collects_hashes(browser: &Browser, world: &World) {
    world.set_site("collect.hash = true").await;
    open(browser, world, "routers.html", r#"{ "collect": { "hash": false } }"#).await;
    flush(browser).await;
    follow("hash", ["#/a", "#/b"], browser).await;
    open(browser, world, "routers.html", "{}").await;
    flush(browser).await;
    follow("hash", ["#/a", "#/b"], browser).await;
    let events = world.wait_for_kinds(&["pageView"; 5]).await;
    assert_eq!(each(&events, "/ctx/location/hash"), ["", "", "#/a", "#/b", "#/a"]);
}

pub async fn only_listed_query_parameters_are_collected(browser: &Browser, world: &World) {
    world.set_site("collect.query = [\"utm_source\", \"page\"]").await;
    let page = world.page("pages/plain.html?utm_source=news&page=2&token=secret&settings=");
    browser.goto(&format!("{page}%7B%7D")).await;
    flush(browser).await;
    // A page leaves out what its site would have, and adds nothing.
    browser.goto(&format!("{page}%7B%22collect%22:%7B%22query%22:[%22utm_source%22,%22token%22]%7D%7D")).await;
    flush(browser).await;
    let events = world.wait_for_kinds(&["pageView", "pageView"]).await;
    assert_eq!(each(&events, "/ctx/location/search"), ["?utm_source=news&page=2", "?utm_source=news"]);
    assert!(!json!(events).to_string().contains("secret") && !world.is_stored("secret"));
}

pub async fn a_page_restored_from_the_back_forward_cache_is_a_view(browser: &Browser, world: &World) {
    browser.goto(&world.page("pages/back.html")).await;
    flush(browser).await;
    browser.click("#next").await;
    browser.wait_for("document.title === 'One tag' && window.waymark").await;
    flush(browser).await;
    browser.run("history.back()", &[]).await;
    browser.wait_for("document.title === 'Back' && window.waymark").await;
    call(browser, "waymark('record', 'after', {})").await;
    flush(browser).await;
    let events = world.wait_for_kinds(&["pageView", "pageView", "pageView", "after"]).await;
    assert_eq!(each(&events, "/ctx/title"), ["Back", "One tag", "Back", "Back"]);
    assert_eq!(different(each(&events, "/ctx/visitId")), 3);
    assert_eq!(different(each(&events, "/sId")), 1);
    // Engines that show the page again before they tell the other one that it is left make it another tab.
    let numbers: Vec<_> =
        events.iter().map(|event| (event["server"]["tab"].to_string(), &event["server"]["seq"])).collect();
    assert_eq!(different(numbers.iter().map(|number| format!("{number:?}")).collect()), 4, "{numbers:?}");
    let audit = world.wait_for_audit(|audit| audit["missing"] == 0).await;
    assert_eq!(audit["created"], 4, "{audit}");
}

pub async fn a_prerendered_page_is_viewed_when_activated(browser: &Browser, world: &World) {
    browser.goto(&world.page("pages/prerender.html")).await;
    flush(browser).await;
    let is_made_ready = browser.engine == Engine::Chromium;
    if is_made_ready {
        browser.wait_for("localStorage.getItem('ready')").await;
        // Time enough to be viewed before it is seen.
        browser.promised("new Promise((done) => setTimeout(done, 500))").await;
    }
    let followed = browser.run("return Date.now()", &[]).await.as_i64().unwrap();
    browser.click("#next").await;
    browser.wait_for("document.title === 'Made ready'").await;
    flush(browser).await;
    let events = world.wait_for_kinds(&["pageView", "pageView"]).await;
    assert_eq!(events[1]["ctx"]["title"], "Made ready");
    assert!(events[1]["time"].as_i64().unwrap() >= followed, "it was viewed before anybody saw it");
    if is_made_ready {
        let entry = "return performance.getEntriesByType('navigation')[0].activationStart > 0";
        assert_eq!(browser.run(entry, &[]).await, true, "it was not made ready");
    }
}

pub async fn an_event_belongs_to_the_page_as_it_is_when_it_is_recorded(browser: &Browser, world: &World) {
    world.set_site("collect.hash = true").await;
    let mut before = 0;
    for navigation in ["", "none", "other"] {
        browser.goto(&world.page(&format!("pages/moves.html?navigation={navigation}&settings=%7B%7D"))).await;
        flush(browser).await;
        let moves = "waymark('record', 'first', {});
            history.replaceState({}, '', '/login');
            waymark('record', 'replaced', {});
            document.title = 'Signed in';
            waymark('record', 'titled', {});
            history.pushState({}, '', '/home');
            waymark('record', 'pushed', {});
            location.hash = '#part';
            waymark('record', 'hash', {});
            History.prototype.pushState.call(history, {}, '', '/silent');
            waymark('record', 'silent', {});
            window.tellsBack = true;
            history.back();";
        browser.run(moves, &[]).await;
        browser.wait_for("location.hash === '#part'").await;
        let events = world.wait_for(|events| events.len() >= before + 12).await;
        // An export is in the order of time; several of them happen in the same millisecond.
        let mut events = events[before..].to_vec();
        events.sort_by_key(|event| event["server"]["seq"].as_u64());
        let events = &events;
        let view = "pageView";
        let kinds = [view, "first", "replaced", "titled", view, "pushed", view, "hash", view, "silent", view, "back"];
        assert_eq!(each(events, "/type"), kinds, "{navigation}");
        let first = "/pages/moves.html";
        let paths = [
            first, first, "/login", "/login", "/home", "/home", "/home", "/home", "/silent", "/silent", "/home",
            "/home",
        ];
        assert_eq!(each(events, "/ctx/location/pathname"), paths, "{navigation}");
        let hashes: Vec<&str> = each(events, "/ctx/location/hash");
        assert_eq!(hashes[5..], ["", "#part", "#part", "", "", "#part", "#part"], "{navigation}");
        let titles = each(events, "/ctx/title");
        assert_eq!((titles[2], titles[3]), ("Moves", "Signed in"), "{navigation}");
        let visits = each(events, "/ctx/visitId");
        // A replaced address is the same visit; each navigation begins one.
        assert!(visits[..4].iter().all(|visit| *visit == visits[0]), "{navigation}");
        for pair in visits[4..].chunks(2) {
            assert_eq!(pair[0], pair[1], "{navigation}");
        }
        assert_eq!(different(visits), 5, "{navigation}");
        before += events.len();
    }
    assert_eq!(wrong(browser).await, json!([]));
}

pub async fn a_navigation_from_a_replaced_path_back_to_the_first_path_is_a_view(browser: &Browser, world: &World) {
    for (count, navigation) in [(2, ""), (4, "none"), (6, "other")] {
        browser.goto(&world.page(&format!("pages/moves.html?navigation={navigation}&settings=%7B%7D"))).await;
        flush(browser).await;
        browser.run("window.first = location.href; history.replaceState({}, '', '/login')", &[]).await;
        browser.run("history.pushState({}, '', first)", &[]).await;
        flush(browser).await;
        let views = vec!["pageView"; count];
        let events = world.wait_for_kinds(&views).await;
        let paths = each(&events, "/ctx/location/pathname");
        assert!(paths.iter().all(|path| *path == "/pages/moves.html"), "{navigation}: {paths:?}");
        assert_eq!(different(each(&events, "/ctx/visitId")), count, "{navigation}");
    }
    assert_eq!(wrong(browser).await, json!([]));
}

pub async fn an_event_that_waited_for_the_recorder_belongs_to_the_page_of_its_call(browser: &Browser, world: &World) {
    browser.goto(&world.page("pages/moved-early.html")).await;
    flush(browser).await;
    call(browser, "waymark('record', 'after', {})").await;
    flush(browser).await;
    let events = world.wait_for_kinds(&["pageView", "before", "replaced", "titled", "after"]).await;
    let first = "/pages/moved-early.html";
    assert_eq!(each(&events, "/ctx/location/pathname"), [first, first, "/login", "/login", "/welcome"]);
    assert_eq!(each(&events, "/ctx/title"), ["Moved early", "Moved early", "Moved early", "Log in", "Log in"]);
    assert_eq!(different(each(&events, "/ctx/visitId")), 1, "nobody knows whether it was a navigation");
}

pub async fn a_stopped_recorder_restores_the_page(browser: &Browser, world: &World) {
    open(browser, world, "stop.html", "{}").await;
    browser.run("window.ours = waymark", &[]).await;
    flush(browser).await;
    call(browser, "waymark('stop')").await;
    assert_eq!(browser.run("return isAsItWas()", &[]).await, true);
    let refused = browser.promised("ours('record', 'after', {})").await;
    assert_eq!(refused["ok"], false, "{refused}");
    browser.run("history.pushState({}, '', '/elsewhere')", &[]).await;
    browser.promised("new Promise((done) => setTimeout(done, 200))").await;
    browser.goto(&world.page("pages/plain.html")).await;
    flush(browser).await;
    let events = world.wait_for_kinds(&["pageView", "pageView"]).await;
    assert_eq!(each(&events, "/ctx/title"), ["Stopped", "Plain"]);
    assert_eq!(different(each(&events, "/server/tab")), 1, "the tab goes on");
}

pub async fn a_page_that_seems_to_route_by_its_hash_is_hinted_at(browser: &Browser, world: &World) {
    open(browser, world, "outcomes.html", "{}").await;
    browser.run("location.hash = '#/cart'", &[]).await;
    call(browser, "waymark('init', settings())").await;
    flush(browser).await;
    for _ in 0..2 {
        let shown = call(browser, "waymark('inspect')").await;
        let hints = shown["hints"].as_array().unwrap();
        assert!(hints.len() == 1 && hints[0].as_str().unwrap().contains("collect.hash"), "{hints:?}");
    }
    let lines = browser.run("return said.filter((line) => line.includes('collect.hash')).length", &[]).await;
    assert_eq!(lines, 1, "the console has the hint once");
}

pub async fn a_replaced_path_is_a_view_only_if_the_site_says_so(browser: &Browser, world: &World) {
    const MOVES: &str = "history.replaceState({}, '', location.href + '#same');
        history.replaceState({}, '', '/login');
        waymark('record', 'after', {});";
    const KINDS: [&str; 3] = ["pageView", "pageView", "after"];
    world.set_site("collect.replaceState = true").await;
    let mut before = 0;
    for navigation in ["", "none"] {
        browser.goto(&world.page(&format!("pages/moves.html?navigation={navigation}&settings=%7B%7D"))).await;
        flush(browser).await;
        browser.run(MOVES, &[]).await;
        flush(browser).await;
        let events = world.wait_for(|events| events.len() >= before + KINDS.len()).await;
        let mut events = events[before..].to_vec();
        events.sort_by_key(|event| event["server"]["seq"].as_u64());
        assert_eq!(each(&events, "/type"), KINDS, "{navigation}");
        let paths = ["/pages/moves.html", "/login", "/login"];
        assert_eq!(each(&events, "/ctx/location/pathname"), paths, "{navigation}");
        before += events.len();
    }
}
