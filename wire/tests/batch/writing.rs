//! Writes batches, as the recorder does, and reads them.

use serde_json::Value;
use uuid::{Uuid, uuid};
use waymark_wire::{Allowed, Batch, BatchBuilder, Contents, Envelope, Event, Level, Lost, Reason};

/// Everything is allowed.
pub const ALL: Allowed = Allowed::at(Level::Playback);

pub const ACCOUNT: &str = "3210be7ad82f403298f7c4da065ec657";

pub const TAB: Uuid = uuid!("9ef11e58-809f-4d93-855d-22f12c3fd401");
pub const REQUEST: Uuid = uuid!("c56a4180-65aa-42ec-a945-5fd21dec0538");

pub fn filled(events: &[Event]) -> Contents {
    let mut batch = BatchBuilder::default();
    for event in events {
        batch.set_context(&event.context());
        batch.push(event.time, &event.kind, event.data.clone());
    }
    closed(&batch)
}

/// The batch's contents. Checks that the builder's bound holds for them.
pub fn closed(batch: &BatchBuilder) -> Contents {
    let contents = batch.contents();
    assert_eq!((contents.len(), contents.is_empty()), (batch.len(), batch.is_empty()));
    assert!(contents.bytes() <= batch.bytes(), "{} is no upper bound of {}", batch.bytes(), contents.bytes());
    contents
}

pub fn encode(events: &[Event]) -> String {
    let mut lost = Lost::default();
    lost.add(Reason::Overflow, 2);
    body_with(&filled(events), lost)
}

pub fn body(contents: &Contents) -> String {
    body_with(contents, Lost::default())
}

pub fn body_with(contents: &Contents, lost: Lost) -> String {
    let last = 12 + u64::from(contents.len()) - 1;
    let envelope =
        Envelope { site: "demo", tab: TAB, seq: 12, last, sent: 1_553_433_895_150, attempt: 1, request: REQUEST, lost };
    let body = envelope.body(contents);
    assert!(
        body.len() <= contents.bytes() + waymark_wire::batch::ENVELOPE_BYTES,
        "{} is no upper bound",
        contents.bytes()
    );
    body
}

/// The events after a round trip through a batch, without the IDs that the batch gave them.
pub fn there_and_back(events: &[Event], account: &str) -> Vec<Value> {
    let body = encode(events);
    let batch = Batch::read(body.as_bytes()).unwrap();
    let read = batch.expand(account, &ALL).events.into_iter().map(|event| {
        let (_, mut event) = event.unwrap();
        assert!(event.id.take().is_some());
        serde_json::to_value(event).unwrap()
    });
    read.collect()
}
