//! Assembles the parts from a configuration and serves until it is told to stop; whoever calls it owns the port and the
//! end. It returns once everything in flight is answered and what was acknowledged is on disk.

use crate::app::{Shared, State};
use crate::assets::{Assets, AssetsError};
use crate::client::geoip::Geo;
use crate::client::rate_limit::Pace;
use crate::config::{Admin, Config, ConfigError};
use crate::http::router::{Part, router};
use crate::ingest::live_feed::Live;
use crate::ingest::writer::Writer;
use crate::jobs::config_reload::Reconfigure;
use crate::jobs::file_watcher::on_change;
use crate::jobs::retention;
use crate::net::listener::accept;
use crate::net::tls::{Tls, TlsError};
use crate::sites::active_config::Readings;
use crate::sites::active_config::{InForce, Rules};
use crate::store::disk::Disk;
use crate::store::{self, StoreError};
use crate::telemetry::metrics::Metrics;
use crate::telemetry::security_log::SecurityLog;
use crate::time::clock::now;
use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// Why the collector cannot start, or had to stop.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The configuration makes no sense.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The demo would be open to others.
    #[error("{0} can be reached from other machines, and the demo is open to whoever reaches it: use 127.0.0.1")]
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
    Geo {
        /// The configured file.
        file: PathBuf,
        /// Why.
        error: maxminddb::MaxMindDbError,
    },
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

/// Serves on `listener` until `shutdown` is ready, then ends in order. What `config.listen` says is for whoever binds.
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

/// A collector whose store and files are open: what is left to fail is the network.
pub struct Collector {
    state: Shared,
    started: Config,
    /// Where what is stored is shown, where that is apart.
    admin: Option<TcpListener>,
    tls: Option<Arc<Tls>>,
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
        let assets = config.assets.as_deref().map(Assets::read).transpose()?.unwrap_or_default();
        let store =
            store::open(&config.store).map_err(|error| ServeError::Store { file: config.store.clone(), error })?;
        let geo = match Geo::open(config.geoip.as_deref()) {
            Ok(geo) => Arc::new(geo),
            Err(error) => return Err(ServeError::Geo { file: config.geoip.unwrap_or_default(), error }),
        };
        let tls = config.tls.as_ref().map(Tls::open).transpose()?.map(Arc::new);
        let live = Live::default();
        let metrics = Arc::<Metrics>::default();
        let (writer, thread) = Writer::start(store.clone(), config.limits.queue_bytes, live.clone(), metrics.clone())?;
        let mut threads = vec![thread];
        let security = match config.security_log {
            ref log if log.on => {
                let failed = |error| ServeError::SecurityLog { dir: log.dir.clone(), error };
                let (log, thread) = SecurityLog::start(log, now()).map_err(failed)?;
                threads.push(thread);
                Some(log)
            }
            _ => None,
        };
        let (end, ending) = watch::channel(false);
        let apart = config.admin_listen.is_some_and(|address| address.ip().is_loopback());
        let rules = InForce::new(Rules::new(&config, apart, None));
        let disk = Disk::of(&config.store);
        let (pace, readings) = (Pace::default(), Readings::default());
        let state =
            State { rules, pace, readings, apart, geo, metrics, disk, security, assets, store, writer, live, ending };
        Ok(Collector { state: Arc::new(state), started: config, admin: None, tls, threads, end })
    }

    /// Shows what is stored on `listener`, and there only, where the configuration has an `admin_listen`.
    #[must_use]
    pub fn admin_on(mut self, listener: TcpListener) -> Self {
        self.admin = Some(listener);
        self
    }

    /// The way to change the configuration while it runs.
    pub fn reconfigure(&self) -> Reconfigure {
        Reconfigure::new(Arc::clone(&self.state), self.started.clone())
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
        let Collector { state, started, admin, tls, threads, end } = self;
        let part = if started.admin_listen.is_some() { Part::Public } else { Part::Whole };
        let admin = admin.filter(|_| part == Part::Public);
        let address = admin.as_ref().unwrap_or(&listener).local_addr()?;
        if matches!(state.rules.get().admin, Admin::Open) && !address.ip().is_loopback() {
            return Err(ServeError::NotLoopback(address));
        }
        let (writer, security) = (state.writer.clone(), state.security.clone());
        if let Some(file) = state.geo.file() {
            let (files, geo) = (vec![file.to_owned()], state.geo.clone());
            tokio::spawn(on_change(files, state.ending.clone(), move || geo.reload()));
        }
        if let Some(tls) = tls.clone() {
            tokio::spawn(on_change(tls.files(), state.ending.clone(), move || tls.reload()));
        }
        let rules = Arc::clone(&state);
        let kept = move || rules.rules.get().sites.kept();
        tokio::spawn(retention::run(state.store.clone(), kept, state.metrics.clone(), state.ending.clone()));
        let announce = async move {
            shutdown.await;
            end.send_replace(true);
            std::future::pending().await
        };
        // On this machine nothing is to be encrypted, and the certificate is for another name.
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
        state.rules.get().sites.tell_stripped();
        writer.stop();
        // A thread that panicked has nothing left to wait for.
        let _ = tokio::task::spawn_blocking(move || {
            security.iter().for_each(SecurityLog::stop);
            threads.into_iter().for_each(|thread| drop(thread.join()))
        })
        .await;
        Ok(())
    }
}
