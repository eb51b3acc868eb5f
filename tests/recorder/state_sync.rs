//! Sync of one user's state between two browsers: each browser sends its changes to the collector and receives the
//! other's. Both end with the same state, even if requests or replies are lost.

use crate::page::{Page, START, envelope, host};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use waymark::call_error::CallError;
use waymark::command::Input;
use waymark::delivery::Response;
use waymark::state::sync::{SYNC_AGAIN_MS, SYNC_DELAY_MS, SYNC_WAIT_MS};
use waymark::testing::MemoryHost;
use waymark_wire::state::{Item, Reply, Request, Versioned};

/// A collector's entries of one user, merged by the rules of `waymark_wire`.
#[derive(Default)]
struct Collector {
    has: BTreeMap<(String, String), Versioned>,
    asked: usize,
}

impl Collector {
    /// Handles a request at `now`, epoch ms, and returns the reply.
    fn take(&mut self, body: &str, now: i64) -> String {
        self.asked += 1;
        let request: Request = serde_json::from_str(body).unwrap();
        request.check().unwrap();
        assert_eq!((&*request.site, &*request.user, &*request.signature), ("demo", "ann", "signed"));
        let mut reply: Reply = Reply::default();
        for item in request.entries {
            let (key, sent) = item.read(now).unwrap();
            let there = self.has.remove(&key);
            let merged = there.map_or(sent.clone(), |there| sent.merged(there, &key.0));
            self.has.insert(key, merged);
        }
        reply.entries = self.has.iter().map(|(key, entry)| Item::new(key.clone(), entry.clone())).collect();
        serde_json::to_string(&reply).unwrap()
    }
}

fn identify(page: &mut Page) -> Result<String, CallError> {
    page.call(Input::Identify("ann", "signed"))
}

/// A browser of the signed user.
fn browser() -> Page {
    let mut page = Page::open("");
    let _ = identify(&mut page);
    page
}

fn state(page: &mut Page, verb: &str, entry: &str, value: &str) -> String {
    page.call(Input::State(crate::page::state(verb, entry, value))).unwrap()
}

/// All entries, by kind and name.
fn all(page: &mut Page) -> BTreeMap<String, Value> {
    let list = envelope(&state(page, "all", "", ""));
    let name = |entry: &Value| format!("{} {}", entry["kind"].as_str().unwrap(), entry["name"].as_str().unwrap());
    list.as_array().unwrap().iter().map(|entry| (name(entry), entry["value"].clone())).collect()
}

fn answer(page: &mut Page, number: u32, status: u16, body: &str) {
    page.on(Input::StateResponse(number, Response { status, retry_after: 0, body }));
}

/// Sends and answers all requests that are due.
fn settle(page: &mut Page, collector: &mut Collector) {
    for _ in 0..20 {
        page.wait(SYNC_DELAY_MS);
        for (number, body) in std::mem::take(&mut page.host.state_requests) {
            let lines = collector.take(&body, page.host.now);
            answer(page, number, 200, &lines);
        }
    }
}

/// The user returns to the page after a while.
fn look(page: &mut Page, collector: &mut Collector) {
    page.wait(SYNC_AGAIN_MS);
    page.on(Input::Refresh);
    settle(page, collector);
}

