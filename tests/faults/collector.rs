//! A collector of its own process, that can be killed and started again where it was.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use serde_json::Value;

use crate::process;
use support::{http, until};

const TOKEN: &str = "only-for-tests";

/// `$0` is the log, the rest the collector. It ends with the pipe between us, however this process ends.
const GUARD: &str = r#"
"$@" </dev/null >>"$0" 2>&1 &
echo $!
cat >/dev/null
kill -KILL $! 2>/dev/null
"#;

pub struct Collector {
    folder: PathBuf,
    address: SocketAddr,
    running: Mutex<Option<Running>>,
}

struct Running {
    guard: Child,
    pid: u32,
}

impl Collector {
    pub async fn start(folder: &Path) -> Self {
        let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let store = folder.join("events.db");
        let config = format!(
            "listen = \"{address}\"\nstore = \"{}\"\nadmin_token = \"{TOKEN}\"\n\n[security_log]\non = false\n\n[[sites]]\nkey = \"demo\"\n\
             account = \"3210be7ad82f403298f7c4da065ec657\"\n",
            store.display()
        );
        fs::write(folder.join("collector.toml"), config).unwrap();
        let collector = Self { folder: folder.to_owned(), address, running: Mutex::default() };
        collector.run().await;
        collector
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Starts it, where it was, and waits until it answers.
    pub async fn run(&self) {
        let program = std::env::current_exe().unwrap().parent().unwrap().parent().unwrap().join("waymark-collector");
        assert!(program.is_file(), "there is no collector beside the tests: run `cargo build --workspace` first");
        let mut command = Command::new("sh");
        command.arg("-c").arg(GUARD).arg(self.folder.join("collector.log")).arg(program);
        command.arg("--config").arg(self.folder.join("collector.toml"));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut guard = command.spawn().expect("a shell");
        let mut line = String::new();
        BufReader::new(guard.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let pid = line.trim().parse().unwrap();
        *self.running.lock().unwrap() = Some(Running { guard, pid });
        let is_ready = async || http::get(&self.url("/readyz")).await.ok().filter(|answer| answer.status == 200);
        let log = || fs::read_to_string(self.folder.join("collector.log")).unwrap_or_default();
        assert!(until(Duration::from_secs(20), is_ready).await.is_some(), "the collector does not start: {}", log());
    }

    /// Ends it without a word, as a power cut does.
    pub fn kill(&self) {
        let running = self.running.lock().unwrap().take().expect("a collector that runs");
        process::kill(&[running.pid]);
        running.end();
    }

    /// All that is stored, in the order it came.
    pub async fn events(&self) -> Vec<Value> {
        let export = http::get_as(TOKEN, &self.url("/v1/events")).await.unwrap();
        assert_eq!(export.status, 200, "{}", export.body);
        export.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// What it knows of what became of the events, by site and day; none where it does not tell.
    pub async fn audit(&self) -> Option<Vec<Value>> {
        let audit = http::get_as(TOKEN, &self.url("/v1/audit")).await.ok()?;
        if audit.status == 404 {
            return None;
        }
        assert_eq!(audit.status, 200, "{}", audit.body);
        serde_json::from_str(&audit.body).ok()
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Running {
    fn end(mut self) {
        drop(self.guard.stdin.take());
        let _ = self.guard.wait();
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        if let Some(running) = self.running.lock().unwrap().take() {
            running.end();
        }
    }
}
