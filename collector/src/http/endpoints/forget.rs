//! `POST /v1/forget`: a browser has what is stored under its anonymous ID erased. It is answered once that is durable,
//! and may be asked again. What is asked to be stored after it is stored.

use crate::app::Shared;
use crate::client::address::Sender;
use crate::config::Limits;
use crate::error::Rejection;
use crate::http::admission::{Asked, Door};
use crate::http::body;
use crate::http::response::Named;
use axum::Json;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Extension, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use waymark_wire::{Erased, Forget};

/// The most bytes of a body: a site's key and an ID.
const MOST_BYTES: usize = 4_096;

pub(crate) async fn post(
    State(shared): State<Shared>,
    Extension(sender): Extension<Sender>,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<impl IntoResponse, Rejection> {
    let rules = shared.rules.get();
    let door = Door { state: &shared, rules: &rules, headers: &headers };
    let (asked, body) = door.before(sender, asked, body)?;
    let limits = Limits { body_bytes: MOST_BYTES, decompressed_bytes: MOST_BYTES, ..rules.limits.clone() };
    let body = body::read(body, &limits).await.map_err(body::in_words)?;
    let forget: Forget = serde_json::from_slice(&body)
        .map_err(|error| Rejection::Unreadable(format!("cannot tell whom to forget: {error}")))?;
    door.after(asked, &forget.site)?;
    let named = Named(forget.site.clone());
    let erased = shared.writer.forget(forget).await?;
    Ok((Extension(named), [(header::CACHE_CONTROL, "no-store")], Json(Erased { erased })))
}
