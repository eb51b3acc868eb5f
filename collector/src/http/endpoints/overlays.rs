//! The overlay, which shows on a page what level 2 would record there. `POST /v1/overlays`: who has the admin token gets
//! one that opens it on pages of one origin, for a few minutes. `POST /v1/sites/{key}/overlay`: a page asks whether its
//! token does.

use crate::app::SharedState;
use crate::error::Rejection;
use crate::http::admission::Admission;
use crate::http::auth::AdminAccess;
use crate::http::body::{self, BodyLimit};
use crate::http::path::Path;
use crate::http::response::SiteTag;
use crate::sites::overlay_tokens::LIFETIME_MS;
use crate::time::clock::now;
use axum::Json;
use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

/// Largest body.
const MAX_BYTES: usize = 4_096;

const NO_STORE: [(HeaderName, &str); 1] = [(header::CACHE_CONTROL, "no-store")];

/// Where the overlay is to be shown.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewOverlay {
    /// The key of the site.
    site: String,
    /// The origin of the page.
    origin: String,
}

/// A new token. It is told once.
#[derive(Serialize)]
struct Made {
    token: String,
    expires: i64,
}

/// The answer to a page whose token is valid.
#[derive(Serialize)]
struct Opened {
    expires: i64,
}

pub(crate) async fn make(
    State(state): State<SharedState>,
    _: AdminAccess,
    headers: HeaderMap,
    body: Body,
) -> Result<impl IntoResponse, Rejection> {
    let config = state.config.get();
    body::check_json(&headers).map_err(|reason| Rejection::InvalidOverlayRequest(reason.to_owned()))?;
    let body = body::read(body, BodyLimit::Bytes(MAX_BYTES), &config.limits).await?;
    let NewOverlay { site, origin } =
        serde_json::from_slice(&body).map_err(|error| Rejection::InvalidOverlayRequest(error.to_string()))?;
    let known = config.sites.find(&site)?;
    known.check_region()?;
    if !known.site.takes(&origin) {
        return Err(Rejection::OriginNotAllowed { origin, site });
    }
    let (token, expires) = (state.overlay_tokens.issue(&site, &origin, now()), now() + LIFETIME_MS);
    Ok((StatusCode::CREATED, Extension(SiteTag(site)), NO_STORE, Json(Made { token, expires })))
}

pub(crate) async fn open(
    admission: Admission,
    Path(site): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Rejection> {
    admission.admit_page(&site)?;
    let body = body::read(body, BodyLimit::Bytes(MAX_BYTES), &admission.config.limits).await?;
    let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok()).unwrap_or_default();
    let token = String::from_utf8_lossy(&body);
    let expires = admission.state.overlay_tokens.expiry(token.trim(), &site, origin, now());
    let expires = expires.ok_or(Rejection::InvalidOverlay)?;
    Ok((Extension(SiteTag(site)), NO_STORE, Json(Opened { expires })).into_response())
}
