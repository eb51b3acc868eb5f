//! `POST` and `PUT /v1/state`: merges a browser's copy of a user's state into the stored one, and answers with all of
//! it once the change is durable. `GET` only reads. `GET` and `PUT` are for the site's server; pages of other origins
//! cannot use them. The user must be signed by the site's server.

use crate::app::SharedState;
use crate::error::Rejection;
use crate::http::admission::Admission;
use crate::http::auth;
use crate::http::body::BodyLimit;
use crate::http::query::Query;
use crate::http::response::{SiteTag, failed};
use crate::http::write_request::{Sender, WriteEndpoint, WriteRequest};
use crate::ingest::state_update::StateUpdate;
use crate::store::blocking::reading;
use crate::store::{Merged, States};
use crate::time::clock::now;
use axum::Json;
use axum::extract::Extension;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use serde::Deserialize;
use waymark_wire::state::Request;

/// Largest body: the maximum number of entries with the longest values.
const MAX_BYTES: usize = 256 << 10;

impl WriteEndpoint for Request {
    const SENDER: Sender = Sender::Signed;
    const BODY: BodyLimit = BodyLimit::Bytes(MAX_BYTES);
}

/// The user that a `GET` names.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct User {
    site: String,
    user: String,
}

pub(crate) async fn post(request: WriteRequest<Request>) -> Result<impl IntoResponse, Rejection> {
    let state: Request = serde_json::from_slice(&request.body)
        .map_err(|error| Rejection::InvalidStateRequest(format!("invalid state request: {error}")))?;
    request.check_same_site(&state.site)?;
    answer(&request.admission, state).await
}

pub(crate) async fn get(
    admission: Admission,
    headers: HeaderMap,
    Query(User { site, user }): Query<User>,
) -> Result<impl IntoResponse, Rejection> {
    let signature = auth::credentials(&headers, "waymark").unwrap_or_default().to_owned();
    answer(&admission, Request { site, user, signature, entries: Vec::new() }).await
}

async fn answer(admission: &Admission, request: Request) -> Result<impl IntoResponse + use<>, Rejection> {
    admission.admit_signed(&request.site, &request.user, &request.signature)?;
    let shared = &admission.state;
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
