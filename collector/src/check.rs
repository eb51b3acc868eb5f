//! May this be stored at all? The site must be known, the page's origin one of the site's, the batch of a size that is
//! bearable once expanded. Nothing is changed here.

use crate::config::Site;
use crate::reject::Rejection;
use axum::http::{HeaderMap, header};
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use waymark_wire::limits;

/// The configured sites by key, each with how much was stripped of its events so far.
pub(crate) struct Sites(HashMap<String, (Site, AtomicU64)>);

impl Sites {
    pub(crate) fn new(sites: Vec<Site>) -> Self {
        Sites(sites.into_iter().map(|site| (site.key.clone(), (site, AtomicU64::new(0)))).collect())
    }

    pub(crate) fn find(&self, key: &str) -> Result<&Site, Rejection> {
        let known = self.0.get(key).map(|(site, _)| site);
        known.ok_or_else(|| Rejection::UnknownSite(key.chars().take(64).collect()))
    }

    /// For how many days each site keeps its events; 0 is for ever.
    pub(crate) fn kept(&self) -> Vec<(String, u32)> {
        let mut kept: Vec<_> = self.0.values().map(|(site, _)| (site.key.clone(), site.retention_days)).collect();
        kept.sort_unstable();
        kept
    }

    /// Counts what was stripped of the site's events; the operator is told the first time.
    pub(crate) fn count_stripped(&self, site: &Site, stripped: u64) {
        let Some((_, total)) = self.0.get(&site.key) else { return };
        if stripped > 0 && total.fetch_add(stripped, Ordering::Relaxed) == 0 {
            tracing::warn!(
                "the recorder's settings for site `{key}` collect more than the site's level here allows: {stripped} \
                 fields and events of a batch were left out. Lower the recorder's settings, or set level and collect \
                 of site `{key}` in the collector's configuration; what is left out later is counted and told at the end",
                key = site.key
            );
        }
    }

    /// Tells the operator how much was stripped in all.
    pub(crate) fn tell_stripped(&self) {
        for (site, total) in self.0.values() {
            let stripped = total.load(Ordering::Relaxed);
            if stripped > 0 {
                tracing::info!("{stripped} fields and events of site `{}` were left out in all", site.key);
            }
        }
    }
}

pub(crate) fn origin(site: &Site, headers: &HeaderMap) -> Result<(), Rejection> {
    if site.origins.is_empty() {
        return Ok(());
    }
    let origin = headers.get(header::ORIGIN).map(|value| String::from_utf8_lossy(value.as_bytes()));
    match origin {
        Some(origin) if site.origins.iter().any(|allowed| *allowed == origin) => Ok(()),
        origin => Err(Rejection::Origin {
            origin: origin.map_or_else(|| "a sender without an origin".to_owned(), |origin| origin.into_owned()),
            site: site.key.clone(),
        }),
    }
}

/// Whether a batch stays of a bearable size once its events are told one by one. Each of its contexts is then held
/// whole, so that a small body of many that build on a large first one would need gigabytes.
pub(crate) fn size(body: &[u8], most: usize) -> Result<(), Rejection> {
    #[derive(Deserialize)]
    struct Shape<'a> {
        #[serde(borrow)]
        contexts: Vec<&'a RawValue>,
        #[serde(borrow)]
        events: Vec<&'a RawValue>,
    }
    // What cannot be read at all is told by the reader of the batch, which comes next.
    let Ok(Shape { contexts, events }) = serde_json::from_slice(body) else { return Ok(()) };
    if events.len() > limits::BATCH_EVENTS {
        return Err(Rejection::TooMany { limit: limits::BATCH_EVENTS });
    }
    let longest = contexts.iter().map(|context| context.get().len()).max().unwrap_or_default();
    match contexts.len().saturating_mul(longest) > most {
        true => Err(Rejection::TooLarge { what: "the expanded batch", limit: most }),
        false => Ok(()),
    }
}
