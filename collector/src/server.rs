//! Assembles a collector from a configuration and serves until shutdown. The caller owns port and shutdown signal.
//! [`serve`] returns once requests in flight are answered, acknowledged events are on disk, and no background job uses
//! the store.

use crate::app::{AppState, SharedState};
use crate::assets::{Assets, AssetsError};
use crate::client::geoip::GeoIp;
use crate::client::rate_limit::RateLimiter;
use crate::config::{Admin, Config, ConfigError};
use crate::http::router::{Part, router};
use crate::ingest::live_feed::LiveFeed;
use crate::ingest::writer::Writer;
use crate::jobs::config_reload::ConfigReloader;
use crate::jobs::facts;
use crate::jobs::file_watcher::on_change;
use crate::jobs::retention;
use crate::kafka::{self, BrokersError};
use crate::micro::Micro;
use crate::net::listener::accept;
use crate::net::tls::{Tls, TlsError};
use crate::sinks::{self, SinkJob, SinkOpenError};
use crate::sites::active_config::{ActiveConfig, ConfigHandle, ReloadCounts};
use crate::sites::overlay_tokens::OverlayTokens;
use crate::store::disk::Disk;
use crate::store::{self, EventLog, Memory, Store, StoreError};
use crate::telemetry::metrics::Metrics;
use crate::telemetry::security_log::SecurityLog;
use crate::time::clock::now;
use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

/// Questions of insights that are answered at the same time: each may take a core and its limit of memory.
const QUESTIONS: usize = 2;

