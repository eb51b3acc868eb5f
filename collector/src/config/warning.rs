//! Warnings about a valid configuration that may not do what its owner expects. They are not errors, because another
//! server may do that part.

use super::{Config, Limits};
use std::path::{Path, PathBuf};

/// A warning. Its text says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Warning {
    /// There is no site.
    #[error("no [[sites]] are configured: every batch will be refused")]
    NoSites,
    /// The recorder is not served.
    #[error(
        "no `assets` is set: /waymark.js, which the snippet loads from this collector, is 404. Set `assets` to the directory that \
         `cargo xtask build` writes (target/dist), or have a proxy serve the recorder's files at this collector's address"
    )]
    NoAssets,
    /// The served files lack the recorder.
    #[error(
        "there is no waymark.js in `assets` ({}): /waymark.js, which the snippet loads from this collector, is 404. Write the \
         recorder's files there with `cargo xtask build` (target/dist), then start the collector again",
        .0.display()
    )]
    NoRecorder(PathBuf),
    /// A burst without its rate.
    #[error("limits.{0}_burst has no effect without limits.{0}_rate: set the rate, or leave the burst out")]
    Burst(&'static str),
    /// Browsers block requests from HTTPS pages to this URL.
    #[error(
        "pages of https:// origins cannot send to {0}: browsers block requests of such a page to http:// addresses. Give the \
         collector a certificate, or a proxy that has one, and an https:// address"
    )]
    Mixed(String),
}

impl Config {
    /// The warnings. Looks for the recorder in `assets`.
    pub fn warnings(&self) -> Vec<Warning> {
        let Limits { site_rate, site_burst, address_rate, address_burst, .. } = self.limits;
        let burst = |name, rate, burst: Option<u32>| (rate == 0 && burst.is_some()).then_some(Warning::Burst(name));
        let found = [
            self.sites.is_empty().then_some(Warning::NoSites),
            recorder(self.assets.as_deref()),
            self.mixed(),
            burst("site", site_rate, site_burst),
            burst("address", address_rate, address_burst),
        ];
        found.into_iter().flatten().collect()
    }

    fn mixed(&self) -> Option<Warning> {
        let url = self.public_url()?;
        let host = url.strip_prefix("http://")?;
        let name = host.split(['/', ':']).next().unwrap_or_default();
        let is_local = name == "localhost" || name.ends_with(".localhost") || name.starts_with("127.");
        let mut origins = self.sites.iter().flat_map(|site| &site.origins);
        let is_mixed = !is_local && !host.starts_with("[::1]") && origins.any(|origin| origin.starts_with("https://"));
        is_mixed.then(|| Warning::Mixed(url.to_owned()))
    }
}

fn recorder(assets: Option<&Path>) -> Option<Warning> {
    match assets {
        None => Some(Warning::NoAssets),
        Some(dir) if dir.join("waymark.js").is_file() => None,
        Some(dir) => Some(Warning::NoRecorder(dir.to_owned())),
    }
}
