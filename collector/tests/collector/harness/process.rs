//! The binary as a process of its own, for what cannot be done to a part of the test: killing it, and taking its disk
//! away.

use crate::harness::running::{ACCOUNT, Home, TOKEN, value};
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// Whom the process is told that its requests come from.
pub const SENDER: &str = "203.0.113.77";

pub struct Process {
    pub child: Child,
    pub address: SocketAddr,
    log: PathBuf,
}

pub struct Said {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Process {
    /// Starts it on the store of `home`, with the sites `demo` and `shop`.
    pub fn start(home: &Home) -> Self {
        Process::start_with(home, &[])
    }

    pub fn start_with(home: &Home, variables: &[(&str, &str)]) -> Self {
        let site = |key: &str| format!("[[sites]]\nkey = \"{key}\"\naccount = \"{ACCOUNT}\"\nretention_days = 0\n");
        let sites = ["demo", "shop"].map(site).concat();
        std::fs::write(home.file("waymark.toml"), format!("proxies = [\"127.0.0.1\"]\n{sites}")).unwrap();
        // A file: a pipe that nobody reads would hold it up.
        let log = home.file("log.txt");
        // Where a limit on the size of files is reached, the write is to fail, not the process to end.
        let mut child = Command::new("sh")
            .args(["-c", "trap '' XFSZ; exec \"$0\" --config waymark.toml", env!("CARGO_BIN_EXE_waymark-collector")])
            .current_dir(home.file("."))
            .env("WAYMARK_LISTEN", "127.0.0.1:0")
            .env("WAYMARK_STORE", home.store())
            .env("WAYMARK_ADMIN_TOKEN", TOKEN)
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let Some((_, address)) = line.trim().split_once("://") else {
            panic!("it does not start: {}", std::fs::read_to_string(&log).unwrap());
        };
        Process { address: address.parse().unwrap(), child, log }
    }

    pub fn post(&self, batch: &Value) -> Said {
        post(self.address, batch).unwrap()
    }

    pub fn get(&self, path: &str) -> Said {
        ask(self.address, "GET", path, "").unwrap()
    }

    /// From now on no file of its may grow beyond this.
    pub fn limit(&self, bytes: &str) {
        let limit = format!("--fsize={bytes}:unlimited");
        let done = Command::new("prlimit").args(["--pid", &self.child.id().to_string(), &limit]).status().unwrap();
        assert!(done.success());
    }

    /// Ends it without warning.
    pub fn kill(self) {
        drop(self);
    }

    /// Ends it in order. Gives what it logged.
    pub fn stop(mut self) -> String {
        let told = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(told.success());
        assert_eq!(self.child.wait().unwrap().code(), Some(0));
        std::fs::read_to_string(&self.log).unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Nothing where the connection breaks off before all of the answer is there.
pub fn post(address: SocketAddr, batch: &Value) -> Option<Said> {
    ask(address, "POST", "/v1/events", &batch.to_string())
}

pub fn ask(address: SocketAddr, method: &str, path: &str, body: &str) -> Option<Said> {
    let mut stream = TcpStream::connect(address).ok()?;
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\nConnection: close\r\n\
         X-Forwarded-For: {SENDER}\r\nContent-Length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let head = head.to_lowercase();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
    if length.is_some_and(|length| length != body.len()) {
        return None;
    }
    let body = body.to_owned();
    Some(Said { status, head, body })
}

impl Said {
    pub fn json(&self) -> Value {
        value(&self.body)
    }
}
