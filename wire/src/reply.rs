//! What the collector answers to a batch.

use crate::{RefusalCode, Rejected};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The body of a 200: every event of the batch is either on disk now or named here with the reason. `R` is what is read
/// of a rejected event: a recorder that only counts them reads [`serde::de::IgnoredAny`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Reply<R = Rejected> {
    /// The request that it answers, as the batch named it: a portal or proxy in between may answer 200 too, and whoever
    /// sent the batch believes no answer that does not name it.
    pub request: Uuid,
    /// How many this batch added.
    pub stored: usize,
    /// How many were there already: a retry arrived twice.
    pub duplicate: usize,
    /// Those that can never be stored, each with the reason.
    pub rejected: Vec<R>,
    /// How many fields and events were left out because the site does not collect them; the events among them are in
    /// `rejected` too.
    #[serde(default, skip_serializing_if = "is_none")]
    pub stripped: u64,
    /// Every event of the tab whose number is below this was answered, in this batch or before: what the sender still
    /// holds of them, for want of an answer, it need not send again.
    #[serde(default)]
    pub upto: u64,
}

fn is_none(count: &u64) -> bool {
    *count == 0
}

/// The body of any other status: nothing of the batch was stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Refusal {
    /// What was wrong and what to do about it.
    pub error: String,
    /// Why, for programs.
    #[serde(default)]
    pub code: RefusalCode,
    /// With 413: the most bytes (or events) that a batch may have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    /// With 421: the collector that takes this account's data, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
}
