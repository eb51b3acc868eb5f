//! The program: reads the command line, the configuration and the environment, binds, serves, and ends on a signal.

use clap::{Parser, Subcommand};
use std::error::Error;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use waymark_collector::demo::{self, Demo};
use waymark_collector::new_site::{self, Added, NewSite};
use waymark_collector::{Collector, Config, ConfigError, Reconfigure, Words};

/// Takes the batches of Waymark recorders, keeps their events, shows them live.
///
/// Environment, over the file: WAYMARK_LISTEN, WAYMARK_STORE, WAYMARK_ASSETS, WAYMARK_ADMIN_TOKEN, WAYMARK_REGION; and WAYMARK_LOG
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
    /// Reads the configuration and says what each site collects, in words.
    Check {
        /// The file; else the one that WAYMARK_CONFIG names.
        file: Option<PathBuf>,
    },
    /// What sites there are.
    Site {
        #[command(subcommand)]
        command: SiteCommand,
    },
}

#[derive(Subcommand)]
enum SiteCommand {
    /// Writes a new site with a fresh key at the end of the file, and prints the snippet for its pages.
    Add {
        /// Whose site it is, by its 32 hex digits; else the only account there is, or a new one.
        #[arg(long, value_name = "ID")]
        account: Option<String>,
        /// The origin of its pages, such as https://www.example.com or https://*.example.com; may be given again.
        #[arg(long = "origin", value_name = "ORIGIN", required = true)]
        origins: Vec<String>,
        /// Its name, for people.
        #[arg(long)]
        name: Option<String>,
        /// The file; else the one that WAYMARK_CONFIG names.
        file: Option<PathBuf>,
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
        Some(Command::Check { file }) => {
            let config = Config::load(file.or_else(configured).as_deref(), variable)?;
            say(Words(&config).to_string().trim_end());
        }
        Some(Command::Site { command: SiteCommand::Add { account, origins, name, file } }) => {
            let file = file.or_else(configured).ok_or("name the configuration's file")?;
            say_added(&file, &new_site::add(&file, &NewSite { account, origins, name }, variable)?);
        }
        None => {
            let file = arguments.config.or_else(configured);
            let load = {
                let file = file.clone();
                move || Config::load(file.as_deref(), variable)
            };
            let config = load()?;
            let (listen, admin_listen) = (config.listen, config.admin_listen);
            if config.sites.is_empty() {
                tracing::warn!("no [[sites]] are configured: every batch will be refused");
            }
            seat(config.limits.connections);
            let mut collector = Collector::open(config)?;
            let listener = bind(listen).await?;
            say(&format!("waymark-collector listens on http://{}", listener.local_addr()?));
            if let Some(address) = admin_listen {
                let listener = bind(address).await?;
                say(&format!("what is stored is shown on http://{} only", listener.local_addr()?));
                collector = collector.admin_on(listener);
            }
            follow(collector.reconfigure(), file, load)?;
            collector.serve(listener, shutdown).await?;
        }
    }
    Ok(())
}

/// Reads the configuration again on SIGHUP, and when its file has changed.
fn follow(
    reconfigure: Reconfigure,
    file: Option<PathBuf>,
    load: impl Fn() -> Result<Config, ConfigError> + Clone + Send + Sync + 'static,
) -> std::io::Result<()> {
    let mut hangup = signal(SignalKind::hangup())?;
    if let Some(file) = file {
        tokio::spawn(reconfigure.clone().follow(file, load.clone()));
    }
    tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            reconfigure.read(&load);
        }
    });
    Ok(())
}

/// Sees to it that so many connections can be open beside the store and the logs.
fn seat(connections: usize) {
    const OTHERS: u64 = 128;
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

fn configured() -> Option<PathBuf> {
    variable("WAYMARK_CONFIG").map(PathBuf::from)
}

fn say_added(file: &Path, added: &Added) {
    let Added { key, account, snippet, collector, is_public } = added;
    say(&format!("{}: site `{key}` of account {account} was added. Into the <head> of its pages:\n", file.display()));
    say(snippet);
    if !is_public {
        say(&format!("The file has no public_url: {collector} is where it listens. Put in what pages reach it at."));
    }
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
