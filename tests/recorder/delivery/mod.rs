//! A browser with several tabs and a collector, both in memory, under any schedule of records, replies, losses, crashes
//! and clock changes. Every recorded event is stored exactly once or reported as lost, unless it was recorded after the
//! last idle moment before its page crashed.

mod browser;
mod collector;
mod step;
mod tab;

use browser::Browser;
use collector::Collector;
use proptest::prelude::*;
use step::{Step, any_step};

/// Found by the property below: full storage must not lose entries that were stored before.
#[test]
fn a_stored_batch_survives_a_failed_attempt_to_store_more() {
    let mut browser = Browser::new(false);
    let record = |text| Step::Record(text);
    let steps = [record(0), record(0), Step::Idle, record(0), Step::Full(true), record(0), record(0), record(0)];
    let later = [record(43), record(89), Step::Fail(413, 0), Step::Fail(0, 0), record(0), record(0), Step::Navigate];
    steps.into_iter().chain(later).for_each(|step| browser.take(step));
    browser.settle();
    assert!([0, 1].iter().all(|mark| browser.collector.stored.contains_key(mark)), "{:?}", browser.collector.stored);
}

/// Where events are kept in Kafka, no reply says what a collector took before. A later page sends what an earlier one
/// left, and has it behind it then.
#[test]
fn a_batch_whose_reply_was_lost_comes_again_once_where_the_collector_knows_no_earlier_ones() {
    let mut browser = Browser::new(true);
    [Step::Record(0), Step::Idle, Step::Flush, Step::Swallow, Step::Navigate, Step::Record(0)]
        .into_iter()
        .for_each(|step| browser.take(step));
    browser.settle();
    assert_eq!(browser.collector.stored, [(0, 1), (1, 1)].into());
    assert_eq!(browser.collector.declared(), 0);
    assert!(!browser.local.keys().any(|key| key.starts_with("wm-out.")), "{:?}", browser.local);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_event_is_stored_once_or_reported_as_lost(
        steps in prop::collection::vec(any_step(), 1..150),
        is_stateless: bool,
    ) {
        let mut browser = Browser::new(is_stateless);
        let is_harmed = steps.iter().any(|step| matches!(step, Step::Crash | Step::Full(true)));
        for step in steps {
            browser.take(step);
        }
        browser.settle();
        let left: Vec<_> = browser.local.keys().filter(|key| key.starts_with("wm-out.")).collect();
        prop_assert!(left.is_empty(), "no entry is left: {left:?}");
        let Collector { stored, ids, tabs, .. } = &browser.collector;
        if !is_harmed {
            // An event that was stored, and then dropped because no reply arrived, counts twice.
            let created: u64 = tabs.values().map(|(last, _)| last + 1).sum();
            let explained = ids.len() as u64 + browser.collector.declared();
            prop_assert!(created <= explained, "created {created}, explained {explained}: {tabs:?}");
        }
        prop_assert!(stored.values().all(|&times| times == 1));
        let missing: Vec<u64> = (0..browser.marks).filter(|mark| !stored.contains_key(mark)).collect();
        let unexplained = missing.iter().filter(|mark| !browser.perished.contains(mark)).count() as u64;
        let declared = browser.collector.declared();
        prop_assert!(
            unexplained <= declared,
            "missing {missing:?}, perished {:?}, declared {declared}: {:?}", browser.perished, browser.collector.tabs
        );
    }
}
