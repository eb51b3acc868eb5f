//! The program's commands about shared links, beside a running collector.

use crate::harness::running::*;
use std::process::{Command, Output};

/// Runs it: whether it went well, and what it wrote.
fn run(home: &Home, arguments: &[&str]) -> (bool, String, String) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_waymark-collector"));
    program.env_clear().env("WAYMARK_STORE", home.store()).current_dir(home.file("."));
    let Output { status, stdout, stderr } = program.arg("share").args(arguments).output().unwrap();
    (status.success(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

#[tokio::test]
async fn a_link_is_made_listed_and_revoked_beside_a_running_collector() {
    let home = Home::in_sqlite();
    let collector = home.start().await;
    assert_eq!(collector.post(BATCH).await.status, 200);
    let (good, out, error) = run(&home, &["add", "--site", "demo", "--view", "pages", "--name", "Board\u{e9}"]);
    assert!(good, "{error}");
    let [said, token] = out.lines().collect::<Vec<_>>().try_into().unwrap();
    let id = said.split(' ').nth(1).unwrap();
    let bearer = format!("Bearer {token}");
    let open = async || collector.get_with("/v1/shared", &[("authorization", &bearer)]).await.status.as_u16();
    assert_eq!(open().await, 200);
    let (_, list, _) = run(&home, &["list"]);
    assert!(list.starts_with(&format!("{id} demo pages until ")) && list.ends_with("Board\u{e9}\n"), "{list}");
    assert!(!list.contains(token));
    assert_eq!(run(&home, &["revoke", "--id", id]).1, format!("link {id} is revoked\n"));
    assert_eq!(open().await, 401);
    for (arguments, why) in [
        (&["revoke", "--id", id][..], format!("no link has the ID `{id}`")),
        (&["add", "--site", "demo", "--view", "users"], "`view` must be overview, contents, ".to_owned()),
        (&["add", "--site", "shpo", "--view", "pages"], "no site has the key `shpo`; there is demo".to_owned()),
    ] {
        let (good, _, error) = run(&home, arguments);
        assert!(!good && error.contains(&why), "{error}");
    }
    collector.stop().await;
}
