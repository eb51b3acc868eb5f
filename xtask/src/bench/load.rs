//! Load by wrk, a tool that is not ours: it sends as fast as it is answered.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::process;
use crate::project::Project;

/// How long each measurement takes.
pub const SECONDS: u32 = 6;

pub struct Load {
    script: PathBuf,
}

/// What wrk says of one run.
pub struct Sent {
    pub requests: u64,
    pub seconds: f64,
    /// The median of the answers' times, in ms.
    pub p50: f64,
    pub p99: f64,
    /// Answers with a status of 400 or above.
    pub refused: u64,
    /// Connections that broke, and answers that did not come in time.
    pub broken: u64,
}

impl Load {
    /// Writes the script into `folder`, with the example event of the wire.
    pub fn new(project: &Project, folder: &Path) -> Result<Self> {
        let batch = fs::read_to_string(project.root().join("wire/fixtures/v1/batch.json"))?;
        let batch: Value = serde_json::from_str(&batch)?;
        let (mut context, data) = (batch["contexts"][0].clone(), &batch["events"][0]["data"]);
        context["wm"]["euId"] = "$USER".into();
        let script = include_str!("load.lua").replace("$CONTEXT", &context.to_string());
        let path = folder.join("load.lua");
        fs::write(&path, script.replace("$DATA", &data.to_string()))?;
        Ok(Self { script: path })
    }

    /// Sends batches of `events` events over so many connections.
    pub fn send(&self, to: SocketAddr, events: usize, connections: usize, seconds: u32) -> Result<Sent> {
        let mut wrk = Command::new("wrk");
        wrk.args(["--threads", "1", "--connections", &connections.to_string()]);
        wrk.args(["--duration", &format!("{seconds}s"), "--timeout", "10s", "--script"]).arg(&self.script);
        wrk.arg(format!("http://{to}/v1/events")).args(["--", &events.to_string()]);
        let said = process::output(&mut wrk)?;
        let line = said.lines().last().unwrap_or_default();
        let sent: Value = serde_json::from_str(line).with_context(|| format!("wrk said `{line}`"))?;
        let number = |name: &str| sent[name].as_f64().with_context(|| format!("wrk did not say {name}"));
        Ok(Sent {
            requests: number("requests")? as u64,
            seconds: number("seconds")?,
            p50: number("p50")?,
            p99: number("p99")?,
            refused: number("refused")? as u64,
            broken: number("broken")? as u64,
        })
    }
}
