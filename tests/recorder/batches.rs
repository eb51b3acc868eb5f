//! Batches: when they are sent, how large they are, and what a flush reports.

use crate::page::{Browse, Page, envelope, expand, kinds};
use serde_json::json;
use waymark::call_error::{CallError, FlushError};
use waymark::command::Input;
use waymark_wire::Lost;

#[test]
fn a_batch_is_sent_at_the_maximum_of_events() {
    let mut page = Page::open("batch.events = 3");
    page.record("a", "{}");
    assert!(page.host.sent_batches.is_empty());
    page.record("b", "{}");
    assert_eq!(kinds(&page.sent()), ["pageView", "a", "b"]);
}

#[test]
fn a_batch_is_sent_at_the_maximum_of_bytes() {
    let mut page = Page::open("batch.bytes = 2000");
    page.record("a", &json!({"text": "x".repeat(1_500)}).to_string());
    assert_eq!(kinds(&page.sent()), ["pageView", "a"]);
}

#[test]
fn a_batch_is_sent_at_the_maximum_age() {
    let mut page = Page::open("");
    page.wait(4_999);
    assert!(page.host.sent_batches.is_empty());
    page.wait(1);
    assert_eq!(kinds(&page.sent()), ["pageView"]);
    page.wait(3_600_000);
    assert!(page.host.sent_batches.is_empty(), "nothing happened, so nothing is sent");
}

#[test]
fn a_hidden_page_sends_the_open_batch() {
    let mut page = Page::open("");
    page.record("a", "{}");
    page.on(Input::Unload);
    assert_eq!(kinds(&page.sent()), ["pageView", "a"]);
}

#[test]
fn no_batch_is_larger_than_a_closing_page_may_send() {
    let mut page = Page::open("batch.bytes = 60000");
    let data = json!({"text": "x".repeat(29_000)}).to_string();
    (0..6).for_each(|_| page.record("large", &data));
    page.on(Input::Hidden);
    assert!(page.host.sent_batches.iter().map(|(_, body)| body.len()).sum::<usize>() <= 64 * 1024);
    assert!(page.host.sent_batches.iter().all(|(_, body)| body.len() <= 60_000));
    assert_eq!(page.sent().len(), 7, "the other batches are sent when these are answered");
}

#[test]
fn a_batch_with_the_longest_contexts_is_not_larger_either() {
    let mut page = Page::open("batch.bytes = 60000");
    let data = json!({"text": "x".repeat(15_000)}).to_string();
    for place in 0..8 {
        let (path, title) = (format!("/{place}").repeat(1_000), "\u{1}".repeat(1_000));
        page.host.go(&path, &title);
        page.on(Input::Navigated);
        page.on(Input::Identify(&"😀".repeat(256), ""));
        page.record("large", &data);
    }
    page.on(Input::Unload);
    let largest = page.host.sent_batches.iter().map(|(_, body)| body.len()).max().unwrap();
    assert!((30_000..=60_000).contains(&largest), "{largest}");
}

#[test]
fn a_flush_is_done_when_everything_is_acknowledged() {
    let mut page = Page::open("");
    page.on(Input::Flush);
    assert!(page.host.flush_results.is_empty());
    page.sent();
    assert_eq!(page.host.flush_results, [Ok(())]);
    page.on(Input::Flush);
    assert_eq!(page.host.flush_results, [Ok(()), Ok(())], "there was nothing to send");
}

#[test]
fn a_flush_without_a_collector_returns_an_error_and_the_events_are_sent_later() {
    let mut page = Page::open("");
    page.on(Input::Flush);
    let first = page.answer(0);
    assert_eq!(page.host.flush_results, [Err(FlushError { error: CallError::Unreachable, lost: Lost::default() })]);
    page.on(Input::Flush);
    let (_, second) = &page.host.sent_batches[0];
    assert_eq!(envelope(&first)["events"], envelope(second)["events"]);
    assert_eq!(envelope(second)["attempt"], 2);
    assert_eq!(expand(&first)[0]["id"], expand(second)[0]["id"]);
}

#[test]
fn a_refused_batch_is_counted_and_reported() {
    let mut page = Page::open("");
    page.on(Input::Flush);
    page.answer(401);
    assert_eq!(page.host.warnings, ["the collector does not know this site key: check 'site' in init"]);
    let report = envelope(&page.answer(200));
    assert_eq!((&report["lost"], &report["events"], &report["last"]), (&json!({"refused": 1}), &json!([]), &json!(0)));
    page.record("a", "{}");
    page.on(Input::Flush);
    let next = envelope(&page.host.sent_batches[0].1);
    assert_eq!((&next["lost"], &next["seq"], &next["last"]), (&json!({"refused": 1}), &json!(1), &json!(1)));
}
