//! `waymark-collector demo`: the collector and a demo site on loopback addresses. It needs no token.

use super::static_site;
use crate::config::Config;
use crate::server::{Collector, ServeError};
use std::fmt;
use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use tokio::net::TcpListener;
use tokio::sync::watch;
use waymark_wire::Level;

/// Options of the demo.
#[derive(Clone, Debug)]
pub struct Demo {
    /// Where the collector listens; a free port where this one is taken.
    pub listen: SocketAddr,
    /// Where the site listens; a free port where this one is taken.
    pub pages_listen: SocketAddr,
    /// The directory of the recorder's files.
    pub assets: Option<PathBuf>,
    /// The directories of the site's files.
    pub pages: Vec<PathBuf>,
    /// The SQLite file; without one, events are kept until the program ends.
    pub store: Option<PathBuf>,
}

/// The running demo. `Display` is for people.
pub struct Started {
    /// Address of the collector.
    pub collector: SocketAddr,
    /// Address of the site.
    pub pages: SocketAddr,
    /// The path of the site's first page.
    first: &'static str,
    keeps: String,
}

/// Runs until `shutdown` is ready; `started` is called once both listen.
///
/// # Errors
/// [`ServeError`] where one of both cannot start.
pub async fn run(
    demo: Demo,
    started: impl FnOnce(&Started),
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let Demo { listen, pages_listen, assets, pages, store } = demo;
    if let Some(dir) = pages.iter().find(|dir| !dir.is_dir()) {
        return Err(ServeError::NoPages(dir.clone()));
    }
    let (listener, site) = (bind(listen).await?, bind(pages_listen).await?);
    let keeps = store.as_ref().map_or("in memory".to_owned(), |file| format!("in {}", file.display()));
    let mut config = Config { assets, ..Config::demo() };
    config.store = store.unwrap_or(config.store);
    for site in &mut config.sites {
        // The shop has a page that shows what level 2 records, and what it leaves out.
        site.settings.level = Some(Level::Experience);
    }
    let collector = Collector::open(config)?;
    let is_first = |path: &&str| pages.iter().any(|dir| dir.join(path).join("index.html").is_file());
    started(&Started {
        collector: listener.local_addr()?,
        pages: site.local_addr()?,
        first: ["", "demo/"].into_iter().find(is_first).unwrap_or_default(),
        keeps,
    });
    let (end, ending) = watch::channel(());
    tokio::spawn(async move {
        shutdown.await;
        drop(end);
    });
    let ended = |mut ending: watch::Receiver<()>| async move { while ending.changed().await.is_ok() {} };
    let paged = static_site::serve(pages, site, ended(ending.clone()));
    let paged = async { paged.await.map_err(ServeError::from) };
    tokio::try_join!(collector.serve(listener, ended(ending)), paged)?;
    Ok(())
}

impl fmt::Display for Started {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Started { collector, pages, first, keeps } = self;
        // The site's pages use the default address of the collector unless the query names another.
        let elsewhere = collector.port() != Config::demo().listen.port();
        let query = if elsewhere { format!("?collector=http://{collector}") } else { String::new() };
        write!(
            f,
            "
  Waymark demo

    Demo site   http://{pages}/{first}{query}
    Inspector   http://{collector}/
    Insights    http://{collector}/insights

    Open both side by side: what happens on the site arrives in the inspector.
    The site key is `demo`. Events are kept {keeps}. Ctrl+C ends it.

    OPEN TO EVERYONE ON THIS MACHINE: no token, any origin. Not for real data.
"
        )
    }
}

/// Binds `address`, or a free port if it is in use. Only loopback addresses.
async fn bind(address: SocketAddr) -> Result<TcpListener, ServeError> {
    if !address.ip().is_loopback() {
        return Err(ServeError::NotLoopback(address));
    }
    match TcpListener::bind(address).await {
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            Ok(TcpListener::bind(SocketAddr::new(address.ip(), 0)).await?)
        }
        bound => Ok(bound?),
    }
}
