//! What is refused, and with which reason.

use crate::fixtures::{BATCH, value};
use crate::writing::ALL;
use proptest::prelude::*;
use serde_json::json;
use waymark_wire::Batch;

#[test]
fn a_bad_event_is_named_and_the_good_ones_are_accepted() {
    let mut batch = value(BATCH);
    let good = batch["events"][0].clone();
    batch["events"] = json!([
        good, {"time": 1, "type": "a\nb", "data": {}}, {"time": "now", "type": "x", "data": {}},
        {"time": -1, "type": "x", "data": {}}, {"time": 1, "type": "x", "data": []},
        {"time": 1, "type": "x", "in": 9, "data": {}}, good,
    ]);
    let text = batch.to_string();
    let read: Vec<_> = Batch::read(text.as_bytes())
        .unwrap()
        .expand("", &ALL)
        .events
        .into_iter()
        .map(|event| event.map(|(seq, _)| seq))
        .collect();
    let (good, bad): (Vec<_>, Vec<_>) = read.into_iter().partition(Result::is_ok);
    assert_eq!(good, [Ok(12), Ok(18)]);
    let bad = bad.into_iter().map(|bad| bad.unwrap_err());
    let whys: Vec<String> = bad.map(|bad| format!("{} {}: {}", bad.index, bad.code, bad.why)).collect();
    assert_eq!(
        whys,
        [
            "1 invalid-type: type must be 1 to 128 characters, none of them a control character",
            "2 invalid-event: invalid type: string \"now\", expected i64 at line 1 column 23",
            "3 invalid-time: time must be epoch milliseconds",
            "4 invalid-data: data must be an object",
            "5 invalid-context: in is 9, and the batch has 2 contexts",
        ]
    );
}

#[test]
fn a_bad_context_spoils_only_the_events_in_it() {
    let mut batch = value(BATCH);
    batch["contexts"][1] = json!({"ctx": 1});
    let text = batch.to_string();
    let batch = Batch::read(text.as_bytes()).unwrap();
    let good: Vec<bool> = batch.expand("", &ALL).events.iter().map(Result::is_ok).collect();
    assert_eq!(good, [true, false]);
}

#[test]
fn an_invalid_batch_is_refused_with_a_reason() {
    let mut other = value(BATCH);
    other["v"] = json!(99);
    for (body, why) in [
        ("{".to_owned(), "not a batch: EOF while parsing an object at line 1 column 1"),
        ("{}".to_owned(), "not a batch: missing field `v` at line 1 column 2"),
        (other.to_string(), "not a batch: v is 99, and this collector reads 1"),
    ] {
        assert_eq!(Batch::read(body.as_bytes()).unwrap_err().to_string(), why);
    }
}

#[test]
fn a_batch_without_events_can_report_losses() {
    let mut report = value(BATCH);
    report["contexts"] = json!([]);
    report["events"] = json!([]);
    let text = report.to_string();
    let batch = Batch::read(text.as_bytes()).unwrap();
    assert!(batch.is_empty());
    assert_eq!((batch.last, batch.lost["overflow"]), (13, 2));
}

proptest! {
    #[test]
    fn bytes_from_a_stranger_never_panic(body: Vec<u8>) {
        if let Ok(batch) = Batch::read(&body) {
            drop(batch.expand("", &ALL));
        }
    }

    #[test]
    fn a_damaged_batch_never_panics(at in 0..BATCH.len(), byte: u8) {
        let mut body = BATCH.as_bytes().to_vec();
        body[at] = byte;
        if let Ok(batch) = Batch::read(&body) {
            drop(batch.expand("", &ALL));
        }
    }
}
