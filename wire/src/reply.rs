//! The collector's reply to a batch.

use crate::{RefusalCode, Rejected};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The body of a 200 response: every event of the batch is either on disk or named as rejected, with the reason. `R` is
/// the type of a rejected event: a recorder that only counts rejected events uses [`serde::de::IgnoredAny`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reply<R = Rejected> {
    /// The GUID of the attempt, repeated from the batch. The sender accepts only a reply with its GUID, because a
    /// captive portal or proxy can answer 200 too.
    pub request: Uuid,
    /// The number of events that this batch added.
    pub stored: usize,
    /// The number of events that were stored before, because a retry arrived twice.
    pub duplicate: usize,
    /// The events that can never be stored, each with the reason.
    pub rejected: Vec<R>,
    /// The number of fields and events left out because the site does not collect them. These events are in `rejected`
    /// too.
    #[serde(default, skip_serializing_if = "is_none")]
    pub stripped: u64,
    /// All events of the tab with a lower number have been answered, with this batch or before. The sender need not
    /// send them again.
    #[serde(default)]
    pub upto: u64,
}

fn is_none(count: &u64) -> bool {
    *count == 0
}

/// The body of a response with any other status: no event of the batch was stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Refusal {
    /// The problem and its remedy, as a sentence.
    pub error: String,
    /// The reason for programs.
    #[serde(default)]
    pub code: RefusalCode,
    /// With 413: the maximum of bytes (or events) in a batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    /// With 421: the address of the collector that accepts this account's data, if it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
}
