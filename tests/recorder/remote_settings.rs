//! Remote settings: the page waits for them, caches them, applies changes, and can never widen them.

use crate::page::{Page, SETTINGS, START, each, host, kinds, page_settings, site};
use serde_json::{Value, json};
use waymark::Recorder;
use waymark::call_error::CallError;
use waymark::command::{Input, Record};
use waymark::settings::remote::SETTINGS_WAIT_MS;
use waymark::testing::MemoryHost;

const COOKIE: &str = "level = 1\nuser.cookie = 'user'";

/// A browser in which the collector has not answered yet.
fn unanswered() -> MemoryHost {
    MemoryHost { settings: None, ..host() }
}

fn start(host: &mut MemoryHost) -> (Recorder, Result<(), CallError>) {
    let mut recorder = Recorder::new();
    let started = recorder.start(&page_settings(SETTINGS), host.now, host);
    (recorder, started)
}

/// Sets the collector's answer to `settings` from now on.
fn answer_with(page: &mut Page, settings: &str) {
    page.host.settings = Some(if settings.starts_with('!') { settings.to_owned() } else { site(settings) });
    page.on(Input::Refresh);
}

fn record(page: &mut Page) -> Result<String, CallError> {
    let event = Record { at: page.host.now, kind: "a", data: "{}" };
    page.call(Input::Record(event))
}

fn level(page: &mut Page) -> Value {
    let shown = page.call(Input::Inspect).unwrap();
    serde_json::from_str::<Value>(&shown).unwrap()["level"].clone()
}

#[test]
fn the_first_page_waits_for_the_answer_and_the_next_page_uses_the_cache() {
    let mut host = unanswered();
    let (mut recorder, started) = start(&mut host);
    assert_eq!(started, Err(CallError::Busy));
    assert!(host.stored.is_empty() && host.memory.is_empty());
    host.settings = Some(site(COOKIE));
    host.cookies.insert("user".to_owned(), "ann".to_owned());
    recorder.start(&page_settings(SETTINGS), START, &mut host).unwrap();
    assert_eq!(host.stored["wm-settings.demo.6d006da9"], site(COOKIE));

    host.settings = None;
    let mut page = Page::open_in_with(host, SETTINGS);
    page.record("a", "{}");
    assert_eq!(each(&page.flushed(), "/wm/euId"), ["ann", "ann"], "the cached settings name the provider");
}

