//! With whose leave: nothing before it, everything with it, nothing after it, and what the browser asks for.

use crate::{but_for_the_outbox, call, different, each, flush, kept, kept_by_the_recorder, open, texts};
use serde_json::{Value, json};
use support::browser::Browser;
use support::world::{World, kind};
use waymark::CallError::Off;
use waymark::level::Key;
use waymark::scope::Scope;

/// What is kept with leave.
fn kept_with_leave(world: &World) -> Vec<String> {
    let scope = Scope::of("demo", &world.collector());
    let both = [Key::CONSENT, Key::EUID, Key::SESSION].map(|key| scope.name(key));
    let cookies = both.iter().map(|name| format!("cookie {name}"));
    let settings = scope.name(Key::SETTINGS);
    let stored = both.iter().chain([&settings]).map(|name| format!("localStorage {name}"));
    cookies.chain(stored).collect()
}

/// Waits until so many entries are kept.
async fn wait_until_kept(browser: &Browser, entries: usize) {
    let ask = async || (but_for_the_outbox(kept(browser).await).len() == entries).then_some(());
    let is_kept = support::until(std::time::Duration::from_secs(20), ask).await;
    assert!(is_kept.is_some(), "{entries} entries, not {:?}", kept(browser).await);
}

/// Uses the page in every way; nothing of that is kept, and the page has sent nothing.
async fn assert_nothing_is_left(browser: &Browser) {
    browser.promised("use()").await;
    assert_nothing_is_kept_or_sent(browser).await;
}

async fn assert_nothing_is_kept_or_sent(browser: &Browser) {
    assert_eq!(kept(browser).await, [""; 0]);
    assert_eq!(browser.run("return sent()", &[]).await, json!([]));
}

/// Agrees, and waits until that has arrived: everything that was sent before has then arrived too.
async fn agree(browser: &Browser) {
    call(browser, "waymark('consent', 'granted')").await;
    flush(browser).await;
}

// Before an answer.

