//! What this recorder did not write is somebody else's: the page's own data, and what the recorder of another site, or of
//! another collector, keeps on the same origin.

use crate::page::{Page, START, envelope, host, kinds};
use waymark::input::{Input, State};
use waymark::level::Key;
use waymark::scope::Scope;
use waymark::testing::MemoryHost;

/// What a page keeps for itself, and what nearly is the recorder's.
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

/// A browser in which a page has kept that.
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

/// A page of the site at the collector, in the browser that has kept what `before` has.
fn page_of(site: &str, collector: &str, before: MemoryHost) -> Page {
    let settings = format!("site s {site}\ncollector s https://{collector}.example.com");
    Page::open_in_with(MemoryHost { posts: Vec::new(), wanted: Vec::new(), reports: Vec::new(), ..before }, &settings)
}

/// Nobody else sends what the page wants to send; gives the types of events that it sends then, with the site's key.
fn sent_by(page: &mut Page) -> Vec<String> {
    for tab in std::mem::take(&mut page.host.wanted) {
        page.on(Input::Owned(&tab));
    }
    let bodies = page.flushed_bodies();
    let each = |body: &String| {
        let (site, events) = (envelope(body)["site"].as_str().unwrap().to_owned(), crate::page::expand(body));
        kinds(&events).iter().map(|kind| format!("{site} {kind}")).collect::<Vec<_>>()
    };
    bodies.iter().flat_map(each).collect()
}

#[test]
fn the_page_s_own_data_outlives_everything_that_the_recorder_does() {
    let mut page = Page::open_in(lived_in(), "");
    page.record("a", "{}");
    page.on(Input::State(State { verb: "set", entry: "task 7 365 0", value: "1" }));
    page.flushed();
    page_s_own_is_there(&page.host);
    page.on(Input::Identify("ann", ""));
    page.on(Input::Reset);
    page.on(Input::Leaving(true));
    page.on(Input::Returned);
    page_s_own_is_there(&page.host);
    for what in [Input::Consent(0), Input::Consent(7), Input::Level(0), Input::Level(3), Input::Forget, Input::Stop] {
        page.on(what);
        page_s_own_is_there(&page.host);
    }
    assert_eq!(page.host.stored.len(), PAGE_S_OWN.len(), "and nothing of the recorder's: {:?}", page.host.stored);
    page_s_own_is_there(&Page::open_in(lived_in(), "level n 0").host);
    page_s_own_is_there(&Page::open_in(lived_in(), "consent s wait").host);
}

#[test]
fn what_one_site_could_not_send_another_does_not() {
    for (site, collector) in [("site-b", "one"), ("site-b", "two"), ("site-a", "two"), ("site-a.b", "one")] {
        let mut first = page_of("site-a", "one", host());
        first.record("a", "{}");
        first.on(Input::Flush);
        first.answer(503);
        first.on(Input::Leaving(true));
        let mut second = page_of(site, collector, first.host);
        second.record("b", "{}");
        assert_eq!(sent_by(&mut second), [format!("{site} pageView"), format!("{site} b")], "{site} at {collector}");
        second.on(Input::Leaving(true));
        let mut third = page_of("site-a", "one", second.host);
        assert_eq!(sent_by(&mut third), ["site-a pageView", "site-a a", "site-a pageView"], "{site} at {collector}");
        assert!(third.host.now >= START);
    }
}

/// The names of what is kept by the recorder of the site.
fn kept_of(site: &str, host: &MemoryHost) -> Vec<String> {
    host.stored.keys().filter(|name| Key::of(name, site).is_some()).cloned().collect()
}

fn set(page: &mut Page, entry: &str) {
    page.on(Input::State(State { verb: "set", entry: &format!("{entry} 365 0"), value: "1" }));
}

#[test]
fn what_one_site_removes_the_other_keeps() {
    for [site, other] in [["a", "b"], ["a", "a.b"], ["a.b", "a"], ["a", "a.0"]] {
        let mut granted = page_of(site, "one", host());
        set(&mut granted, "task 7");
        granted.record("unsent", "{}");
        granted.on(Input::Consent(7));
        granted.on(Input::Leaving(true));
        let kept = granted.host.stored.clone();
        assert!(kept.len() > 6, "{kept:?}");

        let mut denied = page_of(other, "one", MemoryHost { stored: kept.clone(), ..host() });
        set(&mut denied, "task 7");
        denied.record("unsent", "{}");
        denied.on(Input::Leaving(false));
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
fn a_denial_takes_what_the_site_kept_for_any_collector() {
    let mut first = page_of("site-a", "one", host());
    first.on(Input::Leaving(true));
    let mut second = page_of("site-a", "two", first.host);
    second.on(Input::Leaving(false));
    assert_eq!(second.host.stored.keys().filter(|name| name.starts_with("wm-settings.")).count(), 2);
    second.on(Input::Consent(0));
    assert!(second.host.stored.is_empty(), "{:?}", second.host.stored);
}

#[test]
fn what_an_earlier_collector_never_got_is_removed_when_it_is_too_old() {
    let mut first = page_of("site-a", "one", host());
    first.record("a", "{}");
    first.on(Input::Leaving(true));
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
fn a_tab_counts_for_each_site_and_collector_by_itself() {
    let numbered = |page: &mut Page| {
        page.on(Input::Leaving(true));
        let (_, body) = page.host.posts.first().unwrap();
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
fn no_call_of_a_page_reaches_another_site_s_state() {
    let mut victim = page_of("a.0", "one", host());
    set(&mut victim, "data x");
    assert!(victim.host.stored.contains_key("wm-state.a.0.0.data.x"));
    let mut page = page_of("a", "one", victim.host);
    for (verb, answer) in [("get", "null"), ("remove", ""), ("get", "null")] {
        let call = State { verb, entry: "0.data x", value: "" };
        assert_eq!(page.recorder.on(Input::State(call), &mut page.host).as_deref(), Ok(answer));
    }
    let all = State { verb: "all", entry: "", value: "" };
    assert_eq!(page.recorder.on(Input::State(all), &mut page.host).as_deref(), Ok("[]"));
    page.on(Input::Reset);
    assert!(page.host.stored.contains_key("wm-state.a.0.0.data.x"));
}

#[test]
fn names_of_state_may_hold_dots() {
    let mut page = Page::open("");
    set(&mut page, "data a.b");
    assert!(page.host.stored.contains_key("wm-state.demo.0.data.a~b"), "{:?}", page.host.stored);
    let all = State { verb: "all", entry: "", value: "" };
    let all = page.recorder.on(Input::State(all), &mut page.host).unwrap();
    assert_eq!(envelope(&all)[0]["name"], "a.b");
}

#[test]
fn only_what_the_same_site_left_for_the_same_collector_is_wanted() {
    let mut page = Page::open("");
    page.host.wanted.clear();
    let tab = "9ef11e58-809f-4d93-855d-22f12c3fd401";
    let written = |site, collector| Scope::of(site, collector).name_of(Key::OUTBOX, &[tab, "0", "1"]);
    for name in [
        written("other", "https://collect.example.com"),
        written("demo", "https://collect.example.org"),
        Scope::of("demo", "https://collect.example.com").name_of(Key::LEASE, &[tab]),
        "wm-out-mine".to_owned(),
    ] {
        page.on(Input::Wrote(&name));
        assert!(page.host.wanted.is_empty(), "{name}");
    }
    page.on(Input::Wrote(&written("demo", "https://collect.example.com/")));
    assert_eq!(page.host.wanted, [tab]);
}
