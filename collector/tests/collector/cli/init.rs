//! `waymark-collector init`.

use crate::cli::program::program;
use crate::cli::sites::run;
use crate::harness::running::*;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::process::Child;
use waymark_collector::Config;

struct Started(Child);

impl Drop for Started {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Sends the batch for this site from a page of `origin`. Returns the whole answer.
fn send(address: &str, site: &str, origin: &str) -> String {
    let mut batch = value(BATCH);
    batch["site"] = site.into();
    let body = batch.to_string();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    let length = body.len();
    write!(
        stream,
        "POST /v1/events HTTP/1.1\r\nHost: {address}\r\nOrigin: {origin}\r\nConnection: close\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_written_file_is_checked_started_with_and_takes_a_batch() {
    let home = Home::in_memory();
    std::fs::create_dir(home.file("dist")).unwrap();
    std::fs::write(home.file("dist/waymark.js"), "the recorder").unwrap();
    let (code, out, error) =
        run(&home, &["init", "new/shop", "--origin", "https://shop.example", "--name", "The shop", "--assets", "dist"]);
    assert_eq!((code, error.as_str()), (0, ""));
    let file = home.file("new/shop/collector.toml");
    let site = Config::load(Some(&file), |_| None).unwrap().sites.remove(0);
    let call = format!("waymark('init', {{ site: '{}', collector: 'http://127.0.0.1:8787' }});", site.key);
    assert!(out.contains(&call) && !out.contains("Warning"), "{out}");
    assert!(out.contains("\ncd new/shop && waymark-collector --config collector.toml\n"), "{out}");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600, "it has the admin token");

    let (code, out, error) = run(&home, &["check", "new/shop/collector.toml"]);
    assert!(code == 0 && out.contains("The shop") && !out.contains("Warning"), "{out}{error}");

    let mut program = program(&home);
    program.current_dir(home.file("new/shop")).args(["--config", "collector.toml"]);
    let mut child = Started(program.env("WAYMARK_LISTEN", "127.0.0.1:0").spawn().unwrap());
    let mut line = String::new();
    BufReader::new(child.0.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let (_, address) = line.trim().split_once("://").unwrap();
    let answer = send(address, &site.key, "https://shop.example");
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("\"stored\":2"), "{answer}");
    let refused = send(address, &site.key, "https://other.example");
    assert!(refused.starts_with("HTTP/1.1 403 "), "{refused}");
}

#[test]
fn a_file_that_exists_is_not_overwritten() {
    let home = Home::in_memory();
    std::fs::write(home.file("collector.toml"), "# mine\n").unwrap();
    let (code, out, error) = run(&home, &["init"]);
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(error.contains("./collector.toml exists already and was not changed"), "{error}");
    assert_eq!(std::fs::read_to_string(home.file("collector.toml")).unwrap(), "# mine\n");
}

#[test]
fn wrong_origins_are_all_told_and_leave_no_file() {
    let home = Home::in_memory();
    let (code, _, error) = run(&home, &["init", "shop", "--origin", "shop.example", "--origin", "blog.example"]);
    let told = "waymark-collector: shop/collector.toml with the new site has 2 mistakes:\n";
    assert!(code == 1 && error.starts_with(told), "{error}");
    assert!(
        error.contains("write `https://shop.example`") && error.contains("write `https://blog.example`"),
        "{error}"
    );
    assert!(!home.file("shop").exists());
}
