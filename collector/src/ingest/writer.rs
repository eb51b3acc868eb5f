//! The one thread that appends and erases, in the order in which it is asked. Batches that wait while it commits go into
//! its next commit together, so that many small ones cost one disk write; changes of kept state likewise, in one of their
//! own. In: deliveries, changes, or whom to forget. Out: what
//! became of each, once durable; new events to whoever watches.
//! What may wait is bounded in bytes: beyond it senders are told to come back.

use crate::error::Rejection;
use crate::ingest::live_feed::Live;
use crate::store::{Asked, Change, Delivery, Erasure, Merged, Outcome, Receipt, Store, Whom};
use crate::telemetry::metrics::Metrics;
use crate::time::clock::now;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Instant;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError, mpsc, oneshot};
use waymark_wire::Forget;

/// The way to the writer thread.
#[derive(Clone)]
pub(crate) struct Writer {
    jobs: mpsc::UnboundedSender<Job>,
    room: Arc<Semaphore>,
    queue_bytes: usize,
    /// How many jobs wait.
    depth: Arc<AtomicUsize>,
}

enum Job {
    Append(Delivery, Waiting<Receipt>),
    Remember(Change, Waiting<Merged>),
    Forget(Forget, Waiting<usize>),
    Erase(Whom, Waiting<Erasure>),
    Check(oneshot::Sender<bool>),
    Stop,
}

/// Who waits for what becomes of something.
struct Waiting<T> {
    /// Nothing where the store failed.
    done: oneshot::Sender<Option<T>>,
    /// What it takes of the queue until it is done.
    room: OwnedSemaphorePermit,
    depth: Depth,
}

impl<T> Waiting<T> {
    /// Whoever is told may ask for the room again at once.
    fn tell(self, outcome: Option<T>) {
        let Waiting { done, room, depth } = self;
        drop((room, depth));
        // Whoever asked may be gone; what was done stays done.
        let _ = done.send(outcome);
    }
}

/// One of the jobs that wait, counted until it is dropped.
struct Depth(Arc<AtomicUsize>);

impl Depth {
    fn count(depth: &Arc<AtomicUsize>) -> Self {
        depth.fetch_add(1, Ordering::Relaxed);
        Depth(Arc::clone(depth))
    }
}

impl Drop for Depth {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The most deliveries and records, or changes and entries, of one commit: beyond this a longer transaction saves nothing more.
const GROUP: usize = 4_000;

/// What a record, a delivery, an entry or a request takes beside its texts.
const OVERHEAD: usize = 200;

impl Writer {
    /// Starts the thread, which appends to `store` and lets at most `queue_bytes` wait.
    pub(crate) fn start(
        store: Arc<dyn Store>,
        queue_bytes: usize,
        live: Live,
        metrics: Arc<Metrics>,
    ) -> std::io::Result<(Self, JoinHandle<()>)> {
        let (jobs, waiting) = mpsc::unbounded_channel();
        let run = move || run(&*store, waiting, &live, &metrics);
        let thread = std::thread::Builder::new().name("writer".to_owned()).spawn(run)?;
        Ok((Writer { jobs, room: Arc::new(Semaphore::new(queue_bytes)), queue_bytes, depth: Arc::default() }, thread))
    }

    pub(crate) async fn append(&self, delivery: Delivery) -> Result<Receipt, Rejection> {
        let records = delivery.records.iter().map(|record| record.body.len() + record.who.bytes() + OVERHEAD);
        let bytes = delivery.site.len() + OVERHEAD + records.sum::<usize>();
        self.wait(bytes, |waiting| Job::Append(delivery, waiting)).await
    }

    pub(crate) async fn remember(&self, change: Change) -> Result<Merged, Rejection> {
        let entries = change.entries.iter().map(|((kind, name), state)| {
            kind.len() + name.len() + state.value.as_ref().map_or(0, String::len) + OVERHEAD
        });
        let bytes = change.site.len() + change.user.len() + OVERHEAD + entries.sum::<usize>();
        self.wait(bytes, |waiting| Job::Remember(change, waiting)).await
    }

    /// Erases what was asked to be appended before this. Gives how many events that was.
    pub(crate) async fn forget(&self, forget: Forget) -> Result<usize, Rejection> {
        let bytes = forget.site.len() + forget.eu_id.len() + OVERHEAD;
        self.wait(bytes, |waiting| Job::Forget(forget, waiting)).await
    }

    /// Erases what was asked to be appended before this about somebody.
    pub(crate) async fn erase(&self, whom: Whom) -> Result<Erasure, Rejection> {
        let bytes = whom.id.len() + OVERHEAD;
        self.wait(bytes, |waiting| Job::Erase(whom, waiting)).await
    }

    async fn wait<T>(&self, bytes: usize, job: impl FnOnce(Waiting<T>) -> Job) -> Result<T, Rejection> {
        let (room, depth) = (self.room(bytes)?, Depth::count(&self.depth));
        let (done, outcome) = oneshot::channel();
        self.jobs.send(job(Waiting { done, room, depth })).map_err(|_| Rejection::Ending)?;
        outcome.await.map_err(|_| Rejection::Ending)?.ok_or(Rejection::Store)
    }

    /// Whether something could be stored now: the thread really tries.
    pub(crate) async fn check(&self) -> Result<(), Rejection> {
        drop(self.room(1)?);
        let (done, outcome) = oneshot::channel();
        self.jobs.send(Job::Check(done)).map_err(|_| Rejection::Ending)?;
        let good = outcome.await.map_err(|_| Rejection::Ending)?;
        if good { Ok(()) } else { Err(Rejection::Store) }
    }

