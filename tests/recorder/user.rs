//! User, session and tab of events: the user is known early or late, changes, or signs out.

use crate::page::{Page, SETTINGS, START, each, envelope, host, kinds, page_settings};
use serde_json::{Value, json};
use waymark::Recorder;
use waymark::call_error::CallError;
use waymark::command::{Input, Record};
use waymark::testing::MemoryHost;

const COOKIE: &str = "user.cookie = 'user'";

fn signed_in(id: &str) -> MemoryHost {
    let mut host = host();
    host.cookies.insert("user".to_owned(), id.to_owned());
    host
}

fn sign_in(page: &mut Page, id: &str) {
    page.host.cookies.insert("user".to_owned(), id.to_owned());
    page.on(Input::Refresh);
}

fn sign_out(page: &mut Page) {
    page.host.cookies.clear();
    page.on(Input::Refresh);
}

fn state(page: &mut Page, verb: &str, entry: &str, value: &str) -> String {
    page.call(Input::State(crate::page::state(verb, entry, value))).unwrap()
}

// Early and late IDs.

#[test]
fn an_id_given_in_time_is_on_the_first_event() {
    let mut page = Page::open(COOKIE);
    page.record("early", "{}");
    page.wait(400);
    assert!(page.host.sent_batches.is_empty());
    sign_in(&mut page, "ann");
    let events = page.flushed();
    assert_eq!(kinds(&events), ["pageView", "early"]);
    assert_eq!(each(&events, "/wm/euId"), ["ann", "ann"]);
    assert!(!page.host.stored.contains_key("wm-euid.demo"), "no anonymous ID was needed");
}

#[test]
fn a_late_id_is_on_later_events_and_linked_once() {
    let mut page = Page::open(COOKIE);
    page.record("early", "{}");
    page.wait(1_000);
    sign_in(&mut page, "ann");
    page.record("late", "{}");
    page.on(Input::Refresh);
    let events = page.flushed();
    assert_eq!(kinds(&events), ["pageView", "early", "identify", "late"]);
    assert_eq!(each(&events, "/wm/euIdSource"), ["Cache", "Cache", "Identifier", "Identifier"]);
    assert_eq!(events[2]["data"], json!({"anonymousId": events[0]["wm"]["euId"]}));
    assert!(events.iter().all(|event| event["sId"] == events[0]["sId"]), "the session goes on");
    // The next page, on which the ID is known at once, does not link the user again.
    let mut next = Page::open_in(page.host, COOKIE);
    let events_there = next.flushed();
    assert_eq!(kinds(&events_there), ["pageView"]);
    assert_eq!(events_there[0]["sId"], events[0]["sId"]);
}

#[test]
fn a_user_who_signs_in_on_a_later_page_is_linked_there_and_keeps_the_session() {
    let mut page = Page::open(COOKIE);
    page.wait(1_000);
    let anonymous = page.flushed().remove(0);
    page.host.cookies.insert("user".to_owned(), "ann".to_owned());
    let mut next = Page::open_in(page.host, COOKIE);
    let events = next.flushed();
    assert_eq!(kinds(&events), ["identify", "pageView"]);
    assert_eq!(events[0]["data"]["anonymousId"], anonymous["wm"]["euId"]);
    assert_eq!(events[0]["sId"], anonymous["sId"]);
}

#[test]
fn a_user_identified_late_on_each_page_has_one_session_until_reset() {
    let mut page = Page::open("");
    page.on(Input::Identify("ann", ""));
    let session = page.flushed().remove(0)["sId"].clone();
    let mut next = Page::open_in(page.host, "");
    next.record("early", "{}");
    next.on(Input::Identify("ann", ""));
    next.record("late", "{}");
    let events = next.flushed();
    assert_eq!(kinds(&events), ["pageView", "early", "late"], "linked before");
    assert!(events.iter().all(|event| event["sId"] == session));
    next.on(Input::Reset);
    next.record("other", "{}");
    assert_ne!(next.flushed()[0]["sId"], session);
}

