//! Whether a batch is of a bearable size once it is expanded. Nothing is changed here.

use crate::error::Rejection;
use serde::Deserialize;
use serde_json::value::RawValue;
use waymark_wire::limits;

/// Whether a batch stays of a bearable size once its events are told one by one. Each of its contexts is then held
/// whole, so that a small body of many that build on a large first one would need gigabytes.
pub(crate) fn check(body: &[u8], most: usize) -> Result<(), Rejection> {
    #[derive(Deserialize)]
    struct Shape<'a> {
        #[serde(borrow)]
        contexts: Vec<&'a RawValue>,
        #[serde(borrow)]
        events: Vec<&'a RawValue>,
    }
    // What cannot be read at all is told by the reader of the batch, which comes next.
    let Ok(Shape { contexts, events }) = serde_json::from_slice(body) else { return Ok(()) };
    if events.len() > limits::BATCH_EVENTS {
        return Err(Rejection::TooMany { limit: limits::BATCH_EVENTS });
    }
    let longest = contexts.iter().map(|context| context.get().len()).max().unwrap_or_default();
    match contexts.len().saturating_mul(longest) > most {
        true => Err(Rejection::TooLarge { what: "the expanded batch", limit: most }),
        false => Ok(()),
    }
}
