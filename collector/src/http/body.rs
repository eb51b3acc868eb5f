//! Reads request bodies within limits and decompresses gzip, which is recognised by its magic bytes. In: an untrusted
//! body. Out: at most `decompressed_bytes` bytes. Memory stays within the limits.

use crate::config::Limits;
use crate::error::{Oversize, Rejection};
use crate::http::body_chunks::BodyChunks;
use axum::body::{Body, Bytes, HttpBody};
use flate2::read::MultiGzDecoder;
use std::io::Read;

/// Bodies up to this multiple of the limit are read and dropped before the answer: if a server closes while a browser
/// is still sending, the connection is reset and the browser loses the answer.
const DRAIN_FACTOR: usize = 8;

pub(crate) async fn read(body: Body, limits: &Limits) -> Result<Bytes, Rejection> {
    let raw = collect(body, limits.body_bytes).await?;
    if raw.starts_with(&[0x1f, 0x8b]) {
        let limit = limits.decompressed_bytes;
        return match unpack(&raw, limit) {
            Ok(Some(whole)) => Ok(whole.into()),
            Ok(None) => Err(Rejection::BatchTooLarge { what: Oversize::DecompressedBody, limit }),
            Err(error) => Err(Rejection::InvalidGzip(error)),
        };
    }
    match raw.len() > limits.decompressed_bytes {
        true => Err(Rejection::BatchTooLarge { what: Oversize::Body, limit: limits.decompressed_bytes }),
        false => Ok(raw),
    }
}

/// For bodies that cannot be split: replaces [`Rejection::BatchTooLarge`] by [`Rejection::BodyTooLarge`].
pub(crate) fn without_split(rejection: Rejection) -> Rejection {
    match rejection {
        Rejection::BatchTooLarge { limit, .. } => Rejection::BodyTooLarge { limit },
        other => other,
    }
}

/// Reads and drops the rest of a body that is answered already, for the same reason.
pub(crate) fn discard(body: Body, limits: &Limits) {
    let limit = limits.body_bytes;
    tokio::spawn(async move {
        let mut chunks = BodyChunks::new(body);
        let mut left = limit;
        while let Ok(Some(chunk)) = chunks.next().await {
            let Some(less) = left.checked_sub(chunk.len()) else { return };
            left = less;
        }
    });
}

async fn collect(body: Body, limit: usize) -> Result<Bytes, Rejection> {
    let too_large = Rejection::BatchTooLarge { what: Oversize::Body, limit };
    if body.size_hint().lower() > limit.saturating_mul(DRAIN_FACTOR) as u64 {
        return Err(too_large);
    }
    let mut whole = Vec::with_capacity((body.size_hint().lower() as usize).min(limit));
    let mut length = 0usize;
    let mut chunks = BodyChunks::new(body);
    while let Some(chunk) = chunks.next().await? {
        length = length.saturating_add(chunk.len());
        if length > limit.saturating_mul(DRAIN_FACTOR) {
            break;
        }
        if length <= limit {
            whole.extend_from_slice(&chunk);
        }
    }
    if length > limit { Err(too_large) } else { Ok(whole.into()) }
}

/// Decompresses gzip. `None` if the result has more than `limit` bytes.
///
/// # Errors
/// Invalid or incomplete gzip.
pub fn unpack(raw: &[u8], limit: usize) -> std::io::Result<Option<Vec<u8>>> {
    let mut whole = Vec::new();
    MultiGzDecoder::new(raw).take(limit as u64 + 1).read_to_end(&mut whole)?;
    Ok((whole.len() <= limit).then_some(whole))
}
