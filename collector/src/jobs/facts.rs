//! Makes the facts that insights read of the events that are committed. It gives way to the writer: while batches wait,
//! it takes small steps and rests most of the time.

use crate::ingest::writer::Writer;
use crate::store::BatchLimit;
use crate::store::KeepFacts;
use crate::store::blocking::reading;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// A step while nothing waits to be written, and while something does.
const STEP: BatchLimit = BatchLimit { events: 2_000, bytes: 8 << 20 };
const SMALL_STEP: BatchLimit = BatchLimit { events: 250, bytes: 1 << 20 };

/// Pause once all events have their facts.
const POLL: Duration = Duration::from_millis(250);

/// Pause after a failure.
const RETRY: Duration = Duration::from_secs(5);

/// How long it rests while batches wait, as a multiple of the step.
const REST: u32 = 6;

/// Runs until the collector ends.
pub(crate) async fn run<S: KeepFacts + ?Sized>(store: Arc<S>, writer: Writer, mut ending: watch::Receiver<bool>) {
    loop {
        let is_busy = writer.waiting().0 > 0;
        let limit = if is_busy { SMALL_STEP } else { STEP };
        let begun = Instant::now();
        let pause = match reading(&store, move |store| store.follow(limit)).await {
            Ok(0) => POLL,
            Ok(_) if is_busy => begun.elapsed() * REST,
            Ok(_) => Duration::ZERO,
            Err(error) => {
                tracing::error!(%error, "facts could not be made; it is tried again later");
                RETRY
            }
        };
        tokio::select! {
            biased;
            _ = ending.wait_for(|ending| *ending) => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}
