//! `GET` and `DELETE /v1/users/{id}`: exports or erases all data of a user, by any ID that events carry. `?site=`
//! limits it to one site. `GET /v1/users/{id}/summary` counts what the erasure would erase.

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
use crate::store::{Erasure, Store, StoreError, Subject};
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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

/// What is stored of a user, in numbers.
#[derive(Default, Serialize)]
struct Summary {
    events: usize,
    /// Number of events of each type.
    types: BTreeMap<String, usize>,
    /// Number of entries of kept state.
    states: usize,
    /// Number of entries of each kind.
    kinds: BTreeMap<String, usize>,
    /// Number of events and entries of each site.
    sites: BTreeMap<String, usize>,
    /// Times of the first and the last event, epoch ms; none without events.
    first: Option<i64>,
    last: Option<i64>,
}

/// What a summary reads of an event.
#[derive(Deserialize)]
struct Read {
    #[serde(rename = "type")]
    kind: String,
    time: i64,
    server: OfSite,
}

#[derive(Deserialize)]
struct OfSite {
    site: String,
}

/// Events read at a time.
const PAGE: usize = 256;

impl Summary {
    fn of(store: &dyn Store, subject: &Subject) -> Result<Self, StoreError> {
        let mut summary = Summary::default();
        for page in store.events_about(subject)?.chunks(PAGE) {
            for (_, body) in store.get(page)? {
                summary.events += 1;
                // A stored event has all of them.
                let Ok(Read { kind, time, server }) = serde_json::from_str(&body) else { continue };
                *summary.types.entry(kind).or_default() += 1;
                *summary.sites.entry(server.site).or_default() += 1;
                summary.first = Some(summary.first.map_or(time, |first| first.min(time)));
                summary.last = Some(summary.last.map_or(time, |last| last.max(time)));
            }
        }
        for entry in store.export_state(subject)? {
            summary.states += 1;
            *summary.kinds.entry(entry.name.0).or_default() += 1;
            *summary.sites.entry(entry.site).or_default() += 1;
        }
        Ok(summary)
    }
}

pub(crate) async fn summary(
    State(shared): State<SharedState>,
    _: AdminAccess,
    Path(id): Path<String>,
    Query(at): Query<At>,
) -> Result<impl IntoResponse, Rejection> {
    let subject = subject(&shared, id, at).await?;
    let summary = reading(&shared.store, move |store| Summary::of(store, &subject)).await.map_err(failed)?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(summary)))
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
