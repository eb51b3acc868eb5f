//! The bytes of a request: read within limits, unpacked where they are gzip, whatever headers claim about them.
//! In: a body from a stranger. Out: at most `decompressed_bytes` bytes. Never more memory than the limits say.

use crate::config::Limits;
use crate::error::Rejection;
use axum::body::{Body, Bytes, HttpBody};
use flate2::read::MultiGzDecoder;
use futures_util::StreamExt;
use std::io::Read;
use std::time::Duration;

/// A batch is at most 60 kB from a recorder: who needs longer is not sending one.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often the limit is read and thrown away before the answer: a server that answers and closes while a browser is
/// still sending has its answer lost in a connection reset.
const LINGER: usize = 8;

pub(crate) async fn read(body: Body, limits: &Limits) -> Result<Bytes, Rejection> {
    let raw = tokio::time::timeout(PATIENCE, collect(body, limits.body_bytes)).await.map_err(|_| Rejection::Slow)??;
    if raw.starts_with(&[0x1f, 0x8b]) {
        let limit = limits.decompressed_bytes;
        return match unpack(&raw, limit) {
            Ok(Some(whole)) => Ok(whole.into()),
            Ok(None) => Err(Rejection::TooLarge { what: "the decompressed body", limit }),
            Err(error) => Err(Rejection::Unreadable(format!("not gzip: {error}"))),
        };
    }
    match raw.len() > limits.decompressed_bytes {
        true => Err(Rejection::TooLarge { what: "the body", limit: limits.decompressed_bytes }),
        false => Ok(raw),
    }
}

/// A body that is too large is no batch that could be cut in two.
pub(crate) fn in_words(rejection: Rejection) -> Rejection {
    match rejection {
        Rejection::TooLarge { limit, .. } => Rejection::TooLong { limit },
        other => other,
    }
}

/// Reads and throws away what is left of a body that is answered already, for the same reason.
pub(crate) fn discard(body: Body, limits: &Limits) {
    let limit = limits.body_bytes;
    tokio::spawn(tokio::time::timeout(PATIENCE, async move {
        let mut chunks = body.into_data_stream();
        let mut left = limit;
        while let Some(Ok(chunk)) = chunks.next().await {
            let Some(less) = left.checked_sub(chunk.len()) else { return };
            left = less;
        }
    }));
}

async fn collect(body: Body, limit: usize) -> Result<Bytes, Rejection> {
    let too_large = Rejection::TooLarge { what: "the body", limit };
    if body.size_hint().lower() > limit.saturating_mul(LINGER) as u64 {
        return Err(too_large);
    }
    let mut whole = Vec::with_capacity((body.size_hint().lower() as usize).min(limit));
    let mut length = 0usize;
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| Rejection::Unreadable(format!("the body broke off: {error}")))?;
        length = length.saturating_add(chunk.len());
        if length > limit.saturating_mul(LINGER) {
            break;
        }
        if length <= limit {
            whole.extend_from_slice(&chunk);
        }
    }
    if length > limit { Err(too_large) } else { Ok(whole.into()) }
}

/// Unpacks gzip; nothing where more than `most` bytes would come out of it.
///
/// # Errors
/// It is not gzip, or not all of it.
pub fn unpack(raw: &[u8], most: usize) -> std::io::Result<Option<Vec<u8>>> {
    let mut whole = Vec::new();
    MultiGzDecoder::new(raw).take(most as u64 + 1).read_to_end(&mut whole)?;
    Ok((whole.len() <= most).then_some(whole))
}
