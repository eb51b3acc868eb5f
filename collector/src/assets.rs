//! The recorder's files, read into memory once at the start. Only names that were read are served, never paths.

use crate::error::Rejection;
use axum::body::Bytes;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// The files by name.
#[derive(Default)]
pub(crate) struct Assets(HashMap<String, Asset>);

pub(crate) struct Asset {
    /// The first 16 hex digits of the plain file's SHA-256.
    pub(crate) hash: String,
    pub(crate) kind: &'static str,
    pub(crate) plain: Bytes,
    pub(crate) gzip: Option<Bytes>,
    pub(crate) brotli: Option<Bytes>,
}

/// The directory cannot be read.
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
    /// Reads every file of `dir`. `X.br` and `X.gz` are the compressed forms of `X`.
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

    pub(crate) fn find(&self, name: &str) -> Result<&Asset, Rejection> {
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

fn is_packed(name: &str) -> bool {
    name.ends_with(".br") || name.ends_with(".gz")
}

fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// The charset is required: the script carries wasm bytes as characters in UTF-8, and a page in another charset would
/// misread them.
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
