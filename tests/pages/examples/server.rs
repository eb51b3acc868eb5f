//! A web server of another maker, on a free port. It ends with the value.

use std::fs;
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use support::{http, scratch, until};

const PATIENCE: Duration = Duration::from_secs(30);

pub struct Server {
    child: Child,
    port: u16,
}

impl Server {
    /// Starts what is made for a port.
    pub async fn start(make: impl FnOnce(u16) -> Command) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let log = scratch().join(format!("server-{}-{port}.log", std::process::id()));
        let file = fs::File::create(&log).unwrap();
        let mut command = make(port);
        command.stdin(Stdio::null()).stdout(file.try_clone().unwrap()).stderr(file).process_group(0);
        let mut server = Self { child: command.spawn().unwrap(), port };
        let answers = until(PATIENCE, || {
            let has_ended = server.child.try_wait().unwrap().is_some();
            let url = server.page("");
            async move { if has_ended { Some(false) } else { http::get(&url).await.ok().map(|_| true) } }
        });
        let is_up = answers.await == Some(true);
        assert!(is_up, "{:?}: {}", command.get_program(), fs::read_to_string(&log).unwrap());
        fs::remove_file(log).unwrap();
        server
    }

    pub fn page(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{path}", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // With what it started.
        let _ = Command::new("kill").args(["-KILL", "--", &format!("-{}", self.child.id())]).status();
        let _ = self.child.wait();
    }
}
