//! The configured sites by key, each with what a request about it needs worked out: where its data stays, and the
//! settings that its recorders ask for.

use crate::config::{Config, Region, Secret, Site};
use crate::error::Rejection;
use axum::body::Bytes;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use uuid::Uuid;
use waymark_wire::SiteSettings;
use waymark_wire::settings::Percent;

pub(crate) struct Sites {
    known: HashMap<String, Known>,
    /// Stands in for a site that is not there, so that to look for one costs the same.
    nobody: Known,
}

/// A site that is there.
pub(crate) struct Known {
    pub(crate) site: Site,
    /// The data centre that it belongs to, where that is not this collector's, and the address there.
    elsewhere: Option<(Region, Option<String>)>,
    pub(crate) settings: Settings,
    /// How much was stripped of its events so far.
    stripped: Arc<AtomicU64>,
}

/// The settings as they are served.
pub(crate) struct Settings {
    pub(crate) body: Bytes,
    /// Their `ETag`.
    pub(crate) tag: String,
}

impl Sites {
    /// Goes on counting what `before` has counted.
    pub(crate) fn new(config: &Config, before: Option<&Sites>) -> Self {
        let known = config.sites.iter().map(|site| {
            let counted = before.and_then(|sites| sites.known.get(&site.key));
            let stripped = counted.map(|known| Arc::clone(&known.stripped)).unwrap_or_default();
            (site.key.clone(), Known::new(site.clone(), config, stripped))
        });
        let mut nobody = Site::new("", "");
        nobody.origins.push("https://nobody.invalid".to_owned());
        nobody.state_secrets.push(Secret::from(Uuid::new_v4().to_string()));
        Sites { known: known.collect(), nobody: Known::new(nobody, config, Arc::default()) }
    }

    pub(crate) fn len(&self) -> usize {
        self.known.len()
    }

    /// All keys.
    pub(crate) fn keys(&self) -> Vec<String> {
        self.known.keys().cloned().collect()
    }

    pub(crate) fn find(&self, key: &str) -> Result<&Known, Rejection> {
        self.known.get(key).ok_or_else(|| Rejection::UnknownSite(key.chars().take(64).collect()))
    }

    /// The same, or what stands in for it; and whether it is there.
    pub(crate) fn find_or_nobody(&self, key: &str) -> (&Known, bool) {
        let known = self.known.get(key);
        (known.unwrap_or(&self.nobody), known.is_some())
    }

    /// The site whose server has signed the user; the same refusal, after the same work, where there is no such site or it
    /// keeps nobody's state.
    pub(crate) fn signed(&self, key: &str, user: &str, signature: &str) -> Result<&Known, Rejection> {
        let known = self.known.get(key);
        if let Some(known) = known {
            known.is_here()?;
        }
        let keeps = known.filter(|known| known.site.enabled && !known.site.state_secrets.is_empty());
        let Known { site, .. } = keeps.unwrap_or(&self.nobody);
        // All of them, whichever it is.
        let is_signed = site.state_secrets.iter().filter(|secret| secret.signed(key, user, signature)).count() > 0;
        keeps.filter(|_| is_signed).ok_or(Rejection::Unsigned)
    }

    /// For how many days each site keeps its events; 0 is for ever.
    pub(crate) fn kept(&self) -> Vec<(String, u32)> {
        let known = self.known.values().map(|Known { site, .. }| (site.key.clone(), site.retention_days));
        let mut kept: Vec<_> = known.collect();
        kept.sort_unstable();
        kept
    }

    /// Tells the operator how much was stripped in all.
    pub(crate) fn tell_stripped(&self) {
        for Known { site, stripped, .. } in self.known.values() {
            let stripped = stripped.load(Ordering::Relaxed);
            if stripped > 0 {
                tracing::info!("{stripped} fields and events of site `{}` were left out in all", site.key);
            }
        }
    }
}

impl Known {
    fn new(site: Site, config: &Config, stripped: Arc<AtomicU64>) -> Self {
        let region = config.region_of(&site.account);
        let is_here = region == config.region;
        let endpoint = match is_here {
            true => config.public_url(),
            false => region.and_then(|region| config.endpoints.of(region)),
        };
        let settings = Settings::new(&site, region, endpoint);
        let elsewhere = region.filter(|_| !is_here).map(|region| (region, endpoint.map(str::to_owned)));
        Known { site, elsewhere, settings, stripped }
    }

    /// Whether its data may come here at all.
    pub(crate) fn is_here(&self) -> Result<(), Rejection> {
        match &self.elsewhere {
            Some((region, endpoint)) => Err(Rejection::Elsewhere { region: *region, endpoint: endpoint.clone() }),
            None => Ok(()),
        }
    }

    /// Counts what was stripped of its events; the operator is told the first time.
    pub(crate) fn count_stripped(&self, stripped: u64) {
        if stripped > 0 && self.stripped.fetch_add(stripped, Ordering::Relaxed) == 0 {
            tracing::warn!(
                "the recorder's settings for site `{key}` collect more than the site's level here allows: {stripped} \
                 fields and events of a batch were left out. Lower what the page asks for, or raise the settings of site \
                 `{key}` in the collector's configuration; what is left out later is counted and told at the end",
                key = self.site.key
            );
        }
    }
}

impl Settings {
    fn new(site: &Site, region: Option<Region>, endpoint: Option<&str>) -> Self {
        let settings = SiteSettings {
            settings: waymark_wire::Settings { level: Some(site.allowed().level()), ..site.settings.clone() },
            sampling: Percent(site.sampling),
            region,
            endpoint: endpoint.map(str::to_owned),
        };
        // Names, numbers and texts can always be written.
        let body = serde_json::to_vec(&settings).unwrap_or_default();
        let hash: String = Sha256::digest(&body).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Settings { body: body.into(), tag: format!("\"{hash}\"") }
    }
}
