//! Files that an operator may replace while the collector runs: each is read again once it has changed. What cannot be
//! read then leaves the last good one in force, and is told.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tokio::sync::watch;

/// How often the files are looked at.
const EVERY: Duration = Duration::from_secs(1);

/// Calls `reload` each time that one of `files` has changed and then stayed as it is, until the collector ends.
pub(crate) async fn on_change(
    files: Vec<PathBuf>,
    mut ending: watch::Receiver<bool>,
    reload: impl Fn() + Send + Sync + 'static,
) {
    let look = || files.iter().map(|file| seen(file)).collect::<Vec<_>>();
    let (mut loaded, mut last) = (look(), look());
    loop {
        tokio::select! {
            _ = ending.wait_for(|ending| *ending) => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        let now = look();
        // One that is still being written is left alone until it is whole.
        if now != loaded && now == last {
            reload();
            loaded.clone_from(&now);
        }
        last = now;
    }
}

/// By what a change is noticed.
fn seen(file: &Path) -> Option<(SystemTime, u64)> {
    let file = std::fs::metadata(file).ok()?;
    Some((file.modified().ok()?, file.len()))
}
