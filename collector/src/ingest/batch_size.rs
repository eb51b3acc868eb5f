//! Reads a batch, and limits its size once it is expanded. Each context is then held whole: a small body with many
//! contexts that build on a large first one would need gigabytes.

use crate::error::{Oversize, Rejection};
use serde::Deserialize;
use serde_json::value::RawValue;
use waymark_wire::{Batch, limits};

/// Reads a batch whose contexts have at most `limit` bytes once they are expanded.
///
/// # Errors
/// The body is too large, or is no batch.
pub(crate) fn read(body: &[u8], limit: usize) -> Result<Batch<'_>, Rejection> {
    match Batch::read(body) {
        Ok(batch) => check(batch.contexts(), limit).map(|()| batch),
        // What can be split is told first.
        Err(unreadable) => Err(check_shape(body, limit).err().unwrap_or(unreadable.into())),
    }
}

/// Checks the size of a body that cannot be read as a batch.
fn check_shape(body: &[u8], limit: usize) -> Result<(), Rejection> {
    #[derive(Deserialize)]
    struct Shape<'a> {
        #[serde(borrow)]
        contexts: Vec<&'a RawValue>,
        #[serde(borrow)]
        events: Vec<&'a RawValue>,
    }
    let Ok(Shape { contexts, events }) = serde_json::from_slice(body) else { return Ok(()) };
    if events.len() > limits::BATCH_EVENTS {
        return Err(Rejection::TooManyEvents { limit: limits::BATCH_EVENTS });
    }
    check(&contexts, limit)
}

fn check(contexts: &[&RawValue], limit: usize) -> Result<(), Rejection> {
    let longest = contexts.iter().map(|context| context.get().len()).max().unwrap_or_default();
    match contexts.len().saturating_mul(longest) > limit {
        true => Err(Rejection::BatchTooLarge { what: Oversize::ExpandedBatch, limit }),
        false => Ok(()),
    }
}
