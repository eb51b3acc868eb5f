//! A server of ClickHouse with a user and a password, as a process: Debian's version 18, for what the engine behind the
//! door does not have. `cargo xtask test cluster` sets `CLICKHOUSE_SERVER`. The collector's own tests start it too.

use std::fs::File;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command};
use std::time::{Duration, Instant};
use tempfile::TempDir;

pub const PASSWORD: &str = "hush";

/// A running server. It ends with the test.
pub struct Server {
    child: Child,
    dir: TempDir,
    pub url: String,
}

impl Server {
    pub fn start() -> Self {
        let program = std::env::var_os("CLICKHOUSE_SERVER").expect("CLICKHOUSE_SERVER is the path of the server");
        let dir = TempDir::new().unwrap();
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let folder = dir.path().display();
        let config = format!(
            "<yandex><logger><level>warning</level><log>{folder}/log</log></logger><listen_host>127.0.0.1</listen_host>\
             <http_port>{port}</http_port><path>{folder}/data/</path><tmp_path>{folder}/tmp/</tmp_path>\
             <mark_cache_size>67108864</mark_cache_size><users_config>users.xml</users_config>\
             <default_profile>default</default_profile><default_database>default</default_database></yandex>"
        );
        let users = format!(
            "<yandex><profiles><default/></profiles><quotas><default/></quotas><users><default>\
             <password>{PASSWORD}</password><networks><ip>127.0.0.1</ip></networks><profile>default</profile>\
             <quota>default</quota></default></users></yandex>"
        );
        std::fs::write(dir.path().join("config.xml"), config).unwrap();
        std::fs::write(dir.path().join("users.xml"), users).unwrap();
        let said = File::create(dir.path().join("said")).unwrap();
        let mut command = Command::new(program);
        command.arg("--config=config.xml").current_dir(dir.path()).stdout(said.try_clone().unwrap()).stderr(said);
        let server = Server { child: command.spawn().unwrap(), dir, url: format!("http://127.0.0.1:{port}") };
        let begun = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(30), "it listens in time: {}", server.log());
            std::thread::sleep(Duration::from_millis(20));
        }
        server
    }

    /// What it wrote so far.
    pub fn log(&self) -> String {
        let read = |name| std::fs::read_to_string(self.dir.path().join(name)).unwrap_or_default();
        ["said", "log"].map(read).concat()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
