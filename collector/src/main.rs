//! The program: reads the command line, the configuration and the environment, binds, serves, and ends on a signal.

mod logging;

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
use waymark_collector::store::{Erasure, Whom};
use waymark_collector::{Collector, Config, ConfigError, Reconfigure, Words, commands};

/// Takes the batches of Waymark recorders, keeps their events, shows them live.
///
/// Environment, over the file: WAYMARK_LISTEN, WAYMARK_STORE, WAYMARK_ASSETS, WAYMARK_ADMIN_TOKEN, WAYMARK_REGION;
/// and WAYMARK_LOG (error, warn, info, debug, trace; or a list such as info,hyper=debug) for what is logged, WAYMARK_LOG_FORMAT (text,
/// json) for how.
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
    /// Writes all that is stored about somebody to standard output, an event a line.
    Export {
        #[command(flatten)]
        whom: Somebody,
        #[command(flatten)]
        of: Of,
    },
    /// Erases all that is stored about somebody. What was erased cannot be brought back.
    Erase {
        #[command(flatten)]
        whom: Somebody,
        #[command(flatten)]
        of: Of,
    },
    /// Checks a store's file, also while a collector uses it.
    Verify {
        /// The file, or a backup of one.
        #[arg(value_name = "STORE")]
        file: PathBuf,
    },
    /// Copies the store to a file, also while a collector uses it.
    Backup {
        /// The file to write, which must not be there yet.
        #[arg(value_name = "FILE")]
        to: PathBuf,
        /// The configuration file; else the one that WAYMARK_CONFIG names, else defaults.
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
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
        /// The origin of its pages, such as https://www.example.com, https://*.example.com or capacitor://localhost; may be
        /// given again.
        #[arg(long = "origin", value_name = "ORIGIN", required = true)]
        origins: Vec<String>,
        /// Its name, for people.
        #[arg(long)]
        name: Option<String>,
        /// The file; else the one that WAYMARK_CONFIG names.
        file: Option<PathBuf>,
    },
}

#[derive(clap::Args)]
struct Somebody {
    /// The ID, as the events have it: an anonymous one, or one that a site gave.
    #[arg(long = "user", value_name = "ID")]
    id: String,
    /// At this site only.
    #[arg(long, value_name = "KEY")]
    site: Option<String>,
}

#[derive(clap::Args)]
struct Of {
    /// The configuration file, which names the store; else the one that WAYMARK_CONFIG names, else defaults.
    #[arg(value_name = "CONFIG")]
    config: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match logging::begin() {
        Ok(()) => run(arguments).await,
        Err(error) => Err(error),
    };
    match done {
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
        Some(Command::Export { whom, of }) => {
            let found = commands::export(&load(of.config)?, &whom.into(), &mut std::io::stdout().lock())?;
            tracing::info!("{found} lines");
        }
        Some(Command::Erase { whom, of }) => {
            let (Erasure { erased, states, .. }, gone) = commands::erase(&load(of.config)?, &whom.into())?;
            if states > 0 {
                say(&format!("{states} entries of kept state are erased"));
            }
            say(&format!("{erased} events are erased"));
            if !gone {
                return Err("the ID still stands in the store's files: in events that were not erased, or because \
                            somebody reads them; try again"
                    .into());
            }
        }
        Some(Command::Verify { file }) => {
            let verdict = commands::verify(&file)?;
            verdict.wrong.iter().for_each(|line| say(line));
            let (events, tabs) = (verdict.events, verdict.tabs);
            if !verdict.wrong.is_empty() {
                return Err(format!("{} is not sound", file.display()).into());
            }
            say(&format!("{} is sound: {events} events of {tabs} tabs", file.display()));
        }
        Some(Command::Backup { to, config }) => {
            commands::backup(&load(config)?, &to)?;
            say(&format!("{} is a whole copy", to.display()));
        }
        Some(Command::Check { file }) => {
            let config = load(file)?;
            say(Words(&config).to_string().trim_end());
        }
        Some(Command::Site { command: SiteCommand::Add { account, origins, name, file } }) => {
            let file = file.or_else(configured).ok_or("name the configuration's file")?;
            say_added(&file, &new_site::add(&file, &NewSite { account, origins, name }, variable)?);
        }
        None => {
            let file = arguments.config.or_else(configured);
            let config = load(file.clone())?;
            let (listen, admin_listen) = (config.listen, config.admin_listen);
            let scheme = if config.tls.is_some() { "https" } else { "http" };
            config.warnings().iter().for_each(|warning| tracing::warn!("{warning}"));
            seat(config.limits.connections);
            let mut collector = Collector::open(config)?;
            let listener = bind(listen).await?;
            let mut shown = None;
            if let Some(address) = admin_listen {
                let listener = bind(address).await?;
                shown = Some(listener.local_addr()?);
                collector = collector.admin_on(listener);
            }
            // Whoever reads that it listens may have it read its configuration again.
            follow(collector.reconfigure(), file)?;
            say(&format!("waymark-collector listens on {scheme}://{}", listener.local_addr()?));
            if let Some(address) = shown {
                say(&format!("what is stored is shown on {address} only"));
            }
            collector.serve(listener, shutdown).await?;
        }
    }
    Ok(())
}

/// Reads the configuration again on SIGHUP, and when its file has changed.
fn follow(reconfigure: Reconfigure, file: Option<PathBuf>) -> std::io::Result<()> {
    let mut hangup = signal(SignalKind::hangup())?;
    if let Some(file) = file.clone() {
        tokio::spawn(reconfigure.clone().follow(file.clone(), move || load(Some(file.clone()))));
    }
    tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            reconfigure.read(|| load(file.clone()));
        }
    });
    Ok(())
}

/// Sees to it that so many connections can be open beside the store, the logs, and connections that are turned away.
fn seat(connections: usize) {
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

fn configured() -> Option<PathBuf> {
    variable("WAYMARK_CONFIG").map(PathBuf::from)
}

fn say_added(file: &Path, added: &Added) {
    let Added { key, account, snippet, collector, is_public, is_new, warnings } = added;
    let made = if *is_new { " (a new file)" } else { "" };
    say(&format!(
        "{}{made}: site `{key}` of account {account} was added. Into the <head> of its pages:\n",
        file.display()
    ));
    say(snippet);
    if !is_public {
        say(&format!("The file has no public_url: {collector} is where it listens. Put in what pages reach it at."));
    }
    warnings.iter().for_each(|warning| say(&format!("Warning: {warning}")));
}

fn load(file: Option<PathBuf>) -> Result<Config, ConfigError> {
    let file = file.or_else(configured);
    Config::load(file.as_deref(), variable)
}

impl From<Somebody> for Whom {
    fn from(Somebody { id, site }: Somebody) -> Self {
        Whom { id, site }
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
