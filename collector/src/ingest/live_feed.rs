//! Broadcasts each event once it is stored. A slow reader loses events and never slows the writer.

use std::sync::Arc;
use tokio::sync::broadcast;

/// The broadcast of stored events.
#[derive(Clone)]
pub(crate) struct LiveFeed(broadcast::Sender<Arc<str>>);

/// Events that a reader may be behind.
const BEHIND: usize = 2_048;

impl Default for LiveFeed {
    fn default() -> Self {
        LiveFeed(broadcast::Sender::new(BEHIND))
    }
}

impl LiveFeed {
    pub(crate) fn publish(&self, body: Arc<str>) {
        // No reader is no error.
        let _ = self.0.send(body);
    }

    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Arc<str>> {
        self.0.subscribe()
    }
}
