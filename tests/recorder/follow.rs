//! What a page follows: the first notice has what holds, later ones what has changed.

use crate::page::{Page, SETTINGS, START, host, page_settings, site, state};
use serde_json::{Value, json};
use waymark::command::Input;
use waymark::recorder::Follower;
use waymark::state::sync::SYNC_WAIT_MS;
use waymark::{CallError, Recorder};

/// What the follower is told now.
fn told(page: &mut Page, follower: &mut Follower) -> Option<Value> {
    page.recorder.follow(follower, &mut page.host).map(|notice| serde_json::to_value(notice).unwrap())
}

#[track_caller]
fn follow(page: &mut Page, name: &str) -> (Follower, Value) {
    let mut follower = Follower::named(name).unwrap();
    let first = told(page, &mut follower).unwrap();
    assert_eq!(told(page, &mut follower), None, "nothing has changed");
    (follower, first)
}

#[test]
fn four_subjects_can_be_followed() {
    for name in ["level", "user", "state", "delivery"] {
        assert!(Follower::named(name).is_some(), "{name}");
    }
    for name in ["", "levels", "session"] {
        assert!(Follower::named(name).is_none(), "{name}");
    }
}

#[test]
fn the_level_in_force_is_told_and_each_change_of_it() {
    let mut page = Page::open("level = 2");
    let (mut level, first) = follow(&mut page, "level");
    assert_eq!(first, 2);
    page.on(Input::Level(3));
    assert_eq!(told(&mut page, &mut level), None, "the page can only lower it");
    page.on(Input::Level(1));
    assert_eq!(told(&mut page, &mut level), Some(json!(1)));
    page.on(Input::Consent(0));
    assert_eq!(told(&mut page, &mut level), Some(json!(0)));
}

#[test]
fn the_user_is_told_as_inspect_shows_it() {
    let mut page = Page::open("");
    let (mut user, first) = follow(&mut page, "user");
    assert_eq!((first["id"].as_str().map(str::len), &first["identified"]), (Some(36), &json!(false)));
    page.on(Input::Identify("ann", ""));
    assert_eq!(told(&mut page, &mut user), Some(json!({ "id": "ann", "identified": true })));
    page.on(Input::Identify("ann", ""));
    assert_eq!(told(&mut page, &mut user), None);
    page.on(Input::Consent(0));
    assert_eq!(told(&mut page, &mut user), Some(json!({ "identified": false })));
}

#[test]
fn users_who_are_not_told_apart_have_no_id() {
    let (_, first) = follow(&mut Page::open("user = 'none'"), "user");
    assert_eq!(first, json!({ "identified": false }));
}

#[test]
fn of_the_state_the_entries_are_told_that_changed() {
    let mut page = Page::open("");
    page.on(Input::State(state("set", "task 7 365 1", "1")));
    let (mut entries, first) = follow(&mut page, "state");
    assert_eq!(first, json!([{ "kind": "task", "name": "7", "value": 1 }]));
    page.on(Input::State(state("set", "task 7 365 1", "1")));
    assert_eq!(told(&mut page, &mut entries), None, "the same value");
    page.on(Input::State(state("set", "task 7 365 1", "2")));
    page.on(Input::State(state("set", "data a 365 1", "{\"b\":[]}")));
    let changed = told(&mut page, &mut entries).unwrap();
    let [data, task] = [
        json!({ "kind": "data", "name": "a", "value": { "b": [] } }),
        json!({ "kind": "task", "name": "7", "value": 2 }),
    ];
    assert_eq!(
        (changed.as_array().unwrap().len(), changed[0] == data, changed[1] == task),
        (2, true, true),
        "{changed}"
    );
    page.on(Input::State(state("remove", "data a", "")));
    assert_eq!(told(&mut page, &mut entries), Some(json!([{ "kind": "data", "name": "a" }])));
}

