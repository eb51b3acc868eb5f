//! Lands what a block became: inserts its rows, then publishes its messages that cannot be landed.

use super::counts::LandCounts;
use super::landing::Landing;
use super::work::Work;
use crate::kafka::{Message, Producer, Undelivered};
use crate::store::StoreError;
use std::sync::Arc;
use std::time::Instant;

/// Why a block was not landed.
#[derive(Debug)]
pub(super) enum Failure {
    /// The store refuses something in the rows.
    Refused {
        /// The store's number of the error.
        code: u32,
        /// What it says. It may have parts of the rows.
        reason: String,
    },
    /// It may be landed later.
    Retryable(String),
}

/// Where blocks and rejected messages go.
pub(super) struct Attempts<L> {
    pub(super) landing: Arc<L>,
    pub(super) producer: Producer,
    /// The topic of rejected messages.
    pub(super) rejected: String,
    pub(super) counts: Arc<LandCounts>,
}

impl<L: Landing> Attempts<L> {
    /// Once it returns, the store has the rows, and the brokers have the rejected messages.
    pub(super) async fn land(&self, work: &Arc<Work>) -> Result<(), Failure> {
        let (landing, inserted, begun) = (Arc::clone(&self.landing), Arc::clone(work), Instant::now());
        match tokio::task::spawn_blocking(move || inserted.insert(&*landing)).await {
            Ok(Ok(())) => self.counts.inserts.observe(begun.elapsed()),
            Ok(Err(StoreError::Refused { code, reason })) => return Err(Failure::Refused { code, reason }),
            Ok(Err(error)) => return Err(Failure::Retryable(error.to_string())),
            Err(error) => return Err(Failure::Retryable(error.to_string())),
        }
        let messages = work.rejects.iter().map(|reject| Message {
            topic: &self.rejected,
            key: Some(&reject.key),
            payload: &reject.payload,
        });
        let sent = self.producer.send(&messages.collect::<Vec<_>>()).await;
        sent.into_iter().collect::<Result<(), Undelivered>>().map_err(|error| Failure::Retryable(error.to_string()))
    }
}
