//! The binary: what it prints, what it answers to a signal, what it says of a wrong configuration.

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
