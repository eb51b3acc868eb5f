//! Watches files that an operator may replace while the collector runs, and reloads each once it has changed. The last
//! good version stays in use when a new one cannot be read.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tokio::sync::watch;

/// Interval between checks.
const EVERY: Duration = Duration::from_secs(1);

/// Calls `reload` after one of `files` has changed and then stayed the same for one interval, until shutdown.
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
        // A file that is still being written is read later.
        if now != loaded && now == last {
            reload();
            loaded.clone_from(&now);
        }
        last = now;
    }
}

/// Modification time and length.
fn seen(file: &Path) -> Option<(SystemTime, u64)> {
    let file = std::fs::metadata(file).ok()?;
    Some((file.modified().ok()?, file.len()))
}
