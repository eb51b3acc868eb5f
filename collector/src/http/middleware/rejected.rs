//! Notes what is rejected of each batch, for a collector for tests. It reads whole bodies, and so runs nowhere else.

use crate::app::SharedState;
use crate::http::body;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Largest body that is read. The endpoint refuses smaller ones in its own words.
const BYTES: usize = 64 << 20;

pub(crate) async fn note(State(shared): State<SharedState>, request: Request, next: Next) -> Response {
    let Some(micro) = &shared.micro else { return next.run(request).await };
    let (head, body) = request.into_parts();
    let Ok(batch) = to_bytes(body, BYTES).await else { return StatusCode::PAYLOAD_TOO_LARGE.into_response() };
    let response = next.run(Request::from_parts(head, Body::from(batch.clone()))).await;
    let (head, body) = response.into_parts();
    let Ok(answer) = to_bytes(body, BYTES).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let unpacked = body::unpack(&batch, BYTES).ok().flatten();
    micro.note(unpacked.as_deref().unwrap_or(&batch), &answer);
    Response::from_parts(head, Body::from(answer))
}
