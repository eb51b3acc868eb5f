//! What the configuration says of requests. It is exchanged as a whole when the configuration is read again: a request
//! goes by the rules that were in force when it came, to its end.

use crate::client::address::Proxies;
use crate::config::{Admin, Config, Limits};
use crate::sites::registry::Sites;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// The rules of one configuration.
pub(crate) struct Rules {
    pub(crate) sites: Sites,
    pub(crate) limits: Limits,
    pub(crate) proxies: Proxies,
    pub(crate) admin: Admin,
}

/// The rules that are in force now.
pub(crate) struct InForce(RwLock<Arc<Rules>>);

impl Rules {
    /// `apart` says that only this machine reaches what is stored: the listener of its own is a loopback address.
    pub(crate) fn new(config: &Config, apart: bool, before: Option<&Rules>) -> Self {
        Rules {
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

impl InForce {
    pub(crate) fn new(rules: Rules) -> Self {
        InForce(RwLock::new(Arc::new(rules)))
    }

    pub(crate) fn get(&self) -> Arc<Rules> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn set(&self, rules: Rules) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(rules);
    }
}

/// How often the configuration was read again.
#[derive(Default)]
pub(crate) struct Readings {
    /// And is in force.
    pub(crate) taken: AtomicU64,
    /// And was wrong.
    pub(crate) refused: AtomicU64,
}

impl Readings {
    /// Those that are or were in force, and those that were wrong.
    pub(crate) fn counts(&self) -> (u64, u64) {
        (self.taken.load(Ordering::Relaxed), self.refused.load(Ordering::Relaxed))
    }
}