#[test]
fn another_user_has_another_state() {
    let mut page = Page::open("");
    page.on(Input::Identify("ann", ""));
    page.on(Input::State(state("set", "task 7 365 1", "1")));
    let (mut entries, _) = follow(&mut page, "state");
    page.on(Input::Reset);
    assert_eq!(told(&mut page, &mut entries), Some(json!([{ "kind": "task", "name": "7" }])));
    page.on(Input::Identify("ann", ""));
    assert_eq!(told(&mut page, &mut entries), Some(json!([{ "kind": "task", "name": "7", "value": 1 }])));
}

#[test]
fn the_state_is_not_told_before_it_is_known_whose_it_is() {
    let mut page = Page::open("user.cookie = 'user'\nidentity.waitMs = 5000");
    let mut entries = Follower::named("state").unwrap();
    assert_eq!(told(&mut page, &mut entries), None);
    page.wait(5_000);
    assert_eq!(told(&mut page, &mut entries), Some(json!([])));
}

#[test]
fn what_other_tabs_write_is_told() {
    let mut page = Page::open("");
    let (mut entries, first) = follow(&mut page, "state");
    assert_eq!(first, json!([]));
    let mut other = Page::open_in(std::mem::take(&mut page.host), "");
    other.on(Input::State(state("set", "goal 3 365 1", "1")));
    page.host = other.host;
    assert_eq!(told(&mut page, &mut entries), None, "nobody has said so");
    page.on(Input::Refresh);
    assert_eq!(told(&mut page, &mut entries), Some(json!([{ "kind": "goal", "name": "3", "value": 1 }])));
}

#[test]
fn what_waits_to_be_delivered_is_told() {
    let mut page = Page::open("consent = 'wait'");
    let (mut delivery, first) = follow(&mut page, "delivery");
    let none = json!({});
    assert_eq!(first, json!({ "queued": 1, "unsent": 0, "held": true, "lost": none }), "{first}");
    page.on(Input::Consent(7));
    page.flushed();
    assert_eq!(told(&mut page, &mut delivery), Some(json!({ "queued": 0, "unsent": 0, "held": false, "lost": none })));
    page.record("a", "{}");
    assert_eq!(told(&mut page, &mut delivery).unwrap()["queued"], 1);
}

// Calls that wait are woken.

#[test]
fn an_init_that_waits_for_the_site_s_settings_is_woken_when_it_has_waited_long_enough() {
    let (mut recorder, mut host) = (Recorder::new(), host());
    host.settings = None;
    assert_eq!(recorder.start(&page_settings(SETTINGS), START, &mut host), Err(CallError::Busy));
    let due = host.wake_at.take().unwrap();
    host.now = due - 1;
    assert_eq!(recorder.start(&page_settings(SETTINGS), START, &mut host), Err(CallError::Busy));
    assert_eq!(host.wake_at, Some(due), "it was woken too early");
    host.now = due;
    assert_eq!(recorder.start(&page_settings(SETTINGS), START, &mut host), Ok(()));
    assert_eq!(host.wake_at, None);
}

#[test]
fn an_identify_that_waits_for_the_user_s_state_is_woken_when_it_has_waited_long_enough() {
    let mut page = Page::open("");
    page.host.settings = Some(site(""));
    assert_eq!(page.call(Input::Identify("ann", "signed")), Err(CallError::Busy));
    page.wait(0);
    assert_eq!(page.host.wake_at, Some(page.host.now + SYNC_WAIT_MS));
    page.host.now += SYNC_WAIT_MS;
    assert_eq!(page.call(Input::AwaitState), Ok(String::new()));
}

#[test]
fn an_identify_that_waits_does_not_bring_its_user_back() {
    let mut page = Page::open("");
    assert_eq!(page.call(Input::Identify("ann", "signed")), Err(CallError::Busy));
    page.on(Input::Identify("ben", ""));
    assert_eq!(page.call(Input::AwaitState), Ok(String::new()));
    let (_, user) = follow(&mut page, "user");
    assert_eq!(user["id"], "ben");
}
