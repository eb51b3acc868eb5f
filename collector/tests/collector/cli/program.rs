//! The binary: what it prints, what it answers to a signal, what it says of a wrong configuration.

use crate::harness::process::{Process, SENDER};
use crate::harness::running::*;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// Longest wait for a line of the log.
const PATIENCE: Duration = Duration::from_secs(20);

pub fn program(home: &Home) -> Command {
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

/// Seven mistakes: an unknown key, no TOML, a value of the wrong kind, one out of range, a contradiction, a key that is
/// missing, and one that is there twice.
const WRONG: &str = r#"lissten = "127.0.0.1:0"
admin_token = hush
assets = 5

[limits]
connections = 0
queue_bytes = 1

[[sites]]
key = "shop"

[[sites]]
key = "shop"
account = "3210be7ad82f403298f7c4da065ec657"
"#;

const TOLD: &str = "waymark.toml has 7 mistakes:
  line 1   lissten: unknown key; the keys here are listen, tls, store, kafka, clickhouse, assets, admin_token, \
proxies, proxy_header, geoip, security_log, admin_listen, public_url, region, endpoints, limits, accounts, sites
  line 2   is not TOML: string values must be quoted, expected literal string
  line 3   assets: must be a path in quotes
  line 6   limits.connections: must be a whole number from 1 to 1000000
  line 7   limits.queue_bytes: must be at least limits.batch_bytes, or no batch could wait
  line 9   sites[0].account: is missing; it must be 32 hex digits
  line 13  sites[1].key: `shop` is also that of sites[0]; every site needs its own
";

#[test]
fn a_wrong_configuration_is_told_whole_with_lines_and_what_is_allowed() {
    let home = Home::in_sqlite();
    std::fs::write(home.file("waymark.toml"), WRONG).unwrap();
    for arguments in [
        &["--config", "waymark.toml"][..],
        &["check", "--config", "waymark.toml"],
        &["site", "add", "--origin", "https://shop.example", "--config", "waymark.toml"],
        &["export", "--user", "adam", "--config", "waymark.toml"],
        &[],
    ] {
        let mut program = program(&home);
        program.args(arguments);
        if arguments.is_empty() {
            program.env("WAYMARK_CONFIG", "waymark.toml");
        }
        let Output { status, stdout, stderr } = program.output().unwrap();
        assert_eq!((status.code(), stdout.as_slice()), (Some(1), &b""[..]));
        assert_eq!(String::from_utf8(stderr).unwrap(), format!("waymark-collector: {TOLD}"), "{arguments:?}");
    }
    assert_eq!(std::fs::read_to_string(home.file("waymark.toml")).unwrap(), WRONG);
}

#[test]
fn a_hangup_has_the_configuration_read_again() {
    let home = Home::in_sqlite();
    let file = home.file("waymark.toml");
    let listen = "listen = \"127.0.0.1:0\"\n";
    std::fs::write(&file, listen).unwrap();
    let mut child = program(&home).args(["--config", "waymark.toml"]).spawn().unwrap();
    says(&mut child);
    let hang_up = |id: u32| assert!(Command::new("kill").args(["-HUP", &id.to_string()]).status().unwrap().success());
    let (sender, log) = mpsc::channel();
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    std::thread::spawn(move || lines.map_while(Result::ok).all(|line| sender.send(line).is_ok()));
    let mut logged = |text: &str| {
        let end = Instant::now() + PATIENCE;
        while let Ok(line) = log.recv_timeout(end.saturating_duration_since(Instant::now())) {
            if line.contains(text) {
                return;
            }
        }
        panic!("not logged within {PATIENCE:?}: {text}");
    };
    logged("no [[sites]] are configured");
    std::fs::write(&file, format!("{listen}store = \"other.db\"\n[[sites]]\nkey = \"a\"\naccount = \"{ACCOUNT}\"\n"))
        .unwrap();
    hang_up(child.id());
    logged("the configuration was read again and is in force: 1 sites");
    logged("what changed of store holds once the collector is started again");
    std::fs::write(&file, WRONG).unwrap();
    hang_up(child.id());
    logged("the configuration is wrong; the last good one stays in force: waymark.toml has 7 mistakes:");
    TOLD.lines().skip(1).for_each(&mut logged);
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
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

/// What a start without sites logs to `stderr`, which `read` reads once it has ended.
fn logged(home: &Home, variables: &[(&str, &str)], stderr: Stdio, read: impl FnOnce() -> Vec<u8>) -> String {
    let mut program = program(home);
    program.env("WAYMARK_LISTEN", "127.0.0.1:0").envs(variables.iter().copied());
    let mut child = program.stderr(stderr).spawn().unwrap();
    // The command has an end of the terminal too, which would keep it open.
    drop(program);
    says(&mut child);
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let text = String::from_utf8(read()).unwrap();
    assert!(text.contains("no [[sites]] are configured"), "{text}");
    text
}

fn logged_to_a_file(variables: &[(&str, &str)]) -> String {
    let home = Home::in_sqlite();
    let log = home.file("log.txt");
    logged(&home, variables, File::create(&log).unwrap().into(), || std::fs::read(&log).unwrap())
}

fn logged_to_a_terminal(variables: &[(&str, &str)]) -> String {
    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&terminal).unwrap();
    unlockpt(&terminal).unwrap();
    let name = ptsname(&terminal, Vec::new()).unwrap().into_string().unwrap();
    let other_end = OpenOptions::new().read(true).write(true).open(name).unwrap();
    logged(&Home::in_sqlite(), variables, other_end.into(), || {
        let mut text = Vec::new();
        // Once nobody has the other end any more, the rest was read, and reading on is an error.
        let _ = File::from(terminal).read_to_end(&mut text);
        text
    })
}

#[test]
fn only_a_terminal_is_given_colours() {
    const ESCAPE: char = '\u{1b}';
    assert!(!logged_to_a_file(&[]).contains(ESCAPE));
    assert!(!logged_to_a_file(&[("NO_COLOR", "")]).contains(ESCAPE));
    assert!(!logged_to_a_file(&[("WAYMARK_LOG_FORMAT", "json")]).contains(ESCAPE));
    assert!(logged_to_a_terminal(&[]).contains(ESCAPE));
    assert!(logged_to_a_terminal(&[("NO_COLOR", "")]).contains(ESCAPE), "an empty one says nothing");
    for (name, value) in [("NO_COLOR", "1"), ("TERM", "dumb"), ("WAYMARK_LOG_FORMAT", "json")] {
        assert!(!logged_to_a_terminal(&[(name, value)]).contains(ESCAPE), "{name}");
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

#[test]
fn the_help_of_every_command_fits_into_120_columns() {
    let home = Home::in_memory();
    for command in [
        &[][..],
        &["init"],
        &["export"],
        &["erase"],
        &["verify"],
        &["backup"],
        &["demo"],
        &["micro"],
        &["check"],
        &["site", "add"],
    ] {
        let Output { status, stdout, .. } = program(&home).args(command).arg("--help").output().unwrap();
        let help = String::from_utf8(stdout).unwrap();
        assert!(status.success() && help.lines().all(|line| line.chars().count() <= 120), "{help}");
    }
}
