//! What a call returns.

use crate::call_error::CallError;
use crate::consent::permissions::{Caps, Mode};
use crate::state::StateEntry;
use serde::Serialize;
use uuid::Uuid;
use waymark_wire::{Context, IdSource, Lost};

/// What a call returns, or why it was not carried out.
pub type Call = Result<Reply, CallError>;

/// The result of a call that was carried out.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Reply {
    /// It is done.
    Done,
    /// What the recorder holds, and why.
    Report(Box<Report>),
    /// The entry of the user's state with that kind and name, if there is one.
    Entry(Option<StateEntry>),
    /// All entries of the user's state.
    Entries(Vec<StateEntry>),
}

pub(super) const DONE: Call = Ok(Reply::Done);

/// The recorder's part of `inspect`; the browser edge adds what is stored and what was sent.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    pub(super) site: String,
    pub(super) collector: String,
    pub(super) build: &'static str,
    /// The level in force.
    pub(super) level: u8,
    /// What limits the level.
    pub(super) why: Caps,
    pub(super) consent: ConsentState,
    pub(super) purposes: Vec<&'static str>,
    pub(super) mode: Mode,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) user: Option<ReportedUser>,
    pub(super) session: String,
    pub(super) tab: Option<Uuid>,
    /// Events in the open batch.
    pub(super) queued: u32,
    /// Batches that are not acknowledged yet.
    pub(super) unsent: usize,
    pub(super) outbox: OutboxPlace,
    pub(super) refused_ids: u32,
    pub(super) lost: Lost,
    pub(super) refused_settings: Vec<String>,
    pub(super) context: Context,
}

#[derive(Debug, Serialize)]
pub(super) struct ReportedUser {
    pub(super) id: String,
    pub(super) source: IdSource,
}

/// Where unacknowledged batches are.
#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum OutboxPlace {
    Stored,
    Memory,
}

/// The user's answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum ConsentState {
    Denied,
    Granted,
    Implied,
    Unknown,
}
