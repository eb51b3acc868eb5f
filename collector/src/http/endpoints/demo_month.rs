//! `PUT /v1/demo/month`: fills the demo with a month of made-up visits. It exists only where everyone on this machine
//! may see what is stored, so never beside real data. A page elsewhere cannot send a `PUT` without being asked first.

use crate::app::SharedState;
use crate::config::Admin;
use crate::demo_month::{SITE, fill};
use crate::error::Rejection;
use crate::http::auth::AdminAccess;
use crate::http::response::failed;
use crate::store::blocking::reading;
use crate::time::clock::now;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use serde::Serialize;

/// The answer.
#[derive(Serialize)]
struct Filled {
    /// The key of the site that has the month.
    site: &'static str,
    /// Events that were added.
    events: usize,
}

pub(crate) async fn put(State(shared): State<SharedState>, _: AdminAccess) -> Result<impl IntoResponse, Rejection> {
    let config = shared.config.get();
    if !matches!(config.admin, Admin::Open) {
        return Err(Rejection::NotFound("only `waymark-collector demo` makes up a month of data".to_owned()));
    }
    let account = config.sites.keys().first().and_then(|key| config.sites.find(key).ok());
    let account = account.map(|known| known.site.account.clone()).unwrap_or_default();
    let events = reading(&shared.store, move |store| fill(store, &account, now())).await.map_err(failed)?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(Filled { site: SITE, events })))
}
