//! What a collector for tests has beside others: the batches and events that it rejected, with the reasons, and the
//! store, which can be emptied between two tests.

use crate::store::Memory;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use waymark_wire::{Refusal, RefusalCode, Reply};

/// The state of a collector for tests.
pub(crate) struct Micro {
    pub(crate) store: Arc<Memory>,
    rejected: Mutex<Vec<RejectedEvent>>,
}

/// An event that was not stored.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct RejectedEvent {
    /// The event as the batch has it. A body that is no batch is here as a whole: its JSON, or its text.
    event: Box<RawValue>,
    /// The code for programs.
    reason: String,
    /// The sentence for people.
    message: String,
}

/// The events of a batch, unread.
#[derive(Deserialize)]
struct Events {
    events: Vec<Box<RawValue>>,
}

impl Micro {
    pub(crate) fn new(store: Arc<Memory>) -> Self {
        Micro { store, rejected: Mutex::default() }
    }

    /// The rejected events, the oldest first.
    pub(crate) fn rejected(&self) -> Vec<RejectedEvent> {
        self.list().clone()
    }

    /// Forgets everything: stored events, kept state and rejected events.
    pub(crate) fn reset(&self) {
        self.store.clear();
        self.list().clear();
    }

    /// Notes what the answer to a batch rejects. `batch` is decompressed.
    pub(crate) fn note(&self, batch: &[u8], answer: &[u8]) {
        if let Ok(Reply { rejected, .. }) = serde_json::from_slice::<Reply>(answer)
            && !rejected.is_empty()
        {
            let events = events(batch);
            let noted = rejected.into_iter().filter_map(|rejected| {
                let event = events.get(rejected.index)?.clone();
                Some(RejectedEvent { event, reason: rejected.code.to_string(), message: rejected.why })
            });
            self.list().extend(noted);
        }
        if let Ok(refusal) = serde_json::from_slice::<Refusal>(answer) {
            self.note_refusal(batch, &refusal);
        }
    }

    /// Notes the events of a batch that was refused as a whole, unless the recorder sends them again.
    fn note_refusal(&self, batch: &[u8], refusal: &Refusal) {
        let mut events = events(batch);
        let is_split = matches!(refusal.code, RefusalCode::BatchTooLarge | RefusalCode::TooManyEvents);
        let is_later = matches!(
            refusal.code,
            RefusalCode::IncompleteBody
                | RefusalCode::BodyTimeout
                | RefusalCode::BodyTooSlow
                | RefusalCode::RateLimited
                | RefusalCode::TooManyConnections
                | RefusalCode::Busy
                | RefusalCode::StoreFailed
                | RefusalCode::DiskFull
                | RefusalCode::ShuttingDown
        );
        if is_later || (is_split && events.len() > 1) {
            return;
        }
        if events.is_empty() {
            let json = serde_json::from_slice::<Box<RawValue>>(batch);
            events.extend(json.or_else(|_| to_raw_value(&String::from_utf8_lossy(batch))));
        }
        let noted = events.into_iter().map(|event| RejectedEvent {
            event,
            reason: refusal.code.to_string(),
            message: refusal.error.clone(),
        });
        self.list().extend(noted);
    }

    fn list(&self) -> MutexGuard<'_, Vec<RejectedEvent>> {
        self.rejected.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn events(batch: &[u8]) -> Vec<Box<RawValue>> {
    serde_json::from_slice(batch).map(|Events { events }| events).unwrap_or_default()
}
