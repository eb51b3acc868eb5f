//! Limits the size of a batch once it is expanded.

use crate::error::{Oversize, Rejection};
use serde::Deserialize;
use serde_json::value::RawValue;
use waymark_wire::limits;

/// Checks the size of a batch once it is expanded. Each context is then held whole: a small body with many contexts
/// that build on a large first one would need gigabytes.
pub(crate) fn check(body: &[u8], limit: usize) -> Result<(), Rejection> {
    #[derive(Deserialize)]
    struct Shape<'a> {
        #[serde(borrow)]
        contexts: Vec<&'a RawValue>,
        #[serde(borrow)]
        events: Vec<&'a RawValue>,
    }
    // The reader of the batch, which comes next, reports an invalid body.
    let Ok(Shape { contexts, events }) = serde_json::from_slice(body) else { return Ok(()) };
    if events.len() > limits::BATCH_EVENTS {
        return Err(Rejection::TooManyEvents { limit: limits::BATCH_EVENTS });
    }
    let longest = contexts.iter().map(|context| context.get().len()).max().unwrap_or_default();
    match contexts.len().saturating_mul(longest) > limit {
        true => Err(Rejection::BatchTooLarge { what: Oversize::ExpandedBatch, limit }),
        false => Ok(()),
    }
}
