//! ClickHouse behind a door of HTTP, as a process that can be killed and started again over the same data.

use crate::harness::process::ask;
use crate::sinks::kafka::brokers::{free_port, listens};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

pub struct Door {
    dir: TempDir,
    port: u16,
    child: Option<Child>,
}

impl Door {
    pub fn start() -> Self {
        let mut door = Door { dir: TempDir::new().unwrap(), port: free_port(), child: None };
        door.start_again();
        door
    }

    /// Starts it, for the first time or again.
    pub fn start_again(&mut self) {
        let program = std::env::var("CLICKHOUSE_DOOR").expect("`cargo xtask test cluster` names the door");
        let mut command = Command::new(program);
        command.arg(self.dir.path()).env("CLICKHOUSE_DOOR_LISTEN", self.address().to_string());
        // It ends with its standard input.
        self.child = Some(command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap());
        listens(self.port);
    }

    /// Ends it without warning.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address())
    }

    fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port))
    }

    /// The number that a query gives.
    #[track_caller]
    pub fn count(&self, query: &str) -> usize {
        self.run(query).parse().unwrap()
    }

    /// What a statement gives.
    #[track_caller]
    pub fn run(&self, statement: &str) -> String {
        let query: String = form_urlencoded::byte_serialize(statement.as_bytes()).collect();
        let said = ask(self.address(), "POST", &format!("/?database=waymark&query={query}"), "").unwrap();
        assert_eq!(said.status, 200, "{}", said.body);
        said.body.trim().to_owned()
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.kill();
    }
}
