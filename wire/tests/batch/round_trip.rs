//! Any events survive a batch, whole, split or completed.

use crate::fixtures::{BATCH, fixture_events};
use crate::strategy::any_event;
use crate::writing::{ACCOUNT, ALL, body, closed, encode, filled, there_and_back};
use proptest::prelude::*;
use serde_json::Value;
use waymark_wire::{Batch, BatchBuilder, Contents, Context, Event};

#[test]
fn a_batch_can_be_split_between_any_two_events() {
    let events: Vec<Event> = [fixture_events(), fixture_events(), fixture_events()].concat();
    let expanded = |contents: &Contents| -> Vec<Value> {
        let body = body(contents);
        let batch = Batch::read(body.as_bytes()).unwrap();
        let events = batch.expand(ACCOUNT, &ALL).events.into_iter();
        events.map(|event| serde_json::to_value(event.unwrap().1).unwrap()).map(without_id).collect()
    };
    let all = expanded(&filled(&events));
    for count in 1..all.len() {
        let mut first = filled(&events);
        let rest = first.split_off(count as u32).unwrap();
        let both = [expanded(&first), expanded(&rest)];
        assert_eq!(both[0].len(), count);
        assert_eq!(both.concat(), all);
        assert!(first.bytes() < filled(&events).bytes() && rest.bytes() < filled(&events).bytes());
    }
    for count in [0, all.len() as u32, 1_000] {
        assert!(filled(&events).split_off(count).is_none());
    }
}

/// Removes the ID, which depends on the event's index in its batch.
fn without_id(mut event: Value) -> Value {
    event.as_object_mut().unwrap().remove("id");
    event
}

#[test]
fn each_context_says_whether_software_drives_the_browser() {
    for automated in [[true, false], [false, true], [true, true], [false, false]] {
        let mut events = fixture_events();
        events.iter_mut().zip(automated).for_each(|(event, is)| event.is_automated = is);
        let body = encode(&events);
        assert_eq!(body.contains("\"webdriver\":true"), automated.contains(&true));
        let batch = Batch::read(body.as_bytes()).unwrap();
        let expanded = batch.expand(ACCOUNT, &ALL);
        let read: Vec<bool> = expanded.events.into_iter().map(|event| event.unwrap().1.is_automated).collect();
        assert_eq!((read, expanded.stripped), (automated.to_vec(), 0));
    }
}

#[test]
fn an_exported_event_is_one_line() {
    let text = BATCH.replace(r#""data":{"#, "\"data\":{\r\n");
    for event in Batch::read(text.as_bytes()).unwrap().expand("", &ALL).events {
        let line = serde_json::to_string(&event.unwrap().1).unwrap();
        assert!(!line.contains(['\n', '\r']), "{line}");
    }
}

#[test]
fn a_shared_context_is_written_once() {
    let event = &fixture_events()[0];
    let hundred = encode(&vec![event.clone(); 100]);
    assert_eq!(hundred.matches("\"hostname\"").count(), 1);
}

proptest! {
    #[test]
    fn any_events_survive_a_batch(events in prop::collection::vec(any_event(), 1..20)) {
        let originals: Vec<Value> = events.iter().map(|event| serde_json::to_value(event).unwrap()).collect();
        prop_assert_eq!(there_and_back(&events, ACCOUNT), originals);
    }

    /// User and session that become known late apply to all events, with any contexts.
    #[test]
    fn a_batch_can_be_completed(events in prop::collection::vec(any_event(), 1..8), user in any_event()) {
        let mut events = events;
        for event in &mut events {
            (event.wm, event.s_id, event.visions) = (user.wm.clone(), user.s_id.clone(), user.visions.clone());
        }
        let mut builder = BatchBuilder::default();
        for event in &events {
            builder.set_context(&Context { s_id: None, wm: None, visions: None, ..event.context() });
            builder.push(event.time, &event.kind, event.data.clone());
        }
        builder.backfill(&user.context());
        let body = body(&closed(&builder));
        let batch = Batch::read(body.as_bytes()).unwrap();
        let read: Vec<Value> = batch.expand(ACCOUNT, &ALL).events.into_iter().map(|event| {
            let (_, mut event) = event.unwrap();
            event.id = None;
            serde_json::to_value(event).unwrap()
        }).collect();
        let originals: Vec<Value> = events.iter().map(|event| serde_json::to_value(event).unwrap()).collect();
        prop_assert_eq!(read, originals);
    }
}
