//! Commands on a store's file: export, erase, verify, backup and the rebuild of facts. Each also works while a collector uses the file.

use crate::config::Config;
use crate::sites::known::{self, UnknownSite};
use crate::store::{
    self, BatchLimit, EraseUsers, Erasure, ErasureSource, KeepFacts, KeepState, ReadEvents, Sqlite, StoreError,
    Subject, Verdict,
};
use crate::time::clock::now;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The file does not exist.
    #[error("no store is at {}", .0.display())]
    Nothing(PathBuf),
    /// The store is not in a file.
    #[error("the store is in memory: only the running collector has it, see /v1/users/ID")]
    InMemory,
    /// The events are not in a file.
    #[error("the events are in ClickHouse: ask a running collector, see /v1/users/ID")]
    InClickHouse,
    /// Unknown site.
    #[error(transparent)]
    Site(#[from] UnknownSite),
    /// The store failed.
    #[error("{}: {error}", file.display())]
    Store {
        /// Its file.
        file: PathBuf,
        /// Why.
        error: StoreError,
    },
    /// The output failed.
    #[error("cannot write the output: {0}")]
    Output(#[from] io::Error),
}

/// Events read at a time.
const PAGE: usize = 256;

/// Writes all events of a user as JSON lines, the oldest first, then the user's state. Returns the number of lines.
///
/// # Errors
/// [`CommandError`].
pub fn export(config: &Config, subject: &Subject, out: &mut impl Write) -> Result<usize, CommandError> {
    let file = events(config)?;
    let store = Sqlite::open(file).map_err(failed(file))?;
    asked(config, subject, &store, file)?;
    let ids = store.events_about(subject).map_err(failed(file))?;
    for page in ids.chunks(PAGE) {
        for (_, body) in store.get(page).map_err(failed(file))? {
            writeln!(out, "{body}")?;
        }
    }
    let remembered = store.export_state(subject).map_err(failed(file))?;
    let lines = ids.len() + remembered.len();
    for entry in remembered {
        writeln!(out, "{}", entry.line())?;
    }
    out.flush()?;
    Ok(lines)
}

/// Erases all events and the state of a user. Returns the result, and whether the IDs are gone from the files.
///
/// # Errors
/// [`CommandError`].
pub fn erase(config: &Config, subject: &Subject) -> Result<(Erasure, bool), CommandError> {
    let file = events(config)?;
    let store = Sqlite::open(file).map_err(failed(file))?;
    asked(config, subject, &store, file)?;
    let erasure = store.erase(subject, ErasureSource::Cli, now()).map_err(failed(file))?;
    let gone = store.scrub(&store::texts(&erasure.ids)).map_err(failed(file))?;
    Ok((erasure, gone))
}

/// Checks a store's file.
///
/// # Errors
/// [`CommandError`] if the file is not a store.
pub fn verify(file: &Path) -> Result<Verdict, CommandError> {
    there(file)?;
    store::verify(file).map_err(failed(file))
}

/// Copies the store to a new file.
///
/// # Errors
/// [`CommandError`]: no copy was made.
pub fn backup(config: &Config, to: &Path) -> Result<(), CommandError> {
    let file = file(config)?;
    store::backup(file, to).map_err(failed(file))
}

/// Makes the facts of all events again. Returns the number of events.
///
/// # Errors
/// [`CommandError`]: the next start of a collector, or of this command, makes the rest.
pub fn rebuild_facts(config: &Config) -> Result<usize, CommandError> {
    const STEP: BatchLimit = BatchLimit { events: 2_000, bytes: 8 << 20 };
    let file = events(config)?;
    let store = Sqlite::open(file).map_err(failed(file))?;
    store.drop_facts().map_err(failed(file))?;
    let mut events = 0;
    loop {
        match store.follow(STEP).map_err(failed(file))? {
            0 => return Ok(events),
            more => events += more,
        }
    }
}

/// Checks the site key.
fn asked(config: &Config, subject: &Subject, store: &Sqlite, file: &Path) -> Result<(), CommandError> {
    let Some(key) = &subject.site else { return Ok(()) };
    let configured = config.sites.iter().map(|site| site.key.clone()).collect();
    Ok(known::check(key, configured, store.sites().map_err(failed(file))?)?)
}

/// The file with the events.
fn events(config: &Config) -> Result<&Path, CommandError> {
    if config.clickhouse.is_some() { Err(CommandError::InClickHouse) } else { file(config) }
}

pub(super) fn file(config: &Config) -> Result<&Path, CommandError> {
    let file = config.store.as_path();
    if file == Path::new(":memory:") { Err(CommandError::InMemory) } else { there(file) }
}

fn there(file: &Path) -> Result<&Path, CommandError> {
    if file.is_file() { Ok(file) } else { Err(CommandError::Nothing(file.to_owned())) }
}

pub(super) fn failed(file: &Path) -> impl Fn(StoreError) -> CommandError {
    move |error| CommandError::Store { file: file.to_owned(), error }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::ClickHouse;

    #[test]
    fn events_in_clickhouse_are_not_looked_for_in_the_file() {
        let config = Config { clickhouse: Some(ClickHouse::default()), ..Config::default() };
        let subject = Subject { id: "anna".to_owned(), site: None };
        assert!(matches!(export(&config, &subject, &mut Vec::new()), Err(CommandError::InClickHouse)));
        assert!(matches!(erase(&config, &subject), Err(CommandError::InClickHouse)));
        assert!(matches!(rebuild_facts(&config), Err(CommandError::InClickHouse)));
    }
}
