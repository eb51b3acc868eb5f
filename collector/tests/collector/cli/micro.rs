//! `waymark-collector micro`.

use crate::cli::program::program;
use crate::harness::running::*;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Command;

#[test]
fn its_first_line_ends_with_the_address_and_a_signal_ends_it() {
    let home = Home::in_memory();
    std::fs::create_dir(home.file("dist")).unwrap();
    std::fs::write(home.file("dist/waymark.js"), "recorder").unwrap();
    let mut child = program(&home).args(["micro", "--port", "0", "--assets", "dist"]).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let first = lines.next().unwrap();
    let (text, address) = first.rsplit_once("http://").unwrap();
    assert_eq!(text, "waymark-collector micro listens on ");
    let get = |path: &str| {
        let mut stream = TcpStream::connect(address).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    assert!(get("/micro/all").ends_with(r#"{"total":0,"good":0,"bad":0}"#));
    assert!(get("/waymark.js").ends_with("recorder"));

    // A second one does not take another port by itself: the tests would not find it.
    let port = address.rsplit_once(':').unwrap().1;
    let second = program(&home).args(["micro", "--port", port]).output().unwrap();
    let said = String::from_utf8(second.stderr).unwrap();
    assert!(!second.status.success() && said.contains("name another by --port"), "{said}");

    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_level_or_a_configuration_says_what_is_collected() {
    let home = Home::in_memory();
    let site = format!("[[sites]]\nkey = \"shop\"\naccount = \"{ACCOUNT}\"\n");
    std::fs::write(home.file("collector.toml"), site).unwrap();
    for (arguments, told) in [
        (["--level", "2"], "Any site key and any origin, at level 2."),
        (["--config", "collector.toml"], "The sites `shop` from any origin."),
    ] {
        let mut child = program(&home).args(["micro", "--port", "0"]).args(arguments).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
        assert!(lines.take(12).any(|line| line.contains(told)), "{told}");
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
