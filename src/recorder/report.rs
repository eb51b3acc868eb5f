//! Everything that is held, and why, as data: what the page, a panel or a person may look at.

use super::permission_change::purpose_names;
use super::{Call, Recorder, Reply};
use crate::consent::{Caps, Mode};
use serde::Serialize;
use uuid::Uuid;
use waymark_wire::level::purpose;
use waymark_wire::settings::{ConsentMode, Problem};
use waymark_wire::{Context, IdSource, Lost};

/// The recorder's part of `inspect`; the browser edge adds what is stored and what was sent.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    site: String,
    collector: String,
    build: &'static str,
    /// The level in force.
    level: u8,
    /// The most that each cap allows; the lowest is the level.
    why: Caps,
    consent: ConsentState,
    purposes: Vec<&'static str>,
    mode: Mode,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<ReportedUser>,
    session: String,
    tab: Option<Uuid>,
    /// Events in the batch that is being filled.
    queued: u32,
    /// Batches that were not acknowledged yet.
    unsent: usize,
    outbox: OutboxPlace,
    refused_ids: u32,
    lost: Lost,
    refused_settings: Vec<String>,
    context: Context,
}

#[derive(Debug, Serialize)]
struct ReportedUser {
    id: String,
    source: IdSource,
}

/// Where unacknowledged batches are.
#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
enum OutboxPlace {
    Stored,
    Memory,
}

/// What the user has said.
#[derive(Debug, Serialize)]
#[serde(rename_all = "lowercase")]
enum ConsentState {
    Denied,
    Granted,
    Implied,
    Unknown,
}

impl Recorder {
    pub(super) fn inspect(&mut self) -> Call {
        let is_implied = self.config.settings().consent.unwrap_or_default() == ConsentMode::Implied;
        let (consent, purposes) = match self.consent.granted {
            Some(0) => (ConsentState::Denied, 0),
            Some(granted) => (ConsentState::Granted, granted),
            None if is_implied => (ConsentState::Implied, purpose::ALL),
            None => (ConsentState::Unknown, 0),
        };
        let is_stored = self.may_keep() && self.outbox.is_kept;
        let source = if self.who.is_known { IdSource::Identifier } else { IdSource::Cache };
        Ok(Reply::Report(Box::new(Report {
            site: self.config.site().to_owned(),
            collector: self.config.collector().to_owned(),
            build: crate::BUILD,
            level: self.leave.allowed.level() as u8,
            why: self.leave.caps,
            consent,
            purposes: purpose_names(purposes),
            mode: self.leave.mode,
            user: self.who.id.clone().map(|id| ReportedUser { id, source }),
            session: self.session.as_ref().map(|session| session.id.clone()).unwrap_or_default(),
            tab: self.tab.id(),
            queued: self.queue.len(),
            unsent: self.outbox.len(),
            outbox: if is_stored { OutboxPlace::Stored } else { OutboxPlace::Memory },
            refused_ids: self.identity.refused,
            lost: self.lost,
            refused_settings: self.config.problems.iter().map(Problem::message).collect(),
            context: self.context.allowed(&self.leave.allowed).clone(),
        })))
    }
}
