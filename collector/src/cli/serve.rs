//! `waymark-collector` without a command: binds, serves, reloads its configuration, and ends on a signal.

use super::environment::{configured, load};
use super::output::print_line;
use crate::jobs::config_reload::ConfigReloader;
use crate::server::Collector;
use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// Serves with the configuration in `file` until `shutdown` is ready.
pub(crate) async fn run(
    file: Option<PathBuf>,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Box<dyn Error>> {
    let file = file.or_else(configured);
    let config = load(file.clone())?;
    let (listen, admin_listen) = (config.listen, config.admin_listen);
    let scheme = if config.tls.is_some() { "https" } else { "http" };
    config.warnings().iter().for_each(|warning| tracing::warn!("{warning}"));
    raise_fd_limit(config.limits.connections);
    let mut collector = Collector::open(config)?;
    let listener = bind(listen).await?;
    let mut shown = None;
    if let Some(address) = admin_listen {
        let listener = bind(address).await?;
        shown = Some(listener.local_addr()?);
        collector = collector.admin_on(listener);
    }
    // From the printed line on, a SIGHUP must reload the configuration.
    follow(collector.reloader(), file)?;
    print_line(&format!("waymark-collector listens on {scheme}://{}", listener.local_addr()?));
    if let Some(address) = shown {
        print_line(&format!("stored data is shown on {address} only"));
    }
    collector.serve(listener, shutdown).await?;
    Ok(())
}

/// Reloads the configuration on SIGHUP, and when its file has changed.
fn follow(reloader: ConfigReloader, file: Option<PathBuf>) -> std::io::Result<()> {
    let mut hangup = signal(SignalKind::hangup())?;
    if let Some(file) = file.clone() {
        tokio::spawn(reloader.clone().follow(file.clone(), move || load(Some(file.clone()))));
    }
    tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            reloader.read(|| load(file.clone()));
        }
    });
    Ok(())
}

/// Raises the limit of open files for the connections, the store, the logs, and connections that are being rejected.
fn raise_fd_limit(connections: usize) {
    const OTHERS: u64 = 256;
    let wanted = connections as u64 + OTHERS;
    match rlimit::increase_nofile_limit(wanted) {
        Ok(files) if files < wanted => tracing::warn!(
            "the system lets this program open {files} files, which limits.connections = {connections} does not fit into: \
             lower it, or raise the system's limit (LimitNOFILE of systemd, ulimit -n)"
        ),
        Ok(_) => {}
        Err(error) => tracing::warn!(%error, "cannot tell how many files may be open"),
    }
}

async fn bind(address: SocketAddr) -> Result<TcpListener, String> {
    TcpListener::bind(address).await.map_err(|error| format!("cannot listen on {address}: {error}"))
}

/// Ready at the first SIGINT or SIGTERM.
pub(crate) fn signals() -> std::io::Result<impl Future<Output = ()>> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("ending: finishing what is in flight");
    })
}
