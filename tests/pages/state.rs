//! What the site remembers of its user: how far, for how long, and for whom.

use crate::{call, flush, kept, open};
use serde_json::{Value, json};
use support::browser::Browser;
use support::world::{World, kind};

async fn value(browser: &Browser, kind: &str, name: &str) -> Value {
    call(browser, &format!("waymark('state.get', '{kind}', '{name}')")).await["value"].clone()
}

pub async fn state_can_be_read_and_its_changes_are_recorded(browser: &Browser, world: &World) {
    open(browser, world, "state.html", "{}").await;
    flush(browser).await;
    assert_eq!(call(browser, "waymark('state.all')").await, json!([]));
    assert_eq!(call(browser, "waymark('state.get', 'task', '7')").await, json!(null));
    for set in [
        "'walkthru', '1', 3",
        "'autoplay', '2', 1",
        "'goal', '3', 1",
        "'task', '4', 1",
        "'task', '4', 2",
        "'course', '5', 50",
        "'course', '5', 100",
        "'data', 'theme', { dark: true }",
        // No change, and one that is not to be recorded.
        "'task', '4', 2",
        "'task', '6', 1, { record: false, days: 1 }",
    ] {
        call(browser, &format!("waymark('state.set', {set})")).await;
    }
    flush(browser).await;
    let recorded = ["step", "autoplay", "goal", "play", "complete", "progress", "complete", "save"];
    let events = world.wait_for_kinds(&[&["pageView"], recorded.as_slice()].concat()).await;
    let types: Vec<&Value> = events[1..].iter().map(|event| &event["data"]["type"]).collect();
    assert_eq!(types, ["wt", "autoplay", "goal", "task", "task", "course", "course", "data"]);
    assert_eq!((&events[5]["data"]["oId"], &events[5]["data"]["value"]), (&json!(4), &json!(2)));
    assert_eq!(events[8]["data"]["value"], json!({ "dark": true }));

    let entry = call(browser, "waymark('state.get', 'task', '6')").await;
    let lasts = entry["expires"].as_i64().unwrap() - entry["at"].as_i64().unwrap();
    assert_eq!((&entry["value"], lasts), (&json!(1), 86_400_000));
    assert_eq!(value(browser, "data", "theme").await, json!({ "dark": true }));
    call(browser, "waymark('state.remove', 'goal', '3')").await;
    assert_eq!(value(browser, "goal", "3").await, json!(null));
    let all = call(browser, "waymark('state.all')").await;
    let mut names: Vec<String> =
        all.as_array().unwrap().iter().map(|entry| format!("{} {}", entry["kind"], entry["name"])).collect();
    names.sort();
    let expected = ["autoplay 2", "course 5", "data theme", "task 4", "task 6", "walkthru 1"];
    assert_eq!(names, expected.map(|name| format!("\"{}\"", name.replace(' ', "\" \""))));
    for wrong in
        ["'tour', '1', 1", "'task', 'seven', 1", "'task', '4', 3", "'data', 'a b', 1", "'task', '4', 1, { days: 0 }"]
    {
        let outcome = browser.promised(&format!("waymark('state.set', {wrong})")).await;
        assert_eq!(outcome["ok"], false, "{wrong}");
    }
}

pub async fn state_expires(browser: &Browser, world: &World) {
    open(browser, world, "state.html", "{}").await;
    call(browser, "waymark('state.set', 'task', '7', 1, { days: 1 })").await;
    call(browser, "waymark('state.set', 'task', '8', 1, { days: 3 })").await;
    browser.run("later(2)", &[]).await;
    assert_eq!(value(browser, "task", "7").await, json!(null));
    assert_eq!(value(browser, "task", "8").await, 1);
    let kept = kept(browser).await;
    let states: Vec<&String> = kept.iter().filter(|line| line.contains("wm-state.")).collect();
    assert_eq!(states, ["localStorage wm-state.demo.0.task.8"]);
}

