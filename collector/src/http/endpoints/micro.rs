//! `GET /micro/all`, `/micro/good` and `/micro/bad`, `POST /micro/reset`: what a collector for tests has stored and
//! rejected. Pages of this machine may read them too, for tests that run in a browser.

use crate::app::{AppState, SharedState};
use crate::error::Rejection;
use crate::http::auth::{AdminAccess, is_local_origin};
use crate::http::query::Query;
use crate::http::response::failed;
use crate::micro::Micro;
use crate::store::blocking::reading;
use crate::store::{Filter, ReadEvents};
use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The answer to `/micro/all` and `/micro/reset`.
#[derive(Serialize)]
struct Counts {
    /// Stored and rejected events.
    total: usize,
    /// Stored events.
    good: usize,
    /// Rejected events.
    bad: usize,
}

/// The stored events that are asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    site: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
}

pub(crate) async fn all(State(shared): State<SharedState>, _: AdminAccess) -> Result<impl IntoResponse, Rejection> {
    let micro = micro(&shared)?;
    let good = stored(micro, Filter::default()).await?.len();
    let bad = micro.rejected().len();
    Ok(Json(Counts { total: good + bad, good, bad }))
}

pub(crate) async fn good(
    State(shared): State<SharedState>,
    _: AdminAccess,
    Query(Wanted { site, kind }): Query<Wanted>,
) -> Result<impl IntoResponse, Rejection> {
    let events = stored(micro(&shared)?, Filter { site, kind, ..Filter::default() }).await?;
    let json = format!("[{}]", events.join(","));
    Ok(([(header::CONTENT_TYPE, "application/json")], Body::from(json)))
}

pub(crate) async fn bad(State(shared): State<SharedState>, _: AdminAccess) -> Result<impl IntoResponse, Rejection> {
    Ok(Json(micro(&shared)?.rejected()))
}

pub(crate) async fn reset(State(shared): State<SharedState>, _: AdminAccess) -> Result<impl IntoResponse, Rejection> {
    micro(&shared)?.reset();
    Ok(Json(Counts { total: 0, good: 0, bad: 0 }))
}

/// Lets pages of this machine read the answer. Other pages read nothing, and change nothing.
pub(crate) async fn guard(request: Request, next: Next) -> Response {
    let origin = request.headers().get(header::ORIGIN).cloned();
    if origin.as_ref().is_some_and(|origin| !is_local_origin(origin)) {
        return Rejection::NotLocal.into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    if let Some(origin) = origin {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    }
    response
}

fn micro(shared: &AppState) -> Result<&Micro, Rejection> {
    let missing = || Rejection::NotFound("only `waymark-collector micro` has this".to_owned());
    shared.micro.as_ref().ok_or_else(missing)
}

/// The stored events, in order of arrival.
async fn stored(micro: &Micro, filter: Filter) -> Result<Vec<Arc<str>>, Rejection> {
    let found = reading(&micro.store, move |store| store.newest(&filter, usize::MAX)).await.map_err(failed)?;
    Ok(found.into_iter().map(|(_, body)| body).collect())
}
