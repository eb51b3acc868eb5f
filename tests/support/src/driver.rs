//! A WebDriver program and everything it starts. It all ends with the value and, should nobody drop that (a static is
//! never dropped, a killed test drops nothing), with this process: a shell stands guard over the group and waits for
//! the pipe between us to close.

use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::engine::Engine;

/// `$0` is the log, `$1` the folder to remove, the rest the driver with its arguments.
const GUARD: &str = r#"
folder=$1; shift
"$@" </dev/null >"$0" 2>&1 &
driver=$!
trap '' TERM
cat >/dev/null
kill -TERM 0
n=0
while kill -0 "$driver" 2>/dev/null && [ "$n" -lt 30 ]; do sleep 0.1; n=$((n + 1)); done
rm -rf "$folder"
kill -KILL 0
"#;

/// A WebDriver process. It ends, with all its browsers, when it is dropped.
pub struct Driver {
    guard: Child,
    folder: PathBuf,
    port: u16,
}

impl Driver {
    /// Starts the engine's driver on a free port.
    pub fn start(engine: Engine) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("driver-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let folder = crate::scratch().join(name);
        std::fs::create_dir_all(&folder).unwrap();

        let (program, port) = (engine.driver(), free_port());
        let mut command = Command::new("sh");
        command.arg("-c").arg(GUARD).arg(folder.join("log")).arg(&folder).arg(&program);
        command.arg(format!("--port={port}"));
        // Profiles of browsers go where the folder goes.
        command.env("TMPDIR", &folder).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        let guard = command.process_group(0).spawn().expect("a shell");
        Self { guard, folder, port }
    }

    /// The driver's address.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The process that everything of this session descends from.
    pub fn pid(&self) -> u32 {
        self.guard.id()
    }

    /// The session's own folder: profiles and the driver's log.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What the driver said: why it does not work.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        drop(self.guard.stdin.take());
        let _ = self.guard.wait();
    }
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
