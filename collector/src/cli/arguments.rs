//! The command line's arguments.

use crate::store::Subject;
use clap::{Parser, Subcommand};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

/// Collects the events of Waymark recorders: stores them, shows them live and exports them.
///
/// Without a command it serves. New here? Run: waymark-collector init
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true, after_help = ENVIRONMENT)]
pub(crate) struct Arguments {
    /// Configuration file. Default: the file in WAYMARK_CONFIG, or built-in defaults.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

const ENVIRONMENT: &str = "\
Environment variables:
  WAYMARK_CONFIG         configuration file, if there is no --config
  WAYMARK_LISTEN, WAYMARK_STORE, WAYMARK_ASSETS, WAYMARK_ADMIN_TOKEN, WAYMARK_REGION
                         override the key of that name in the file
  WAYMARK_KAFKA_BOOTSTRAP_SERVERS, WAYMARK_KAFKA_SASL_PASSWORD
                         brokers to which events are forwarded, and the password for them
  WAYMARK_LOG            log level: error, warn, info, debug, trace; or a list such as info,hyper=debug
  WAYMARK_LOG_FORMAT     format of the log: text, json
  NO_COLOR               if not empty, the log has no colours";

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Write collector.toml with one site, and print the snippet for its pages and the next steps.
    Init {
        /// Folder of the file. It is created if missing.
        #[arg(value_name = "FOLDER", default_value = ".")]
        folder: PathBuf,
        /// Origin of the site's pages. Repeat it for more origins.
        #[arg(long = "origin", value_name = "ORIGIN", default_value = "http://localhost:8000")]
        origins: Vec<String>,
        /// Display name of the site.
        #[arg(long)]
        name: Option<String>,
        /// Directory of the recorder's files. Default: what `cargo xtask build` wrote, if it is there.
        #[arg(long, value_name = "DIR")]
        assets: Option<PathBuf>,
    },
    /// Export all data stored for a user as JSON lines.
    Export {
        #[command(flatten)]
        subject: SubjectArguments,
        #[command(flatten)]
        of: ConfigArgument,
    },
    /// Erase all data stored for a user. This cannot be undone.
    Erase {
        #[command(flatten)]
        subject: SubjectArguments,
        #[command(flatten)]
        of: ConfigArgument,
    },
    /// Check a store's file. Works while a collector uses it.
    Verify {
        /// Store file, or a backup of one. Default: the configuration's store.
        #[arg(value_name = "STORE", conflicts_with = "config")]
        store: Option<PathBuf>,
        /// Configuration file. Default: the file in WAYMARK_CONFIG, or built-in defaults.
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Copy the store to a file. Works while a collector uses it.
    Backup {
        /// File to write. It must not exist.
        #[arg(value_name = "FILE")]
        to: PathBuf,
        /// Configuration file. Default: the file in WAYMARK_CONFIG, or built-in defaults.
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
    /// Manage what insights read.
    Insights {
        #[command(subcommand)]
        command: InsightsCommand,
    },
    /// Manage shared links to insights. Works while a collector uses the store.
    Share {
        #[command(subcommand)]
        command: ShareCommand,
    },
    /// Run a collector and a demo site on this machine.
    Demo {
        /// Directory of the recorder's files.
        #[arg(long, value_name = "DIR")]
        assets: Option<PathBuf>,
        /// Directories of the site's files. The first that has a file serves it.
        #[arg(long, value_name = "DIR", num_args = 1.., required = true)]
        pages: Vec<PathBuf>,
        /// Address of the collector. Uses a free port if this one is in use.
        #[arg(long, value_name = "ADDR", default_value_t = SocketAddr::from((Ipv4Addr::LOCALHOST, 8787)))]
        listen: SocketAddr,
        /// Address of the site. Uses a free port if this one is in use.
        #[arg(long, value_name = "ADDR", default_value_t = SocketAddr::from((Ipv4Addr::LOCALHOST, 8788)))]
        pages_listen: SocketAddr,
        /// SQLite file for the events. Without it, events are lost when the program ends.
        #[arg(long, value_name = "FILE")]
        store: Option<PathBuf>,
    },
    /// Run a collector for tests: in memory, for any site key and origin, on this machine only.
    Micro {
        /// Port on 127.0.0.1. 0 is any free port.
        #[arg(long, value_name = "PORT", default_value_t = 8787)]
        port: u16,
        /// Directory of the recorder's files. Default: what `cargo xtask build` wrote, if it is there.
        #[arg(long, value_name = "DIR")]
        assets: Option<PathBuf>,
        /// Tracking level of every site, 0 to 3.
        #[arg(long, value_name = "LEVEL", default_value_t = 1, value_parser = clap::value_parser!(u8).range(0..=3))]
        level: u8,
        /// Take the sites from this configuration file: their keys, levels and settings, from any origin.
        #[arg(long, value_name = "FILE", conflicts_with = "level")]
        config: Option<PathBuf>,
    },
    /// Land in ClickHouse what collectors wrote to Kafka. Any number of these share the work.
    Land {
        /// Loopback address and port for /metrics. Default: none.
        #[arg(long, value_name = "ADDR")]
        listen: Option<SocketAddr>,
        #[command(flatten)]
        of: ConfigArgument,
    },
    /// Check the configuration: list all its mistakes, or describe what each site collects.
    Check {
        /// Make the topics of Kafka that are missing, and the tables of ClickHouse, too.
        #[arg(long)]
        apply: bool,
        #[command(flatten)]
        of: ConfigArgument,
    },
    /// Manage sites.
    Site {
        #[command(subcommand)]
        command: SiteCommand,
    },
}

#[derive(Subcommand)]
pub(crate) enum InsightsCommand {
    /// Make the facts of all stored events again. Works while a collector uses the store.
    Rebuild {
        #[command(flatten)]
        of: ConfigArgument,
    },
}

#[derive(Subcommand)]
pub(crate) enum ShareCommand {
    /// Make a link, and print its token. The token is shown once and not stored.
    Add {
        /// Site key.
        #[arg(long, value_name = "KEY")]
        site: String,
        /// View: overview, contents, steps, funnel, sessions, retention, pages, progress or autoplay.
        #[arg(long)]
        view: String,
        /// Parameters of the view as in its address, without the site, such as `tz=Europe/Berlin&country=DE`.
        #[arg(long, default_value = "", hide_default_value = true)]
        query: String,
        /// Name for people.
        #[arg(long, default_value = "", hide_default_value = true)]
        name: String,
        /// Days that the link opens. Default: 30.
        #[arg(long)]
        days: Option<u16>,
        #[command(flatten)]
        of: ConfigArgument,
    },
    /// List the links, without their tokens.
    List {
        #[command(flatten)]
        of: ConfigArgument,
    },
    /// End a link.
    Revoke {
        /// The link's ID, as listed.
        #[arg(long, value_name = "ID")]
        id: String,
        #[command(flatten)]
        of: ConfigArgument,
    },
}

#[derive(Subcommand)]
pub(crate) enum SiteCommand {
    /// Add a site with a new key to the file, and print the snippet for its pages.
    Add {
        /// Account ID, 32 hex digits. Default: the only account in the file, or a new one.
        #[arg(long, value_name = "ID")]
        account: Option<String>,
        /// Origin of the site's pages, such as https://www.example.com. Repeat it for more origins.
        #[arg(long = "origin", value_name = "ORIGIN", required = true)]
        origins: Vec<String>,
        /// Display name.
        #[arg(long)]
        name: Option<String>,
        /// Print a snippet that loads only the build of the recorder in `assets`, by its hash.
        #[arg(long)]
        pinned: bool,
        #[command(flatten)]
        of: ConfigArgument,
    },
}

#[derive(clap::Args)]
pub(crate) struct SubjectArguments {
    /// User ID as in the events: an anonymous ID, or the site's own.
    #[arg(long = "user", value_name = "ID")]
    pub(crate) id: String,
    /// Only this site.
    #[arg(long, value_name = "KEY")]
    pub(crate) site: Option<String>,
}

/// The configuration file, with or without `--config` before it.
#[derive(clap::Args)]
pub(crate) struct ConfigArgument {
    /// Configuration file. Default: the file in WAYMARK_CONFIG.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The same as --config FILE.
    #[arg(value_name = "FILE", conflicts_with = "config")]
    file: Option<PathBuf>,
}

impl ConfigArgument {
    pub(crate) fn file(self) -> Option<PathBuf> {
        self.config.or(self.file)
    }
}

impl From<SubjectArguments> for Subject {
    fn from(SubjectArguments { id, site }: SubjectArguments) -> Self {
        Subject { id, site }
    }
}
