//! The part of the configuration that requests use. A reload replaces it as a whole. A request uses one version from
//! start to end.

use crate::client::address::Proxies;
use crate::config::{Admin, Config, Limits};
use crate::sites::registry::Sites;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// The rules from one configuration.
pub(crate) struct ActiveConfig {
    pub(crate) sites: Sites,
    pub(crate) limits: Limits,
    pub(crate) proxies: Proxies,
    pub(crate) admin: Admin,
}

/// Handle to the rules in force.
pub(crate) struct ConfigHandle(RwLock<Arc<ActiveConfig>>);

impl ActiveConfig {
    /// `apart`: stored data has a listener of its own on a loopback address.
    pub(crate) fn new(config: &Config, apart: bool, before: Option<&ActiveConfig>) -> Self {
        ActiveConfig {
            sites: Sites::new(config, before.map(|rules| &rules.sites)),
            limits: config.limits.clone(),
            proxies: Proxies { ranges: config.proxies.clone(), header: config.proxy_header },
            admin: match &config.admin {
                Admin::Closed if apart => Admin::Open,
                admin => admin.clone(),
            },
        }
    }
}

impl ConfigHandle {
    pub(crate) fn new(rules: ActiveConfig) -> Self {
        ConfigHandle(RwLock::new(Arc::new(rules)))
    }

    pub(crate) fn get(&self) -> Arc<ActiveConfig> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn set(&self, rules: ActiveConfig) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(rules);
    }
}

/// Number of configuration reloads.
#[derive(Default)]
pub(crate) struct ReloadCounts {
    /// Applied.
    pub(crate) taken: AtomicU64,
    /// Rejected as invalid.
    pub(crate) refused: AtomicU64,
}

impl ReloadCounts {
    /// Applied and rejected reloads.
    pub(crate) fn counts(&self) -> (u64, u64) {
        (self.taken.load(Ordering::Relaxed), self.refused.load(Ordering::Relaxed))
    }
}
