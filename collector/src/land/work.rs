//! From a block of messages to what is inserted, and what is rejected.

use super::block::{Block, Topic};
use super::counts::LandCounts;
use super::erased::Erased;
use super::landing::Landing;
use super::reject::Reject;
use crate::kafka::read_erasure;
use crate::store::{Delivery, ErasureNotice, LandedEvent, StoreError};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a block becomes.
#[derive(Debug)]
pub(super) struct Work {
    pub(super) token: String,
    pub(super) rows: Rows,
    pub(super) rejects: Vec<Reject>,
    /// Whether it was the store that rejected them: they could be read.
    pub(super) is_refused: bool,
    /// Events that were dropped, because their user was erased after they arrived.
    pub(super) erased: usize,
}

/// Rows of one kind.
#[derive(Debug)]
pub(super) enum Rows {
    Events(Vec<LandedEvent>),
    Deliveries(Vec<Delivery>),
    Erasures(Vec<ErasureNotice>),
}

/// What a lander knows beside the messages.
pub(super) struct Known {
    pub(super) erased: Arc<Erased>,
    /// For how many days each site keeps its events. Those of other sites are kept.
    pub(super) retention_days: BTreeMap<String, u32>,
}

impl Work {
    /// Reads the messages of a block of the topic `name`.
    pub(super) fn of(block: &Block, name: &str, known: &Known) -> Self {
        let mut work = Work::none(block, name);
        for message in &block.messages {
            let read = std::str::from_utf8(&message.payload).map_err(|error| error.to_string());
            match read.and_then(|text| work.read(text, known)) {
                Ok(()) => {}
                Err(reason) => work.rejects.push(Reject::of(name, block.partition, message, &reason)),
            }
        }
        work
    }

    /// The work where the store refuses the messages of a block: they are rejected.
    pub(super) fn refused(block: &Block, name: &str, reason: &str) -> Self {
        let reject = |message| Reject::of(name, block.partition, message, reason);
        let rejects = block.messages.iter().map(reject).collect();
        Work { rejects, is_refused: true, ..Work::none(block, name) }
    }

    fn none(block: &Block, name: &str) -> Self {
        let (token, rows) = (block.token(name), Rows::none(block.topic));
        Work { token, rows, rejects: Vec::new(), is_refused: false, erased: 0 }
    }

    fn read(&mut self, text: &str, known: &Known) -> Result<(), String> {
        match &mut self.rows {
            Rows::Events(events) => {
                let days = |site: &str| known.retention_days.get(site).copied().unwrap_or_default();
                let event = LandedEvent::read(text, days).map_err(|error| error.to_string())?;
                match known.erased.has(&event.event) {
                    true => self.erased += 1,
                    false => events.push(event),
                }
            }
            Rows::Deliveries(deliveries) => {
                let delivery =
                    serde_json::from_str(text).map_err(|error| format!("it is no report of a tab: {error}"))?;
                deliveries.push(delivery);
            }
            Rows::Erasures(notices) => {
                notices.push(read_erasure(text).map_err(|error| format!("it is no erasure: {error}"))?);
            }
        }
        Ok(())
    }

    /// Inserts the rows. It blocks.
    pub(super) fn insert(&self, landing: &impl Landing) -> Result<(), StoreError> {
        match &self.rows {
            Rows::Events(events) if !events.is_empty() => landing.insert(events, &self.token),
            Rows::Deliveries(deliveries) if !deliveries.is_empty() => {
                landing.insert_deliveries(deliveries, &self.token)
            }
            Rows::Erasures(notices) if !notices.is_empty() => landing.insert_erasures(notices),
            _ => Ok(()),
        }
    }

    /// Counts what was landed at `now` (epoch ms).
    pub(super) fn count(&self, counts: &LandCounts, now: i64) {
        let (counter, rows) = match &self.rows {
            Rows::Events(events) => (&counts.events, events.len()),
            Rows::Deliveries(deliveries) => (&counts.deliveries, deliveries.len()),
            Rows::Erasures(notices) => (&counts.erasures, notices.len()),
        };
        LandCounts::add(counter, rows);
        let rejected = if self.is_refused { &counts.refused } else { &counts.unreadable };
        LandCounts::add(rejected, self.rejects.len());
        LandCounts::add(&counts.erased, self.erased);
        if let Rows::Events(events) = &self.rows
            && let Some(newest) = events.iter().map(|landed| landed.event.received).max()
        {
            counts.delays.observe(std::time::Duration::from_millis(u64::try_from(now - newest).unwrap_or_default()));
        }
    }
}

impl Rows {
    fn none(topic: Topic) -> Self {
        match topic {
            Topic::Events => Rows::Events(Vec::new()),
            Topic::Deliveries => Rows::Deliveries(Vec::new()),
            Topic::Erasures => Rows::Erasures(Vec::new()),
        }
    }
}
