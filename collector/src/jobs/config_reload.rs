//! The configuration is read again while the collector runs: on SIGHUP, and when its file has changed. What requests go
//! by is exchanged at once, none is dropped; what cannot change is told; a file that is wrong changes nothing.

use crate::app::Shared;
use crate::config::{Config, ConfigError};
use crate::jobs::file_watcher::on_change;
use crate::sites::active_config::Rules;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// The way to a running collector's configuration.
#[derive(Clone)]
pub struct Reconfigure {
    state: Shared,
    /// What it was started with.
    started: Arc<Config>,
}

impl Reconfigure {
    pub(crate) fn new(state: Shared, started: Config) -> Self {
        Reconfigure { state, started: Arc::new(started) }
    }

    /// Puts sites, accounts, limits, proxies and token of `config` in force.
    ///
    /// # Errors
    /// [`ConfigError`] where it makes no sense: nothing has changed then.
    pub fn take(&self, config: &Config) -> Result<(), ConfigError> {
        config.check()?;
        let before = self.state.rules.get();
        let rules = Rules::new(config, self.state.apart, Some(&before));
        tracing::info!("the configuration was read again and is in force: {} sites", rules.sites.len());
        self.state.rules.set(rules);
        self.state.readings.taken.fetch_add(1, Ordering::Relaxed);
        let fixed = self.changed(config);
        if !fixed.is_empty() {
            tracing::warn!("what changed of {} holds once the collector is started again", fixed.join(", "));
        }
        Ok(())
    }

    /// Reads the configuration again by `load`. What is wrong is logged, and leaves the last good one in force.
    pub fn read(&self, load: impl Fn() -> Result<Config, ConfigError>) {
        if let Err(error) = load().and_then(|config| self.take(&config)) {
            self.state.readings.refused.fetch_add(1, Ordering::Relaxed);
            tracing::error!("the configuration is wrong; the last good one stays in force: {error}");
        }
    }

    /// Reads it again whenever `file` has changed, until the collector ends.
    pub async fn follow(self, file: PathBuf, load: impl Fn() -> Result<Config, ConfigError> + Send + Sync + 'static) {
        let ending = self.state.ending.clone();
        on_change(vec![file], ending, move || self.read(&load)).await;
    }

    /// How often it was read again: those that are or were in force, and those that were wrong.
    pub fn readings(&self) -> (u64, u64) {
        self.state.readings.counts()
    }

    /// What is another now, and was needed at the start.
    fn changed(&self, config: &Config) -> Vec<&'static str> {
        let started = &self.started;
        let all = [
            ("listen", started.listen != config.listen),
            ("admin_listen", started.admin_listen != config.admin_listen),
            ("tls", started.tls != config.tls),
            ("store", started.store != config.store),
            ("assets", started.assets != config.assets),
            ("geoip", started.geoip != config.geoip),
            ("security_log", started.security_log != config.security_log),
            ("limits.queue_bytes", started.limits.queue_bytes != config.limits.queue_bytes),
        ];
        all.into_iter().filter(|(_, is_other)| *is_other).map(|(key, _)| key).collect()
    }
}
