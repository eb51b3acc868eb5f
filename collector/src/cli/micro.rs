//! `waymark-collector micro`: a collector for the tests of a site, on a loopback address. It needs no token.

use super::init::built_recorder;
use crate::config::Config;
use crate::server::{Collector, ServeError};
use std::fmt;
use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use tokio::net::TcpListener;
use waymark_wire::Level;

/// Options of a collector for tests.
#[derive(Clone, Debug)]
pub struct MicroOptions {
    /// The port on 127.0.0.1; 0 is any free one.
    pub port: u16,
    /// The directory of the recorder's files. Default: what the build wrote, if it is there.
    pub assets: Option<PathBuf>,
    /// The level of every site, without `config`.
    pub level: Level,
    /// Has the sites. Without it, any site key is one.
    pub config: Option<Config>,
}

/// The running collector. `Display` is for people and for programs: the first line ends with the address.
pub struct MicroStarted {
    /// Address of the collector.
    pub collector: SocketAddr,
    sites: String,
    has_assets: bool,
}

/// Runs until `shutdown` is ready; `started` is called once it listens.
///
/// # Errors
/// [`ServeError`] where it cannot start: the port is in use, a file cannot be read.
pub async fn run(
    options: MicroOptions,
    started: impl FnOnce(&MicroStarted),
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let MicroOptions { port, assets, level, config } = options;
    let mut config = config.map_or_else(|| Config::micro(level), Config::into_micro);
    config.assets = assets.or(config.assets).or_else(built_recorder);
    let sites = match config.any_site {
        Some(_) => format!("Any site key and any origin, at level {}.", level as u8),
        None => {
            let keys: Vec<_> = config.sites.iter().map(|site| format!("`{}`", site.key)).collect();
            format!("The sites {} from any origin.", keys.join(", "))
        }
    };
    let has_assets = config.assets.is_some();
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let taken = |error: std::io::Error| {
        std::io::Error::new(error.kind(), format!("cannot listen on {address}: {error}; name another by --port"))
    };
    let listener = TcpListener::bind(address).await.map_err(taken)?;
    let collector = Collector::micro(config)?;
    started(&MicroStarted { collector: listener.local_addr()?, sites, has_assets });
    collector.serve(listener, shutdown).await
}

impl fmt::Display for MicroStarted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let MicroStarted { collector, sites, has_assets } = self;
        let recorder = match has_assets {
            true => format!("http://{collector}/waymark.js"),
            false => "not served: name its files by --assets DIR".to_owned(),
        };
        write!(
            f,
            "\
waymark-collector micro listens on http://{collector}

    Stored events      GET  /micro/good
    Rejected events    GET  /micro/bad
    Numbers of both    GET  /micro/all
    Forget everything  POST /micro/reset
    Inspector          http://{collector}/
    Recorder           {recorder}

    {sites} Events are kept in memory. Ctrl+C ends it.

    OPEN TO EVERYONE ON THIS MACHINE: no token. Not for real data.
"
        )
    }
}
