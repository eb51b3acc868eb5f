//! Static pages for the demo site and for tests.

use crate::harness::running::*;
use http_body_util::{BodyExt, Empty};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use waymark_collector::cli::static_site;

fn dir(files: &[(&str, &str)]) -> TempDir {
    let dir = TempDir::new().unwrap();
    for (name, text) in files {
        let file = dir.path().join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    dir
}

async fn get(address: std::net::SocketAddr, path: &str) -> Answer {
    let client: Client<_, Empty<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let response = in_time(client.get(format!("http://{address}{path}").parse().unwrap())).await.unwrap();
    let (parts, body) = response.into_parts();
    Answer { status: parts.status, headers: parts.headers, body: body.collect().await.unwrap().to_bytes() }
}

#[tokio::test]
async fn the_first_directory_that_has_a_file_serves_it() {
    let first = dir(&[("index.html", "first"), ("a.js", "a"), ("only/x.css", "x")]);
    let second =
        dir(&[("index.html", "second"), ("b.wasm", "b"), ("only/index.html", "only"), ("demo/app/index.html", "app")]);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (end, ended) = oneshot::channel::<()>();
    let dirs = vec![first.path().to_owned(), second.path().to_owned()];
    let serving = tokio::spawn(static_site::serve(dirs, listener, async move {
        let _ = ended.await;
    }));
    for (path, status, kind, text) in [
        ("/", 200, "text/html; charset=utf-8", "first"),
        ("/?query", 200, "text/html; charset=utf-8", "first"),
        ("/a.js", 200, "text/javascript; charset=utf-8", "a"),
        ("/b.wasm", 200, "application/wasm", "b"),
        ("/only/x.css", 200, "text/css; charset=utf-8", "x"),
        ("/only/", 200, "text/html; charset=utf-8", "only"),
        ("/demo/app/", 200, "text/html; charset=utf-8", "app"),
        ("/demo/app/orders/7", 200, "text/html; charset=utf-8", "app"),
        ("/demo/app/orders/", 200, "text/html; charset=utf-8", "app"),
        (
            "/demo/app/missing.js",
            404,
            "text/plain; charset=utf-8",
            "no directory has a file for /demo/app/missing.js\n",
        ),
        ("/demo/other", 404, "text/plain; charset=utf-8", "no directory has a file for /demo/other\n"),
    ] {
        let answer = get(address, path).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("content-type"), answer.text()),
            (status, kind, text),
            "{path}"
        );
        assert_eq!(answer.header("cache-control"), "no-cache");
        assert_eq!(answer.header("cross-origin-opener-policy"), "");
    }
    assert_eq!(get(address, "/%2e%2e/%2e%2e/etc/passwd").await.status, 404);
    end.send(()).unwrap();
    in_time(serving).await.unwrap().unwrap();
}
