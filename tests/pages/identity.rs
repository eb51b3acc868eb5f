//! Who the user is: where the site says so, where it says so late, and what the browser keeps of whom it does not know.

use crate::{call, different, each, flush, kept_by_the_recorder, open, wrong};
use serde_json::{Value, json};
use support::browser::Browser;
use support::world::{World, kind};

pub async fn a_cookie_names_the_user(browser: &Browser, world: &World) {
    browser.goto(&world.page("pages/cookie.html")).await;
    flush(browser).await;
    let events = world.wait_for_kinds(&["pageView"]).await;
    assert_eq!(events[0]["wm"]["euId"], "ann b");
    assert_eq!(events[0]["wm"]["euIdSource"], "Identifier");
}

pub async fn a_variable_names_the_user(browser: &Browser, world: &World) {
    browser.goto(&world.page("pages/variable.html")).await;
    flush(browser).await;
    let events = world.wait_for_kinds(&["pageView"]).await;
    assert_eq!(events[0]["wm"]["euId"], "4711");
    assert_eq!(events[0]["wm"]["euIdSource"], "Identifier");
}

pub async fn an_unknown_user_is_the_same_on_the_next_page(browser: &Browser, world: &World) {
    browser.goto(&world.page("pages/inline.html")).await;
    flush(browser).await;
    browser.click("#next").await;
    browser.wait_for("document.title === 'One tag'").await;
    flush(browser).await;
    let events = world.wait_for_kinds(&["pageView", "pageView"]).await;
    assert_eq!(events[0]["wm"]["euIdSource"], "Cache");
    assert_eq!(events[1]["wm"]["euIdSource"], "Cache");
    assert_eq!(events[0]["wm"]["euId"], events[1]["wm"]["euId"]);
    assert_eq!(events[0]["sId"], events[1]["sId"], "the session goes on");
    assert_ne!(events[0]["ctx"]["visitId"], events[1]["ctx"]["visitId"]);
}

