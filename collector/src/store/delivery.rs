//! What a tab has reported with a batch, for stores that account for batches after they were taken.

use super::{IngestBatch, Losses};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A batch, without its events. Two of the same tab with the same `seq` and `received` are the same delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Site key.
    pub site: String,
    /// Tab ID.
    pub tab: Uuid,
    /// Number of the first event in the tab's sequence.
    pub seq: u64,
    /// Number of events, including the rejected ones.
    pub events: u64,
    /// Number of events that were accepted.
    pub accepted: u64,
    /// Number of the tab's newest event.
    pub last: u64,
    /// Losses that the tab has reported so far.
    pub lost: Losses,
    /// Arrival time, epoch ms.
    pub received: i64,
}

impl Delivery {
    /// Of a batch that arrived at `received` (epoch ms).
    pub fn of(batch: &IngestBatch, received: i64) -> Self {
        let IngestBatch { site, tab, seq, events, last, lost, records, .. } = batch;
        Delivery {
            site: site.clone(),
            tab: *tab,
            seq: *seq,
            events: *events,
            accepted: records.len() as u64,
            last: *last,
            lost: *lost,
            received,
        }
    }
}
