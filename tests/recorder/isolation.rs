//! Isolation: the recorder never touches entries that it did not write, neither the page's own data nor the entries of
//! a recorder for another site or another collector on the same origin.

use crate::page::{Page, START, envelope, host, kinds, state};
use uuid::uuid;
use waymark::CallError;
use waymark::command::Input;
use waymark::level::Key;
use waymark::scope::Scope;
use waymark::testing::MemoryHost;

/// Names of the page's own entries, some of which resemble the recorder's.
const PAGE_S_OWN: [&str; 12] = [
    "wm-theme",
    "wm-draft",
    "wm-lang",
    "wm-out-mine",
    "wm-out.demo.mine",
    "wm-state.demo",
    "wm-state-0-task-7",
    "wm-euid",
    "wm-consent.",
    "wm-session.other",
    "wm-settings.demo",
    "wm-tab",
];

/// A browser in which the page has stored its own entries.
fn lived_in() -> MemoryHost {
    let mut host = host();
    for name in PAGE_S_OWN {
        host.stored.insert(name.to_owned(), "the page's own".to_owned());
    }
    host
}

#[track_caller]
fn page_s_own_is_there(host: &MemoryHost) {
    for name in PAGE_S_OWN {
        assert_eq!(host.stored.get(name).map(String::as_str), Some("the page's own"), "{name}");
    }
}

/// A page of the site with this collector, in a browser with the storage of `before`.
fn page_of(site: &str, collector: &str, before: MemoryHost) -> Page {
    let settings = format!("site = '{site}'\ncollector = 'https://{collector}.example.com'");
    Page::open_in_with(
        MemoryHost { sent_batches: Vec::new(), tab_lock_requests: Vec::new(), warnings: Vec::new(), ..before },
        &settings,
    )
}

/// Grants the page all locks that it asks for. Returns the types of the events that it then sends, each with the site's
/// key.
fn sent_by(page: &mut Page) -> Vec<String> {
    for tab in std::mem::take(&mut page.host.tab_lock_requests) {
        page.on(Input::TabLockAcquired(tab));
    }
    let bodies = page.flushed_bodies();
    let each = |body: &String| {
        let (site, events) = (envelope(body)["site"].as_str().unwrap().to_owned(), crate::page::expand(body));
        kinds(&events).iter().map(|kind| format!("{site} {kind}")).collect::<Vec<_>>()
    };
    bodies.iter().flat_map(each).collect()
}

#[test]
fn the_page_s_own_data_survives_every_action_of_the_recorder() {
    let mut page = Page::open_in(lived_in(), "");
    page.record("a", "{}");
    page.on(Input::State(state("set", "task 7 365 0", "1")));
    page.flushed();
    page_s_own_is_there(&page.host);
    page.on(Input::Identify("ann", ""));
    page.on(Input::Reset);
    page.on(Input::Unload);
    page.on(Input::PageRestored);
    page_s_own_is_there(&page.host);
    for what in [Input::Consent(0), Input::Consent(7), Input::Level(0), Input::Level(3), Input::Forget, Input::Stop] {
        page.on(what);
        page_s_own_is_there(&page.host);
    }
    assert_eq!(page.host.stored.len(), PAGE_S_OWN.len(), "and nothing of the recorder's: {:?}", page.host.stored);
    page_s_own_is_there(&Page::open_in(lived_in(), "level = 0").host);
    page_s_own_is_there(&Page::open_in(lived_in(), "consent = 'wait'").host);
}

#[test]
fn unsent_events_are_not_sent_by_another_site_or_to_another_collector() {
    for (site, collector) in [("site-b", "one"), ("site-b", "two"), ("site-a", "two"), ("site-a.b", "one")] {
        let mut first = page_of("site-a", "one", host());
        first.record("a", "{}");
        first.on(Input::Flush);
        first.answer(503);
        first.on(Input::Unload);
        let mut second = page_of(site, collector, first.host);
        second.record("b", "{}");
        assert_eq!(sent_by(&mut second), [format!("{site} pageView"), format!("{site} b")], "{site} at {collector}");
        second.on(Input::Unload);
        let mut third = page_of("site-a", "one", second.host);
        assert_eq!(sent_by(&mut third), ["site-a pageView", "site-a a", "site-a pageView"], "{site} at {collector}");
        assert!(third.host.now >= START);
    }
}

/// The names of the entries that the site's recorder stored.
fn kept_of(site: &str, host: &MemoryHost) -> Vec<String> {
    host.stored.keys().filter(|name| Key::of(name, site).is_some()).cloned().collect()
}

fn set(page: &mut Page, entry: &str) {
    page.on(Input::State(state("set", &format!("{entry} 365 0"), "1")));
}