/// Opens the page with these settings of `user`, and says whom its page view is of.
async fn user_of(settings: &str, browser: &Browser, world: &World) -> Value {
    let before = world.events().await.len();
    open(browser, world, "identity.html", &format!(r#"{{ "user": {settings} }}"#)).await;
    flush(browser).await;
    let events = world.wait_for(|events| events.len() > before).await;
    assert_eq!(kind(events.last().unwrap()), "pageView");
    events.last().unwrap()["wm"].clone()
}

pub async fn every_provider_can_name_the_user(browser: &Browser, world: &World) {
    for (settings, id) in [
        (r#"{ "cookie": "customer" }"#, "by cookie"),
        (r#"{ "variable": "app.users[0].id" }"#, "by variable"),
        (r#"{ "variable": "app.users.0.id" }"#, "by variable"),
        (r#"{ "localStorage": "customer" }"#, "by localStorage"),
        (r#"{ "sessionStorage": "customer" }"#, "by sessionStorage"),
        (r##"{ "selector": "#name" }"##, "by text"),
        (r##"{ "selector": "#login" }"##, "by input"),
        (r##"{ "selector": "#card", "attribute": "data-user" }"##, "by attribute"),
        (r#"{ "meta": "customer" }"#, "by meta"),
        (r#"{ "function": "app.who" }"#, "by function"),
        (r#"{ "idToken": "localStorage:bare" }"#, "by token"),
        (r#"{ "idToken": "localStorage:oidc", "claim": "name" }"#, "by jörg"),
    ] {
        let user = user_of(settings, browser, world).await;
        assert_eq!((&user["euId"], &user["euIdSource"]), (&json!(id), &json!("Identifier")), "{settings}");
    }
    assert_eq!(wrong(browser).await, json!([]));
}

pub async fn the_first_provider_with_an_id_wins(browser: &Browser, world: &World) {
    for (settings, id) in [
        (r#"{ "cookie": "nosuch", "variable": "app.users[0].id", "meta": "customer" }"#, "by variable"),
        (r#"{ "meta": "customer", "variable": "app.users[0].id", "cookie": "customer" }"#, "by meta"),
        (r#"{ "variable": ["app.nobody.text", "app.users[0].id"] }"#, "by variable"),
        (r#"{ "idToken": "localStorage:old", "cookie": "customer" }"#, "by cookie"),
    ] {
        assert_eq!(user_of(settings, browser, world).await["euId"], id, "{settings}");
    }
}

pub async fn an_invalid_id_identifies_no_user(browser: &Browser, world: &World) {
    let mut anonymous = Vec::new();
    for settings in [
        r#"{ "variable": "app.nobody.text" }"#,
        r#"{ "variable": "app.nobody.blank" }"#,
        r#"{ "variable": "app.nobody.long" }"#,
        r#"{ "variable": "app.nobody.line" }"#,
        r#"{ "variable": "app.nobody.object" }"#,
        r#"{ "variable": "app.nobody.zero" }"#,
        r#"{ "variable": "app.nosuch.path" }"#,
        r##"{ "selector": "#secret" }"##,
        r##"{ "selector": "#nosuch" }"##,
        r#"{ "idToken": "localStorage:old" }"#,
        r#"{ "idToken": "localStorage:customer" }"#,
    ] {
        let user = user_of(settings, browser, world).await;
        assert_eq!(user["euIdSource"], "Cache", "{settings}");
        anonymous.push(user["euId"].as_str().unwrap().to_owned());
    }
    assert_eq!(different(anonymous), 1, "the same anonymous user");
    assert_eq!(wrong(browser).await, json!([]));
}

pub async fn a_site_can_leave_users_undistinguished(browser: &Browser, world: &World) {
    let user = user_of(r#""none""#, browser, world).await;
    assert!(user.get("euId").is_none_or(|id| id == ""), "{user}");
    let kept = kept_by_the_recorder(browser).await;
    assert!(!kept.iter().any(|line| line.ends_with("wm-euid.demo")), "{kept:?}");
}

pub async fn a_promise_that_is_kept_soon_names_the_user_of_the_first_view(browser: &Browser, world: &World) {
    browser.goto(&world.page("pages/promise.html?after=300")).await;
    let events = world.wait_for_kinds(&["pageView"]).await;
    assert_eq!(events[0]["wm"]["euId"], "eve");
    flush(browser).await;
    world.wait_for_kinds(&["pageView"]).await;
}

pub async fn a_promise_that_is_kept_late_links_the_anonymous_user(browser: &Browser, world: &World) {
    browser.goto(&world.page("pages/promise.html?after=3000")).await;
    let events = world.wait_for_kinds(&["pageView", "identify"]).await;
    assert_eq!(each(&events, "/wm/euIdSource"), ["Cache", "Identifier"]);
    assert_eq!(events[1]["wm"]["euId"], "eve");
    assert_eq!(events[1]["data"], json!({ "anonymousId": events[0]["wm"]["euId"] }));
    assert_eq!(events[0]["sId"], events[1]["sId"], "the session goes on");
    // The wait is 1,000 ms unless the site says otherwise; a busy machine is late, never early.
    let sent = events[0]["server"]["sent"].as_i64().unwrap() - events[0]["time"].as_i64().unwrap();
    assert!((950..3_000).contains(&sent), "after {sent} ms");
}

pub async fn a_user_is_linked_once_at_login_and_anonymous_after_logout(browser: &Browser, world: &World) {
    open(browser, world, "identity.html", "{}").await;
    flush(browser).await;
    call(browser, "waymark('identify', 'ann')").await;
    call(browser, "waymark('identify', 'ann')").await;
    call(browser, "waymark('record', 'in', {})").await;
    flush(browser).await;
    browser.goto(&world.page("pages/login.html")).await;
    flush(browser).await;
    call(browser, "waymark('reset')").await;
    call(browser, "waymark('record', 'out', {})").await;
    flush(browser).await;
    let events = world.wait_for_kinds(&["pageView", "identify", "in", "pageView", "out"]).await;
    let sources = each(&events, "/wm/euIdSource");
    assert_eq!(sources, ["Cache", "Identifier", "Identifier", "Identifier", "Cache"]);
    let (users, sessions) = (each(&events, "/wm/euId"), each(&events, "/sId"));
    assert_eq!(users[1..4], ["ann"; 3]);
    assert_ne!(users[0], users[4], "the next user is not known to be the same");
    assert_eq!(different(sessions[..4].to_vec()), 1);
    assert_ne!(sessions[3], sessions[4]);
}

pub async fn a_provider_that_no_longer_names_the_user_leaves_the_anonymous_user(browser: &Browser, world: &World) {
    open(browser, world, "identity.html", r#"{ "user": { "variable": "app.login" }, "identity": { "waitMs": 0 } }"#)
        .await;
    flush(browser).await;
    for (login, kind) in [("'ann'", "in"), ("null", "out")] {
        browser.run(&format!("app.login = {login}"), &[]).await;
        call(browser, &format!("waymark('record', '{kind}', {{}})")).await;
        flush(browser).await;
    }
    let mut events = world.wait_for(|events| events.len() == 4).await;
    events.sort_by_key(|event| event["server"]["seq"].as_i64());
    assert_eq!(each(&events, "/type"), ["pageView", "identify", "in", "out"]);
    let (users, sessions) = (each(&events, "/wm/euId"), each(&events, "/sId"));
    assert_eq!((users[2], users[3]), ("ann", users[0]));
    assert_eq!((sessions[2], different(sessions.clone())), (sessions[0], 2), "another user has another session");
}

pub async fn a_hashed_id_is_never_sent_or_stored_in_plain(browser: &Browser, world: &World) {
    let settings = r#"{ "user": { "variable": "app.hashed" }, "identity": { "hash": true } }"#;
    open(browser, world, "identity.html", settings).await;
    flush(browser).await;
    call(browser, "waymark('state.set', 'task', '7', 1)").await;
    call(browser, "waymark('identify', 'adam.br')").await;
    call(browser, "waymark('record', 'after', {})").await;
    flush(browser).await;
    let events = world.wait_for_kinds(&["pageView", "play", "after"]).await;
    assert_eq!(each(&events, "/wm/euId"), ["LxhaMQBuA3cjHQqujqUmW/YDuHkWuCFjsT2uXs7lDQY"; 3]);
    assert_eq!(each(&events, "/wm/euIdSource"), ["Identifier"; 3]);
    let shown = call(browser, "waymark('inspect')").await.to_string();
    let stores = "return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])";
    let stores = browser.run(stores, &[]).await.to_string();
    assert!(stores.contains("wm-session.demo"), "{stores}");
    for text in [&shown, &stores, &json!(events).to_string()] {
        assert!(!text.contains("adam"), "{text}");
    }
    assert!(world.is_stored("LxhaMQBuA3cjHQqujqUmW") && !world.is_stored("adam"));
}

// What the browser keeps.

pub async fn an_id_deleted_in_one_storage_area_is_repaired_from_the_other(browser: &Browser, world: &World) {
    const BOTH: [&str; 2] = ["cookie wm-euid.demo", "localStorage wm-euid.demo"];
    let kept = async || {
        let mut lines = kept_by_the_recorder(browser).await;
        lines.retain(|line| line.ends_with("wm-euid.demo"));
        lines
    };
    browser.goto(&world.page("pages/plain.html")).await;
    flush(browser).await;
    assert_eq!(kept().await, BOTH);
    browser.run("localStorage.clear()", &[]).await;
    assert_eq!(kept().await, BOTH[..1]);
    browser.goto(&world.page("pages/plain.html")).await;
    flush(browser).await;
    assert_eq!(kept().await, BOTH);
    browser.forget_cookies(&world.page("pages/none")).await;
    browser.goto(&world.page("pages/plain.html")).await;
    flush(browser).await;
    assert_eq!(kept().await, BOTH);
    let events = world.wait_for_kinds(&["pageView"; 3]).await;
    assert_eq!(different(each(&events, "/wm/euId")), 1);
    assert_eq!(different(each(&events, "/sId")), 1);
}

pub async fn without_storage_the_anonymous_id_lives_as_long_as_the_page(browser: &Browser, world: &World) {
    open(browser, world, "blocked.html", "{}").await;
    flush(browser).await;
    call(browser, "waymark('state.set', 'task', '7', 1, { record: false })").await;
    assert_eq!(call(browser, "waymark('state.get', 'task', '7')").await["value"], 1);
    call(browser, "waymark('record', 'after', {})").await;
    flush(browser).await;
    let events = world.wait_for_kinds(&["pageView", "after"]).await;
    assert_eq!(events[0]["wm"], events[1]["wm"]);
    assert_eq!(events[0]["sId"], events[1]["sId"]);
    assert_eq!(wrong(browser).await, json!([]));
}
