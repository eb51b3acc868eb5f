//! Forwarding stored events to sinks.

mod delivery;
mod erasures;
mod faulty;
#[cfg(feature = "kafka")]
pub mod kafka;
mod running;

use std::ops::Range;
use uuid::Uuid;
use waymark_collector::store::{AppendEvents, Day, IngestBatch, Losses, StoredEvent, UserIds};

/// Events of this kind are rejected for good by a [`faulty::FaultySink`].
const BAD: &str = "bad";

fn event(number: u64, site: &str, user: &str, kind: &str) -> StoredEvent {
    StoredEvent {
        // The order by ID is not the order of commits.
        id: Uuid::from_u128(u128::from(u64::MAX - number)),
        site: site.to_owned(),
        kind: kind.to_owned(),
        time: 0,
        received: number as i64,
        who: UserIds { anonymous: Some(user.to_owned()), ..UserIds::default() },
        body: format!("{{\"number\":{number}}}").into(),
    }
}

/// Appends events in one commit.
fn append(store: &(impl AppendEvents + ?Sized), records: Vec<StoredEvent>) {
    let batch = IngestBatch {
        site: records[0].site.clone(),
        tab: Uuid::from_u128(1),
        day: Day::of(0),
        seq: 0,
        events: records.len() as u64,
        last: 0,
        lost: Losses::default(),
        records,
    };
    store.append(&[batch]).unwrap();
}

/// Events of one user.
fn events(numbers: Range<u64>) -> Vec<StoredEvent> {
    numbers.map(|number| event(number, "demo", "eve", "play")).collect()
}

fn ids(events: &[StoredEvent]) -> Vec<Uuid> {
    events.iter().map(|event| event.id).collect()
}
