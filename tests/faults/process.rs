//! Processes of this machine, by /proc: which descend from which, what they are, how much they have worked; and their
//! sudden end.

use std::fs;
use std::process::{Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use support::engine::Engine;

#[derive(Debug)]
pub struct Process {
    pub pid: u32,
    parent: u32,
    /// Ticks of CPU.
    pub worked: u64,
    line: String,
}

impl Process {
    fn read(pid: u32) -> Option<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name, which may hold anything, stands in brackets.
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
        let line = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        Some(Self { pid, parent: number(1)? as u32, worked: number(11)? + number(12)?, line })
    }

    /// Whether pages are run there.
    fn is_content(&self, engine: Engine) -> bool {
        match engine {
            Engine::Chromium => self.line.contains("--type=renderer"),
            Engine::Firefox => self.line.contains("-contentproc") && self.line.trim_end().ends_with(" tab"),
            Engine::Webkit => self.line.contains("WebKitWebProcess"),
        }
    }

    fn is_browser(&self) -> bool {
        ["chromium", "firefox", "MiniBrowser", "WebKit"].iter().any(|name| self.line.contains(name))
            && !self.line.contains("WebKitWebDriver")
            && !self.line.contains("chromedriver")
            && !self.line.contains("geckodriver")
    }
}

/// All that descend from `root`.
pub fn descendants(root: u32) -> Vec<Process> {
    let pids = fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    let mut rest: Vec<Process> = pids.filter_map(Process::read).collect();
    let mut found = Vec::new();
    let mut parents = vec![root];
    while let Some(parent) = parents.pop() {
        let (children, others) = rest.into_iter().partition(|process| process.parent == parent);
        rest = others;
        let children: Vec<Process> = children;
        parents.extend(children.iter().map(|child| child.pid));
        found.extend(children);
    }
    found
}

/// The content processes of a browser.
pub fn contents(root: u32, engine: Engine) -> Vec<Process> {
    descendants(root).into_iter().filter(|process| process.is_content(engine)).collect()
}

/// The browser, all of it, without its driver.
pub fn browsers(root: u32) -> Vec<Process> {
    descendants(root).into_iter().filter(Process::is_browser).collect()
}

/// Ends processes without a word, all at once; when that was, in the clock's ms.
pub fn kill(pids: &[u32]) -> i64 {
    let mut command = Command::new("kill");
    command.arg("-9").args(pids.iter().map(u32::to_string)).stderr(Stdio::null());
    let _ = command.status();
    now()
}

pub fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64
}
