//! `/v1/saved`: segments and goals of a site by name. Who may read the site's insights lists them; the admin token saves
//! and drops them.

use crate::app::SharedState;
use crate::error::{ParameterError, Rejection};
use crate::http::admission::known_site;
use crate::http::auth::{AdminAccess, InsightsAccess};
use crate::http::endpoints::insights::parameters::Parameters;
use crate::http::path::Path;
use crate::http::query::Query;
use crate::http::response::{SiteTag, failed};
use crate::store::blocking::reading;
use crate::store::{SAVED, Saved, SavedKind};
use crate::time::clock::now;
use axum::Json;
use axum::extract::{Extension, State};
use axum::http::{HeaderName, Uri, header};
use axum::response::IntoResponse;
use form_urlencoded::Serializer;
use serde::{Deserialize, Serialize};

const NO_STORE: [(HeaderName, &str); 1] = [(header::CACHE_CONTROL, "no-store")];

/// `?site=KEY`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct At {
    site: String,
}

/// `?site=KEY&kind=KIND`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Which {
    site: String,
    kind: SavedKind,
}

#[derive(Serialize)]
struct List {
    saved: Vec<Saved>,
}

#[derive(Serialize)]
struct Dropped {
    dropped: bool,
}

pub(crate) async fn get(
    State(state): State<SharedState>,
    access: InsightsAccess,
    Query(At { site }): Query<At>,
) -> Result<impl IntoResponse, Rejection> {
    access.check(&site)?;
    known_site(&state, Some(&site)).await?;
    let saved = reading(&state.store, move |store| store.saved(&site)).await.map_err(failed)?;
    Ok((NO_STORE, Json(List { saved })))
}

pub(crate) async fn put(
    State(state): State<SharedState>,
    _: AdminAccess,
    Path(name): Path<String>,
    uri: Uri,
) -> Result<impl IntoResponse, Rejection> {
    let (Which { site, kind }, rest) = split(&uri)?;
    known_site(&state, Some(&site)).await?;
    let saved = rest.save(site, kind, name, now())?;
    let kept = saved.clone();
    if !reading(&state.store, move |store| store.save(&kept)).await.map_err(failed)? {
        let reason = format!("the site `{}` has {SAVED} saved segments and goals: drop one", saved.site);
        return Err(ParameterError::TooCostly(reason).into());
    }
    Ok((Extension(SiteTag(saved.site.clone())), NO_STORE, Json(saved)))
}

pub(crate) async fn delete(
    State(state): State<SharedState>,
    _: AdminAccess,
    Path(name): Path<String>,
    Query(Which { site, kind }): Query<Which>,
) -> Result<impl IntoResponse, Rejection> {
    let dropped = reading(&state.store, move |store| store.drop_saved(&site, kind, &name)).await.map_err(failed)?;
    Ok((NO_STORE, Json(Dropped { dropped })))
}

/// Site and kind, and the parameters of what is saved.
fn split(uri: &Uri) -> Result<(Which, Parameters), ParameterError> {
    let pairs = form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let (mut own, mut rest) = (Serializer::new(String::new()), Serializer::new(String::new()));
    for (name, value) in pairs {
        let of = if matches!(name.as_ref(), "site" | "kind") { &mut own } else { &mut rest };
        of.append_pair(&name, &value);
    }
    let Query(which) = Query::parse(&own.finish())?;
    Ok((which, Parameters::parse(&rest.finish())?))
}
