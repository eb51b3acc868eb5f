//! The command line of `waymark-collector`: what each command does.

pub mod add_site;
mod arguments;
pub mod demo;
mod describe_config;
mod environment;
mod logging;
mod output;
mod serve;
pub mod static_site;
mod store;

pub use describe_config::Words;

use self::add_site::{Added, NewSite};
use self::arguments::{Arguments, Command, SiteCommand};
use self::demo::Demo;
use self::environment::{configured, load, variable};
use self::output::say;
use crate::store::Erasure;
use clap::Parser;
use std::error::Error;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

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
        Some(Command::Demo { assets, pages, listen, pages_listen, store }) => {
            let demo = Demo { listen, pages_listen, assets, pages, store };
            demo::run(demo, |started| say(&started.to_string()), shutdown).await?;
        }
        Some(Command::Export { whom, of }) => {
            let found = store::export(&load(of.config)?, &whom.into(), &mut std::io::stdout().lock())?;
            tracing::info!("{found} lines");
        }
        Some(Command::Erase { whom, of }) => {
            let (Erasure { erased, states, .. }, gone) = store::erase(&load(of.config)?, &whom.into())?;
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
            let verdict = store::verify(&file)?;
            verdict.wrong.iter().for_each(|line| say(line));
            let (events, tabs) = (verdict.events, verdict.tabs);
            if !verdict.wrong.is_empty() {
                return Err(format!("{} is not sound", file.display()).into());
            }
            say(&format!("{} is sound: {events} events of {tabs} tabs", file.display()));
        }
        Some(Command::Backup { to, config }) => {
            store::backup(&load(config)?, &to)?;
            say(&format!("{} is a whole copy", to.display()));
        }
        Some(Command::Check { file }) => {
            let config = load(file)?;
            say(Words(&config).to_string().trim_end());
        }
        Some(Command::Site { command: SiteCommand::Add { account, origins, name, file } }) => {
            let file = file.or_else(configured).ok_or("name the configuration's file")?;
            say_added(&file, &add_site::add(&file, &NewSite { account, origins, name }, variable)?);
        }
        None => serve::run(arguments.config, shutdown).await?,
    }
    Ok(())
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
