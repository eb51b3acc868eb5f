//! `POST /v1/forget`: erases the events of a browser's anonymous ID. The answer comes once that is durable. Repeating
//! it is harmless. Events that arrive later are stored.

use crate::error::Rejection;
use crate::http::body::BodyLimit;
use crate::http::response::SiteTag;
use crate::http::write_request::{Sender, WriteEndpoint, WriteRequest};
use axum::Json;
use axum::extract::Extension;
use axum::http::header;
use axum::response::IntoResponse;
use waymark_wire::{Erased, Forget};

/// Largest body: a site key and an ID.
const MAX_BYTES: usize = 4_096;

impl WriteEndpoint for Forget {
    const SENDER: Sender = Sender::Page;
    const BODY: BodyLimit = BodyLimit::Bytes(MAX_BYTES);
}

pub(crate) async fn post(request: WriteRequest<Forget>) -> Result<impl IntoResponse, Rejection> {
    let forget: Forget = serde_json::from_slice(&request.body).map_err(Rejection::InvalidForgetRequest)?;
    request.admit_page(&forget.site)?;
    let named = SiteTag(forget.site.clone());
    let erased = request.admission.state.writer.forget(forget).await?;
    Ok((Extension(named), [(header::CACHE_CONTROL, "no-store")], Json(Erased { erased })))
}
