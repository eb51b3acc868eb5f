//! `GET /v1/sites/{key}/settings`: the recorder settings of a site, and nothing else of the configuration. An unknown
//! key and a foreign origin get the same words after the same work.

use crate::error::Rejection;
use crate::http::admission::Admission;
use crate::http::etag::is_known;
use crate::http::path::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// How long browsers cache the settings: a disabled site stops within a minute.
const CACHE: &str = "public, max-age=60";

pub(crate) async fn get(
    Admission { config, .. }: Admission,
    headers: HeaderMap,
    Path(key): Path<String>,
) -> Result<Response, Rejection> {
    let (known, is_there) = config.sites.find_or_placeholder(&key);
    // A page on the site's own origin, which reaches the collector through a proxy, sends none with a GET; and what no
    // page sent, no page can read.
    let origin = headers.get(header::ORIGIN).map(|origin| String::from_utf8_lossy(origin.as_bytes()).into_owned());
    let may_know = known.site.takes(origin.as_deref().unwrap_or_default()) || origin.is_none();
    if !(is_there && may_know) {
        return Err(Rejection::NoSettings { is_there });
    }
    known.check_region()?;
    let settings = &known.settings;
    let common = [(header::ETAG, settings.tag.as_str()), (header::CACHE_CONTROL, CACHE)];
    if is_known(&headers, &settings.tag) {
        return Ok((StatusCode::NOT_MODIFIED, common).into_response());
    }
    Ok((common, [(header::CONTENT_TYPE, "application/json")], settings.body.clone()).into_response())
}
