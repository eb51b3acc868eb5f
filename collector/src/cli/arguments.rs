//! The command line.

use crate::store::Whom;
use clap::{Parser, Subcommand};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

/// Takes the batches of Waymark recorders, keeps their events, shows them live.
///
/// Environment, over the file: WAYMARK_LISTEN, WAYMARK_STORE, WAYMARK_ASSETS, WAYMARK_ADMIN_TOKEN, WAYMARK_REGION;
/// and WAYMARK_LOG (error, warn, info, debug, trace; or a list such as info,hyper=debug) for what is logged, WAYMARK_LOG_FORMAT (text,
/// json) for how.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    /// The configuration file; else the one that WAYMARK_CONFIG names, else defaults.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Subcommand)]
pub(crate) enum Command {
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
pub(crate) enum SiteCommand {
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
pub(crate) struct Somebody {
    /// The ID, as the events have it: an anonymous one, or one that a site gave.
    #[arg(long = "user", value_name = "ID")]
    pub(crate) id: String,
    /// At this site only.
    #[arg(long, value_name = "KEY")]
    pub(crate) site: Option<String>,
}

#[derive(clap::Args)]
pub(crate) struct Of {
    /// The configuration file, which names the store; else the one that WAYMARK_CONFIG names, else defaults.
    #[arg(value_name = "CONFIG")]
    pub(crate) config: Option<PathBuf>,
}

impl From<Somebody> for Whom {
    fn from(Somebody { id, site }: Somebody) -> Self {
        Whom { id, site }
    }
}
