//! Follows the store in steps until the program ends, with growing pauses while the sink fails.

use super::backoff::Backoff;
use crate::store::StoreError;
use std::time::Duration;
use tokio::sync::watch;

/// Longest wait for the step in progress at shutdown.
const GRACE: Duration = Duration::from_secs(5);

/// What one step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Nothing was left to forward.
    Idle,
    /// The sink took or rejected the whole batch.
    Complete,
    /// The sink took or rejected a part of the batch. The rest is published again.
    Partial,
    /// The sink took nothing. All of it is published again.
    Stalled,
}

/// What brings something from the store to a sink, step by step.
pub(super) trait Follower: Send {
    /// Pause before the next step once nothing is left.
    const POLL: Duration;

    /// The sink's name.
    fn sink(&self) -> &str;

    /// One step.
    fn step(&mut self) -> impl Future<Output = Result<Progress, StoreError>> + Send;
}

/// Steps until `ending` turns true. The step in progress then gets a limited time to finish.
pub(super) async fn run(mut follower: impl Follower, mut ending: watch::Receiver<bool>) {
    let until = ending.clone();
    let overdue = async {
        let _ = ending.wait_for(|ending| *ending).await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        () = follow(&mut follower, until) => {}
        () = overdue => {}
    }
}

async fn follow<F: Follower>(follower: &mut F, mut ending: watch::Receiver<bool>) {
    let mut backoff = Backoff::default();
    while !*ending.borrow() {
        let progress = follower.step().await.unwrap_or_else(|error| {
            tracing::error!(%error, sink = follower.sink(), "cannot forward; it is tried again later");
            Progress::Stalled
        });
        if progress != Progress::Stalled {
            backoff = Backoff::default();
        }
        let pause = match progress {
            Progress::Complete => continue,
            Progress::Idle => F::POLL,
            Progress::Partial | Progress::Stalled => backoff.next(),
        };
        tokio::select! {
            _ = ending.wait_for(|ending| *ending) => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}
