//! The chunks of a request body, within a time limit and at a minimum rate. A sender that is slower would hold a
//! connection and its memory for little data.

use crate::error::Rejection;
use axum::body::{Body, BodyDataStream, Bytes};
use futures_util::StreamExt;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// Longest time for a body. A recorder's batch is at most 60 kB.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// Time before the minimum rate counts. A 2G link takes one or two seconds for a round trip, and stands still for some
/// seconds when a packet is lost or the phone changes its cell.
const GRACE: Duration = Duration::from_secs(10);

/// Minimum rate after [`GRACE`], in bytes per second. GPRS in its slowest coding gives one sender about 1,000: a phone
/// that gets a fifth of it still passes.
const MIN_RATE: u32 = 200;

/// A body that is being read. Its time begins with [`BodyChunks::new`].
pub(crate) struct BodyChunks {
    chunks: BodyDataStream,
    began: Instant,
    /// Bytes read.
    length: u64,
}

impl BodyChunks {
    pub(crate) fn new(body: Body) -> Self {
        BodyChunks { chunks: body.into_data_stream(), began: Instant::now(), length: 0 }
    }

    /// The next chunk, or `None` after the last.
    ///
    /// # Errors
    /// [`Rejection::BodyTooSlow`] and [`Rejection::BodyTimeout`] at the limits above, [`Rejection::IncompleteBody`] if
    /// the connection fails. The body cannot be read further then.
    pub(crate) async fn next(&mut self) -> Result<Option<Bytes>, Rejection> {
        let earned = Duration::from_millis(self.length.saturating_mul(1_000) / u64::from(MIN_RATE));
        let allowed = GRACE.saturating_add(earned).min(BODY_TIMEOUT);
        let Ok(chunk) = timeout_at(self.began + allowed, self.chunks.next()).await else {
            return Err(match allowed {
                BODY_TIMEOUT => Rejection::BodyTimeout,
                _ => Rejection::BodyTooSlow { grace: GRACE, rate: MIN_RATE },
            });
        };
        let chunk = chunk.transpose().map_err(Rejection::IncompleteBody)?;
        self.length = self.length.saturating_add(chunk.as_ref().map_or(0, Bytes::len) as u64);
        Ok(chunk)
    }
}
