//! What this recorder did not write is somebody else's: the page's own data, and what the recorder of another site, or of
//! another collector, keeps on the same origin.

use crate::page::{Page, START, envelope, host, kinds};
use waymark::input::{Input, State};
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
