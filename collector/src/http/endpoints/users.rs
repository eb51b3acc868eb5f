//! `GET` and `DELETE /v1/users/{id}`: what is stored about somebody, handed out or erased, by the ID that the events have.
//! `?site=` for one site only.

use crate::app::Shared;
use crate::error::Rejection;
use crate::http::admission::known_site;
use crate::http::auth;
use crate::http::endpoints::export::listed;
use crate::http::response::failed;
use crate::store;
use crate::store::blocking::reading;
use crate::store::{Erasure, Store, Whom};
use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct At {
    site: Option<String>,
}

/// What became of a request to erase.
#[derive(Serialize)]
struct Done {
    #[serde(flatten)]
    erasure: Erasure,
    /// Whether the IDs stand nowhere in the store's files any more.
    gone: bool,
}

pub(crate) async fn get(
    State(shared): State<Shared>,
    id: Result<Path<String>, PathRejection>,
    at: Result<Query<At>, QueryRejection>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Rejection> {
    auth::allow(&shared.rules.get().admin, &headers, None)?;
    let whom = whom(&shared, id, at).await?;
    let about = move |store: &dyn Store| Ok((store.about(&whom)?, store.remembered(&whom)?));
    let (ids, remembered) = reading(&shared.store, about).await.map_err(failed)?;
    let states = remembered.into_iter().map(|entry| entry.line() + "\n").collect();
    let headers = [(header::CONTENT_TYPE, "application/x-ndjson"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, listed(shared.store.clone(), &ids, states)))
}

pub(crate) async fn delete(
    State(shared): State<Shared>,
    id: Result<Path<String>, PathRejection>,
    at: Result<Query<At>, QueryRejection>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Rejection> {
    auth::allow(&shared.rules.get().admin, &headers, None)?;
    let erasure = shared.writer.erase(whom(&shared, id, at).await?).await?;
    let texts = store::texts(&erasure.ids);
    let gone = reading(&shared.store, move |store| store.sweep(&texts)).await.map_err(failed)?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(Done { erasure, gone })))
}

async fn whom(
    shared: &Shared,
    id: Result<Path<String>, PathRejection>,
    at: Result<Query<At>, QueryRejection>,
) -> Result<Whom, Rejection> {
    let Path(id) = id.map_err(|error| Rejection::Parameter(error.body_text()))?;
    let Query(At { site }) = at.map_err(|error| Rejection::Parameter(error.body_text()))?;
    known_site(shared, site.as_deref()).await?;
    Ok(Whom { id, site })
}
