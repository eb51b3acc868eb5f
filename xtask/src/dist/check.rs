//! Unpacks the archive in an empty folder, and gets to a first event with what its README says.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::{Profile, archive};
use crate::process;
use crate::project::Project;

/// A batch as the wire has it.
const BATCH: &str = include_str!("../../../wire/fixtures/v1/batch.json");

/// The commands of the archive's README.
const COMMANDS: [&str; 2] =
    ["./waymark-collector init --origin https://www.example.com", "./waymark-collector --config collector.toml"];

/// # Errors
/// What the README says does not lead to an event.
pub fn check(project: &Project) -> Result<()> {
    // The debug build of the tests: a release build takes minutes, and differs in speed alone.
    let archive = archive(project, Profile::Debug)?;
    let empty = std::env::temp_dir().join(format!("waymark-archive-{}", std::process::id()));
    fs::create_dir_all(&empty)?;
    process::quiet(Command::new("tar").arg("-xzf").arg(&archive).arg("-C").arg(&empty))?;
    let checked = first_event(&empty);
    fs::remove_dir_all(&empty)?;
    checked?;
    println!("{} leads to a first event", project.short(&archive));
    Ok(())
}

fn first_event(empty: &Path) -> Result<()> {
    let folder = fs::read_dir(empty)?.next().context("the archive is empty")??.path();
    let readme = fs::read_to_string(folder.join("README.md"))?;
    for command in COMMANDS {
        ensure!(readme.contains(command), "the README does not say `{command}`");
    }
    for name in readme.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()) {
        ensure!(folder.join(name).exists(), "the README names {name}, which is not there");
    }
    let example = ["check", "--config", "collector.example.toml"];
    process::output(Command::new(folder.join("waymark-collector")).args(example).current_dir(&folder))?;
    let said = process::output(&mut shell(&folder, COMMANDS[0]))?;
    let key = said.split("site: '").nth(1).and_then(|rest| rest.split('\'').next()).context("no snippet is printed")?;
    let config = fs::read_to_string(folder.join("collector.toml"))?;
    let token = config.split("admin_token = \"").nth(1).and_then(|rest| rest.split('"').next());
    let token = token.context("the configuration has no token")?;

    let mut serving = shell(&folder, &format!("exec {}", COMMANDS[1]));
    // The port of the README may be in use here.
    serving.env("WAYMARK_LISTEN", "127.0.0.1:0").stdout(Stdio::piped()).stderr(Stdio::null());
    let mut serving = Serving(serving.spawn().context("the collector does not start")?);
    let mut line = String::new();
    BufReader::new(serving.0.stdout.take().context("it has no output")?).read_line(&mut line)?;
    let address = line.trim().rsplit("http://").next().unwrap_or_default().to_owned();

    let script = ask(&address, "GET", "/waymark.js", "", "")?;
    ensure!(script.starts_with("HTTP/1.1 200"), "the recorder is not served: {}", first_line(&script));
    let mut batch: Value = serde_json::from_str(BATCH)?;
    batch["site"] = json!(key);
    let page = "Origin: https://www.example.com\r\n";
    let stored = ask(&address, "POST", "/v1/events", page, &batch.to_string())?;
    ensure!(stored.contains("\"stored\":2"), "the events are not stored: {stored}");
    let events = ask(&address, "GET", "/v1/events", &format!("Authorization: Bearer {token}\r\n"), "")?;
    ensure!(events.contains(&format!("\"site\":\"{key}\"")), "the events are not shown: {}", first_line(&events));
    Ok(())
}

/// A running collector, which ends with the check.
struct Serving(Child);

impl Drop for Serving {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn shell(folder: &Path, line: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", line]).current_dir(folder);
    command
}

fn ask(address: &str, method: &str, path: &str, headers: &str, body: &str) -> Result<String> {
    let mut stream = TcpStream::connect(address).with_context(|| format!("nothing listens on `{address}`"))?;
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn first_line(answer: &str) -> &str {
    answer.lines().next().unwrap_or_default()
}
