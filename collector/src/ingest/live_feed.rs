//! Hands every event on as it is stored. A slow reader loses events and never slows the writer.

use std::sync::Arc;
use tokio::sync::broadcast;

/// Shows what is stored to whoever watches.
#[derive(Clone)]
pub(crate) struct Live(broadcast::Sender<Arc<str>>);

/// How many events a reader may be behind.
const BEHIND: usize = 2_048;

impl Default for Live {
    fn default() -> Self {
        Live(broadcast::Sender::new(BEHIND))
    }
}

impl Live {
    pub(crate) fn show(&self, body: Arc<str>) {
        // Nobody watching is no error.
        let _ = self.0.send(body);
    }

    pub(crate) fn subscribe(&self) -> broadcast::Receiver<Arc<str>> {
        self.0.subscribe()
    }
}
