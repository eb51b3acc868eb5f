//! Writes to a log instead of a store of its own. Batches do not wait for each other: a partition without a leader holds
//! up only those that belong to it.

use super::job::Depth;
use super::live_feed::LiveFeed;
use crate::error::Rejection;
use crate::store::blocking::reading;
use crate::store::{
    Change, Erasure, ErasureNotice, ErasureScope, ErasureSource, EventLog, IngestBatch, LogError, Merged, Outcome,
    Receipt, Store, StoreError, Subject, UserHash,
};
use crate::telemetry::metrics::Metrics;
use crate::time::clock::now;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::OwnedSemaphorePermit;
use waymark_wire::Forget;

/// Writes to `log`, and to `store` what the log does not keep.
pub(super) struct LogWriter {
    pub(super) log: Arc<dyn EventLog>,
    pub(super) store: Arc<dyn Store>,
    pub(super) live: LiveFeed,
    pub(super) metrics: Arc<Metrics>,
}

impl LogWriter {
    /// Appends a batch. A log does not know what it has already: each event counts as stored, and none of earlier
    /// batches as acknowledged.
    pub(super) async fn append(
        &self,
        delivery: IngestBatch,
        room: (OwnedSemaphorePermit, Depth),
    ) -> Result<Receipt, Rejection> {
        let (log, live, metrics) = (Arc::clone(&self.log), self.live.clone(), Arc::clone(&self.metrics));
        // A task of its own: where the sender is gone, the brokers still have the batch in hand, and it takes room.
        let appended = tokio::spawn(async move {
            let started = Instant::now();
            let logged = log.append(&delivery).await;
            metrics.commit(started.elapsed(), logged.is_ok());
            drop(room);
            logged.map_err(rejected)?;
            let outcomes = vec![Outcome::Stored; delivery.records.len()];
            delivery.records.into_iter().for_each(|record| live.publish(record.body));
            Ok(Receipt { outcomes, acknowledged_below: 0 })
        });
        appended.await.unwrap_or(Err(Rejection::ShuttingDown))
    }

    pub(super) async fn merge_state(&self, change: Change) -> Result<Merged, Rejection> {
        let merged = reading(&self.store, move |store| store.merge_state(&[change], now())).await;
        merged.map_err(failed)?.into_iter().next().ok_or(Rejection::StoreFailed)
    }

    /// First the store, which counts what is erased: a lander that hears of the erasure would be faster. What lands
    /// later is hidden by the store's tombstone, and removed.
    pub(super) async fn forget(&self, Forget { site, eu_id }: Forget) -> Result<usize, Rejection> {
        let time = now();
        let subject = Subject { id: eu_id.clone(), site: Some(site.clone()) };
        let told = notice(&subject, &eu_id, ErasureScope::Anonymous, ErasureSource::Browser, time);
        let erased = reading(&self.store, move |store| store.forget(&site, &eu_id, time)).await.map_err(failed)?;
        self.note(&[told]).await?;
        Ok(erased)
    }

    /// The same for all IDs of a user, which the store knows: it finds linked IDs by events that are erased with them.
    pub(super) async fn erase(&self, subject: Subject) -> Result<Erasure, Rejection> {
        let (time, source) = (now(), ErasureSource::Api);
        let erased = subject.clone();
        let erasure = reading(&self.store, move |store| store.erase(&erased, source, time)).await.map_err(failed)?;
        let notices = erasure.ids.iter().map(|id| notice(&subject, id, ErasureScope::All, source, time));
        self.note(&notices.collect::<Vec<_>>()).await?;
        Ok(erasure)
    }

    pub(super) async fn check(&self) -> Result<(), Rejection> {
        self.log.check().await.map_err(|error| {
            tracing::debug!(%error, "the log is not ready");
            Rejection::StoreFailed
        })
    }

    async fn note(&self, notices: &[ErasureNotice]) -> Result<(), Rejection> {
        self.log.erase(notices).await.map_err(rejected)
    }
}

fn notice(subject: &Subject, id: &str, scope: ErasureScope, source: ErasureSource, time: i64) -> ErasureNotice {
    // Nothing numbers the notices of a log.
    ErasureNotice { number: 0, site: subject.site.clone(), user: UserHash::of(id), scope, time, source }
}

fn rejected(error: LogError) -> Rejection {
    tracing::debug!(%error, "the log did not keep a request");
    Rejection::StoreFailed
}

fn failed(error: StoreError) -> Rejection {
    tracing::error!(%error, "the store failed");
    Rejection::StoreFailed
}
