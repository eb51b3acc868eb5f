//! `GET /NAME` and `GET /v/HASH/NAME`: the recorder's files for host pages. `/NAME` may change with a release and is
//! cached for five minutes. `/v/HASH/NAME` never changes.

use crate::app::SharedState;
use crate::assets::Asset;
use crate::error::Rejection;
use crate::http::etag::is_known;
use crate::http::path::Path;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

pub(crate) async fn newest(
    State(shared): State<SharedState>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Rejection> {
    let asset = shared.assets.find(&name)?;
    Ok(answer(asset, &headers, "public, max-age=300, stale-while-revalidate=86400"))
}

pub(crate) async fn pinned(
    State(shared): State<SharedState>,
    Path((hash, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Rejection> {
    let asset = shared.assets.find(&name)?;
    if asset.hash != hash {
        return Err(Rejection::NotFound(format!("/{name} is another build now, at /v/{}/{name}", asset.hash)));
    }
    Ok(answer(asset, &headers, "public, max-age=31536000, immutable"))
}

fn answer(asset: &Asset, asked: &HeaderMap, cache: &'static str) -> Response {
    let (encoding, bytes) = match (&asset.brotli, &asset.gzip) {
        (Some(brotli), _) if accepts(asked, "br") => ("br", brotli),
        (_, Some(gzip)) if accepts(asked, "gzip") => ("gzip", gzip),
        _ => ("", &asset.plain),
    };
    // Each encoding is other bytes, and so has its own strong tag.
    let tag =
        if encoding.is_empty() { format!("\"{}\"", asset.hash) } else { format!("\"{}-{encoding}\"", asset.hash) };
    let common = [
        (header::ETAG, tag.as_str()),
        (header::CACHE_CONTROL, cache),
        (header::VARY, "Accept-Encoding"),
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ];
    if is_known(asked, &tag) {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    let mut response = (common, [(header::CONTENT_TYPE, asset.kind)], bytes.clone()).into_response();
    if let Ok(value) = encoding.parse()
        && !encoding.is_empty()
    {
        response.headers_mut().insert(header::CONTENT_ENCODING, value);
    }
    response
}

/// Whether `Accept-Encoding` names `encoding`, and not as `;q=0`.
fn accepts(asked: &HeaderMap, encoding: &str) -> bool {
    let values = asked.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|part| {
        let (name, weight) = part.split_once(';').unwrap_or((part, ""));
        let refused = weight.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()) == Some(0.0);
        name.trim().eq_ignore_ascii_case(encoding) && !refused
    })
}