#[test]
fn the_first_view_belongs_to_a_user_identified_right_after_init() {
    let mut page = Page::open("");
    page.on(Input::Identify("ann", ""));
    page.flushed();
    let mut recorder = Recorder::new();
    let mut host = page.host;
    recorder.start(&page_settings(SETTINGS), host.now, &mut host).unwrap();
    recorder.on(Input::Identify("ann", ""), &mut host).unwrap();
    recorder.on(Input::Flush, &mut host).unwrap();
    let events = crate::page::expand(&host.sent_batches[0].1);
    assert_eq!((kinds(&events), each(&events, "/wm/euId")), (vec!["pageView"], vec!["ann"]));
}

#[test]
fn without_linking_a_sign_in_begins_a_new_session() {
    let mut page = Page::open(&format!("{COOKIE}\nidentity.link = false"));
    page.wait(1_000);
    let anonymous = page.flushed().remove(0);
    sign_in(&mut page, "ann");
    page.record("a", "{}");
    let events = page.flushed();
    assert_eq!(kinds(&events), ["a"]);
    assert_ne!(events[0]["sId"], anonymous["sId"]);
}

#[test]
fn a_page_that_closes_during_start_up_sends_its_events() {
    let mut page = Page::open(COOKIE);
    page.record("a", "{}");
    page.on(Input::Unload);
    let events = page.sent();
    assert_eq!(kinds(&events), ["pageView", "a"]);
    assert_eq!(each(&events, "/wm/euIdSource"), ["Cache", "Cache"]);
}

#[test]
fn the_wait_for_an_id_follows_the_setting_and_needs_a_provider() {
    for (settings, ms) in
        [("", 0), (COOKIE, 1_000), ("user.cookie = 'user'\nidentity.waitMs = 50", 50), ("user = 'none'", 0)]
    {
        let mut recorder = Recorder::new();
        let mut host = host();
        recorder.start(&page_settings(&format!("{}\n{settings}", SETTINGS)), START, &mut host).unwrap();
        let held = host.session_lock_requests == 0;
        assert_eq!(held, ms > 0, "{settings}");
        if held {
            host.now += ms;
            recorder.on(Input::TimerFired, &mut host).unwrap();
            assert_eq!(host.session_lock_requests, 1, "{settings}");
        }
    }
}

// Changes of the user.

#[test]
fn another_user_gets_a_new_session_and_earlier_events_keep_theirs() {
    let mut page = Page::open_in(signed_in("ann"), COOKIE);
    page.record("a", "{}");
    sign_in(&mut page, "ben");
    page.record("b", "{}");
    sign_out(&mut page);
    page.record("c", "{}");
    let events = page.flushed();
    assert_eq!(kinds(&events), ["pageView", "a", "b", "c"], "no users are linked");
    let ids = each(&events, "/wm/euId");
    assert_eq!(ids[..3], ["ann", "ann", "ben"]);
    assert_eq!(events[3]["wm"]["euIdSource"], "Cache");
    let sessions = each(&events, "/sId");
    assert!(sessions[1] != sessions[2] && sessions[2] != sessions[3] && sessions[1] != sessions[3], "{sessions:?}");
}

#[test]
fn an_anonymous_id_is_linked_to_one_user_only() {
    let mut page = Page::open(COOKIE);
    page.wait(1_000);
    sign_in(&mut page, "ann");
    sign_out(&mut page);
    page.record("between", "{}");
    sign_in(&mut page, "ben");
    page.record("b", "{}");
    let events = page.flushed();
    assert_eq!(kinds(&events), ["pageView", "identify", "between", "b"]);
    assert_eq!(events[2]["wm"]["euId"], events[0]["wm"]["euId"], "the anonymous ID again");
    assert_ne!(events[2]["sId"], events[3]["sId"]);
}

#[test]
fn with_provider_none_users_have_no_id() {
    let mut page = Page::open("user = 'none'");
    let events = page.flushed();
    assert_eq!(events[0]["wm"].get("euId"), None);
    assert_eq!(events[0]["wm"].get("euIdSource"), None);
    assert!(!page.host.stored.contains_key("wm-euid.demo"));
}

#[test]
fn a_hashed_id_never_appears_in_plain_text() {
    let mut page = Page::open_in(signed_in("adam.br"), &format!("{COOKIE}\nidentity.hash = true"));
    page.record("a", "{}");
    page.on(Input::Identify("eve@example.com", ""));
    page.record("b", "{}");
    let shown = page.call(Input::Inspect).unwrap();
    let bodies = page.flushed_bodies();
    assert!(bodies.join("").contains("LxhaMQBuA3cjHQqujqUmW/YDuHkWuCFjsT2uXs7lDQY"));
    for place in [bodies.join(""), format!("{:?}", page.host.stored), shown, format!("{:?}", page.recorder)] {
        assert!(!place.contains("adam.br") && !place.contains("eve@"), "{place}");
    }
}

