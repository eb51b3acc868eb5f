//! `GET /v1/audit`: created, stored, lost and missing events for each site and day, the oldest day first.

use crate::app::SharedState;
use crate::error::Rejection;
use crate::http::admission::known_site;
use crate::http::auth::AdminAccess;
use crate::http::query::Query;
use crate::http::response::failed;
use crate::store::Days;
use crate::store::blocking::reading;
use crate::time::day::Day;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use serde::Deserialize;

/// The rows that are asked for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rows {
    /// First day.
    from: Option<Day>,
    /// End: days before this one.
    to: Option<Day>,
    site: Option<String>,
}

pub(crate) async fn get(
    State(shared): State<SharedState>,
    _: AdminAccess,
    Query(Rows { from, to, site }): Query<Rows>,
) -> Result<impl IntoResponse, Rejection> {
    known_site(&shared, site.as_deref()).await?;
    let days = Days { from, to, site };
    let audited = reading(&shared.store, move |store| store.audit(&days)).await.map_err(failed)?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(audited)))
}
