//! Reads request bodies within limits and decompresses gzip, which is recognised by its magic bytes. In: an untrusted
//! body. Out: at most `decompressed_bytes` bytes. Memory stays within the limits.

use crate::config::Limits;
use crate::error::{Oversize, Rejection};
use crate::http::body_chunks::BodyChunks;
use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderMap, header};
use flate2::read::MultiGzDecoder;
use std::io::Read;

/// Bodies up to this multiple of the limit are read and dropped before the answer: if a server closes while a browser
/// is still sending, the connection is reset and the browser loses the answer.
const DRAIN_FACTOR: usize = 8;

/// The largest body of an endpoint.
#[derive(Clone, Copy)]
pub(crate) enum BodyLimit {
    /// Of a batch, which can be split: as configured.
    Batch,
    /// This many bytes, compressed or not, of a body that cannot be split.
    Bytes(usize),
}

impl BodyLimit {
    /// Largest body in bytes, as it comes and decompressed.
    fn bytes(self, limits: &Limits) -> (usize, usize) {
        match self {
            BodyLimit::Batch => (limits.body_bytes, limits.decompressed_bytes),
            BodyLimit::Bytes(bytes) => (bytes, bytes),
        }
    }

    fn exceeded(self, what: Oversize, limit: usize) -> Rejection {
        match self {
            BodyLimit::Batch => Rejection::BatchTooLarge { what, limit },
            BodyLimit::Bytes(_) => Rejection::BodyTooLarge { limit },
        }
    }
}

/// Checks that the body is sent as JSON. A page elsewhere cannot send that without a preflight, which the routes that
/// ask for it do not answer.
///
/// # Errors
/// It is not: what is wrong.
pub(crate) fn check_json(headers: &HeaderMap) -> Result<(), &'static str> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let is_json = kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"));
    if is_json { Ok(()) } else { Err("the body must be JSON, with `Content-Type: application/json`") }
}

/// Reads a body, and decompresses it.
///
/// # Errors
/// The body is over the limit, is too slow, breaks off, or is invalid gzip.
pub(crate) async fn read(body: Body, limit: BodyLimit, limits: &Limits) -> Result<Bytes, Rejection> {
    let (raw_bytes, decompressed_bytes) = limit.bytes(limits);
    let raw = collect(body, raw_bytes).await?.ok_or_else(|| limit.exceeded(Oversize::Body, raw_bytes))?;
    if raw.starts_with(&[0x1f, 0x8b]) {
        let whole = unpack(&raw, decompressed_bytes).map_err(Rejection::InvalidGzip)?;
        return whole.map(Bytes::from).ok_or_else(|| limit.exceeded(Oversize::DecompressedBody, decompressed_bytes));
    }
    match raw.len() > decompressed_bytes {
        true => Err(limit.exceeded(Oversize::Body, decompressed_bytes)),
        false => Ok(raw),
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

/// The body. `None` if it has more than `limit` bytes.
async fn collect(body: Body, limit: usize) -> Result<Option<Bytes>, Rejection> {
    if body.size_hint().lower() > limit.saturating_mul(DRAIN_FACTOR) as u64 {
        return Ok(None);
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
    Ok((length <= limit).then(|| whole.into()))
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
