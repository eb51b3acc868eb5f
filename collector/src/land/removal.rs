//! Removes, every hour, the events that were erased: a store writes much anew for each removal.

use super::group::Context;
use super::landing::Landing;
use rdkafka::consumer::{Consumer as _, StreamConsumer};
use std::sync::Arc;
use std::time::Duration;

/// Pause between removals.
const EVERY: Duration = Duration::from_secs(3_600);

/// Runs until it is dropped. Of all landers only the one with the first partition of events removes.
pub(super) async fn run<L: Landing>(consumer: Arc<StreamConsumer<Context>>, landing: Arc<L>) {
    loop {
        tokio::time::sleep(EVERY).await;
        if !consumer.context().is_first() {
            continue;
        }
        let landing = Arc::clone(&landing);
        match tokio::task::spawn_blocking(move || landing.apply_erasures()).await {
            Ok(Ok(removed)) => tracing::info!(removed, "events that were erased are removed"),
            Ok(Err(error)) => tracing::error!(%error, "events that were erased could not be removed; the next time"),
            Err(error) => tracing::error!(%error, "the removal of erased events ended"),
        }
    }
}
