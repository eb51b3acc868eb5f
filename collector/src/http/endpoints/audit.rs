//! `GET /v1/audit`: created, stored, lost and missing events for each site and day, the oldest day first.

use crate::app::SharedState;
use crate::error::Rejection;
use crate::http::admission::known_site;
use crate::http::auth;
use crate::http::response::failed;
use crate::store::Days;
use crate::store::blocking::reading;
use crate::time::day::Day;
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, Uri, header};
use axum::response::IntoResponse;
use std::collections::HashSet;

pub(crate) async fn get(
    State(shared): State<SharedState>,
    query: Result<Query<Vec<(String, String)>>, QueryRejection>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Rejection> {
    auth::allow(&shared.config.get().admin, &uri, &headers, None)?;
    let Query(pairs) = query.map_err(|error| Rejection::InvalidParameter(error.to_string()))?;
    let days = read(pairs).map_err(Rejection::InvalidParameter)?;
    known_site(&shared, days.site.as_deref()).await?;
    let audited = reading(&shared.store, move |store| store.audit(&days)).await.map_err(failed)?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(audited)))
}

fn read(pairs: Vec<(String, String)>) -> Result<Days, String> {
    let mut days = Days::default();
    let mut seen = HashSet::new();
    for (name, text) in pairs {
        match name.as_str() {
            "from" => days.from = Some(day(&name, &text)?),
            "to" => days.to = Some(day(&name, &text)?),
            "site" => days.site = Some(text),
            _ => return Err(format!("`{name}` is no parameter; there are from, to and site")),
        }
        if !seen.insert(name.clone()) {
            return Err(format!("`{name}` is there twice"));
        }
    }
    Ok(days)
}

fn day(name: &str, text: &str) -> Result<Day, String> {
    text.parse().map_err(|_| format!("`{name}` must be a day such as 2026-11-25, and is `{text}`"))
}
