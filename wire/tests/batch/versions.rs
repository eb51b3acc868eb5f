//! Every version of the format can be read, and the current one is written as its fixture.

use crate::fixtures::{BATCH, EXAMPLE, FIXTURES, SPARSE_BATCH, fixture_events, sparse_events, value};
use crate::writing::{ACCOUNT, ALL, encode, there_and_back};
use serde_json::Value;
use waymark_wire::{Batch, Event};

#[test]
fn the_example_survives_the_types_key_for_key() {
    let event: Event = serde_json::from_str(EXAMPLE).unwrap();
    assert_eq!(serde_json::to_value(&event).unwrap(), value(EXAMPLE));
}

#[test]
fn the_example_survives_a_batch() {
    let event: Event = serde_json::from_str(EXAMPLE).unwrap();
    let read = there_and_back(std::slice::from_ref(&event), &event.wm.u_id);
    assert_eq!(read, [value(EXAMPLE)]);
}

#[test]
fn a_batch_of_every_version_can_still_be_read() {
    for (batch, events) in FIXTURES {
        let expanded = Batch::read(batch.as_bytes()).unwrap().expand(ACCOUNT, &ALL);
        assert_eq!(expanded.stripped, 0);
        let read = expanded.events.into_iter().map(|event| serde_json::to_value(event.unwrap().1).unwrap());
        assert_eq!(read.collect::<Value>(), value(events));
    }
}

#[test]
fn this_version_still_writes_the_fixtures() {
    for (events, batch) in [(fixture_events(), BATCH), (sparse_events(), SPARSE_BATCH)] {
        let written = encode(&events);
        assert_eq!(written.trim(), batch.trim(), "a changed wire format needs a new version and a new fixture folder");
    }
}