#[test]
fn a_purge_of_one_site_keeps_the_entries_of_another() {
    for [site, other] in [["a", "b"], ["a", "a.b"], ["a.b", "a"], ["a", "a.0"]] {
        let mut granted = page_of(site, "one", host());
        set(&mut granted, "task 7");
        granted.record("unsent", "{}");
        granted.on(Input::Consent(7));
        granted.on(Input::Unload);
        let kept = granted.host.stored.clone();
        assert!(kept.len() > 6, "{kept:?}");

        let mut denied = page_of(other, "one", MemoryHost { stored: kept.clone(), ..host() });
        set(&mut denied, "task 7");
        denied.record("unsent", "{}");
        denied.on(Input::Hidden);
        assert!(kept_of(other, &denied.host).len() > 4, "{:?}", denied.host.stored);
        denied.on(Input::Consent(0));
        assert_eq!(denied.host.stored, kept, "{other} denies");

        denied.on(Input::Consent(7));
        set(&mut denied, "task 7");
        let theirs = kept_of(other, &denied.host);
        granted.host.stored = denied.host.stored;
        granted.on(Input::Forget);
        assert_eq!(granted.host.stored.into_keys().collect::<Vec<_>>(), theirs, "{site} forgets");
    }
}

#[test]
fn a_denial_removes_the_site_s_entries_for_all_collectors() {
    let mut first = page_of("site-a", "one", host());
    first.on(Input::Unload);
    let mut second = page_of("site-a", "two", first.host);
    second.on(Input::Hidden);
    assert_eq!(second.host.stored.keys().filter(|name| name.starts_with("wm-settings.")).count(), 2);
    second.on(Input::Consent(0));
    assert!(second.host.stored.is_empty(), "{:?}", second.host.stored);
}

#[test]
fn batches_for_an_earlier_collector_are_removed_when_they_are_too_old() {
    let mut first = page_of("site-a", "one", host());
    first.record("a", "{}");
    first.on(Input::Unload);
    let batches = |host: &MemoryHost| host.stored.keys().filter(|name| name.starts_with("wm-out.")).count();
    let mut before = first.host;
    for (days, left) in [(0, 1), (6, 1), (2, 0)] {
        before.now += days * 24 * 60 * 60 * 1_000;
        let mut moved = page_of("site-a", "two", before);
        assert_eq!(sent_by(&mut moved), ["site-a pageView"], "after {days} days more");
        assert_eq!(batches(&moved.host), left, "after {days} days more");
        before = moved.host;
    }
}

#[test]
fn a_tab_numbers_events_separately_for_each_site_and_collector() {
    let numbered = |page: &mut Page| {
        page.on(Input::Unload);
        let (_, body) = page.host.sent_batches.first().unwrap();
        let envelope = envelope(body);
        page.sent();
        (envelope["tab"].as_str().unwrap().to_owned(), envelope["seq"].as_u64().unwrap())
    };
    let mut a = page_of("site-a", "one", host());
    let (tab, first) = numbered(&mut a);
    let mut b = page_of("site-b", "one", a.host);
    let (other, others_first) = numbered(&mut b);
    let mut c = page_of("site-a", "two", b.host);
    let (third, thirds_first) = numbered(&mut c);
    let mut again = page_of("site-a", "one", c.host);
    assert_eq!((numbered(&mut again), first, others_first, thirds_first), ((tab.clone(), 1), 0, 0, 0));
    assert!(tab != other && tab != third && other != third);
}

#[test]
fn a_page_cannot_reach_the_state_of_another_site() {
    let mut victim = page_of("a.0", "one", host());
    set(&mut victim, "data x");
    assert!(victim.host.stored.contains_key("wm-state.a.0.0.data.x"));
    let mut page = page_of("a", "one", victim.host);
    for verb in ["get", "remove"] {
        let call = state(verb, "0.data x", "");
        assert_eq!(page.call(Input::State(call)), Err(CallError::StateKindInvalid));
    }
    let all = state("all", "", "");
    assert_eq!(page.call(Input::State(all)).as_deref(), Ok("[]"));
    page.on(Input::Reset);
    assert!(page.host.stored.contains_key("wm-state.a.0.0.data.x"));
}

#[test]
fn state_names_may_contain_dots() {
    let mut page = Page::open("");
    set(&mut page, "data a.b");
    assert!(page.host.stored.contains_key("wm-state.demo.0.data.a~b"), "{:?}", page.host.stored);
    let all = state("all", "", "");
    let all = page.call(Input::State(all)).unwrap();
    assert_eq!(envelope(&all)[0]["name"], "a.b");
}

#[test]
fn only_batches_of_the_same_site_and_collector_are_adopted() {
    let mut page = Page::open("");
    page.host.tab_lock_requests.clear();
    let tab = "9ef11e58-809f-4d93-855d-22f12c3fd401";
    let written = |site, collector| Scope::of(site, collector).name_of(Key::OUTBOX, &[tab, "0", "1"]);
    for name in [
        written("other", "https://collect.example.com"),
        written("demo", "https://collect.example.org"),
        Scope::of("demo", "https://collect.example.com").name_of(Key::LEASE, &[tab]),
        "wm-out-mine".to_owned(),
    ] {
        page.on(Input::OtherTabWrote(&name));
        assert!(page.host.tab_lock_requests.is_empty(), "{name}");
    }
    page.on(Input::OtherTabWrote(&written("demo", "https://collect.example.com/")));
    assert_eq!(page.host.tab_lock_requests, [uuid!("9ef11e58-809f-4d93-855d-22f12c3fd401")]);
}
