//! `GET` and `DELETE /v1/users/{id}`: exports or erases all data of a user, by any ID that events carry. `?site=`
//! limits it to one site.

use crate::app::SharedState;
use crate::error::Rejection;
use crate::http::admission::known_site;
use crate::http::auth::AdminAccess;
use crate::http::endpoints::export::listed;
use crate::http::path::Path;
use crate::http::query::Query;
use crate::http::response::failed;
use crate::store;
use crate::store::blocking::reading;
use crate::store::{Erasure, Store, Subject};
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};

/// `?site=KEY`.
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
    _: AdminAccess,
    Path(id): Path<String>,
    Query(at): Query<At>,
) -> Result<impl IntoResponse, Rejection> {
    let subject = subject(&shared, id, at).await?;
    let about = move |store: &dyn Store| Ok((store.events_about(&subject)?, store.export_state(&subject)?));
    let (ids, remembered) = reading(&shared.store, about).await.map_err(failed)?;
    let states = remembered.into_iter().map(|entry| entry.line() + "\n").collect();
    let headers = [(header::CONTENT_TYPE, "application/x-ndjson"), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, listed(shared.store.clone(), &ids, states)))
}

pub(crate) async fn delete(
    State(shared): State<SharedState>,
    _: AdminAccess,
    Path(id): Path<String>,
    Query(at): Query<At>,
) -> Result<impl IntoResponse, Rejection> {
    let erasure = shared.writer.erase(subject(&shared, id, at).await?).await?;
    let texts = store::texts(&erasure.ids);
    let gone = reading(&shared.store, move |store| store.scrub(&texts)).await.map_err(failed)?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(Done { erasure, gone })))
}

async fn subject(shared: &SharedState, id: String, At { site }: At) -> Result<Subject, Rejection> {
    known_site(shared, site.as_deref()).await?;
    Ok(Subject { id, site })
}