pub async fn edited_state_is_ignored(browser: &Browser, world: &World) {
    open(browser, world, "state.html", "{}").await;
    flush(browser).await;
    // What cannot be read is as good as not there.
    let edit = r#"localStorage.setItem('wm-state.demo.0.data.edited', '{"v":1,"sync":"localOnly","value":{')"#;
    browser.run(edit, &[]).await;
    let outcome = browser.promised("waymark('state.get', 'data', 'edited')").await;
    assert_eq!(outcome, json!({ "ok": true, "value": null }));
    call(browser, "waymark('state.set', 'data', 'edited', 1)").await;
    assert_eq!(value(browser, "data", "edited").await, 1);
    call(browser, "waymark('state.remove', 'data', 'edited')").await;
    call(browser, "waymark('state.all')").await;
    call(browser, "waymark('record', 'after', {})").await;
}

pub async fn tabs_share_state(browser: &Browser, world: &World) {
    open(browser, world, "state.html", "{}").await;
    flush(browser).await;
    let first = browser.new_tab().await;
    open(browser, world, "state.html", "{}").await;
    call(browser, "waymark('state.set', 'course', '5', 40)").await;
    browser.close_tab(first).await;
    assert_eq!(value(browser, "course", "5").await, 40);
}

pub async fn a_site_can_store_state_in_cookies(browser: &Browser, world: &World) {
    for step in [1, 2] {
        open(browser, world, "state.html", r#"{ "state": "cookie" }"#).await;
        if step == 1 {
            call(browser, r#"waymark('state.set', 'data', 'a', 'ö; =")')"#).await;
        }
        assert_eq!(value(browser, "data", "a").await, "ö; =\")");
        let kept = kept(browser).await;
        let states: Vec<&String> = kept.iter().filter(|line| line.contains("wm-state.")).collect();
        assert_eq!(states, ["cookie wm-state.demo.0.data.a"]);
    }
    call(browser, "waymark('state.remove', 'data', 'a')").await;
    assert!(!kept(browser).await.iter().any(|line| line.contains("wm-state.")));
}

pub async fn without_room_the_old_value_stays(browser: &Browser, world: &World) {
    open(browser, world, "state.html", "{}").await;
    call(browser, "waymark('state.set', 'task', '7', 1)").await;
    let full = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }";
    browser.run(full, &[]).await;
    let outcome = browser.promised("waymark('state.set', 'task', '7', 2)").await;
    assert_eq!(outcome["ok"], false, "{outcome}");
    assert_eq!(value(browser, "task", "7").await, 1);
    flush(browser).await;
    world.wait_for_kinds(&["pageView", "play"]).await;
}

pub async fn progress_moves_to_the_known_user_only(browser: &Browser, world: &World) {
    open(browser, world, "state.html", "{}").await;
    call(browser, "waymark('identify', 'ann')").await;
    call(browser, "waymark('state.set', 'course', '5', 80)").await;
    call(browser, "waymark('reset')").await;
    assert_eq!(call(browser, "waymark('state.all')").await, json!([]));

    call(browser, "waymark('state.set', 'course', '5', 50)").await;
    call(browser, "waymark('state.set', 'task', '7', 1)").await;
    call(browser, "waymark('identify', 'ann')").await;
    assert_eq!(value(browser, "course", "5").await, 80, "it never goes back");
    assert_eq!(value(browser, "task", "7").await, 1);
    call(browser, "waymark('reset')").await;
    call(browser, "waymark('identify', 'ben')").await;
    assert_eq!(call(browser, "waymark('state.all')").await, json!([]));

    // On a later page too.
    browser.goto(&world.page("pages/login.html")).await;
    browser.wait_for("window.waymark").await;
    assert_eq!(value(browser, "course", "5").await, 80);
    assert_eq!(value(browser, "task", "7").await, 1);
    flush(browser).await;
    let events = world.wait_for(|events| events.len() > 6).await;
    let progress: Vec<&Value> =
        events.iter().filter(|event| kind(event) == "progress").map(|event| &event["wm"]).collect();
    assert_eq!((&progress[0]["euId"], &progress[1]["euIdSource"]), (&json!("ann"), &json!("Cache")));
}
