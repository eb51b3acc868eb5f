//! `/v1/shares`: makes, lists and revokes shared links. Only the admin token does.

use crate::app::SharedState;
use crate::error::Rejection;
use crate::http::admission::known_site;
use crate::http::auth::AdminAccess;
use crate::http::body::{self, BodyLimit};
use crate::http::endpoints::insights::new_share::NewShare;
use crate::http::path::Path;
use crate::http::query::Query;
use crate::http::response::{SiteTag, failed};
use crate::store::blocking::reading;
use crate::store::{SHARES, Share};
use crate::time::clock::now;
use axum::Json;
use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::IntoResponse;
use serde::{Deserialize, Serialize};

/// Largest body.
const MAX_BYTES: usize = 16_384;

const NO_STORE: [(HeaderName, &str); 1] = [(header::CACHE_CONTROL, "no-store")];

/// `?site=KEY`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct At {
    site: Option<String>,
}

/// A link as it is listed, without its token.
#[derive(Serialize)]
struct Listed {
    id: String,
    site: String,
    view: String,
    query: String,
    name: String,
    created: i64,
    expires: i64,
    /// When it was last opened, to the hour.
    used: Option<i64>,
}

/// A new link. Its token is told once.
#[derive(Serialize)]
struct Made {
    token: String,
    #[serde(flatten)]
    link: Listed,
}

#[derive(Serialize)]
struct List {
    shares: Vec<Listed>,
}

#[derive(Serialize)]
struct Revoked {
    revoked: bool,
}

pub(crate) async fn post(
    State(state): State<SharedState>,
    _: AdminAccess,
    headers: HeaderMap,
    body: Body,
) -> Result<impl IntoResponse, Rejection> {
    body::check_json(&headers).map_err(|reason| Rejection::InvalidShareRequest(reason.to_owned()))?;
    let body = body::read(body, BodyLimit::Bytes(MAX_BYTES), &state.config.get().limits).await?;
    let new: NewShare =
        serde_json::from_slice(&body).map_err(|error| Rejection::InvalidShareRequest(error.to_string()))?;
    known_site(&state, Some(&new.site)).await?;
    let (share, token) = new.make(now())?;
    let kept = share.clone();
    if !reading(&state.store, move |store| store.add_share(&kept)).await.map_err(failed)? {
        let reason = format!("the site `{}` has {SHARES} shared links: revoke one", share.site);
        return Err(Rejection::InvalidShareRequest(reason));
    }
    let named = Extension(SiteTag(share.site.clone()));
    Ok((StatusCode::CREATED, named, NO_STORE, Json(Made { token, link: share.into() })))
}

pub(crate) async fn get(
    State(state): State<SharedState>,
    _: AdminAccess,
    Query(At { site }): Query<At>,
) -> Result<impl IntoResponse, Rejection> {
    known_site(&state, site.as_deref()).await?;
    let found = reading(&state.store, move |store| store.shares(site.as_deref())).await.map_err(failed)?;
    Ok((NO_STORE, Json(List { shares: found.into_iter().map(Listed::from).collect() })))
}

pub(crate) async fn delete(
    State(state): State<SharedState>,
    _: AdminAccess,
    Path(id): Path<String>,
) -> Result<impl IntoResponse, Rejection> {
    let revoked = reading(&state.store, move |store| store.revoke_share(&id)).await.map_err(failed)?;
    Ok((NO_STORE, Json(Revoked { revoked })))
}

impl From<Share> for Listed {
    fn from(Share { id, site, view, query, name, created, expires, used, .. }: Share) -> Self {
        Listed { id, site, view, query, name, created, expires, used }
    }
}
