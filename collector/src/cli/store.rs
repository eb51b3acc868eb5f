//! What the program does beside serving: hands out and erases what is stored about somebody, checks a store, copies one.
//! Each works on the file, also while a collector uses it.

use crate::config::Config;
use crate::sites::known::{self, UnknownSite};
use crate::store::{self, Asked, Erasure, Sqlite, Store, StoreError, Verdict, Whom};
use crate::time::clock::now;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Why a command could not be done.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// There is no file.
    #[error("no store is at {}", .0.display())]
    Nothing(PathBuf),
    /// The store is not in a file.
    #[error("the store is in memory: only the running collector has it, see /v1/users/ID")]
    InMemory,
    /// A site is named that is neither configured nor in the store.
    #[error(transparent)]
    Site(#[from] UnknownSite),
    /// The store does not work.
    #[error("{}: {error}", file.display())]
    Store {
        /// Its file.
        file: PathBuf,
        /// Why.
        error: StoreError,
    },
    /// What was found cannot be told.
    #[error("cannot write the output: {0}")]
    Output(#[from] io::Error),
}

/// How many events are read at a time.
const PAGE: usize = 256;

/// Writes all events about somebody, a line of JSON each, the oldest first, and then the entries of their kept state. Gives
/// how many lines.
///
/// # Errors
/// [`CommandError`].
pub fn export(config: &Config, whom: &Whom, out: &mut impl Write) -> Result<usize, CommandError> {
    let file = file(config)?;
    let store = Sqlite::open(file).map_err(failed(file))?;
    asked(config, whom, &store, file)?;
    let ids = store.about(whom).map_err(failed(file))?;
    for page in ids.chunks(PAGE) {
        for (_, body) in store.get(page).map_err(failed(file))? {
            writeln!(out, "{body}")?;
        }
    }
    let remembered = store.remembered(whom).map_err(failed(file))?;
    let lines = ids.len() + remembered.len();
    for entry in remembered {
        writeln!(out, "{}", entry.line())?;
    }
    out.flush()?;
    Ok(lines)
}

/// Erases all events about somebody, and their kept state. Gives what that was, and whether the IDs stand nowhere in the files any more.
///
/// # Errors
/// [`CommandError`].
pub fn erase(config: &Config, whom: &Whom) -> Result<(Erasure, bool), CommandError> {
    let file = file(config)?;
    let store = Sqlite::open(file).map_err(failed(file))?;
    asked(config, whom, &store, file)?;
    let erasure = store.erase(whom, Asked::Cli, now()).map_err(failed(file))?;
    let gone = store.sweep(&store::texts(&erasure.ids)).map_err(failed(file))?;
    Ok((erasure, gone))
}

/// Checks a store's file.
///
/// # Errors
/// [`CommandError`] where it is none.
pub fn verify(file: &Path) -> Result<Verdict, CommandError> {
    there(file)?;
    store::verify(file).map_err(failed(file))
}

/// Copies the store to a file that is not there yet.
///
/// # Errors
/// [`CommandError`]: there is no copy.
pub fn backup(config: &Config, to: &Path) -> Result<(), CommandError> {
    let file = file(config)?;
    store::backup(file, to).map_err(failed(file))
}

/// Whether the site that is named is one.
fn asked(config: &Config, whom: &Whom, store: &Sqlite, file: &Path) -> Result<(), CommandError> {
    let Some(key) = &whom.site else { return Ok(()) };
    let configured = config.sites.iter().map(|site| site.key.clone()).collect();
    Ok(known::check(key, configured, store.sites().map_err(failed(file))?)?)
}

fn file(config: &Config) -> Result<&Path, CommandError> {
    let file = config.store.as_path();
    if file == Path::new(":memory:") { Err(CommandError::InMemory) } else { there(file) }
}

fn there(file: &Path) -> Result<&Path, CommandError> {
    if file.is_file() { Ok(file) } else { Err(CommandError::Nothing(file.to_owned())) }
}

fn failed(file: &Path) -> impl Fn(StoreError) -> CommandError {
    move |error| CommandError::Store { file: file.to_owned(), error }
}
