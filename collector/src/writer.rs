//! The one thread that appends. Batches that wait while it commits go into its next commit together, so that many
//! small ones cost one disk write. In: records. Out: what became of each, once durable; new events to whoever watches.
//! What may wait is bounded in bytes: beyond it senders are told to come back.

use crate::live::Live;
use crate::reject::Rejection;
use crate::store::{Outcome, Record, Store};
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError, mpsc, oneshot};

/// The way to the writer thread.
#[derive(Clone)]
pub(crate) struct Writer {
    jobs: mpsc::UnboundedSender<Job>,
    room: Arc<Semaphore>,
    queue_bytes: usize,
}

enum Job {
    Append(Vec<Record>, Waiting),
    Check(oneshot::Sender<bool>),
    Stop,
}

/// Who waits for what became of some records.
struct Waiting {
    done: oneshot::Sender<Option<Vec<Outcome>>>,
    /// What the records take of the queue until they are written.
    _room: OwnedSemaphorePermit,
}

/// The most records of one commit: beyond this a longer transaction saves nothing more.
const GROUP: usize = 4_000;

/// What a record takes beside its body.
const OVERHEAD: usize = 200;

impl Writer {
    /// Starts the thread, which appends to `store` and lets at most `queue_bytes` wait.
    pub(crate) fn start(
        store: Arc<dyn Store>,
        queue_bytes: usize,
        live: Live,
    ) -> std::io::Result<(Self, JoinHandle<()>)> {
        let (jobs, waiting) = mpsc::unbounded_channel();
        let thread =
            std::thread::Builder::new().name("writer".to_owned()).spawn(move || run(&*store, waiting, &live))?;
        Ok((Writer { jobs, room: Arc::new(Semaphore::new(queue_bytes)), queue_bytes }, thread))
    }

    pub(crate) async fn append(&self, records: Vec<Record>) -> Result<Vec<Outcome>, Rejection> {
        if records.is_empty() {
            return Ok(Vec::new());
        }
        let bytes: usize = records.iter().map(|record| record.body.len() + OVERHEAD).sum();
        let room = self.room(bytes)?;
        let (done, outcome) = oneshot::channel();
        self.jobs.send(Job::Append(records, Waiting { done, _room: room })).map_err(|_| Rejection::Ending)?;
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

fn run(store: &dyn Store, mut waiting: mpsc::UnboundedReceiver<Job>, live: &Live) {
    let mut stopping = false;
    while !stopping {
        let Some(first) = waiting.blocking_recv() else { return };
        let (mut group, mut checks) = (Group::default(), Vec::new());
        let mut next = Some(first);
        while let Some(job) = next {
            match job {
                Job::Append(records, waiting) => group.add(records, waiting),
                Job::Check(done) => checks.push(done),
                Job::Stop => stopping = true,
            }
            let full = stopping || group.records.len() >= GROUP;
            next = if full { None } else { waiting.try_recv().ok() };
        }
        group.commit(store, live);
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
    records: Vec<Record>,
    /// How many of the records are whose.
    shares: Vec<(usize, Waiting)>,
}

impl Group {
    fn add(&mut self, records: Vec<Record>, waiting: Waiting) {
        self.shares.push((records.len(), waiting));
        self.records.extend(records);
    }

    fn commit(self, store: &dyn Store, live: &Live) {
        if self.records.is_empty() {
            return;
        }
        let outcomes = logged(store.append(&self.records));
        let mut rest = outcomes.as_deref();
        for (count, waiting) in self.shares {
            let own = rest.map(|outcomes| outcomes[..count].to_vec());
            rest = rest.map(|outcomes| &outcomes[count..]);
            // Whoever asked may be gone; what was stored stays stored.
            let _ = waiting.done.send(own);
        }
        for (record, outcome) in self.records.into_iter().zip(outcomes.into_iter().flatten()) {
            if outcome == Outcome::Stored {
                live.show(record.body);
            }
        }
    }
}

fn logged<T>(result: Result<T, crate::store::StoreError>) -> Option<T> {
    result.inspect_err(|error| tracing::error!(%error, "the store failed")).ok()
}