/// Why the collector cannot start, or had to stop.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The configuration makes no sense.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The demo would be open to others.
    #[error("{0} can be reached from other machines, and the demo needs no token: use 127.0.0.1")]
    NotLoopback(SocketAddr),
    /// The demo has no pages to show.
    #[error("no directory with the site's pages is at {}; name another by --pages", .0.display())]
    NoPages(PathBuf),
    /// The store cannot be opened.
    #[error("cannot use the store {}: {error}", file.display())]
    Store {
        /// The configured file.
        file: PathBuf,
        /// Why.
        error: StoreError,
    },
    /// The database of places cannot be used.
    #[error("cannot use the database of places {}: {error}", file.display())]
    GeoIp {
        /// The configured file.
        file: PathBuf,
        /// Why.
        error: maxminddb::MaxMindDbError,
    },
    /// The brokers that keep the events cannot be used.
    #[error(transparent)]
    Brokers(#[from] BrokersError),
    /// ClickHouse cannot be used.
    #[error("cannot use the ClickHouse of clickhouse.url: {0}")]
    ClickHouse(StoreError),
    /// A sink cannot be used.
    #[error(transparent)]
    Sink(#[from] SinkOpenError),
    /// The certificate cannot be used.
    #[error("cannot use the certificate: {0}")]
    Tls(#[from] TlsError),
    /// The security log cannot be written.
    #[error("cannot write the security log in {}: {error}\nName another `dir`, or set `on = false`, in [security_log].", dir.display())]
    SecurityLog {
        /// The configured directory.
        dir: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The recorder's files cannot be read.
    #[error(transparent)]
    Assets(#[from] AssetsError),
    /// The system refuses.
    #[error(transparent)]
    System(#[from] std::io::Error),
}

/// Serves on `listener` until `shutdown` is ready, then ends in order. The caller binds `config.listen`.
///
/// # Errors
/// [`ServeError`] where it cannot start.
pub async fn serve(
    config: Config,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let admin = config.admin_listen;
    let mut collector = Collector::open(config)?;
    if let Some(address) = admin {
        collector = collector.admin_on(TcpListener::bind(address).await?);
    }
    collector.serve(listener, shutdown).await
}

/// A collector with open store and files, not yet serving.
pub struct Collector {
    state: SharedState,
    started: Config,
    /// The listener of its own for stored data, if configured.
    admin: Option<TcpListener>,
    tls: Option<Arc<Tls>>,
    sinks: Vec<SinkJob>,
    threads: Vec<JoinHandle<()>>,
    end: watch::Sender<bool>,
}

impl Collector {
    /// Opens what the configuration names.
    ///
    /// # Errors
    /// [`ServeError`] saying what cannot be opened.
    pub fn open(config: Config) -> Result<Self, ServeError> {
        config.check()?;
        if let (Some(kafka), Some(clickhouse)) = (&config.kafka, &config.clickhouse) {
            let log = kafka::open_log(&config, kafka)?;
            let store = store::open_cluster(clickhouse, &config.store).map_err(ServeError::ClickHouse)?;
            return Collector::assemble(config, store, Some(log), None);
        }
        let store =
            store::open(&config.store).map_err(|error| ServeError::Store { file: config.store.clone(), error })?;
        Collector::assemble(config, store, None, None)
    }

    /// A collector without a store of its own: events go to `log`, and `store` answers for what was landed from it.
    ///
    /// # Errors
    /// [`ServeError`] saying what cannot be opened.
    pub fn with_log(config: Config, log: Arc<dyn EventLog>, store: Arc<dyn Store>) -> Result<Self, ServeError> {
        config.check()?;
        Collector::assemble(config, store, Some(log), None)
    }

    /// A collector for tests: it keeps everything in memory, and shows what it stored and rejected under `/micro`.
    ///
    /// # Errors
    /// [`ServeError`] saying what cannot be opened.
    pub fn micro(config: Config) -> Result<Self, ServeError> {
        config.check()?;
        let store = Arc::new(Memory::default());
        Collector::assemble(config, store.clone(), None, Some(Micro::new(store)))
    }

    fn assemble(
        config: Config,
        store: Arc<dyn Store>,
        log: Option<Arc<dyn EventLog>>,
        micro: Option<Micro>,
    ) -> Result<Self, ServeError> {
        let assets = config.assets.as_deref().map(Assets::read).transpose()?.unwrap_or_default();
        let geoip = match GeoIp::open(config.geoip.as_deref()) {
            Ok(geoip) => Arc::new(geoip),
            Err(error) => return Err(ServeError::GeoIp { file: config.geoip.unwrap_or_default(), error }),
        };
        let tls = config.tls.as_ref().map(Tls::open).transpose()?.map(Arc::new);
        // A log forwards nothing: what it has is in Kafka already.
        let sinks = sinks::open(config.kafka.as_ref().filter(|_| log.is_none()), config.region, &store)?;
        let live_feed = LiveFeed::default();
        let metrics = Arc::<Metrics>::default();
        let disk = if log.is_some() { None } else { Disk::of(&config.store) };
        let (queue_bytes, mut threads) = (config.limits.queue_bytes, Vec::new());
        let writer = match log {
            Some(log) => Writer::to_log(log, store.clone(), queue_bytes, live_feed.clone(), metrics.clone()),
            None => {
                let (writer, thread) = Writer::start(store.clone(), queue_bytes, live_feed.clone(), metrics.clone())?;
                threads.push(thread);
                writer
            }
        };
        let security_log = match config.security_log {
            ref log if log.on => {
                let failed = |error| ServeError::SecurityLog { dir: log.dir.clone(), error };
                let (log, thread) = SecurityLog::start(log, now()).map_err(failed)?;
                threads.push(thread);
                Some(log)
            }
            _ => None,
        };
        let (end, ending) = watch::channel(false);
        let is_admin_local = config.admin_listen.is_some_and(|address| address.ip().is_loopback());
        let active = ConfigHandle::new(ActiveConfig::new(&config, is_admin_local, None));
        let (rate_limiter, reload_counts) = (RateLimiter::default(), ReloadCounts::default());
        let state = AppState {
            config: active,
            rate_limiter,
            reload_counts,
            is_admin_local,
            geoip,
            metrics,
            disk,
            security_log,
            assets,
            store,
            writer,
            live_feed,
            overlay_tokens: OverlayTokens::default(),
            micro,
            sinks: sinks.iter().map(|sink| sink.status.clone()).collect(),
            questions: Semaphore::new(QUESTIONS),
            ending,
        };
        Ok(Collector { state: Arc::new(state), started: config, admin: None, tls, sinks, threads, end })
    }

    /// Shows stored data on `listener` only, if the configuration has an `admin_listen`.
    #[must_use]
    pub fn admin_on(mut self, listener: TcpListener) -> Self {
        self.admin = Some(listener);
        self
    }

    /// Changes the configuration of the running collector.
    pub fn reloader(&self) -> ConfigReloader {
        ConfigReloader::new(Arc::clone(&self.state), self.started.clone())
    }

    /// Serves on `listener` until `shutdown` is ready, then ends in order.
    ///
    /// # Errors
    /// [`ServeError`] where an open demo would be reached from elsewhere, or the system refuses.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), ServeError> {
        let Collector { state, started, admin, tls, sinks, threads, end } = self;
        let part = if started.admin_listen.is_some() { Part::Public } else { Part::Whole };
        let admin = admin.filter(|_| part == Part::Public);
        let address = admin.as_ref().unwrap_or(&listener).local_addr()?;
        if matches!(state.config.get().admin, Admin::Open) && !address.ip().is_loopback() {
            return Err(ServeError::NotLoopback(address));
        }
        let (writer, security) = (state.writer.clone(), state.security_log.clone());
        let mut jobs = JoinSet::new();
        if let Some(file) = state.geoip.file() {
            let (files, geo) = (vec![file.to_owned()], state.geoip.clone());
            jobs.spawn(on_change(files, state.ending.clone(), move || geo.reload()));
        }
        if let Some(tls) = tls.clone() {
            jobs.spawn(on_change(tls.files(), state.ending.clone(), move || tls.reload()));
        }
        let shared = Arc::clone(&state);
        let retention_days = move || shared.config.get().sites.retention_days();
        jobs.spawn(retention::run(state.store.clone(), retention_days, state.metrics.clone(), state.ending.clone()));
        jobs.spawn(facts::run(state.store.clone(), state.writer.clone(), state.ending.clone()));
        for sink in sinks {
            jobs.spawn((sink.run)(state.ending.clone()));
        }
        let announce = async move {
            shutdown.await;
            end.send_replace(true);
            std::future::pending().await
        };
        // A loopback connection needs no TLS, and the certificate is for another name.
        let private_tls = tls.clone().filter(|_| !address.ip().is_loopback());
        let public = accept(listener, router(Arc::clone(&state), part), tls, Arc::clone(&state));
        let private = async {
            if let Some(listener) = admin {
                accept(listener, router(Arc::clone(&state), Part::Admin), private_tls, Arc::clone(&state)).await;
            }
        };
        tokio::select! {
            _ = futures_util::future::join(public, private) => {}
            () = announce => {}
        }
        state.config.get().sites.log_stripped();
        writer.stop();
        // A thread that panicked has nothing left to wait for.
        let _ = tokio::task::spawn_blocking(move || {
            security.iter().for_each(SecurityLog::stop);
            threads.into_iter().for_each(|thread| drop(thread.join()))
        })
        .await;
        // Each job ends after the step that it is in. The store closes with the last of its users.
        while jobs.join_next().await.is_some() {}
        Ok(())
    }
}
