//! Reloads the configuration while the collector runs: on SIGHUP, and when its file has changed. The new rules replace
//! the old ones at once and no request is dropped. Keys that need a restart are logged. A wrong file changes nothing.

use crate::app::SharedState;
use crate::config::{Config, ConfigError};
use crate::jobs::file_watcher::on_change;
use crate::sites::active_config::ActiveConfig;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Changes the configuration of a running collector.
#[derive(Clone)]
pub struct ConfigReloader {
    state: SharedState,
    /// The configuration at the start.
    started: Arc<Config>,
}

impl ConfigReloader {
    pub(crate) fn new(state: SharedState, started: Config) -> Self {
        ConfigReloader { state, started: Arc::new(started) }
    }

    /// Applies sites, accounts, limits, proxies and token of `config`.
    ///
    /// # Errors
    /// [`ConfigError`] for an invalid configuration; nothing changes.
    pub fn apply(&self, config: &Config) -> Result<(), ConfigError> {
        config.check()?;
        let before = self.state.config.get();
        let rules = ActiveConfig::new(config, self.state.is_admin_local, Some(&before));
        tracing::info!("the configuration was read again and is in force: {} sites", rules.sites.len());
        self.state.config.set(rules);
        self.state.reload_counts.taken.fetch_add(1, Ordering::Relaxed);
        let fixed = self.changed(config);
        if !fixed.is_empty() {
            tracing::warn!("what changed of {} holds once the collector is started again", fixed.join(", "));
        }
        Ok(())
    }

    /// Reloads the configuration with `load`. An error is logged, and the last good configuration stays in force.
    pub fn read(&self, load: impl Fn() -> Result<Config, ConfigError>) {
        if let Err(error) = load().and_then(|config| self.apply(&config)) {
            self.state.reload_counts.refused.fetch_add(1, Ordering::Relaxed);
            tracing::error!("the configuration is wrong; the last good one stays in force: {error}");
        }
    }

    /// Reloads the configuration whenever `file` changes, until shutdown.
    pub async fn follow(self, file: PathBuf, load: impl Fn() -> Result<Config, ConfigError> + Send + Sync + 'static) {
        let ending = self.state.ending.clone();
        on_change(vec![file], ending, move || self.read(&load)).await;
    }

    /// Number of reloads: applied, and rejected as invalid.
    pub fn readings(&self) -> (u64, u64) {
        self.state.reload_counts.counts()
    }

    /// Changed keys that need a restart.
    fn changed(&self, config: &Config) -> Vec<&'static str> {
        let started = &self.started;
        let all = [
            ("listen", started.listen != config.listen),
            ("admin_listen", started.admin_listen != config.admin_listen),
            ("tls", started.tls != config.tls),
            ("store", started.store != config.store),
            ("kafka", started.kafka != config.kafka),
            ("clickhouse", started.clickhouse != config.clickhouse),
            ("assets", started.assets != config.assets),
            ("geoip", started.geoip != config.geoip),
            ("security_log", started.security_log != config.security_log),
            ("limits.queue_bytes", started.limits.queue_bytes != config.limits.queue_bytes),
        ];
        all.into_iter().filter(|(_, is_other)| *is_other).map(|(key, _)| key).collect()
    }
}