pub async fn before_an_answer_nothing_is_kept_or_sent(browser: &Browser, world: &World) {
    const WAIT: &str = r#"{ "consent": "wait", "level": 3, "user": { "variable": "app.user" } }"#;
    for _ in 0..2 {
        open(browser, world, "consent.html", WAIT).await;
        assert_nothing_is_left(browser).await;
        assert_eq!(browser.promised("waymark('flush')").await["ok"], false);
        assert_eq!(browser.run("return asked", &[]).await, 0, "nobody asks who the user is");
    }
    // The pages that were left have sent nothing while they went either.
    open(browser, world, "consent.html", r#"{ "consent": "wait" }"#).await;
    agree(browser).await;
    world.wait_for_kinds(&["pageView", "consent"]).await;
}

/// How many events the flush says were withdrawn.
async fn withdrawn(browser: &Browser) -> u32 {
    let outcome = browser.promised("waymark('flush')").await;
    if outcome["ok"] == json!(true) {
        return 0;
    }
    let said = outcome["error"].as_str().unwrap();
    let count = said.strip_prefix("events were lost; lost for good: ").unwrap();
    count.strip_suffix(" withdrawn by consent or level").unwrap().parse().unwrap()
}

pub async fn a_denial_leaves_nothing_behind(browser: &Browser, world: &World) {
    open(browser, world, "consent.html", r#"{ "consent": "wait" }"#).await;
    browser.promised("waymark('record', 'held', {})").await;
    call(browser, "waymark('consent', 'denied')").await;
    assert_nothing_is_left(browser).await;
    assert_eq!(withdrawn(browser).await, 2, "the view and the event");
    assert_nothing_is_kept_or_sent(browser).await;

    // The same where leave is implied until the user says no.
    open(browser, world, "consent.html", "{}").await;
    call(browser, "waymark('consent', 'denied')").await;
    assert_nothing_is_left(browser).await;
    // Whether the view had been recorded by then, its title decides.
    assert!(withdrawn(browser).await <= 1);
    assert_nothing_is_kept_or_sent(browser).await;

    open(browser, world, "consent.html", r#"{ "consent": "wait" }"#).await;
    agree(browser).await;
    world.wait_for_kinds(&["pageView", "consent"]).await;
}

pub async fn at_level_0_nothing_is_kept_or_sent(browser: &Browser, world: &World) {
    for consent in ["implied", "wait", "anonymous"] {
        open(browser, world, "consent.html", &format!(r#"{{ "level": 0, "consent": "{consent}" }}"#)).await;
        assert_nothing_is_left(browser).await;
        call(browser, "waymark('consent', 'granted')").await;
        assert_nothing_is_left(browser).await;
        flush(browser).await;
        assert_nothing_is_kept_or_sent(browser).await;
    }
    open(browser, world, "consent.html", r#"{ "consent": "wait" }"#).await;
    agree(browser).await;
    world.wait_for_kinds(&["pageView", "consent"]).await;
}

// After one.

pub async fn with_consent_held_events_arrive_with_their_times(browser: &Browser, world: &World) {
    open(browser, world, "consent.html", r#"{ "consent": "wait" }"#).await;
    let made = "(async () => {
        const made = [];
        for (const type of ['first', 'second', 'third']) {
            const before = Date.now();
            const recorded = waymark('record', type, {});
            made.push([before, Date.now()]);
            await recorded;
            if (type == 'second') history.pushState({}, '', '/elsewhere');
            await new Promise((done) => setTimeout(done, 200));
        }
        return made;
    })()";
    let made = browser.promised(made).await;
    agree(browser).await;
    let events = world.wait_for_kinds(&["pageView", "first", "second", "pageView", "third", "consent"]).await;
    for (name, made) in ["first", "second", "third"].iter().zip(made.as_array().unwrap()) {
        let event = events.iter().find(|event| kind(event) == *name).unwrap();
        let time = event["time"].as_i64().unwrap();
        let [before, after] = [&made[0], &made[1]].map(|time| time.as_i64().unwrap());
        // The recorder's clock is another than the page's, and browsers show both less exactly than they know them.
        assert!((before - 10..=after + 10).contains(&time), "{name} is of {time}, made from {before} to {after}");
    }
    let times: Vec<i64> = events.iter().map(|event| event["time"].as_i64().unwrap()).collect();
    assert!(times.is_sorted(), "{times:?}");
    assert_eq!(events[5]["data"], json!({ "purposes": ["functional", "analytics", "playback"] }));
    assert_eq!(each(&events, "/ctx/location/pathname")[2..4], ["/pages/consent.html", "/elsewhere"]);
    assert_eq!(different(each(&events, "/wm/euId")), 1);
    assert_eq!(different(each(&events, "/sId")), 1);
    wait_until_kept(browser, kept_with_leave(world).len()).await;
    assert_eq!(but_for_the_outbox(kept(browser).await), kept_with_leave(world));
}

pub async fn a_denial_after_consent_removes_everything(browser: &Browser, world: &World) {
    open(browser, world, "consent.html", r#"{ "consent": "wait" }"#).await;
    agree(browser).await;
    call(browser, "waymark('state.set', 'task', '7', 1, { record: false })").await;
    wait_until_kept(browser, kept_with_leave(world).len() + 1).await;
    browser.promised("Promise.all([waymark('record', 'queued', {}), waymark('consent', 'denied')])").await;
    assert_eq!(kept(browser).await, [""; 0]);
    browser.promised("use()").await;
    assert_eq!(withdrawn(browser).await, 1);
    assert_eq!(kept(browser).await, [""; 0]);

    open(browser, world, "consent.html", r#"{ "consent": "wait" }"#).await;
    agree(browser).await;
    let events = world.wait_for_kinds(&["pageView", "consent", "pageView", "consent"]).await;
    assert_ne!(events[1]["wm"]["euId"], events[2]["wm"]["euId"], "it is somebody new");
}

pub async fn consent_is_stored_for_the_next_page(browser: &Browser, world: &World) {
    open(browser, world, "consent.html", r#"{ "consent": "wait" }"#).await;
    agree(browser).await;
    open(browser, world, "consent.html", r#"{ "consent": "wait" }"#).await;
    flush(browser).await;
    let events = world.wait_for_kinds(&["pageView", "consent", "pageView"]).await;
    assert_eq!(different(each(&events, "/wm/euId")), 1);
    assert_eq!(different(each(&events, "/sId")), 1);
    let shown = call(browser, "waymark('inspect')").await;
    assert_eq!((&shown["consent"], &shown["mode"]), (&json!("granted"), &json!("on")));
}

pub async fn a_denial_in_one_tab_counts_in_the_other(browser: &Browser, world: &World) {
    open(browser, world, "consent.html", r#"{ "consent": "wait" }"#).await;
    agree(browser).await;
    let first = browser.new_tab().await;
    open(browser, world, "consent.html", r#"{ "consent": "wait" }"#).await;
    flush(browser).await;
    call(browser, "waymark('consent', 'denied')").await;
    browser.close_tab(first).await;
    let is_denied = async || call(browser, "waymark('inspect')").await["consent"] == "denied";
    let denied = support::until(std::time::Duration::from_secs(20), async || is_denied().await.then_some(()));
    assert!(denied.await.is_some(), "the other tab goes on");
    browser.promised("use()").await;
    flush(browser).await;
    assert_eq!(kept(browser).await, [""; 0]);
    open(browser, world, "consent.html", r#"{ "consent": "wait" }"#).await;
    agree(browser).await;
    world.wait_for_kinds(&["pageView", "consent", "pageView", "pageView", "consent"]).await;
}

pub async fn anonymously_events_arrive_and_nothing_is_kept(browser: &Browser, world: &World) {
    for _ in 0..2 {
        let settings = r#"{ "consent": "anonymous", "user": { "cookie": "customer", "variable": "app.user" } }"#;
        open(browser, world, "consent.html", settings).await;
        browser.run("document.cookie = 'customer=ann; path=/'", &[]).await;
        browser.promised("use()").await;
        flush(browser).await;
        assert_eq!(browser.run("return asked", &[]).await, 0, "nobody asks who the user is");
        assert_eq!(kept(browser).await, ["cookie customer"]);
    }
    let events = world.wait_for_kinds(&["pageView", "before", "play", "pageView", "after"].repeat(2)).await;
    assert!(each(&events, "/wm/euIdSource").iter().all(|source| *source == "Cache"));
    assert_eq!(different(each(&events[..5], "/wm/euId")), 1, "on one page it is one user");
    assert_eq!(different(each(&events, "/wm/euId")), 2, "on the next it is another");
    assert_eq!(different(each(&events, "/sId")), 2);
}

// What the browser asks for.

pub async fn under_global_privacy_control_users_are_not_linked(browser: &Browser, world: &World) {
    open(browser, world, "gpc.html", r#"{ "level": 3 }"#).await;
    flush(browser).await;
    call(browser, "waymark('identify', 'ann')").await;
    call(browser, "waymark('record', 'after', {})").await;
    flush(browser).await;
    let events = world.wait_for_kinds(&["pageView", "after"]).await;
    assert_eq!(each(&events, "/wm/euIdSource"), ["Cache", "Identifier"]);
    assert_ne!(events[0]["sId"], events[1]["sId"], "nothing says that both are one user");
    assert_eq!(call(browser, "waymark('inspect')").await["level"], 1);
}

pub async fn global_privacy_control_may_forbid_everything(browser: &Browser, world: &World) {
    open(browser, world, "gpc.html", r#"{ "gpc": "deny" }"#).await;
    for refused in ["waymark('identify', 'ann')", "waymark('record', 'after', {})"] {
        assert_eq!(browser.promised(refused).await["error"], Off.message(), "{refused}");
    }
    call(browser, "waymark('consent', 'granted')").await;
    flush(browser).await;
    assert_nothing_is_kept_or_sent(browser).await;
    let why = call(browser, "waymark('inspect')").await["why"].clone();
    assert_eq!((&why["gpc"], &why["settings"]), (&json!(0), &json!(1)));
    assert!(world.events().await.is_empty());
}

// What a user may ask for.

pub async fn a_forgotten_user_is_erased_in_the_browser_and_at_the_collector(browser: &Browser, world: &World) {
    open(browser, world, "consent.html", "{}").await;
    flush(browser).await;
    call(browser, "waymark('state.set', 'task', '7', 1)").await;
    flush(browser).await;
    assert!(kept_by_the_recorder(browser).await.len() > 4);
    world.wait_for_kinds(&["pageView", "play"]).await;
    call(browser, "waymark('record', 'queued', {})").await;
    call(browser, "waymark('forget')").await;
    assert_eq!(kept(browser).await, [""; 0]);
    let shown = call(browser, "waymark('inspect')").await;
    assert_eq!((&shown["stored"], &shown["batches"]), (&json!([]), &json!([])));
    assert_eq!(shown["mode"], "off");
    browser.promised("use()").await;
    assert_eq!(withdrawn(browser).await, 1);
    assert_eq!(kept(browser).await, [""; 0]);
    // The collector had events of this browser, and has none any more.
    world.wait_for(|events| events.is_empty()).await;
}

pub async fn inspect_shows_everything_held(browser: &Browser, world: &World) {
    open(browser, world, "consent.html", r#"{ "user": { "variable": "app.user" }, "nosuch": 1 }"#).await;
    flush(browser).await;
    call(browser, "waymark('record', 'queued', {})").await;
    let shown = call(browser, "waymark('inspect')").await;
    let mut names: Vec<&String> = shown.as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(
        names,
        [
            "batches",
            "build",
            "collector",
            "consent",
            "context",
            "hints",
            "level",
            "lost",
            "mode",
            "outbox",
            "purposes",
            "queued",
            "refusedIds",
            "refusedSettings",
            "session",
            "site",
            "stored",
            "tab",
            "unsent",
            "user",
            "why",
        ]
    );
    assert_eq!(shown["user"], json!({ "id": "ann", "source": "Identifier" }));
    assert_eq!((&shown["site"], &shown["collector"]), (&json!("demo"), &json!(world.collector())));
    assert_eq!((&shown["level"], &shown["consent"], &shown["mode"]), (&json!(1), &json!("implied"), &json!("on")));
    assert_eq!((&shown["queued"], &shown["unsent"]), (&json!(1), &json!(0)));
    assert_eq!(shown["refusedSettings"], json!(["nosuch is no setting"]));
    let caps = ["settings", "page", "consent", "gpc", "dnt", "gate", "manual"];
    assert!(caps.iter().all(|cap| shown["why"][cap].is_number()), "{}", shown["why"]);

    let stored = shown["stored"].as_array().unwrap();
    let mut lines: Vec<String> = stored
        .iter()
        .map(|entry| format!("{} {}", entry["where"].as_str().unwrap(), entry["key"].as_str().unwrap()))
        .collect();
    lines.sort();
    assert_eq!(but_for_the_outbox(lines), but_for_the_outbox(kept_by_the_recorder(browser).await));
    assert!(stored.iter().all(|entry| entry["value"].is_string()));

    let batches = shown["batches"].as_array().unwrap();
    assert_eq!(batches.len(), 1);
    assert_eq!(batches[0]["status"], 200);
    let body: Value = serde_json::from_str(batches[0]["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["site"], "demo", "as it was sent: {body}");
    assert!(texts(&json!([batches[0]["answer"]]))[0].starts_with('{'));
}
