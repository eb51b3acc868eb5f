//! `POST` and `PUT /v1/state`: merges a browser's copy of a user's state into the stored one, and answers with all of
//! it once the change is durable. `GET` only reads. `GET` and `PUT` are for the site's server; pages of other origins
//! cannot use them. The user must be signed by the site's server.

use crate::app::SharedState;
use crate::client::address::ClientAddress;
use crate::config::Limits;
use crate::error::Rejection;
use crate::http::admission::{Admission, SiteQuery};
use crate::http::body::without_split;
use crate::http::response::{SiteTag, failed};
use crate::http::{auth, body};
use crate::ingest::state_update::StateUpdate;
use crate::store::blocking::reading;
use crate::store::{Merged, States};
use crate::time::clock::now;
use axum::Json;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Extension, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use serde::Deserialize;
use waymark_wire::state::Request;

/// Largest body: the maximum number of entries with the longest values.
const MAX_BYTES: usize = 256 << 10;

/// The user that a `GET` names.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Whose {
    site: String,
    user: String,
}

pub(crate) async fn post(
    State(shared): State<SharedState>,
    Extension(client): Extension<ClientAddress>,
    query: Result<Query<SiteQuery>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<impl IntoResponse, Rejection> {
    let config = shared.config.get();
    let admission = Admission { state: &shared, config: &config, headers: &headers };
    let (site, body) = admission.check_signed_headers(client, query, body)?;
    let limits = Limits { body_bytes: MAX_BYTES, decompressed_bytes: MAX_BYTES, ..config.limits.clone() };
    let body = body::read(body, &limits).await.map_err(without_split)?;
    let request: Request = serde_json::from_slice(&body)
        .map_err(|error| Rejection::InvalidStateRequest(format!("invalid state request: {error}")))?;
    if site.is_some_and(|key| key != request.site) {
        return Err(Rejection::SiteMismatch);
    }
    answer(&shared, &admission, request).await
}

pub(crate) async fn get(
    State(shared): State<SharedState>,
    Extension(client): Extension<ClientAddress>,
    whose: Result<Query<Whose>, QueryRejection>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Rejection> {
    let config = shared.config.get();
    let admission = Admission { state: &shared, config: &config, headers: &headers };
    shared.rate_limiter.check_address(&config.limits, client)?;
    let Query(Whose { site, user }) = whose.map_err(|error| Rejection::InvalidParameter(error.to_string()))?;
    let signature = auth::credentials(&headers, "waymark").unwrap_or_default().to_owned();
    answer(&shared, &admission, Request { site, user, signature, entries: Vec::new() }).await
}

async fn answer(
    shared: &SharedState,
    admission: &Admission<'_>,
    request: Request,
) -> Result<impl IntoResponse + use<>, Rejection> {
    admission.check_signature(&request.site, &request.user, &request.signature)?;
    let named = SiteTag(request.site.clone());
    let StateUpdate { change, reply } =
        StateUpdate::of(request, now()).map_err(|why| Rejection::InvalidStateRequest(why.to_owned()))?;
    let merged = match change.entries.is_empty() {
        true => Merged { fates: Vec::new(), states: read(shared, change.site, change.user).await? },
        false => shared.writer.merge_state(change).await?,
    };
    Ok((Extension(named), [(header::CACHE_CONTROL, "no-store")], Json(reply.with(merged))))
}

async fn read(shared: &SharedState, site: String, user: String) -> Result<States, Rejection> {
    reading(&shared.store, move |store| store.states(&site, &user, now())).await.map_err(failed)
}
