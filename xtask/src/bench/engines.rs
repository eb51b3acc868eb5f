//! Kafka and ClickHouse for the benches, as processes that end with the bench.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result};

use super::subject::{self, Subject};
use crate::project::Project;
use crate::{brokers, clickhouse, process};

/// Kafka and ClickHouse, with what a collector needs there.
pub struct Engines {
    kafka: String,
    clickhouse: Door,
    _tansu: Ending,
}

/// ClickHouse over the data in a folder. It ends with the value.
pub struct Door {
    pub url: String,
    child: Ending,
}

impl Door {
    /// The ID of its process.
    pub fn process(&self) -> u32 {
        self.child.0.id()
    }
}

/// A process that ends with the value.
struct Ending(Child);

impl Drop for Ending {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Engines {
    pub fn start(project: &Project, folder: &Path) -> Result<Self> {
        subject::afresh(folder)?;
        let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let url = format!("tcp://{address}");
        let mut tansu = Command::new(brokers::tansu(project));
        tansu.args(["broker", "--listener-url", &url, "--advertised-listener-url", &url]);
        tansu.args(["--storage-engine", "memory://tansu/"]).stdout(Stdio::null()).stderr(Stdio::null());
        let tansu = Ending(tansu.spawn().context("tansu does not start")?);
        let engines = Engines { kafka: address.to_string(), clickhouse: Door::start(project, folder)?, _tansu: tansu };
        let config = folder.join("waymark.toml");
        fs::write(&config, engines.config())?;
        let mut apply = Command::new(program(project));
        process::quiet(apply.args(["check", "--apply", "--config"]).arg(config))?;
        Ok(engines)
    }

    pub fn config(&self) -> String {
        let Engines { kafka, clickhouse, .. } = self;
        let clickhouse = &clickhouse.url;
        format!(
            "{}\n[kafka]\nbootstrap_servers = \"{kafka}\"\nreplication_factor = 1\n[clickhouse]\nurl = \"{clickhouse}\"\n",
            subject::COLLECTOR
        )
    }

    /// A lander, whose address is that of its metrics.
    pub fn lander(&self, project: &Project, folder: &Path) -> Result<Subject> {
        subject::afresh(folder)?;
        fs::write(folder.join("waymark.toml"), self.config())?;
        let mut command = Command::new(program(project));
        command.args(["land", "--listen", "127.0.0.1:0", "--config", "waymark.toml"]).current_dir(folder);
        Subject::started(command, folder)
    }
}

impl Door {
    pub fn start(project: &Project, folder: &Path) -> Result<Self> {
        let mut door = Command::new(project.target().join("release/clickhouse-door"));
        door.arg(folder).env("CHDB_LIBRARY", clickhouse::library(project)).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut door = Ending(door.stderr(Stdio::null()).spawn().context("ClickHouse does not start")?);
        let mut line = String::new();
        if let Some(said) = &mut door.0.stdout {
            BufReader::new(said).read_line(&mut line)?;
        }
        Ok(Door { url: format!("http://{}", line.trim()), child: door })
    }
}

fn program(project: &Project) -> PathBuf {
    project.target().join("release/waymark-collector")
}