    /// How many jobs wait, and how many bytes they take.
    pub(crate) fn waiting(&self) -> (usize, usize) {
        (self.depth.load(Ordering::Relaxed), self.queue_bytes.saturating_sub(self.room.available_permits()))
    }

    /// Ends the thread after everything that waits now; what comes later is refused.
    pub(crate) fn stop(&self) {
        self.room.close();
        // A thread that has ended already needs no telling.
        let _ = self.jobs.send(Job::Stop);
    }

    fn room(&self, bytes: usize) -> Result<OwnedSemaphorePermit, Rejection> {
        // What takes the whole queue must still get in once it is empty, or it would come back for ever.
        let permits = u32::try_from(bytes.min(self.queue_bytes)).unwrap_or(u32::MAX);
        Arc::clone(&self.room).try_acquire_many_owned(permits).map_err(|error| match error {
            TryAcquireError::NoPermits => Rejection::Busy,
            TryAcquireError::Closed => Rejection::Ending,
        })
    }
}

fn run(store: &dyn Store, mut waiting: mpsc::UnboundedReceiver<Job>, live: &Live, metrics: &Metrics) {
    let mut stopping = false;
    while !stopping {
        let Some(first) = waiting.blocking_recv() else { return };
        let (mut group, mut checks, mut erasure) = (Group::default(), Vec::new(), None);
        let mut next = Some(first);
        while let Some(job) = next {
            match job {
                Job::Append(delivery, waiting) => group.add(delivery, waiting),
                Job::Remember(change, waiting) => group.change(change, waiting),
                erase @ (Job::Forget(..) | Job::Erase(..)) => erasure = Some(erase),
                Job::Check(done) => checks.push(done),
                Job::Stop => stopping = true,
            }
            // What was asked before an erasure is stored before it, and what comes after it after.
            let full = stopping || erasure.is_some() || group.size >= GROUP;
            next = if full { None } else { waiting.try_recv().ok() };
        }
        group.commit(store, live, metrics);
        match erasure {
            Some(Job::Forget(Forget { site, eu_id }, waiting)) => {
                waiting.tell(logged(store.forget(&site, &eu_id, now())));
            }
            Some(Job::Erase(whom, waiting)) => {
                waiting.tell(logged(store.erase(&whom, Asked::Api, now())));
            }
            _ => {}
        }
        if !checks.is_empty() {
            let good = logged(store.check()).is_some();
            for done in checks {
                let _ = done.send(good);
            }
        }
    }
}

/// What goes into one commit.
#[derive(Default)]
struct Group {
    deliveries: Vec<Delivery>,
    /// Who waits for each of them.
    waiting: Vec<Waiting<Receipt>>,
    changes: Vec<Change>,
    /// Who waits for each of these.
    remembering: Vec<Waiting<Merged>>,
    /// How many deliveries, records, changes and entries there are.
    size: usize,
}

impl Group {
    fn add(&mut self, delivery: Delivery, waiting: Waiting<Receipt>) {
        self.size += 1 + delivery.records.len();
        self.deliveries.push(delivery);
        self.waiting.push(waiting);
    }

    fn change(&mut self, change: Change, waiting: Waiting<Merged>) {
        self.size += 1 + change.entries.len();
        self.changes.push(change);
        self.remembering.push(waiting);
    }

    fn commit(mut self, store: &dyn Store, live: &Live, metrics: &Metrics) {
        let (changes, remembering) = (std::mem::take(&mut self.changes), std::mem::take(&mut self.remembering));
        self.append(store, live, metrics);
        if changes.is_empty() {
            return;
        }
        let mut merged = logged(store.remember(&changes, now())).map(Vec::into_iter);
        for waiting in remembering {
            waiting.tell(merged.as_mut().and_then(Iterator::next));
        }
    }

    fn append(self, store: &dyn Store, live: &Live, metrics: &Metrics) {
        if self.deliveries.is_empty() {
            return;
        }
        let started = Instant::now();
        let mut receipts = logged(store.append(&self.deliveries)).map(Vec::into_iter);
        metrics.commit(started.elapsed(), receipts.is_some());
        for (delivery, waiting) in self.deliveries.into_iter().zip(self.waiting) {
            let receipt = receipts.as_mut().and_then(Iterator::next);
            let outcomes = receipt.iter().flat_map(|receipt| &receipt.outcomes);
            for (record, outcome) in delivery.records.into_iter().zip(outcomes) {
                if *outcome == Outcome::Stored {
                    live.show(record.body);
                }
            }
            waiting.tell(receipt);
        }
    }
}

fn logged<T>(result: Result<T, crate::store::StoreError>) -> Option<T> {
    result.inspect_err(|error| tracing::error!(%error, "the store failed")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Day, Filter, Losses, Record, Sqlite, Who};
    use futures_util::future::join5;
    use uuid::Uuid;

    const USER: &str = "7302c5a9-9dbf-ef49-e898-8fce4d0add48";

    fn delivery(number: u64) -> Delivery {
        let record = Record {
            id: Uuid::from_u128(number.into()),
            site: "demo".to_owned(),
            kind: "play".to_owned(),
            time: 0,
            received: 0,
            who: Who { anonymous: Some(USER.to_owned()), ..Who::default() },
            body: "{}".into(),
        };
        Delivery {
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
        let (writer, thread) = Writer::start(store.clone(), 10_000, Live::default(), Arc::default()).unwrap();

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
