//! Makes the facts that insights read of the events that are committed. It gives way to the writer: while batches wait,
//! it takes small steps and rests most of the time. Facts to which no others are expected are packed while it is idle.

use crate::ingest::writer::Writer;
use crate::store::blocking::reading;
use crate::store::{BatchLimit, KeepFacts, Packing, StoreError};
use crate::time::clock;
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

/// How old an event is before its fact is packed: most arrive within seconds. What arrives later unpacks its neighbours
/// for a while.
const SETTLED_MS: i64 = 600_000;

/// Pause once all that has settled is packed.
const PACK_AGAIN: Duration = Duration::from_secs(30);

/// Runs until the collector ends.
pub(crate) async fn run<S: KeepFacts + ?Sized>(store: Arc<S>, writer: Writer, mut ending: watch::Receiver<bool>) {
    let mut packed = None::<Instant>;
    loop {
        let is_busy = writer.waiting().0 > 0;
        let limit = if is_busy { SMALL_STEP } else { STEP };
        let begun = Instant::now();
        let pause = match reading(&store, move |store| store.follow(limit)).await {
            Ok(0) if packed.is_some_and(|packed| packed.elapsed() < PACK_AGAIN) => POLL,
            Ok(0) => match pack(&store).await {
                Ok(true) => Duration::ZERO,
                Ok(false) => {
                    packed = Some(Instant::now());
                    POLL
                }
                Err(error) => {
                    tracing::error!(%error, "facts could not be packed; it is tried again later");
                    RETRY
                }
            },
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

async fn pack<S: KeepFacts + ?Sized>(store: &Arc<S>) -> Result<bool, StoreError> {
    let packing = Packing { rows: Packing::ROWS, before: clock::now() - SETTLED_MS };
    reading(store, move |store| store.pack(packing)).await
}
