//! A forwarder that runs: beside a writer, while its sink fails, and at shutdown.

use super::faulty::{Answers, FaultySink};
use super::{BAD, append, event, events, ids};
use crate::harness::running::in_time;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::Instant;
use uuid::Uuid;
use waymark_collector::sinks::{EventSink, FlushError, Forwarder, MemorySink, Progress, SinkError};
use waymark_collector::store::{FollowCommits, Memory, Position, ReadEvents, Sqlite, StoredEvent};

/// Waits until `done`.
async fn until(done: impl Fn() -> bool) {
    in_time(async {
        while !done() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

/// Asks the store for each event before it takes it.
struct Asking {
    store: Arc<Sqlite>,
    taken: MemorySink,
}

impl EventSink for Asking {
    fn name(&self) -> &str {
        "asking"
    }

    async fn publish(&self, events: &[StoredEvent]) -> Vec<Result<(), SinkError>> {
        assert_eq!(self.store.get(&ids(events)).unwrap().len(), events.len());
        self.taken.publish(events).await
    }

    async fn flush(&self) -> Result<(), FlushError> {
        self.taken.flush().await
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_appended_meanwhile_is_forwarded_once_in_its_order() {
    let dir = tempfile::tempdir().unwrap();
    let store = Arc::new(Sqlite::open(&dir.path().join("events.db")).unwrap());
    let (end, ending) = watch::channel(false);
    let taken = MemorySink::new("taken");
    let sink = Asking { store: store.clone(), taken: taken.clone() };
    let running = tokio::spawn(Forwarder::new(store.clone(), sink).run(ending));
    let writer = store.clone();
    let write = move || (0..200).for_each(|batch| append(&*writer, events(batch * 10..batch * 10 + 10)));
    tokio::task::spawn_blocking(write).await.unwrap();
    until(|| taken.events().len() >= 2_000).await;
    end.send(true).unwrap();
    in_time(running).await.unwrap();
    assert_eq!(ids(&taken.events()), ids(&events(0..2_000)));
    assert_ne!(store.cursor("asking").unwrap(), Position::START);
}

#[tokio::test(start_paused = true)]
async fn a_sink_that_fails_is_asked_again_after_pauses_that_grow_and_start_anew_once_it_takes_something() {
    /// Fails a number of times. Notes when it is asked.
    struct Failing(u32, Arc<Mutex<Vec<Instant>>>);
    impl EventSink for Failing {
        fn name(&self) -> &str {
            "failing"
        }

        async fn publish(&self, events: &[StoredEvent]) -> Vec<Result<(), SinkError>> {
            let mut asked = self.1.lock().unwrap();
            asked.push(Instant::now());
            let fails = asked.len() as u32 <= self.0;
            let first = if fails { Err(SinkError::Retryable("down".to_owned())) } else { Ok(()) };
            // The last attempt but one takes a part.
            let rest = if asked.len() as u32 == self.0 { Ok(()) } else { first.clone() };
            [first].into_iter().chain((1..events.len()).map(|_| rest.clone())).collect()
        }

        async fn flush(&self) -> Result<(), FlushError> {
            Ok(())
        }
    }
    let store = Arc::new(Memory::default());
    append(&*store, vec![event(0, "demo", "eve", "play"), event(1, "demo", "adam", "play")]);
    let asked = Arc::new(Mutex::new(Vec::new()));
    let (end, ending) = watch::channel(false);
    let running = tokio::spawn(Forwarder::new(store.clone(), Failing(6, asked.clone())).run(ending));
    while store.cursor("failing").unwrap() == Position::START {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    end.send(true).unwrap();
    running.await.unwrap();
    let asked = asked.lock().unwrap();
    let pauses: Vec<_> = asked.windows(2).map(|two| (two[1] - two[0]).as_millis() / 100).collect();
    assert_eq!(pauses, [2, 4, 8, 16, 32, 2]);
}

#[tokio::test(start_paused = true)]
async fn a_sink_that_never_answers_does_not_hold_the_shutdown_for_long() {
    let store = Arc::new(Memory::default());
    append(&*store, events(0..3));
    let sink = FaultySink::new(Answers { stalls_at: Some(2), ..Answers::default() });
    let (end, ending) = watch::channel(false);
    let running = tokio::spawn(Forwarder::new(store.clone(), sink.clone()).run(ending));
    sink.stalled.notified().await;
    let ended = Instant::now();
    end.send(true).unwrap();
    running.await.unwrap();
    assert_eq!(ended.elapsed().as_secs(), 5);
    assert_eq!(store.cursor("faulty").unwrap(), Position::START);
}

#[tokio::test(start_paused = true)]
async fn the_batch_in_progress_at_shutdown_is_finished_and_no_other_is_begun() {
    /// Takes a second for each batch.
    struct Slow(MemorySink, watch::Sender<bool>);
    impl EventSink for Slow {
        fn name(&self) -> &str {
            "slow"
        }

        async fn publish(&self, events: &[StoredEvent]) -> Vec<Result<(), SinkError>> {
            self.1.send(true).unwrap();
            tokio::time::sleep(Duration::from_secs(1)).await;
            self.0.publish(events).await
        }

        async fn flush(&self) -> Result<(), FlushError> {
            self.0.flush().await
        }
    }
    let store = Arc::new(Memory::default());
    append(&*store, events(0..2_000));
    let taken = MemorySink::new("taken");
    let (end, ending) = watch::channel(false);
    Forwarder::new(store.clone(), Slow(taken.clone(), end)).run(ending).await;
    assert_eq!(taken.events().len(), 500);
    let rest = store.committed(
        store.cursor("slow").unwrap(),
        waymark_collector::store::BatchLimit { events: usize::MAX, bytes: usize::MAX },
    );
    assert_eq!(rest.unwrap().len(), 1_500);
}

#[tokio::test]
async fn a_rejected_event_is_counted_and_passed_over_and_one_without_an_answer_comes_again() {
    let store = Arc::new(Memory::default());
    append(
        &*store,
        vec![event(0, "demo", "eve", BAD), event(1, "demo", "eve", "play"), event(2, "demo", "eve", "play")],
    );
    let sink = FaultySink::new(Answers { answered: Some(2), ..Answers::default() });
    let mut forwarder = Forwarder::new(store, sink.clone());
    let counts = forwarder.counts();
    assert_eq!(forwarder.step().await.unwrap(), Progress::Partial);
    assert_eq!(forwarder.step().await.unwrap(), Progress::Complete);
    assert_eq!(forwarder.step().await.unwrap(), Progress::Idle);
    let arrived: Vec<Uuid> = ids(&sink.taken.events());
    assert_eq!(arrived, [1, 2, 2].map(|number| event(number, "", "", "").id));
    let counts = [&counts.published, &counts.rejected, &counts.retried].map(|count| count.load(Ordering::Relaxed));
    assert_eq!(counts, [2, 1, 1]);
}
