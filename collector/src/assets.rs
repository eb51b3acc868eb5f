//! The recorder's files for host pages, read once at the start. `/NAME` may change with the next release and is asked
//! about again after five minutes; `/v/HASH/NAME` never changes. Never a path: only names that were read are served.

use crate::reject::Rejection;
use crate::router::Shared;
use axum::body::Bytes;
use axum::extract::{Path as Segments, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The files by name.
#[derive(Default)]
pub(crate) struct Assets(HashMap<String, Asset>);

struct Asset {
    /// The first 16 hex digits of the plain file's SHA-256.
    hash: String,
    kind: &'static str,
    plain: Bytes,
    gzip: Option<Bytes>,
    brotli: Option<Bytes>,
}

/// The directory cannot be served.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot read the assets in {}: {error}\nBuild them with `cargo xtask build`, which writes target/dist, or leave \
     `assets` out to take events only.",
    file.display()
)]
pub struct AssetsError {
    file: PathBuf,
    error: std::io::Error,
}

impl Assets {
    /// Reads every file of `dir`; `X.br` and `X.gz` are `X` in smaller.
    pub(crate) fn read(dir: &Path) -> Result<Self, AssetsError> {
        let mut files = HashMap::new();
        let at = |file: &Path| {
            let file = file.to_owned();
            move |error| AssetsError { file, error }
        };
        for entry in std::fs::read_dir(dir).map_err(at(dir))? {
            let path = entry.map_err(at(dir))?.path();
            if let Some(name) = path.file_name().and_then(|name| name.to_str())
                && path.is_file()
            {
                files.insert(name.to_owned(), Bytes::from(std::fs::read(&path).map_err(at(&path))?));
            }
        }
        let names: Vec<_> = files.keys().filter(|name| !is_packed(name)).cloned().collect();
        let mut assets = HashMap::new();
        for name in names {
            let Some(plain) = files.remove(&name) else { continue };
            let gzip = files.remove(&format!("{name}.gz"));
            let brotli = files.remove(&format!("{name}.br"));
            let asset = Asset { hash: hash(&plain), kind: kind(&name), plain, gzip, brotli };
            assets.insert(name, asset);
        }
        Ok(Assets(assets))
    }

    fn find(&self, name: &str) -> Result<&Asset, Rejection> {
        self.0.get(name).ok_or_else(|| match self.0.is_empty() {
            true => Rejection::NotFound(format!(
                "nothing is at /{name}; no assets are served: build them with `cargo xtask build` and set `assets`"
            )),
            false => Rejection::NotFound(format!("nothing is at /{name}; the assets are {}", self.names())),
        })
    }

    fn names(&self) -> String {
        let mut names: Vec<_> = self.0.keys().map(String::as_str).collect();
        names.sort_unstable();
        names.join(", ")
    }
}

pub(crate) async fn newest(
    State(shared): State<Shared>,
    Segments(name): Segments<String>,
    headers: HeaderMap,
) -> Result<Response, Rejection> {
    let asset = shared.assets.find(&name)?;
    Ok(asset.answer(&headers, "public, max-age=300, stale-while-revalidate=86400"))
}

pub(crate) async fn pinned(
    State(shared): State<Shared>,
    Segments((hash, name)): Segments<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Rejection> {
    let asset = shared.assets.find(&name)?;
    if asset.hash != hash {
        return Err(Rejection::NotFound(format!("/{name} is another build now, at /v/{}/{name}", asset.hash)));
    }
    Ok(asset.answer(&headers, "public, max-age=31536000, immutable"))
}

impl Asset {
    fn answer(&self, asked: &HeaderMap, cache: &'static str) -> Response {
        let (encoding, bytes) = match (&self.brotli, &self.gzip) {
            (Some(brotli), _) if accepts(asked, "br") => ("br", brotli),
            (_, Some(gzip)) if accepts(asked, "gzip") => ("gzip", gzip),
            _ => ("", &self.plain),
        };
        // Each encoding is other bytes, and so has its own strong tag.
        let tag =
            if encoding.is_empty() { format!("\"{}\"", self.hash) } else { format!("\"{}-{encoding}\"", self.hash) };
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
        let mut response = (common, [(header::CONTENT_TYPE, self.kind)], bytes.clone()).into_response();
        if let Ok(value) = encoding.parse()
            && !encoding.is_empty()
        {
            response.headers_mut().insert(header::CONTENT_ENCODING, value);
        }
        response
    }
}

fn is_packed(name: &str) -> bool {
    name.ends_with(".br") || name.ends_with(".gz")
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// The charset is vital: the script carries wasm bytes as Latin-1 characters in UTF-8, and a host page of another
/// charset would have them read wrongly.
fn kind(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("html") => "text/html; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("wasm") => "application/wasm",
        Some("ts" | "txt" | "md") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
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

pub(crate) fn is_known(asked: &HeaderMap, tag: &str) -> bool {
    let values = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}
