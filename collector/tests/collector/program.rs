//! The binary: what it prints, what it answers to a signal, what it says of a wrong configuration.

use crate::process::{Process, SENDER};
use crate::running::*;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};

fn program(home: &Home) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_waymark-collector"));
    program.env_clear().current_dir(home.file(".")).stdout(Stdio::piped()).stderr(Stdio::piped());
    program
}

/// Its standard output's first line.
fn says(child: &mut Child) -> String {
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    line
}

#[test]
fn a_signal_ends_it_in_order() {
    for signal in ["-TERM", "-INT"] {
        let home = Home::in_sqlite();
        let mut child = program(&home).env("WAYMARK_LISTEN", "127.0.0.1:0").spawn().unwrap();
        let line = says(&mut child);
        assert!(line.starts_with("waymark-collector listens on http://127.0.0.1:"), "{line}");
        let killed = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        assert!(killed.success());
        assert_eq!(child.wait().unwrap().code(), Some(0));
        assert!(home.file("waymark.db").exists());
    }
}

#[test]
fn a_wrong_configuration_is_told_with_file_line_and_what_is_allowed() {
    let home = Home::in_sqlite();
    std::fs::write(home.file("waymark.toml"), "listen = \"127.0.0.1:0\"\nlissten = 1\n").unwrap();
    for by in ["argument", "variable"] {
        let mut program = program(&home);
        match by {
            "argument" => program.args(["--config", "waymark.toml"]),
            _ => program.env("WAYMARK_CONFIG", "waymark.toml"),
        };
        let Output { status, stderr, .. } = program.output().unwrap();
        assert_eq!(status.code(), Some(1));
        assert_eq!(
            String::from_utf8(stderr).unwrap(),
            "waymark-collector: waymark.toml: TOML parse error at line 2, column 1\n  |\n2 | lissten = 1\n  | ^^^^^^^\n\
             unknown field `lissten`, expected one of `listen`, `tls`, `store`, `assets`, `admin_token`, `proxies`, \
             `proxy_header`, `geoip`, `security_log`, `limits`, `sites`\n\n"
        );
    }
}

#[test]
fn what_is_logged_can_be_json_and_never_has_an_address() {
    let home = Home::in_sqlite();
    let process = Process::start_with(&home, &[("WAYMARK_LOG", "trace"), ("WAYMARK_LOG_FORMAT", "json")]);
    assert_eq!(process.post(&value(BATCH)).status, 200);
    assert_eq!(process.get("/nothing").status, 404);
    let lines = process.stop();
    let lines: Vec<_> = lines.lines().map(value).collect();
    let batch = lines.iter().find(|line| line["message"] == "a batch").unwrap();
    assert_eq!((&batch["level"], &batch["site"], &batch["stored"]), (&"DEBUG".into(), &"demo".into(), &2.into()));
    for line in &lines {
        assert!(!line.to_string().contains(SENDER), "{line}");
    }
}

#[test]
fn a_level_that_is_none_is_told() {
    let home = Home::in_sqlite();
    for (name, wrong, why) in [
        (
            "WAYMARK_LOG",
            "loud",
            "WAYMARK_LOG: `loud` is no level (error, warn, info, debug, trace) or list such as info,hyper=debug",
        ),
        ("WAYMARK_LOG_FORMAT", "xml", "WAYMARK_LOG_FORMAT: `xml` is neither text nor json"),
    ] {
        let mut program = program(&home);
        let Output { status, stderr, .. } =
            program.env("WAYMARK_LISTEN", "no address").env(name, wrong).output().unwrap();
        assert_eq!(status.code(), Some(1));
        assert_eq!(String::from_utf8(stderr).unwrap(), format!("waymark-collector: {why}\n"));
    }
}
