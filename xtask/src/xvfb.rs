//! A display that nobody sees, for WebKitGTK; it ends with the value.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail};

pub struct Xvfb {
    server: Child,
    display: String,
}

impl Xvfb {
    /// Starts on a display number that is free, and returns when it takes windows.
    pub fn start() -> Result<Self> {
        let mut command = Command::new("Xvfb");
        command.args(["-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut server = command.spawn().context("could not start Xvfb, which WebKitGTK needs")?;
        let mut number = String::new();
        if let Some(output) = server.stdout.take() {
            BufReader::new(output).read_line(&mut number)?;
        }
        let xvfb = Self { server, display: format!(":{}", number.trim()) };
        if number.trim().is_empty() {
            bail!("Xvfb found no free display");
        }
        Ok(xvfb)
    }

    pub fn display(&self) -> &str {
        &self.display
    }
}

impl Drop for Xvfb {
    fn drop(&mut self) {
        // Asked politely it takes its lock file along.
        let asked = Command::new("kill").arg(self.server.id().to_string()).status();
        if !asked.is_ok_and(|status| status.success()) {
            let _ = self.server.kill();
        }
        let _ = self.server.wait();
    }
}
