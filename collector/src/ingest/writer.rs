//! Handle to the writer thread, which appends, merges and erases in the order of the requests. Batches that arrive
//! during a commit share the next commit, so that many small batches cost one disk write. The queue is bounded in
//! bytes; beyond that, requests get a 503.

use super::commit::run;
use super::job::{Depth, Job, Waiting};
use super::live_feed::LiveFeed;
use crate::error::Rejection;
use crate::store::{Change, Erasure, IngestBatch, Merged, Receipt, Store, Subject};
use crate::telemetry::metrics::Metrics;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError, mpsc, oneshot};
use waymark_wire::Forget;

/// Handle to the writer thread.
#[derive(Clone)]
pub(crate) struct Writer {
    jobs: mpsc::UnboundedSender<Job>,
    room: Arc<Semaphore>,
    queue_bytes: usize,
    /// Number of waiting jobs.
    depth: Arc<AtomicUsize>,
}

/// Bytes of an event, batch, entry or request beside its texts.
const OVERHEAD: usize = 200;

impl Writer {
    /// Starts the thread, which writes to `store`. At most `queue_bytes` may wait.
    pub(crate) fn start(
        store: Arc<dyn Store>,
        queue_bytes: usize,
        live: LiveFeed,
        metrics: Arc<Metrics>,
    ) -> std::io::Result<(Self, JoinHandle<()>)> {
        let (jobs, waiting) = mpsc::unbounded_channel();
        let run = move || run(&*store, waiting, &live, &metrics);
        let thread = std::thread::Builder::new().name("writer".to_owned()).spawn(run)?;
        Ok((Writer { jobs, room: Arc::new(Semaphore::new(queue_bytes)), queue_bytes, depth: Arc::default() }, thread))
    }

    pub(crate) async fn append(&self, delivery: IngestBatch) -> Result<Receipt, Rejection> {
        let records = delivery.records.iter().map(|record| record.body.len() + record.who.bytes() + OVERHEAD);
        let bytes = delivery.site.len() + OVERHEAD + records.sum::<usize>();
        self.wait(bytes, |waiting| Job::Append(delivery, waiting)).await
    }

    pub(crate) async fn merge_state(&self, change: Change) -> Result<Merged, Rejection> {
        let entries = change.entries.iter().map(|((kind, name), state)| {
            kind.len() + name.len() + state.value.as_ref().map_or(0, String::len) + OVERHEAD
        });
        let bytes = change.site.len() + change.user.len() + OVERHEAD + entries.sum::<usize>();
        self.wait(bytes, |waiting| Job::MergeState(change, waiting)).await
    }

    /// Erases a browser's events that were appended before. Returns the number of events.
    pub(crate) async fn forget(&self, forget: Forget) -> Result<usize, Rejection> {
        let bytes = forget.site.len() + forget.eu_id.len() + OVERHEAD;
        self.wait(bytes, |waiting| Job::Forget(forget, waiting)).await
    }

    /// Erases a user's data that was appended before.
    pub(crate) async fn erase(&self, subject: Subject) -> Result<Erasure, Rejection> {
        let bytes = subject.id.len() + OVERHEAD;
        self.wait(bytes, |waiting| Job::Erase(subject, waiting)).await
    }

    async fn wait<T>(&self, bytes: usize, job: impl FnOnce(Waiting<T>) -> Job) -> Result<T, Rejection> {
        let (room, depth) = (self.room(bytes)?, Depth::count(&self.depth));
        let (done, outcome) = oneshot::channel();
        self.jobs.send(job(Waiting { done, room, depth })).map_err(|_| Rejection::ShuttingDown)?;
        outcome.await.map_err(|_| Rejection::ShuttingDown)?.ok_or(Rejection::StoreFailed)
    }

    /// Checks by a real write that events can be stored now.
    pub(crate) async fn check(&self) -> Result<(), Rejection> {
        drop(self.room(1)?);
        let (done, outcome) = oneshot::channel();
        self.jobs.send(Job::Check(done)).map_err(|_| Rejection::ShuttingDown)?;
        let good = outcome.await.map_err(|_| Rejection::ShuttingDown)?;
        if good { Ok(()) } else { Err(Rejection::StoreFailed) }
    }

    /// Number and bytes of the waiting jobs.
    pub(crate) fn waiting(&self) -> (usize, usize) {
        (self.depth.load(Ordering::Relaxed), self.queue_bytes.saturating_sub(self.room.available_permits()))
    }

    /// Ends the thread after the jobs that wait now. Later jobs are rejected.
    pub(crate) fn stop(&self) {
        self.room.close();
        // The thread may have ended already.
        let _ = self.jobs.send(Job::Stop);
    }

    fn room(&self, bytes: usize) -> Result<OwnedSemaphorePermit, Rejection> {
        // A job larger than the queue must fit once the queue is empty, or it would be retried for ever.
        let permits = u32::try_from(bytes.min(self.queue_bytes)).unwrap_or(u32::MAX);
        Arc::clone(&self.room).try_acquire_many_owned(permits).map_err(|error| match error {
            TryAcquireError::NoPermits => Rejection::Busy,
            TryAcquireError::Closed => Rejection::ShuttingDown,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Day, Filter, Losses, Outcome, ReadEvents, Sqlite, StoredEvent, UserIds};
    use futures_util::future::join5;
    use uuid::Uuid;

    const USER: &str = "7302c5a9-9dbf-ef49-e898-8fce4d0add48";

    fn delivery(number: u64) -> IngestBatch {
        let record = StoredEvent {
            id: Uuid::from_u128(number.into()),
            site: "demo".to_owned(),
            kind: "play".to_owned(),
            time: 0,
            received: 0,
            who: UserIds { anonymous: Some(USER.to_owned()), ..UserIds::default() },
            body: "{}".into(),
        };
        IngestBatch {
            site: "demo".to_owned(),
            tab: Uuid::nil(),
            day: Day::of(0),
            seq: number,
            events: 1,
            last: number,
            lost: Losses::default(),
            records: vec![record],
        }
    }

    #[tokio::test]
    async fn an_erasure_takes_what_waits_before_it_and_leaves_what_comes_after() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("events.db");
        let store = Arc::new(Sqlite::open(&file).unwrap());
        let (writer, thread) = Writer::start(store.clone(), 10_000, LiveFeed::default(), Arc::default()).unwrap();

        // Nothing is written before all of it waits.
        let other = rusqlite::Connection::open(&file).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        let forget = Forget { site: "demo".to_owned(), eu_id: USER.to_owned() };
        let release = async { other.execute_batch("ROLLBACK").unwrap() };
        let (first, second, erased, third, ()) = join5(
            writer.append(delivery(1)),
            writer.append(delivery(2)),
            writer.forget(forget),
            writer.append(delivery(3)),
            release,
        )
        .await;
        for stored in [first, second, third] {
            assert_eq!(stored.unwrap().outcomes, [Outcome::Stored]);
        }
        assert_eq!(erased.unwrap(), 2);
        let left: Vec<Uuid> = store.page(&Filter::default(), None, 10).unwrap().into_iter().map(|(id, _)| id).collect();
        assert_eq!(left, [Uuid::from_u128(3)]);
        writer.stop();
        thread.join().unwrap();
    }
}
