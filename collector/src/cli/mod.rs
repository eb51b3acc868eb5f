//! The commands of `waymark-collector`.

pub mod add_site;
mod arguments;
pub mod demo;
mod describe_config;
mod environment;
pub mod init;
mod logging;
pub mod micro;
mod output;
mod serve;
mod share;
pub mod static_site;
mod store;

pub use describe_config::ConfigSummary;

use self::add_site::{Added, NewSite};
use self::arguments::{Arguments, Command, InsightsCommand, ShareCommand, SiteCommand};
use self::demo::Demo;
use self::environment::{configured, load, variable};
use self::init::Starter;
use self::micro::MicroOptions;
use self::output::print_line;
use crate::http::endpoints::insights::new_share::NewShare;
use crate::kafka;
use crate::land;
use crate::store::Erasure;
use clap::Parser;
use std::error::Error;
use std::io::Write;
use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use waymark_wire::Level;

/// Does what the command line asks for.
pub async fn main() -> ExitCode {
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
    let shutdown = serve::signals()?;
    match arguments.command {
        Some(Command::Init { folder, origins, name, assets }) => {
            let site = NewSite { origins, name, ..NewSite::default() };
            let (file, added) = init::init(&Starter { folder: folder.clone(), assets, site }, variable)?;
            print_line(&init::next_steps(&folder, &file, &added));
            print_warnings(&added);
        }
        Some(Command::Demo { assets, pages, listen, pages_listen, store }) => {
            let demo = Demo { listen, pages_listen, assets, pages, store };
            demo::run(demo, |started| print_line(&started.to_string()), shutdown).await?;
        }
        Some(Command::Micro { port, assets, level, config }) => {
            let config = config.map(|file| load(Some(file))).transpose()?;
            let options = MicroOptions { port, assets, level: Level::of(level), config };
            micro::run(options, |started| print_line(&started.to_string()), shutdown).await?;
        }
        Some(Command::Export { subject, of }) => {
            let found = store::export(&load(of.file())?, &subject.into(), &mut std::io::stdout().lock())?;
            tracing::info!("{found} lines");
        }
        Some(Command::Erase { subject, of }) => {
            let (Erasure { erased, states, .. }, gone) = store::erase(&load(of.file())?, &subject.into())?;
            if states > 0 {
                print_line(&format!("{states} entries of kept state are erased"));
            }
            print_line(&format!("{erased} events are erased"));
            if !gone {
                return Err(
                    "the ID is still in the store's files: in events that were not erased, or because another \
                            process reads them; try again"
                        .into(),
                );
            }
        }
        Some(Command::Verify { store, config }) => {
            let file = store.map_or_else(|| load(config).map(|config| config.store), Ok)?;
            let verdict = store::verify(&file)?;
            verdict.wrong.iter().for_each(|line| print_line(line));
            let (events, tabs) = (verdict.events, verdict.tabs);
            if !verdict.wrong.is_empty() {
                return Err(format!("{} is not sound", file.display()).into());
            }
            print_line(&format!("{} is sound: {events} events of {tabs} tabs", file.display()));
        }
        Some(Command::Backup { to, config }) => {
            store::backup(&load(config)?, &to)?;
            print_line(&format!("{} is a whole copy", to.display()));
        }
        Some(Command::Insights { command: InsightsCommand::Rebuild { of } }) => {
            let events = store::rebuild_facts(&load(of.file())?)?;
            print_line(&format!("the facts of {events} events were made"));
        }
        Some(Command::Share { command }) => match command {
            ShareCommand::Add { site, view, query, name, days, of } => {
                let new = NewShare { site, view, query, name, days };
                share::add(&load(of.file())?, new)?.iter().for_each(|line| print_line(line));
            }
            ShareCommand::List { of } => share::list(&load(of.file())?)?.iter().for_each(|line| print_line(line)),
            ShareCommand::Revoke { id, of } => print_line(&share::revoke(&load(of.file())?, &id)?),
        },
        Some(Command::Check { apply, of }) => {
            let config = load(of.file())?;
            print_line(ConfigSummary(&config).to_string().trim_end());
            if apply && let Some(clickhouse) = &config.clickhouse {
                // Before anything is made.
                print_line(&format!("ClickHouse {} answers", crate::store::server_version(clickhouse)?));
            }
            if apply {
                kafka::apply(&config).await?.iter().for_each(|line| print_line(line));
            }
            if let Some(clickhouse) = &config.clickhouse {
                let tables = crate::store::ddl(clickhouse).join(";\n\n");
                print_line(&format!("\nClickHouse needs\n\n{tables};"));
                if apply {
                    crate::store::apply(clickhouse)?.iter().for_each(|line| print_line(line));
                }
            }
        }
        Some(Command::Land { listen, of }) => {
            let started = |address: Option<SocketAddr>| {
                print_line(&match address {
                    Some(address) => format!("landing; metrics are at http://{address}/metrics"),
                    None => "landing".to_owned(),
                });
            };
            land::start(&load(of.file())?, listen, shutdown, started).await?;
        }
        Some(Command::Site { command: SiteCommand::Add { account, origins, name, pinned, of } }) => {
            let file = of.file().or_else(configured).ok_or("name the configuration's file: --config FILE")?;
            let new = NewSite { account, origins, name, is_pinned: pinned };
            print_added(&file, &add_site::add(&file, &new, variable)?);
        }
        None => serve::run(arguments.config, shutdown).await?,
    }
    Ok(())
}

fn print_added(file: &Path, added: &Added) {
    let Added { key, account, snippet, collector, is_public, is_new, .. } = added;
    let made = if *is_new { " (a new file)" } else { "" };
    print_line(&format!(
        "{}{made}: site `{key}` of account {account} was added. Into the <head> of its pages:\n",
        file.display()
    ));
    print_line(snippet);
    if !is_public {
        print_line(&format!(
            "The file has no public_url: {collector} is where it listens. Put in what pages reach it at."
        ));
    }
    print_warnings(added);
}

fn print_warnings(added: &Added) {
    added.warnings.iter().for_each(|warning| print_line(&format!("Warning: {warning}")));
}
