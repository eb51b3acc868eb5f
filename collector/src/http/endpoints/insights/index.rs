//! `GET /v1/insights`: the sites that the token opens.

use crate::app::SharedState;
use crate::error::Rejection;
use crate::http::auth::InsightsAccess;
use crate::http::query::Query;
use crate::http::response::failed;
use crate::store::blocking::reading;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// No parameters.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

#[derive(Serialize)]
struct Index {
    version: u32,
    /// Whether the token opens only the insights of one site: it exports and erases no user, and shares nothing.
    read_only: bool,
    sites: Vec<Site>,
}

#[derive(Serialize)]
struct Site {
    key: String,
    /// Empty for a site that is no longer configured.
    name: String,
    environments: BTreeMap<String, u16>,
}

pub(crate) async fn get(
    State(shared): State<SharedState>,
    access: InsightsAccess,
    Query(Nothing {}): Query<Nothing>,
) -> Result<impl IntoResponse, Rejection> {
    let config = shared.config.get();
    let (read_only, mut keys) = match access {
        InsightsAccess::Site(own) => (true, vec![own]),
        InsightsAccess::All => {
            let stored = reading(&shared.store, |store| store.sites()).await.map_err(failed)?;
            (false, config.sites.keys().into_iter().chain(stored).collect())
        }
    };
    keys.sort_unstable();
    keys.dedup();
    let site = |key: String| {
        let known = config.sites.find(&key).ok().map(|known| &known.site);
        let name = known.map(|site| site.name.clone()).unwrap_or_default();
        let environments = known.map(|site| site.environments.clone()).unwrap_or_default();
        Site { key, name, environments }
    };
    let index = Index { version: super::api::VERSION, read_only, sites: keys.into_iter().map(site).collect() };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(index)))
}
