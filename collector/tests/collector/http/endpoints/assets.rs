//! The recorder's files as host pages get them.

use crate::harness::running::*;
use tempfile::TempDir;
use waymark_collector::{Collector, Config};

/// Bytes that a wrong charset would spoil.
const SCRIPT: &str = "export const wasm = '\u{0}\u{ff}asm';";
/// The first 16 hex digits of SCRIPT's SHA-256.
const HASH: &str = "9fb88a00ff81b680";

async fn start() -> (Running, TempDir) {
    let dir = TempDir::new().unwrap();
    for (name, text) in
        [("waymark.js", SCRIPT), ("waymark.js.br", "as brotli"), ("waymark.js.gz", "as gzip"), ("snippet.js", "x")]
    {
        std::fs::write(dir.path().join(name), text).unwrap();
    }
    let config = Config { assets: Some(dir.path().to_owned()), ..Home::in_memory().config() };
    (Running::start(config).await, dir)
}

#[tokio::test]
async fn a_file_is_served_to_any_page_and_asked_about_again() {
    let (collector, _dir) = start().await;
    let answer = collector.get_with("/waymark.js", &[]).await;
    assert_eq!((answer.status.as_u16(), answer.text()), (200, SCRIPT));
    for (name, value) in [
        ("content-type", "text/javascript; charset=utf-8"),
        ("cache-control", "public, max-age=300, stale-while-revalidate=86400"),
        ("etag", &format!("\"{HASH}\"")),
        ("vary", "Accept-Encoding"),
        ("access-control-allow-origin", "*"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("x-content-type-options", "nosniff"),
        ("content-encoding", ""),
    ] {
        assert_eq!(answer.header(name), value);
    }
}

#[tokio::test]
async fn the_smallest_encoding_that_the_browser_reads_is_sent() {
    let (collector, _dir) = start().await;
    for (accept, encoding, text) in [
        ("gzip, deflate, br, zstd", "br", "as brotli"),
        ("gzip, br;q=0", "gzip", "as gzip"),
        ("GZIP;q=0.5", "gzip", "as gzip"),
        ("identity", "", SCRIPT),
    ] {
        let answer = collector.get_with("/waymark.js", &[("accept-encoding", accept)]).await;
        assert_eq!((answer.header("content-encoding"), answer.text()), (encoding, text), "{accept}");
        assert_eq!(answer.header("vary"), "Accept-Encoding");
    }
    let plain = collector.get_with("/snippet.js", &[("accept-encoding", "br, gzip")]).await;
    assert_eq!((plain.header("content-encoding"), plain.text()), ("", "x"));
}

#[tokio::test]
async fn what_the_browser_has_is_not_sent_again() {
    let (collector, _dir) = start().await;
    for encoding in ["br", "gzip", "identity"] {
        let first = collector.get_with("/waymark.js", &[("accept-encoding", encoding)]).await;
        let tag = first.header("etag").to_owned();
        let list = format!("\"other\", W/{tag}");
        for known in [tag.as_str(), list.as_str(), "*"] {
            let headers = [("accept-encoding", encoding), ("if-none-match", known)];
            let again = collector.get_with("/waymark.js", &headers).await;
            assert_eq!((again.status.as_u16(), again.text(), again.header("etag")), (304, "", tag.as_str()));
        }
        let stale = collector.get_with("/waymark.js", &[("if-none-match", "\"other\"")]).await;
        assert_eq!(stale.status, 200);
    }
}

#[tokio::test]
async fn a_pinned_address_never_changes() {
    let (collector, _dir) = start().await;
    let answer = collector.get_with(&format!("/v/{HASH}/waymark.js"), &[]).await;
    assert_eq!((answer.status.as_u16(), answer.text()), (200, SCRIPT));
    assert_eq!(answer.header("cache-control"), "public, max-age=31536000, immutable");
    for path in ["/v/0000000000000000/waymark.js", "/v//waymark.js", "/v/waymark.js", &format!("/v/{HASH}/other.js")] {
        assert_eq!(collector.get_with(path, &[]).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn nothing_beside_the_files_is_reachable() {
    let (collector, dir) = start().await;
    std::fs::write(dir.path().parent().unwrap().join("outside-of-assets"), "secret").unwrap();
    for path in [
        "/..%2foutside-of-assets",
        "/%2e%2e%2foutside-of-assets",
        "/../outside-of-assets",
        "/v/x/..%2foutside-of-assets",
        "/waymark.js.br",
        "/waymark.js%00",
        "/.",
    ] {
        assert_eq!(collector.get_with(path, &[]).await.status, 404, "{path}");
    }
    std::fs::remove_file(dir.path().parent().unwrap().join("outside-of-assets")).unwrap();
    assert_eq!(
        collector.get_with("/other.js", &[]).await.error(),
        "nothing is at /other.js; the assets are snippet.js, waymark.js"
    );
}

#[tokio::test]
async fn without_assets_their_addresses_say_how_to_get_them() {
    let collector = Home::in_memory().start().await;
    let answer = collector.get_with("/waymark.js", &[]).await;
    let why = "nothing is at /waymark.js; no assets are served: build them with `cargo xtask build` and set `assets`";
    assert_eq!((answer.status.as_u16(), answer.error().as_str()), (404, why));
}

#[test]
fn a_missing_directory_stops_the_start_and_says_how_to_build_it() {
    let config = Config { assets: Some("/nonexistent/dist".into()), ..Home::in_memory().config() };
    let error = Collector::open(config).err().unwrap().to_string();
    assert_eq!(
        error,
        "cannot read the assets in /nonexistent/dist: No such file or directory (os error 2)\n\
         Build them with `cargo xtask build`, which writes target/dist, or leave `assets` out to take events only."
    );
}
