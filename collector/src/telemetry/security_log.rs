//! The security log: one line for each request, with the whole client address, for an operator who investigates an
//! attack. One file a day, removed after the configured days. No other place keeps a whole address.

use crate::config::SecurityLog as Settings;
use crate::store::Day;
use serde::Serialize;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// Handle to the thread that writes the log.
#[derive(Clone)]
pub(crate) struct SecurityLog {
    lines: SyncSender<Option<Line>>,
    dropped: Arc<AtomicU64>,
}

/// A line: one request.
#[derive(Debug, Serialize)]
pub(crate) struct Line {
    /// Time, epoch ms.
    pub(crate) time: i64,
    /// Full client address.
    pub(crate) ip: IpAddr,
    pub(crate) method: String,
    pub(crate) path: String,
    /// Site key, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) site: Option<String>,
    pub(crate) status: u16,
    /// Declared length of the body in bytes.
    pub(crate) bytes: u64,
}

/// Waiting lines. Further lines are dropped and counted, so that a flood cannot fill the memory.
const WAITING: usize = 10_000;

/// How long lines gather before they are written together. A thread that waited for each line would be woken for each
/// request.
const GATHER: Duration = Duration::from_millis(50);

const DAY_MS: i64 = 86_400_000;

impl SecurityLog {
    /// Opens the file of the day `now`, and starts the thread.
    pub(crate) fn start(settings: &Settings, now: i64) -> io::Result<(Self, JoinHandle<()>)> {
        std::fs::create_dir_all(&settings.dir)?;
        let files = Files::open(settings, Day::of(now))?;
        let (lines, waiting) = sync_channel(WAITING);
        let thread = std::thread::Builder::new().name("security log".to_owned()).spawn(move || run(files, &waiting))?;
        Ok((SecurityLog { lines, dropped: Arc::default() }, thread))
    }

    pub(crate) fn write(&self, line: Line) {
        if self.lines.try_send(Some(line)).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Ends the thread after the lines that wait now.
    pub(crate) fn stop(&self) {
        // The thread may have ended already.
        let _ = self.lines.send(None);
    }

    /// Number of dropped lines.
    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}

fn run(mut files: Files, waiting: &Receiver<Option<Line>>) {
    while let Ok(Some(first)) = waiting.recv() {
        std::thread::sleep(GATHER);
        let mut is_ending = false;
        let mut written = files.write(&first);
        for line in waiting.try_iter() {
            match line {
                Some(line) => written = written.and(files.write(&line)),
                None => is_ending = true,
            }
        }
        if let Err(error) = written.and(files.file.flush()) {
            tracing::error!(%error, "the security log cannot be written");
        }
        if is_ending {
            break;
        }
    }
}

/// The files of the log.
struct Files {
    dir: PathBuf,
    days: u16,
    day: Day,
    file: BufWriter<File>,
}

impl Files {
    fn open(settings: &Settings, day: Day) -> io::Result<Self> {
        let Settings { dir, days, .. } = settings.clone();
        let file = file(&dir, day)?;
        remove_old(&dir, day, days);
        Ok(Files { dir, days, day, file })
    }

    fn write(&mut self, line: &Line) -> io::Result<()> {
        let day = Day::of(line.time);
        if day > self.day {
            self.file.flush()?;
            self.file = file(&self.dir, day)?;
            self.day = day;
            remove_old(&self.dir, day, self.days);
        }
        serde_json::to_writer(&mut self.file, line)?;
        self.file.write_all(b"\n")
    }
}

fn file(dir: &Path, day: Day) -> io::Result<BufWriter<File>> {
    let file = OpenOptions::new().create(true).append(true).open(dir.join(format!("security-{day}.jsonl")))?;
    Ok(BufWriter::new(file))
}

/// Removes files that are too old. Other files in the directory are not touched.
fn remove_old(dir: &Path, today: Day, days: u16) {
    let oldest = Day::of(today.start() - i64::from(days.saturating_sub(1)) * DAY_MS);
    let Ok(entries) = std::fs::read_dir(dir) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let day = name.to_str().and_then(|name| name.strip_prefix("security-")?.strip_suffix(".jsonl"));
        if day.and_then(|day| day.parse::<Day>().ok()).is_some_and(|day| day < oldest)
            && let Err(error) = std::fs::remove_file(entry.path())
        {
            tracing::error!(%error, "an old security log cannot be removed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_795_600_800_000;

    fn line(time: i64) -> Line {
        let (ip, method, path) = ("203.0.113.7".parse().unwrap(), "POST".to_owned(), "/v1/events".to_owned());
        Line { time, ip, method, path, site: Some("demo".to_owned()), status: 200, bytes: 1_234 }
    }

    fn names(dir: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            std::fs::read_dir(dir).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn each_day_has_a_file_and_old_ones_are_removed() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["security-2026-11-23.jsonl", "security-2026-11-24.jsonl", "security.jsonl", "notes"] {
            std::fs::write(dir.path().join(name), "").unwrap();
        }
        let settings = Settings { on: true, dir: dir.path().to_owned(), days: 2 };
        let (log, thread) = SecurityLog::start(&settings, NOON).unwrap();
        assert_eq!(
            names(dir.path()),
            ["notes", "security-2026-11-24.jsonl", "security-2026-11-25.jsonl", "security.jsonl"]
        );
        log.write(line(NOON));
        log.write(line(NOON + DAY_MS));
        log.write(line(NOON + DAY_MS - 1_000_000));
        assert_eq!(log.dropped(), 0);
        log.stop();
        thread.join().unwrap();
        assert_eq!(
            names(dir.path()),
            ["notes", "security-2026-11-25.jsonl", "security-2026-11-26.jsonl", "security.jsonl"]
        );
        let text = std::fs::read_to_string(dir.path().join("security-2026-11-25.jsonl")).unwrap();
        let line = r#"{"time":1795600800000,"ip":"203.0.113.7","method":"POST","path":"/v1/events","site":"demo","status":200,"bytes":1234}"#;
        assert_eq!(text.trim_end(), line);
    }
}
