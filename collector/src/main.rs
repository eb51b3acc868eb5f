//! The program: reads the command line, the configuration and the environment, binds, serves, and ends on a signal.

use clap::{Parser, Subcommand};
use std::error::Error;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use waymark_collector::demo::{self, Demo};
use waymark_collector::{Collector, Config};

/// Takes the batches of Waymark recorders, keeps their events, shows them live.
///
/// Environment, over the file: WAYMARK_LISTEN, WAYMARK_STORE, WAYMARK_ASSETS, WAYMARK_ADMIN_TOKEN; and WAYMARK_LOG
/// (error, warn, info, debug, trace) for what is logged.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Arguments {
    /// The configuration file; else the one that WAYMARK_CONFIG names, else defaults.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the collector and a site to try it with, open to this machine only.
    Demo {
        /// The directory of the recorder's files.
        #[arg(long, value_name = "DIR")]
        assets: Option<PathBuf>,
        /// Directories of the site's files; the first that has a file serves it.
        #[arg(long, value_name = "DIR", num_args = 1.., required = true)]
        pages: Vec<PathBuf>,
        /// Where the collector listens; a free port where this one is taken.
        #[arg(long, value_name = "ADDR", default_value_t = SocketAddr::from((Ipv4Addr::LOCALHOST, 8787)))]
        listen: SocketAddr,
        /// Where the site listens; a free port where this one is taken.
        #[arg(long, value_name = "ADDR", default_value_t = SocketAddr::from((Ipv4Addr::LOCALHOST, 8788)))]
        pages_listen: SocketAddr,
        /// An SQLite file to keep events in; without it they are kept until the program ends.
        #[arg(long, value_name = "FILE")]
        store: Option<PathBuf>,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let level = variable("WAYMARK_LOG").and_then(|level| level.parse().ok()).unwrap_or(tracing::Level::INFO);
    tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).with_target(false).init();
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "waymark-collector: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), Box<dyn Error>> {
    let shutdown = signals()?;
    match arguments.command {
        Some(Command::Demo { assets, pages, listen, pages_listen, store }) => {
            let demo = Demo { listen, pages_listen, assets, pages, store };
            demo::run(demo, |started| say(&started.to_string()), shutdown).await?;
        }
        None => {
            let file = arguments.config.or_else(|| variable("WAYMARK_CONFIG").map(PathBuf::from));
            let config = Config::load(file.as_deref(), variable)?;
            let listen = config.listen;
            if config.sites.is_empty() {
                tracing::warn!("no [[sites]] are configured: every batch will be refused");
            }
            let collector = Collector::open(config)?;
            let listener =
                TcpListener::bind(listen).await.map_err(|error| format!("cannot listen on {listen}: {error}"))?;
            say(&format!("waymark-collector listens on http://{}", listener.local_addr()?));
            collector.serve(listener, shutdown).await?;
        }
    }
    Ok(())
}

/// Ready at the first SIGINT or SIGTERM.
fn signals() -> std::io::Result<impl Future<Output = ()>> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("ending: finishing what is in flight");
    })
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// A closed standard output is no reason to stop.
fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
