//! A real server of ClickHouse, which is too old for the schema: what it is refused for is told at the start, by name.

use super::lander;
use super::marked::cluster;
use crate::harness::clickhouse_server::{PASSWORD, Server};
use crate::harness::running::Home;
use std::path::Path;
use std::process::Command;

/// What a program says that does not start.
#[track_caller]
fn refused(arguments: &[&str], file: &Path, password: Option<&str>) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_waymark-collector"));
    command.args(arguments).arg("--config").arg(file).env("WAYMARK_LISTEN", "127.0.0.1:0");
    command.envs(password.map(|password| ("WAYMARK_CLICKHOUSE_PASSWORD", password)));
    let done = command.current_dir(file.parent().unwrap()).output().unwrap();
    let said = [done.stdout, done.stderr].map(|said| String::from_utf8(said).unwrap()).concat();
    assert!(!done.status.success(), "{said}");
    said
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "cargo xtask test cluster installs the server"]
async fn a_server_that_is_too_old_or_away_or_wants_another_password_stops_all_programs() {
    let ((_cluster, servers), server, home) = (cluster().await, Server::start(), Home::in_memory());
    let file = lander::written(&home, &format!("bootstrap_servers = \"{servers}\""), &server.url);
    let programs = [&[][..], &["land"], &["check", "--apply"]];
    for program in programs {
        let said = refused(program, &file, Some(PASSWORD));
        let old = "the server is version 18.16.1, and version 24 or newer is needed: update it, or name another one in \
                   clickhouse.url";
        assert!(said.contains(old), "{program:?}: {said}");
        // Before anything is made.
        assert!(!said.contains("the topic waymark.events is there"), "{program:?}: {said}");
        for (password, why) in [(Some("wrong"), "Code: 193, "), (None, "Code: 194, ")] {
            let said = refused(program, &file, password);
            assert!(said.contains(why), "{program:?}: {said}");
            assert!(said.contains("; see clickhouse.user and clickhouse.password_file"), "{program:?}: {said}");
        }
    }
    drop(server);
    for program in programs {
        let said = refused(program, &file, Some(PASSWORD));
        assert!(said.contains("ClickHouse: it does not answer: ") && said.contains("Connection refused"), "{said}");
    }
}
