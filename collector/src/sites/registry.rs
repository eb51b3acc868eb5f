//! The configured sites by key, with the data that requests need: data centre, endpoint, and recorder settings.

use crate::config::{Config, Region, Secret, Site, is_key};
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
    known: HashMap<String, RegisteredSite>,
    /// Stands for every other key, at a collector for tests.
    any: Option<RegisteredSite>,
    /// Stands in for an unknown site, so that a lookup takes the same time.
    placeholder: RegisteredSite,
}

/// A configured site.
pub(crate) struct RegisteredSite {
    pub(crate) site: Site,
    /// The site's data centre and its address, if it is not this collector's.
    elsewhere: Option<(Region, Option<String>)>,
    pub(crate) settings: ServedSettings,
    /// Fields and events left out so far.
    stripped: Arc<AtomicU64>,
}

/// Recorder settings as they are served.
pub(crate) struct ServedSettings {
    pub(crate) body: Bytes,
    /// Their `ETag`.
    pub(crate) tag: String,
}

impl Sites {
    /// Takes over the counters of `before`.
    pub(crate) fn new(config: &Config, before: Option<&Sites>) -> Self {
        let known = config.sites.iter().map(|site| {
            let counted = before.and_then(|sites| sites.known.get(&site.key));
            let stripped = counted.map(|known| Arc::clone(&known.stripped)).unwrap_or_default();
            (site.key.clone(), RegisteredSite::new(site.clone(), config, stripped))
        });
        let mut placeholder = Site::new("", "");
        placeholder.origins.push("https://nobody.invalid".to_owned());
        placeholder.state_secrets.push(Secret::from(Uuid::new_v4().to_string()));
        let any = config.any_site.as_ref().map(|site| RegisteredSite::new(site.clone(), config, Arc::default()));
        Sites { known: known.collect(), any, placeholder: RegisteredSite::new(placeholder, config, Arc::default()) }
    }

    pub(crate) fn len(&self) -> usize {
        self.known.len()
    }

    /// All keys.
    pub(crate) fn keys(&self) -> Vec<String> {
        self.known.keys().cloned().collect()
    }

    /// The site whose read token this is. Always compares with the tokens of all sites.
    pub(crate) fn reader(&self, guess: &str) -> Option<&str> {
        let is_read = |site: &&Site| site.read_token.as_ref().is_some_and(|token| token.is(guess));
        self.known.values().map(|known| &known.site).filter(is_read).last().map(|site| site.key.as_str())
    }

    /// Whether a site has a read token.
    pub(crate) fn has_readers(&self) -> bool {
        self.known.values().any(|known| known.site.read_token.is_some())
    }

    pub(crate) fn find(&self, key: &str) -> Result<&RegisteredSite, Rejection> {
        self.get(key).ok_or_else(|| Rejection::UnknownSite(key.chars().take(64).collect()))
    }

    /// The site or its placeholder, and whether the site exists.
    pub(crate) fn find_or_placeholder(&self, key: &str) -> (&RegisteredSite, bool) {
        let known = self.get(key);
        (known.unwrap_or(&self.placeholder), known.is_some())
    }

    fn get(&self, key: &str) -> Option<&RegisteredSite> {
        self.known.get(key).or_else(|| self.any.as_ref().filter(|_| is_key(key)))
    }

    /// The site whose server signed the user. An unknown site, and a site without user state, get the same refusal
    /// after the same work.
    pub(crate) fn signed(&self, key: &str, user: &str, signature: &str) -> Result<&RegisteredSite, Rejection> {
        let known = self.known.get(key);
        if let Some(known) = known {
            known.check_region()?;
        }
        let keeps = known.filter(|known| known.site.enabled && !known.site.state_secrets.is_empty());
        let RegisteredSite { site, .. } = keeps.unwrap_or(&self.placeholder);
        // Always compares with all secrets.
        let is_signed = site.state_secrets.iter().filter(|secret| secret.signed(key, user, signature)).count() > 0;
        keeps.filter(|_| is_signed).ok_or(Rejection::Unsigned)
    }

    /// Retention of each site in days; 0 keeps events for ever.
    pub(crate) fn retention_days(&self) -> Vec<(String, u32)> {
        let known = self.known.values().map(|RegisteredSite { site, .. }| (site.key.clone(), site.retention_days));
        let mut kept: Vec<_> = known.collect();
        kept.sort_unstable();
        kept
    }

    /// Logs the number of fields and events left out.
    pub(crate) fn log_stripped(&self) {
        for RegisteredSite { site, stripped, .. } in self.known.values() {
            let stripped = stripped.load(Ordering::Relaxed);
            if stripped > 0 {
                tracing::info!("{stripped} fields and events of site `{}` were left out in all", site.key);
            }
        }
    }
}

impl RegisteredSite {
    fn new(site: Site, config: &Config, stripped: Arc<AtomicU64>) -> Self {
        let region = config.region_of(&site.account);
        let is_here = region == config.region;
        let endpoint = match is_here {
            true => config.public_url(),
            false => region.and_then(|region| config.endpoints.of(region)),
        };
        let settings = ServedSettings::new(&site, region, endpoint);
        let elsewhere = region.filter(|_| !is_here).map(|region| (region, endpoint.map(str::to_owned)));
        RegisteredSite { site, elsewhere, settings, stripped }
    }

    /// Checks that the site's data belongs to this data centre.
    pub(crate) fn check_region(&self) -> Result<(), Rejection> {
        match &self.elsewhere {
            Some((region, endpoint)) => Err(Rejection::WrongRegion { region: *region, endpoint: endpoint.clone() }),
            None => Ok(()),
        }
    }

    /// Counts fields and events left out. Logs a warning the first time.
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

impl ServedSettings {
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
        ServedSettings { body: body.into(), tag: format!("\"{hash}\"") }
    }
}
