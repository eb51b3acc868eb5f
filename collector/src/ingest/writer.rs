//! Handle for writes: to the thread that writes to a store of its own, in the order of the requests, or to a log.
//! Batches that arrive during a commit share the next commit, so that many small batches cost one disk write. The queue
//! is bounded in bytes; beyond that, requests get a 503.

use super::commit::run;
use super::job::{Job, Waiting};
use super::live_feed::LiveFeed;
use super::log_writer::LogWriter;
use super::queue::Queue;
use crate::error::Rejection;
use crate::store::{Change, Erasure, EventLog, IngestBatch, Merged, Receipt, Store, Subject};
use crate::telemetry::metrics::Metrics;
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::sync::{mpsc, oneshot};
use waymark_wire::Forget;

/// Handle for writes.
#[derive(Clone)]
pub(crate) struct Writer {
    queue: Queue,
    to: To,
}

/// Where writes go.
#[derive(Clone)]
enum To {
    /// The writer thread.
    Thread(mpsc::UnboundedSender<Job>),
    Log(Arc<LogWriter>),
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
        Ok((Writer { queue: Queue::new(queue_bytes), to: To::Thread(jobs) }, thread))
    }

    /// Writes to `log`, and to `store` what the log does not keep. At most `queue_bytes` may wait.
    pub(crate) fn to_log(
        log: Arc<dyn EventLog>,
        store: Arc<dyn Store>,
        queue_bytes: usize,
        live: LiveFeed,
        metrics: Arc<Metrics>,
    ) -> Self {
        Writer { queue: Queue::new(queue_bytes), to: To::Log(Arc::new(LogWriter { log, store, live, metrics })) }
    }

    pub(crate) async fn append(&self, delivery: IngestBatch) -> Result<Receipt, Rejection> {
        let records = delivery.records.iter().map(|record| record.body.len() + record.who.bytes() + OVERHEAD);
        let bytes = delivery.site.len() + OVERHEAD + records.sum::<usize>();
        match &self.to {
            To::Thread(jobs) => self.wait(jobs, bytes, |waiting| Job::Append(delivery, waiting)).await,
            To::Log(log) => log.append(delivery, self.queue.enter(bytes)?).await,
        }
    }

    pub(crate) async fn merge_state(&self, change: Change) -> Result<Merged, Rejection> {
        let entries = change.entries.iter().map(|((kind, name), state)| {
            kind.len() + name.len() + state.value.as_ref().map_or(0, String::len) + OVERHEAD
        });
        let bytes = change.site.len() + change.user.len() + OVERHEAD + entries.sum::<usize>();
        match &self.to {
            To::Thread(jobs) => self.wait(jobs, bytes, |waiting| Job::MergeState(change, waiting)).await,
            To::Log(log) => {
                let _room = self.queue.enter(bytes)?;
                log.merge_state(change).await
            }
        }
    }

    /// Erases a browser's events that were appended before. Returns the number of events.
    pub(crate) async fn forget(&self, forget: Forget) -> Result<usize, Rejection> {
        let bytes = forget.site.len() + forget.eu_id.len() + OVERHEAD;
        match &self.to {
            To::Thread(jobs) => self.wait(jobs, bytes, |waiting| Job::Forget(forget, waiting)).await,
            To::Log(log) => {
                let _room = self.queue.enter(bytes)?;
                log.forget(forget).await
            }
        }
    }

    /// Erases a user's data that was appended before.
    pub(crate) async fn erase(&self, subject: Subject) -> Result<Erasure, Rejection> {
        let bytes = subject.id.len() + OVERHEAD;
        match &self.to {
            To::Thread(jobs) => self.wait(jobs, bytes, |waiting| Job::Erase(subject, waiting)).await,
            To::Log(log) => {
                let _room = self.queue.enter(bytes)?;
                log.erase(subject).await
            }
        }
    }

    async fn wait<T>(
        &self,
        jobs: &mpsc::UnboundedSender<Job>,
        bytes: usize,
        job: impl FnOnce(Waiting<T>) -> Job,
    ) -> Result<T, Rejection> {
        let (room, depth) = self.queue.enter(bytes)?;
        let (done, outcome) = oneshot::channel();
        jobs.send(job(Waiting { done, room, depth })).map_err(|_| Rejection::ShuttingDown)?;
        outcome.await.map_err(|_| Rejection::ShuttingDown)?.ok_or(Rejection::StoreFailed)
    }

    /// Checks that events can be stored now: in a store by a real write.
    pub(crate) async fn check(&self) -> Result<(), Rejection> {
        drop(self.queue.room(1)?);
        let jobs = match &self.to {
            To::Thread(jobs) => jobs,
            To::Log(log) => return log.check().await,
        };
        let (done, outcome) = oneshot::channel();
        jobs.send(Job::Check(done)).map_err(|_| Rejection::ShuttingDown)?;
        let good = outcome.await.map_err(|_| Rejection::ShuttingDown)?;
        if good { Ok(()) } else { Err(Rejection::StoreFailed) }
    }

    /// Whether events go to a log: they are taken also while the store that they are landed in fails.
    pub(crate) fn is_to_log(&self) -> bool {
        matches!(self.to, To::Log(_))
    }

    /// Number and bytes of the waiting jobs.
    pub(crate) fn waiting(&self) -> (usize, usize) {
        self.queue.waiting()
    }

    /// Ends the thread after the jobs that wait now. Later jobs are rejected.
    pub(crate) fn stop(&self) {
        self.queue.close();
        if let To::Thread(jobs) = &self.to {
            // The thread may have ended already.
            let _ = jobs.send(Job::Stop);
        }
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
