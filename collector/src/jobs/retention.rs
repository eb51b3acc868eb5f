//! Erases events that are older than their site's retention, and user state that has expired: once at the start, then
//! every six hours. It works in small steps with pauses, so that events are stored meanwhile.

use crate::store::blocking::reading;
use crate::store::{ExpireData, Expiry};
use crate::telemetry::metrics::Metrics;
use crate::time::clock::now;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Pause between passes.
const EVERY: Duration = Duration::from_secs(6 * 3_600);

/// Events examined in one step, and the pause after a step that erased some.
const STEP: usize = 500;
const PAUSE: Duration = Duration::from_millis(10);

/// Events examined between two progress messages.
const PROGRESS: usize = 500_000;

const DAY_MS: i64 = 86_400_000;

/// Runs until the collector ends. `kept` says for how many days each site keeps its events; 0 is for ever.
pub(crate) async fn run(
    store: Arc<dyn ExpireData>,
    retention_days: impl Fn() -> Vec<(String, u32)> + Send + Sync + 'static,
    metrics: Arc<Metrics>,
    mut ending: watch::Receiver<bool>,
) {
    loop {
        let time = now();
        let before: BTreeMap<_, _> = retention_days()
            .into_iter()
            .filter(|(_, days)| *days > 0)
            .map(|(site, days)| (site, time - i64::from(days) * DAY_MS))
            .collect();
        pass(&store, Expiry { before, time }, &metrics, &ending).await;
        tokio::select! {
            _ = ending.wait_for(|ending| *ending) => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

async fn pass(store: &Arc<dyn ExpireData>, expiry: Expiry, metrics: &Metrics, ending: &watch::Receiver<bool>) {
    let expiry = Arc::new(expiry);
    let (mut after, mut seen, mut erased, mut reported) = (0, 0, 0, 0);
    loop {
        if *ending.borrow() {
            return;
        }
        let of = Arc::clone(&expiry);
        let step = match reading(store, move |store| store.expire(&of, after, STEP)).await {
            Ok(step) => step,
            Err(error) => {
                tracing::error!(%error, seen, erased, "what is too old could not be erased; it is tried again later");
                return;
            }
        };
        (after, seen, erased) = (step.after, seen + step.seen, erased + step.erased);
        metrics.expired(step.seen, step.erased);
        if step.done {
            break;
        }
        if seen - reported >= PROGRESS {
            reported = seen;
            tracing::info!(seen, erased, "erasing what is too old");
        }
        if step.erased > 0 {
            tokio::time::sleep(PAUSE).await;
        }
    }
    if !expire_state(store, now(), ending).await {
        return;
    }
    metrics.expiry_ended(now());
    if erased > 0 {
        tracing::info!(seen, erased, "what was too old is erased");
    }
}

/// Erases user state that has expired. Returns whether all of it is erased.
async fn expire_state(store: &Arc<dyn ExpireData>, time: i64, ending: &watch::Receiver<bool>) -> bool {
    while !*ending.borrow() {
        match reading(store, move |store| store.expire_state(time, STEP)).await {
            Ok(lapsed) if lapsed < STEP => return true,
            Ok(_) => tokio::time::sleep(PAUSE).await,
            Err(error) => {
                tracing::error!(%error, "kept state that has expired could not be erased; it is tried again later");
                return false;
            }
        }
    }
    false
}
