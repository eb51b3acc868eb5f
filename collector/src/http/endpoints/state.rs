//! `POST /v1/state`: what a browser has of a user is merged into what is there, and all of it is answered. `PUT` is the
//! same, and `GET` asks what is there: for the site's own server, since no page of another origin may use either. Only for
//! users whom the site's server has signed. It is answered once what changed is durable.

use crate::app::Shared;
use crate::client::address::Sender;
use crate::config::Limits;
use crate::error::Rejection;
use crate::http::admission::{Asked, Door, different};
use crate::http::body::in_words;
use crate::http::response::Named;
use crate::http::response::failed;
use crate::http::{auth, body};
use crate::ingest::state_update::Sent;
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

/// The most bytes of a body: as many entries as there may be, of the longest values.
const MOST_BYTES: usize = 256 << 10;

/// Whom a `GET` asks about.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Whose {
    site: String,
    user: String,
}

pub(crate) async fn post(
    State(shared): State<Shared>,
    Extension(sender): Extension<Sender>,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<impl IntoResponse, Rejection> {
    let rules = shared.rules.get();
    let door = Door { state: &shared, rules: &rules, headers: &headers };
    let (asked, body) = door.before_signed(sender, asked, body)?;
    let limits = Limits { body_bytes: MOST_BYTES, decompressed_bytes: MOST_BYTES, ..rules.limits.clone() };
    let body = body::read(body, &limits).await.map_err(in_words)?;
    let request: Request = serde_json::from_slice(&body)
        .map_err(|error| Rejection::Unreadable(format!("cannot tell whose state it is: {error}")))?;
    if asked.is_some_and(|key| key != request.site) {
        return Err(different());
    }
    answer(&shared, &door, request).await
}

pub(crate) async fn get(
    State(shared): State<Shared>,
    Extension(sender): Extension<Sender>,
    whose: Result<Query<Whose>, QueryRejection>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Rejection> {
    let rules = shared.rules.get();
    let door = Door { state: &shared, rules: &rules, headers: &headers };
    shared.pace.of_address(&rules.limits, sender)?;
    let Query(Whose { site, user }) = whose.map_err(|error| Rejection::Parameter(error.to_string()))?;
    let signature = auth::said(&headers, "waymark").unwrap_or_default().to_owned();
    answer(&shared, &door, Request { site, user, signature, entries: Vec::new() }).await
}

async fn answer(shared: &Shared, door: &Door<'_>, request: Request) -> Result<impl IntoResponse + use<>, Rejection> {
    door.signed(&request.site, &request.user, &request.signature)?;
    let named = Named(request.site.clone());
    let Sent { change, told } = Sent::of(request, now()).map_err(|why| Rejection::Unreadable(why.to_owned()))?;
    let merged = match change.entries.is_empty() {
        true => Merged { fates: Vec::new(), states: read(shared, change.site, change.user).await? },
        false => shared.writer.remember(change).await?,
    };
    Ok((Extension(named), [(header::CACHE_CONTROL, "no-store")], Json(told.with(merged))))
}

async fn read(shared: &Shared, site: String, user: String) -> Result<States, Rejection> {
    reading(&shared.store, move |store| store.states(&site, &user, now())).await.map_err(failed)
}
