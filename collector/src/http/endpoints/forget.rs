//! `POST /v1/forget`: erases the events of a browser's anonymous ID. The answer comes once that is durable. Repeating
//! it is harmless. Events that arrive later are stored.

use crate::app::SharedState;
use crate::client::address::ClientAddress;
use crate::config::Limits;
use crate::error::Rejection;
use crate::http::admission::{Admission, SiteQuery};
use crate::http::body;
use crate::http::response::SiteTag;
use axum::Json;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Extension, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use waymark_wire::{Erased, Forget};

/// Largest body: a site key and an ID.
const MAX_BYTES: usize = 4_096;

pub(crate) async fn post(
    State(shared): State<SharedState>,
    Extension(client): Extension<ClientAddress>,
    query: Result<Query<SiteQuery>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<impl IntoResponse, Rejection> {
    let config = shared.config.get();
    let admission = Admission { state: &shared, config: &config, headers: &headers };
    let (site, body) = admission.check_headers(client, query, body)?;
    let limits = Limits { body_bytes: MAX_BYTES, decompressed_bytes: MAX_BYTES, ..config.limits.clone() };
    let body = body::read(body, &limits).await.map_err(body::without_split)?;
    let forget: Forget = serde_json::from_slice(&body).map_err(Rejection::InvalidForgetRequest)?;
    admission.check_body(site, &forget.site)?;
    let named = SiteTag(forget.site.clone());
    let erased = shared.writer.forget(forget).await?;
    Ok((Extension(named), [(header::CACHE_CONTROL, "no-store")], Json(Erased { erased })))
}