#[test]
fn identify_of_a_signed_user_returns_with_the_other_browser_s_state() {
    let collector = &mut Collector::default();
    let mut one = browser();
    settle(&mut one, collector);
    state(&mut one, "set", "walkthru 7 365 1", "3");
    state(&mut one, "set", "data colour 365 1", r#"{"r":[1," \n"]}"#);
    settle(&mut one, collector);

    let mut two = Page::open("");
    assert_eq!(identify(&mut two), Err(CallError::Busy), "until the first reply");
    two.wait(0);
    let (number, body) = two.host.state_requests.remove(0);
    assert_eq!(envelope(&body), json!({"site": "demo", "user": "ann", "signature": "signed", "entries": []}));
    let lines = collector.take(&body, START);
    answer(&mut two, number, 200, &lines);
    assert_eq!(identify(&mut two), Ok(String::new()));
    assert_eq!(all(&mut two), all(&mut one));
    assert_eq!(all(&mut two)["walkthru 7"], 3);
    // Neither browser has anything to send.
    let asked = collector.asked;
    settle(&mut one, collector);
    settle(&mut two, collector);
    assert_eq!(collector.asked, asked);
}

#[test]
fn identify_does_not_wait_for_an_unreachable_collector() {
    let mut page = browser();
    page.wait(0);
    let (number, _) = page.host.state_requests.remove(0);
    answer(&mut page, number, 0, "");
    assert_eq!(identify(&mut page), Ok(String::new()));
    // The collector is asked again.
    page.wait(5_000);
    assert_eq!(page.host.state_requests.len(), 1);

    let mut page = browser();
    page.wait(SYNC_WAIT_MS);
    assert_eq!(identify(&mut page), Ok(String::new()));
}

#[test]
fn without_a_signature_or_permission_nothing_is_sent() {
    for (settings, user, signature) in [
        ("", "ann", ""),
        ("consent = 'wait'", "ann", "signed"),
        ("consent = 'anonymous'", "ann", "signed"),
        ("level = 0", "ann", "signed"),
        ("user = 'none'", "ann", "signed"),
    ] {
        let mut page = Page::open(settings);
        let _ = page.call(Input::Identify(user, signature));
        state(&mut page, "set", "task 7 365 1", "1");
        page.wait(60_000);
        page.on(Input::Unload);
        assert!(page.host.state_requests.is_empty(), "{settings}");
    }
    let mut page = browser();
    page.on(Input::Consent(waymark::level::purpose::ANALYTICS));
    state(&mut page, "set", "task 7 365 1", "1");
    page.wait(60_000);
    assert!(page.host.state_requests.is_empty());
}

#[test]
fn a_reply_for_an_earlier_user_is_ignored() {
    let collector = &mut Collector::default();
    let mut one = browser();
    state(&mut one, "set", "task 7 365 1", "2");
    settle(&mut one, collector);

    let mut two = browser();
    two.wait(0);
    let (number, body) = two.host.state_requests.remove(0);
    two.on(Input::Reset);
    let _ = two.call(Input::Identify("ben", "signed too"));
    let lines = collector.take(&body, START);
    answer(&mut two, number, 200, &lines);
    assert!(all(&mut two).is_empty());
    two.on(Input::Reset);
    two.wait(60_000);
    assert!(two.host.state_requests.is_empty());
}

#[test]
fn a_bad_signature_is_reported_and_not_retried() {
    let mut page = browser();
    page.wait(0);
    let (number, _) = page.host.state_requests.remove(0);
    answer(&mut page, number, 401, "");
    assert!(page.host.warnings[0].contains("signature"));
    assert_eq!(identify(&mut page), Ok(String::new()));
    page.wait(600_000);
    assert!(page.host.state_requests.is_empty());
    // The page may pass another signature.
    assert_eq!(page.call(Input::Identify("ann", "signed anew")), Err(CallError::Busy));
    page.wait(0);
    assert_eq!(page.host.state_requests.len(), 1);
    let mut page = browser();
    page.wait(0);
    let (number, _) = page.host.state_requests.remove(0);
    answer(&mut page, number, 403, "");
    state(&mut page, "set", "task 7 365 1", "1");
    page.wait(600_000);
    assert!(page.host.state_requests.is_empty());
}

#[test]
fn a_removal_wins_and_a_later_value_is_set_again() {
    let collector = &mut Collector::default();
    let (mut one, mut two) = (browser(), browser());
    state(&mut one, "set", "walkthru 7 365 1", "5");
    state(&mut one, "set", "data a 365 1", "1");
    settle(&mut one, collector);
    look(&mut two, collector);
    assert_eq!(all(&mut two).len(), 2);

    state(&mut one, "remove", "walkthru 7", "");
    state(&mut one, "remove", "data a", "");
    settle(&mut one, collector);
    assert!(all(&mut one).is_empty());
    // The other browser does not know of the removal yet. The value that it sets now is later, so the value is kept
    // in the new version.
    two.host.now = one.host.now + 1;
    state(&mut two, "set", "data a 365 1", "2");
    settle(&mut two, collector);
    settle(&mut two, collector);
    look(&mut one, collector);
    let left = BTreeMap::from([("data a".to_owned(), json!(2))]);
    assert_eq!((all(&mut one), all(&mut two)), (left.clone(), left));
    // The removal is no longer stored in the browser.
    assert!(!one.host.stored.keys().any(|key| key.ends_with("walkthru-7")));
}

#[test]
fn progress_of_the_anonymous_user_is_synced_too() {
    let collector = &mut Collector::default();
    let mut one = Page::open("");
    state(&mut one, "set", "task 7 365 1", "2");
    let _ = identify(&mut one);
    settle(&mut one, collector);
    let mut two = browser();
    state(&mut two, "set", "task 7 365 1", "1");
    settle(&mut two, collector);
    assert_eq!(all(&mut two)["task 7"], 2);
}

#[test]
fn a_closing_page_sends_its_unsynced_changes() {
    let collector = &mut Collector::default();
    let mut page = browser();
    settle(&mut page, collector);
    page.on(Input::Hidden);
    assert!(page.host.state_requests.is_empty(), "nothing has changed");
    state(&mut page, "set", "task 7 365 1", "1");
    page.on(Input::Unload);
    assert_eq!(page.host.state_requests.len(), 1);
    // The page does not receive the reply. The next page sends the change again, which has no effect.
    let (_, body) = page.host.state_requests.remove(0);
    collector.take(&body, page.host.now);
    let has = collector.has.clone();
    let mut next = Page::open_in(page.host, "");
    let _ = identify(&mut next);
    settle(&mut next, collector);
    assert_eq!(collector.has, has);
    assert!(
        next.host.stored.values().any(|kept| kept.contains(r#""sync":"synced","version":0"#)),
        "{:?}",
        next.host.stored
    );
}

#[test]
fn an_entry_that_the_collector_refuses_is_sent_once() {
    let mut page = browser();
    state(&mut page, "set", "task 7 365 1", "1");
    page.wait(0);
    for (number, _) in std::mem::take(&mut page.host.state_requests) {
        answer(
            &mut page,
            number,
            200,
            r#"{"entries":[{"kind":"data","name":"a b","at":1,"expires":9999999999999,"value":1},
                {"kind":"tour","name":"7","at":1,"expires":9999999999999,"value":1},
                {"kind":"task","name":"8","at":1,"expires":9999999999999,"value":9}]}"#,
        );
    }
    page.wait(600_000);
    assert!(page.host.state_requests.is_empty());
    assert_eq!(all(&mut page), BTreeMap::from([("task 7".to_owned(), json!(1))]));
}

/// A step in the life of two browsers of one user.
#[derive(Clone, Debug)]
enum Happening {
    Set(usize, &'static str, u8),
    Remove(usize, &'static str),
    /// A request arrives. Its reply arrives too, or is lost.
    Delivered(usize, bool),
    /// The request is lost.
    Lost(usize),
    /// The page closes, and another page opens.
    Left(usize),
    Passed(i64),
}

fn happening() -> impl Strategy<Value = Happening> {
    let name = prop::sample::select(vec!["task 7", "walkthru 8", "data a"]);
    prop_oneof![
        (0..2usize, name.clone(), 0..3u8).prop_map(|(who, name, value)| Happening::Set(who, name, value)),
        (0..2usize, name).prop_map(|(who, name)| Happening::Remove(who, name)),
        (0..2usize, any::<bool>()).prop_map(|(who, arrives)| Happening::Delivered(who, arrives)),
        (0..2usize).prop_map(Happening::Lost),
        (0..2usize).prop_map(Happening::Left),
        (1..3_000i64).prop_map(Happening::Passed),
    ]
}

fn reopen(page: &mut Page) {
    page.on(Input::Unload);
    let host = std::mem::replace(&mut page.host, host());
    *page = Page::open_in(MemoryHost { state_requests: Vec::new(), ..host }, "");
    let _ = identify(page);
}

proptest! {
    #[test]
    fn two_browsers_of_one_user_end_with_the_same(happenings in prop::collection::vec(happening(), 0..40)) {
        let collector = &mut Collector::default();
        let mut pages = [browser(), browser()];
        for happening in happenings {
            match happening {
                Happening::Set(who, name, value) => {
                    state(&mut pages[who], "set", &format!("{name} 365 0"), &value.to_string());
                }
                Happening::Remove(who, name) => {
                    state(&mut pages[who], "remove", name, "");
                }
                Happening::Delivered(who, arrives) => {
                    for (number, body) in std::mem::take(&mut pages[who].host.state_requests) {
                        let lines = collector.take(&body, pages[who].host.now);
                        if arrives {
                            answer(&mut pages[who], number, 200, &lines);
                        } else {
                            answer(&mut pages[who], number, 0, "");
                        }
                    }
                }
                Happening::Lost(who) => {
                    for (number, _) in std::mem::take(&mut pages[who].host.state_requests) {
                        answer(&mut pages[who], number, 0, "");
                    }
                }
                Happening::Left(who) => reopen(&mut pages[who]),
                Happening::Passed(ms) => pages.iter_mut().for_each(|page| page.wait(ms)),
            }
        }
        for _ in 0..3 {
            for page in &mut pages {
                page.wait(400_000);
                reopen(page);
                settle(page, collector);
            }
        }
        let [one, two] = &mut pages;
        let there: BTreeMap<_, _> = collector.has.iter()
            .filter_map(|((kind, name), entry)| Some((format!("{kind} {name}"), envelope(entry.value.as_deref()?))))
            .collect();
        prop_assert_eq!(all(one), all(two));
        prop_assert_eq!(all(one), there);
        // Neither browser has anything left to send.
        let asked = collector.asked;
        one.wait(600_000);
        settle(one, collector);
        prop_assert_eq!(collector.asked, asked);
    }
}
