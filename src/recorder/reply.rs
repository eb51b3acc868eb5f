//! The results of calls.

use crate::call_error::CallError;
use crate::consent::permissions::{Caps, Mode};
use crate::state::StateEntry;
use serde::Serialize;
use uuid::Uuid;
use waymark_wire::{Context, IdSource, Lost};

/// The result of a call, or the reason why it was not carried out.
pub type Call = Result<Reply, CallError>;

/// The result of a call that was carried out.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Reply {
    /// The call was carried out and has no result.
    Done,
    /// The recorder's state.
    Report(Box<Report>),
    /// An entry of the user's state; `None` if there is no entry of that kind and name.
    Entry(Option<StateEntry>),
    /// All entries of the user's state.
    Entries(Vec<StateEntry>),
}

pub(super) const DONE: Call = Ok(Reply::Done);

/// The recorder's part of the result of `inspect`. The browser edge adds the stored entries and the requests sent.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    pub(super) site: String,
    pub(super) collector: String,
    pub(super) build: &'static str,
    /// The level in force.
    pub(super) level: u8,
    /// The caps of the level.
    pub(super) why: Caps,
    pub(super) consent: ConsentState,
    pub(super) purposes: Vec<&'static str>,
    pub(super) mode: Mode,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) user: Option<ReportedUser>,
    pub(super) session: String,
    pub(super) tab: Option<Uuid>,
    /// The number of events in the open batch.
    pub(super) queued: u32,
    /// The number of batches that are not acknowledged yet.
    pub(super) unsent: usize,
    pub(super) outbox: OutboxPlace,
    pub(super) refused_ids: u32,
    pub(super) lost: Lost,
    pub(super) refused_settings: Vec<String>,
    /// What the site's developer may want to know.
    pub(super) hints: Vec<&'static str>,
    pub(super) context: Context,
}

#[derive(Debug, Serialize)]
pub(super) struct ReportedUser {
    pub(super) id: String,
    pub(super) source: IdSource,
}

/// The place of unacknowledged batches.
#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum OutboxPlace {
    Stored,
    Memory,
}

/// The state of the user's consent.
#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum ConsentState {
    Denied,
    Granted,
    Implied,
    Unknown,
}
