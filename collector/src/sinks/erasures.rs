//! Forwards notices of erasures to a sink. In: the store and the sink. Out: each notice at the sink at least once.

use super::ErasureSink;
use super::counts::SinkCounts;
use super::follower::{self, Follower, Progress};
use crate::store::blocking::reading;
use crate::store::{FollowErasures, StoreError};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Notices that are published together.
const BATCH: usize = 500;

/// Forwards the notices of erasures of a store to one sink. The store keeps each until the sink has taken it, also
/// while no collector runs. None is rejected for good: what cannot be published is tried again.
pub struct ErasureForwarder<S> {
    store: Arc<dyn FollowErasures>,
    sink: S,
    counts: Arc<SinkCounts>,
}

impl<S: ErasureSink> ErasureForwarder<S> {
    /// Forwards from `store` to `sink`. From now on the store keeps notices for the sink.
    ///
    /// # Errors
    /// [`StoreError`]: the store keeps none.
    pub fn new(store: Arc<dyn FollowErasures>, sink: S, counts: Arc<SinkCounts>) -> Result<Self, StoreError> {
        store.keep_notices(sink.name())?;
        Ok(ErasureForwarder { store, sink, counts })
    }

    /// Forwards until `ending` turns true. Cancelling is safe at any time.
    pub async fn run(self, ending: watch::Receiver<bool>) {
        follower::run(self, ending).await;
    }

    /// Publishes some notices, and removes them from the store.
    ///
    /// # Errors
    /// [`StoreError`]: the notices could not be read, or not be removed. The next step tries it again.
    pub async fn step(&mut self) -> Result<Progress, StoreError> {
        let name = self.sink.name().to_owned();
        let notices = reading(&self.store, move |store| store.notices(&name, BATCH)).await?;
        let Some(last) = notices.last().map(|notice| notice.number) else { return Ok(Progress::Idle) };
        if let Err(error) = self.sink.publish_erasures(&notices).await {
            let waiting = notices.len();
            tracing::warn!(sink = self.sink.name(), waiting, %error, "the sink did not take erasures; they come again");
            return Ok(Progress::Stalled);
        }
        let name = self.sink.name().to_owned();
        reading(&self.store, move |store| store.remove_notices(&name, last)).await?;
        self.counts.add_erasures(notices.len());
        Ok(Progress::Complete)
    }
}

impl<S: ErasureSink> Follower for ErasureForwarder<S> {
    const POLL: Duration = Duration::from_secs(1);

    fn sink(&self) -> &str {
        self.sink.name()
    }

    async fn step(&mut self) -> Result<Progress, StoreError> {
        ErasureForwarder::step(self).await
    }
}
