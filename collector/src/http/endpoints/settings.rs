//! `GET /v1/sites/{key}/settings`: what the recorder has to know of its site, and nothing else of the configuration.
//! A key that is not there and an origin that is not the site's are told in the same words, after the same work.

use crate::app::Shared;
use crate::client::address::Sender;
use crate::error::Rejection;
use crate::http::etag::is_known;
use axum::extract::{Extension, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// How long a browser goes by what it was told: a site that is switched off is so within a minute.
const CACHE: &str = "public, max-age=60";

pub(crate) async fn get(
    State(shared): State<Shared>,
    Extension(sender): Extension<Sender>,
    Path(key): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Rejection> {
    let rules = shared.rules.get();
    shared.pace.of_address(&rules.limits, sender)?;
    let (known, is_there) = rules.sites.find_or_nobody(&key);
    // A page on the site's own origin, which reaches the collector through a proxy, sends none with a GET; and what no
    // page sent, no page can read.
    let origin = headers.get(header::ORIGIN).map(|origin| String::from_utf8_lossy(origin.as_bytes()).into_owned());
    let may_know = known.site.takes(origin.as_deref().unwrap_or_default()) || origin.is_none();
    if !(is_there && may_know) {
        return Err(Rejection::NoSettings { is_there });
    }
    known.is_here()?;
    let settings = &known.settings;
    let common = [(header::ETAG, settings.tag.as_str()), (header::CACHE_CONTROL, CACHE)];
    if is_known(&headers, &settings.tag) {
        return Ok((StatusCode::NOT_MODIFIED, common).into_response());
    }
    Ok((common, [(header::CONTENT_TYPE, "application/json")], settings.body.clone()).into_response())
}
