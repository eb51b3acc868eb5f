//! Copies a store that is in use: everything that was committed when the copy began.

use super::BUSY_TIMEOUT;
use crate::store::StoreError;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};

/// Copies the store to a new file. The file gets its name once it is complete and on disk.
///
/// # Errors
/// [`StoreError`]: no copy was made.
pub fn backup(store: &Path, to: &Path) -> Result<(), StoreError> {
    if to.exists() {
        return Err(Error::new(ErrorKind::AlreadyExists, format!("{} is there already", to.display())).into());
    }
    let mut partial = to.to_owned().into_os_string();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    match std::fs::remove_file(&partial) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    copy(store, &partial)?;
    std::fs::rename(&partial, to)?;
    let dir = to.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok(std::fs::File::open(dir)?.sync_all()?)
}

/// In one step, during which the writer goes on: the log has what it writes. In several, each commit of another process
/// would make the copy begin anew.
fn copy(store: &Path, to: &Path) -> Result<(), StoreError> {
    let from = Connection::open_with_flags(store, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    from.busy_timeout(BUSY_TIMEOUT)?;
    let mut into = Connection::open(to)?;
    let backup = Backup::new(&from, &mut into)?;
    loop {
        match backup.step(-1)? {
            StepResult::Done => break,
            _ => std::thread::sleep(std::time::Duration::from_millis(50)),
        }
    }
    drop(backup);
    into.close().map_err(|(_, error)| error.into())
}
