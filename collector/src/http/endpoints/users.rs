//! `GET` and `DELETE /v1/users/{id}`: exports or erases all data of a user, by any ID that events carry. `?site=`
//! limits it to one site.

use crate::app::SharedState;
use crate::error::Rejection;
use crate::http::admission::known_site;
use crate::http::auth;
use crate::http::endpoints::export::listed;
use crate::http::response::failed;
use crate::store;
use crate::store::blocking::reading;
use crate::store::{Erasure, Store, Subject};
use axum::Json;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Uri, header};
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct At {
    site: Option<String>,
}

/// Answer to an erasure.
#[derive(Serialize)]
struct Done {
    #[serde(flatten)]
    erasure: Erasure,
    /// Whether the IDs are gone from the store's files.
    gone: bool,
}

pub(crate) async fn get(
    State(shared): State<SharedState>,
    id: Result<Path<String>, PathRejection>,
    at: Result<Query<At>, QueryRejection>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Rejection> {
    auth::allow(&shared.config.get().admin, &uri, &headers, None)?;
    let subject = subject(&shared, id, at).await?;
    let about = move |store: &dyn Store| Ok((store.events_about(&subject)?, store.export_state(&subject)?));
    let (ids, remembered) = reading(&shared.store, about).await.map_err(failed)?;
    let states = remembered.into_iter().map(|entry| entry.line() + "\n").collect();
    let headers = [(header::CONTENT_TYPE, "application/x-ndjson"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, listed(shared.store.clone(), &ids, states)))
}

pub(crate) async fn delete(
    State(shared): State<SharedState>,
    id: Result<Path<String>, PathRejection>,
    at: Result<Query<At>, QueryRejection>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Rejection> {
    auth::allow(&shared.config.get().admin, &uri, &headers, None)?;
    let erasure = shared.writer.erase(subject(&shared, id, at).await?).await?;
    let texts = store::texts(&erasure.ids);
    let gone = reading(&shared.store, move |store| store.scrub(&texts)).await.map_err(failed)?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(Done { erasure, gone })))
}

async fn subject(
    shared: &SharedState,
    id: Result<Path<String>, PathRejection>,
    at: Result<Query<At>, QueryRejection>,
) -> Result<Subject, Rejection> {
    let Path(id) = id.map_err(|error| Rejection::InvalidPath(error.body_text()))?;
    let Query(At { site }) = at.map_err(|error| Rejection::InvalidParameter(error.body_text()))?;
    known_site(shared, site.as_deref()).await?;
    Ok(Subject { id, site })
}