// Sessions and tabs.

#[test]
fn one_of_several_tabs_opened_together_begins_the_session() {
    // Each tab looks for a session before any tab has begun one. Then the tabs get the lock one after the other.
    let mut tabs: Vec<(Recorder, MemoryHost)> = Vec::new();
    let mut browser = host();
    for _ in 0..10 {
        let mut recorder = Recorder::new();
        let mut own = host();
        own.now += tabs.len() as i64;
        recorder.start(&page_settings(SETTINGS), START, &mut own).unwrap();
        assert_eq!(own.session_lock_requests, 1);
        recorder.on(Input::Record(Record { at: START, kind: "a", data: "{}" }), &mut own).unwrap();
        tabs.push((recorder, own));
    }
    let mut sessions = Vec::new();
    for (recorder, own) in &mut tabs {
        own.stored = std::mem::take(&mut browser.stored);
        recorder.on(Input::SessionLockAcquired, own).unwrap();
        recorder.on(Input::SessionLockReleased, own).unwrap();
        recorder.on(Input::Flush, own).unwrap();
        sessions.extend(crate::page::expand(&own.sent_batches[0].1).iter().map(|event| event["sId"].clone()));
        browser.stored = std::mem::take(&mut own.stored);
    }
    sessions.dedup();
    assert_eq!(sessions.len(), 1, "{sessions:?}");
}

#[test]
fn without_locks_all_tabs_use_the_session_that_was_stored_last() {
    // Two tabs write at the same time. After the pause both read the stored session.
    let (mut first, mut second) = ((Recorder::new(), host()), (Recorder::new(), host()));
    for (recorder, own) in [&mut first, &mut second] {
        recorder.start(&page_settings(SETTINGS), START, own).unwrap();
        own.guid_seed += 1_000 * own.session_lock_requests as u64;
        recorder.on(Input::SessionLockAcquired, own).unwrap();
    }
    let written = second.1.stored["wm-session.demo"].clone();
    first.1.stored.insert("wm-session.demo".to_owned(), written);
    let mut sessions: Vec<Value> = Vec::new();
    for (recorder, own) in [&mut first, &mut second] {
        recorder.on(Input::SessionLockReleased, own).unwrap();
        recorder.on(Input::Flush, own).unwrap();
        sessions.push(crate::page::expand(&own.sent_batches[0].1)[0]["sId"].clone());
    }
    assert_eq!(sessions[0], sessions[1]);
}

#[test]
fn the_wait_for_the_session_lock_is_limited() {
    let (mut recorder, mut host) = (Recorder::new(), host());
    recorder.start(&page_settings(SETTINGS), START, &mut host).unwrap();
    while let (Some(at), true) = (host.wake_at, host.sent_batches.is_empty()) {
        host.now = at;
        recorder.on(Input::TimerFired, &mut host).unwrap();
    }
    assert_eq!(kinds(&crate::page::expand(&host.sent_batches[0].1)), ["pageView"]);
    assert!(host.now <= START + 1_000 + 5_000);
}

#[test]
fn event_numbers_continue_across_a_tab_s_pages() {
    let mut page = Page::open("");
    page.record("a", "{}");
    page.on(Input::Unload);
    let first = envelope(&page.host.sent_batches[0].1);
    page.sent();
    // An event recorded afterwards by an unload handler still gets its own number.
    page.record("b", "{}");
    page.on(Input::Unload);
    let mut next = Page::open_in(page.host, "");
    next.on(Input::Flush);
    let posts = &next.host.sent_batches;
    let second = envelope(&posts[posts.len() - 1].1);
    assert_eq!(first["tab"], second["tab"]);
    assert_eq!((&first["seq"], &second["seq"]), (&json!(0), &json!(3)));
}