#[test]
fn cached_settings_of_another_site_or_edited_ones_are_ignored() {
    let level_1 = site("");
    for (name, kept) in [
        ("wm-settings.other.6d006da9", &*level_1),
        ("wm-settings.demo.00000000", &level_1),
        ("wm-settings.demo", &level_1),
        ("wm-settings.demo.6d006da9", r#"{"title":"Welcome"}"#),
        ("wm-settings.demo.6d006da9", ""),
    ] {
        let mut host = unanswered();
        host.stored.insert(name.to_owned(), kept.to_owned());
        assert_eq!(start(&mut host).1, Err(CallError::Busy), "{name} {kept:?}");
    }
}

#[test]
fn without_an_answer_nothing_is_recorded_and_stored_entries_stay() {
    for answer in [None, Some("!0"), Some("!503"), Some(r#"{"title":"Welcome"}"#)] {
        let mut before = Page::open("");
        before.record("unsent", "{}");
        before.on(Input::State(crate::page::state("set", "task 7 365 0", "1")));
        before.on(Input::Unload);
        let mut host = before.host;
        host.sent_batches.clear();
        host.stored.remove("wm-settings.demo.6d006da9");
        let kept = host.stored.clone();

        host.settings = answer.map(str::to_owned);
        host.warnings.clear();
        let (mut recorder, started) = start(&mut host);
        if answer.is_none() {
            assert_eq!(started, Err(CallError::Busy));
            host.now += SETTINGS_WAIT_MS;
            recorder.start(&page_settings(SETTINGS), START, &mut host).unwrap();
        }
        let mut page = Page { recorder, host };
        assert!(page.host.warnings.iter().any(|said| said.contains("could not be fetched")), "{answer:?}");
        assert_eq!(record(&mut page), Err(CallError::SettingsUnavailable));
        assert!(page.call(Input::Identify("ann", "")).is_err());
        page.on(Input::State(crate::page::state("get", "task 7", "")));
        page.on(Input::Consent(7));
        page.on(Input::Level(2));
        page.on(Input::Flush);
        page.wait(60_000);
        page.on(Input::Hidden);
        page.on(Input::Refresh);
        // The user's consent is stored as usual.
        assert!(page.host.stored.remove("wm-consent.demo").is_some());
        assert_eq!((&page.host.stored, page.host.sent_batches.len()), (&kept, 0), "{answer:?}");
        page.on(Input::Consent(7));

        answer_with(&mut page, "level = 1");
        page.record("a", "{}");
        page.wait(100);
        page.on(Input::TabLockAcquired(*page.host.tab_lock_requests.last().unwrap()));
        page.on(Input::Identify("ann", ""));
        let events = page.flushed();
        assert!(kinds(&events).contains(&"a") && kinds(&events).contains(&"unsent"), "{events:?}");
    }
}

#[test]
fn during_an_outage_a_page_uses_the_cached_settings() {
    let mut page = Page::open_in_with(Page::open("").host, SETTINGS);
    answer_with(&mut page, "!0");
    page.record("a", "{}");
    assert_eq!(kinds(&page.flushed()), ["pageView", "a"]);
}

#[test]
fn a_page_can_restrict_the_site_s_settings_and_gets_a_message_if_it_tries_to_widen_them() {
    let mut host = host();
    host.settings = Some(site("collect.title = false"));
    let mut page =
        Page::open_in_with(host, &format!("{SETTINGS}\nlevel = 2\ncollect.title = true\ncollect.screen = false"));
    let view = page.flushed().remove(0);
    assert_eq!(level(&mut page), 1);
    assert!(view["ctx"].get("title").is_none() && view["env"].get("screen").is_none(), "{view}");
    let said = ["level", "collect.title"].map(|name| format!("{name} is as the site's settings at the collector say"));
    assert_eq!(page.host.warnings, said);
}

#[test]
fn changed_settings_apply_at_once() {
    let mut page = Page::open("");
    page.record("a", "{}");
    answer_with(&mut page, "batch.events = 1\ncollect.title = false");
    page.record("b", "{}");
    let events = page.sent();
    let titles: Vec<_> = events.iter().map(|event| event["ctx"].get("title").is_some()).collect();
    assert_eq!((kinds(&events), titles), (vec!["pageView", "a", "b"], vec![true, true, false]));
    assert_eq!(page.host.stored["wm-settings.demo.6d006da9"], site("batch.events = 1\ncollect.title = false"));

    page.record("c", "{}");
    answer_with(&mut page, "level = 0");
    assert!(page.host.stored.is_empty(), "{:?}", page.host.stored);
    assert_eq!(record(&mut page), Err(CallError::Off));
    page.host.sent_batches.clear();
    page.on(Input::Flush);
    assert!(page.host.sent_batches.is_empty());

    answer_with(&mut page, "level = 1");
    page.record("d", "{}");
    page.wait(100);
    assert_eq!(kinds(&page.flushed()), ["pageView", "d"]);
}

#[test]
fn nothing_goes_to_the_collector_of_another_data_centre() {
    let eu = format!("{SETTINGS}\nregion = 'eu'");
    for answer in ["level = 1\nregion = 'us'", "!421"] {
        let mut host = host();
        host.settings = Some(site("region = 'eu'"));
        let mut page = Page::open_in_with(host, &eu);
        answer_with(&mut page, answer);
        page.record("a", "{}");
        page.on(Input::Flush);
        page.wait(600_000);
        page.on(Input::Hidden);
        assert!(page.host.sent_batches.is_empty(), "{answer}");
        assert_eq!(page.host.flush_results.len(), 1);
        assert_eq!(page.host.flush_results[0].unwrap_err().error, CallError::WrongCollector);
        page.on(Input::Forget);
        assert!(page.host.erasure_requests.is_empty());
        assert!(page.host.warnings.iter().any(|said| said.contains("check 'collector' in init")));
    }
    // Events wait in the browser until the address is right.
    let mut host = host();
    host.settings = Some(site("region = 'us'"));
    let mut page = Page::open_in_with(host, &eu);
    page.record("a", "{}");
    page.on(Input::Unload);
    assert!(page.host.sent_batches.is_empty());
    let mut next = page.host;
    next.settings = Some(site("region = 'eu'"));
    let mut next = Page::open_in_with(next, &eu);
    next.on(Input::TabLockAcquired(*next.host.tab_lock_requests.last().unwrap()));
    let events = next.flushed();
    assert_eq!(kinds(&events), ["pageView", "a", "pageView"]);
}

#[test]
fn the_settings_are_fetched_again_if_another_data_centre_refuses_a_batch() {
    let mut page = Page::open("");
    page.on(Input::Flush);
    assert_eq!(page.host.settings_refetches, 0);
    page.answer(421);
    assert_eq!(page.host.settings_refetches, 1);
}

#[test]
fn the_sampled_percentage_of_browsers_is_recorded_and_the_choice_is_stable() {
    let recorded = |percent: u8| -> Vec<bool> {
        let one = |seed: u64| {
            let mut host = MemoryHost { guid_seed: seed * 1_000, ..host() };
            host.settings = Some(site(&format!("sampling = {percent}")));
            let mut page = Page::open_in_with(host, SETTINGS);
            let is_recorded = !page.flushed().is_empty();
            // The next page of the same browser does not draw again.
            let mut next = Page::open_in_with(page.host, SETTINGS);
            assert_eq!(!next.flushed().is_empty(), is_recorded);
            next.on(Input::State(crate::page::state("set", "task 7 365 1", "1")));
            assert!(next.host.stored.contains_key("wm-state.demo.0.task.7"), "progress is stored anyway");
            assert_eq!(next.flushed().is_empty(), !is_recorded);
            is_recorded
        };
        (0..300).map(one).collect()
    };
    let [none, some, more, all] = [0, 20, 60, 100].map(recorded);
    let count = |list: &[bool]| list.iter().filter(|is| **is).count();
    assert_eq!((count(&none), count(&all)), (0, 300));
    assert!(
        (30..=90).contains(&count(&some)) && (150..=210).contains(&count(&more)),
        "{} {}",
        count(&some),
        count(&more)
    );
    assert!(some.iter().zip(&more).all(|(some, more)| !some || *more), "a higher percentage only adds browsers");
}

#[test]
fn a_browser_outside_the_sample_stores_no_id() {
    let mut host = host();
    host.settings = Some(site("sampling = 0"));
    let mut page = Page::open_in_with(host, SETTINGS);
    assert_eq!(record(&mut page), Err(CallError::Off));
    page.on(Input::Unload);
    assert_eq!(page.host.stored.keys().collect::<Vec<_>>(), ["wm-sample.demo", "wm-settings.demo.6d006da9"]);
    let shown: Value = serde_json::from_str(&page.call(Input::Inspect).unwrap()).unwrap();
    assert_eq!(shown["why"]["sampling"], json!(0));
}