#[test]
fn a_restored_page_is_a_new_view_and_a_new_tab() {
    let mut page = Page::open("");
    page.on(Input::Unload);
    let first = page.sent();
    assert!(page.host.stored.contains_key("wm-tab.demo.6d006da9"));
    page.on(Input::PageRestored);
    assert!(!page.host.stored.contains_key("wm-tab.demo.6d006da9"));
    let events = page.flushed();
    assert_eq!(kinds(&events), ["pageView"]);
    assert_ne!(events[0]["ctx"]["visitId"], first[0]["ctx"]["visitId"]);
}

#[test]
fn a_restored_page_reuses_no_number_of_the_page_in_between() {
    let mut page = Page::open("");
    page.on(Input::Unload);
    let mut sent = page.sent();
    let mut between = Page::open_in(std::mem::take(&mut page.host), "");
    between.record("a", "{}");
    between.on(Input::Unload);
    sent.extend(between.sent());
    page.host = between.host;
    page.on(Input::PageRestored);
    page.record("b", "{}");
    sent.extend(page.flushed());
    assert_eq!(kinds(&sent), ["pageView", "pageView", "a", "pageView", "b"]);
    let mut ids = each(&sent, "/id");
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 5, "no number is used twice");
}

#[test]
fn unacknowledged_events_keep_their_tab_when_the_page_is_restored() {
    let mut page = Page::open("");
    page.on(Input::Unload);
    let (number, first) = page.host.sent_batches.remove(0);
    // The page in between ended without notice, so the tab's entry that it had removed is lost.
    page.host.stored.remove("wm-tab.demo.6d006da9");
    page.on(Input::PageRestored);
    page.on(Input::BatchResponse(number, waymark::delivery::Response { status: 0, retry_after: 0, body: "" }));
    let tab = envelope(&first)["tab"].as_str().unwrap().parse().unwrap();
    assert!(page.host.tab_lock_requests.contains(&tab));
    page.on(Input::TabLockAcquired(tab));
    let bodies = page.flushed_bodies();
    let again = envelope(&bodies[0]);
    let first = envelope(&first);
    assert_eq!((&again["tab"], &again["seq"], &again["last"]), (&first["tab"], &first["seq"], &first["last"]));
    assert_ne!(envelope(&bodies[1])["tab"], first["tab"]);
}

// The user's state.

#[test]
fn progress_moves_to_the_identified_user_and_to_no_other() {
    let mut page = Page::open(COOKIE);
    page.wait(1_000);
    state(&mut page, "set", "task 7 365 1", "2");
    state(&mut page, "set", "course 9 365 1", "40");
    sign_in(&mut page, "ann");
    assert_eq!(envelope(&state(&mut page, "get", "task 7", ""))["value"], 2);
    state(&mut page, "set", "course 9 365 1", "60");
    sign_in(&mut page, "ben");
    assert_eq!(state(&mut page, "get", "task 7", ""), "null");
    assert_eq!(state(&mut page, "all", "", ""), "[]");
    sign_in(&mut page, "ann");
    assert_eq!(envelope(&state(&mut page, "get", "course 9", ""))["value"], 60);
    let recorded = page.flushed();
    assert_eq!(kinds(&recorded), ["pageView", "complete", "progress", "identify", "progress"]);
    assert!(page.host.stored.keys().all(|key| !key.contains("ann") && !key.contains("ben")));
}

#[test]
fn the_user_must_be_known_before_state_calls() {
    let mut page = Page::open(COOKIE);
    let get = crate::page::state("get", "task 7", "");
    assert_eq!(page.call(Input::State(get)), Err(CallError::Busy));
    page.wait(1_000);
    assert_eq!(state(&mut page, "get", "task 7", ""), "null");
}

#[test]
fn a_change_is_recorded_unless_the_call_says_not_to() {
    let mut page = Page::open("");
    state(&mut page, "set", "walkthru 7 365 1", "3");
    state(&mut page, "set", "walkthru 7 365 0", "4");
    let events = page.flushed();
    assert_eq!(kinds(&events), ["pageView", "step"]);
    assert_eq!(events[1]["data"]["oActualSubObject"], 3);
    assert!(events[1]["data"]["pId"].as_str().unwrap().contains("-7-"), "the event belongs to a play");
}

#[test]
fn reset_removes_the_anonymous_user_s_state() {
    let mut page = Page::open("");
    state(&mut page, "set", "task 7 365 1", "1");
    page.on(Input::Reset);
    assert_eq!(state(&mut page, "get", "task 7", ""), "null");
}
