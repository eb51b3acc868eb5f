//! How much anyone may have: requests by site and by address, connections, nesting. What is refused is refused with a
//! reason, and others notice nothing.

use crate::harness::running::*;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use waymark_collector::Limits;

async fn start(limits: Limits) -> Running {
    let mut config = Home::in_memory().config();
    config.proxies = vec!["127.0.0.1".parse().unwrap()];
    config.limits = limits;
    Running::start(config).await
}

/// A batch of nothing but losses, for a site, from an address.
async fn send(collector: &Running, site: &str, origin: &str, address: &str) -> Answer {
    let mut batch = value(BATCH);
    batch["site"] = json!(site);
    let headers = [("origin", origin), ("x-forwarded-for", address)];
    collector.post_with(&headers, batch.to_string()).await
}

#[tokio::test]
async fn who_sends_too_fast_is_told_when_to_come_back() {
    let collector = start(Limits { address_rate: 1, address_burst: Some(3), ..Limits::default() }).await;
    for host in 1..=3 {
        let answer = send(&collector, "demo", "https://a.example", &format!("203.0.113.{host}")).await;
        assert_eq!(answer.status, 200);
    }
    let answer = send(&collector, "demo", "https://a.example", "203.0.113.4").await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (429, "1"));
    assert_eq!(answer.error(), "too many requests of this network address; come back later");
    assert!(answer.header("access-control-expose-headers").contains("Retry-After"));
    let settings = [("x-forwarded-for", "203.0.113.5")];
    assert_eq!(collector.get_with("/v1/sites/demo/settings", &settings).await.status, 429);
    assert_eq!(send(&collector, "demo", "https://a.example", "203.0.113.6:51008").await.status, 429);
    for elsewhere in ["203.0.114.1", "203.0.115.1:51008", "[2001:db8::1]:443"] {
        assert_eq!(send(&collector, "demo", "https://a.example", elsewhere).await.status, 200, "{elsewhere}");
    }
    assert_eq!(collector.get("/v1/events").await.status, 200, "what the owner asks is not counted");
    collector.stop().await;
}

#[tokio::test]
async fn a_site_that_sends_too_fast_is_held_back_and_another_is_not() {
    let collector = start(Limits { site_rate: 1, site_burst: Some(2), ..Limits::default() }).await;
    // A stranger's requests for the site are refused before they count.
    for _ in 0..5 {
        assert_eq!(send(&collector, "shop", "https://evil.example", "203.0.113.1").await.status, 403);
    }
    for status in [200, 200, 429] {
        let answer = send(&collector, "shop", "https://shop.example", "203.0.113.1").await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.text());
    }
    assert_eq!(send(&collector, "demo", "https://a.example", "203.0.113.1").await.status, 200);
    collector.stop().await;
}

#[tokio::test]
async fn one_connection_too_many_is_told_to_come_back_and_a_free_one_is_taken() {
    let collector = start(Limits { connections: 2, ..Limits::default() }).await;
    let open = async || {
        let mut stream = TcpStream::connect(collector.address).await.unwrap();
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
        let mut first = [0; 12];
        in_time(stream.read_exact(&mut first)).await.unwrap();
        (stream, String::from_utf8_lossy(&first).into_owned())
    };
    let (first, said) = open().await;
    assert_eq!(said, "HTTP/1.1 200");
    let (_second, said) = open().await;
    assert_eq!(said, "HTTP/1.1 200");
    let mut third = TcpStream::connect(collector.address).await.unwrap();
    let mut said = String::new();
    in_time(third.read_to_string(&mut said)).await.unwrap();
    assert!(said.starts_with("HTTP/1.1 503 ") && said.contains("\r\nretry-after: 2\r\n"), "{said}");
    assert!(
        said.ends_with(r#"{"error":"too many connections are open; come back later","code":"too-many-connections"}"#),
        "{said}"
    );
    drop(first);
    in_time(async {
        loop {
            let mut stream = TcpStream::connect(collector.address).await.unwrap();
            let _ = stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
            let mut said = String::new();
            let _ = stream.read_to_string(&mut said).await;
            if said.starts_with("HTTP/1.1 200") {
                break;
            }
        }
    })
    .await;
    collector.stop().await;
}

#[tokio::test]
async fn who_has_sent_a_batch_already_can_read_that_there_is_no_room() {
    let collector = start(Limits { connections: 1, ..Limits::default() }).await;
    let mut first = TcpStream::connect(collector.address).await.unwrap();
    first.write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    in_time(first.read_exact(&mut [0; 12])).await.unwrap();
    let request =
        format!("POST /v1/events HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n{}", " ".repeat(300_000));
    for _ in 0..5 {
        let mut stream = TcpStream::connect(collector.address).await.unwrap();
        let sent = in_time(stream.write_all(request.as_bytes())).await;
        let mut said = String::new();
        let read = in_time(stream.read_to_string(&mut said)).await;
        assert!(sent.is_ok() && read.is_ok(), "{sent:?} {read:?}");
        assert!(said.starts_with("HTTP/1.1 503 ") && said.ends_with("\"code\":\"too-many-connections\"}"), "{said}");
    }
    collector.stop().await;
}

#[tokio::test]
async fn what_nests_too_deeply_is_refused_wherever_it_is() {
    let collector = start(Limits::default()).await;
    let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    // In the envelope and in contexts, which are not kept, it is skipped or refused; in data it is refused.
    for levels in [200, 100_000] {
        let envelope = BATCH.replacen('{', &format!("{{\"more\":{},", deep(levels)), 1);
        assert!([200, 400].contains(&collector.post(envelope).await.status.as_u16()));
        let mut batch = value(BATCH);
        batch["contexts"][0]["env"]["more"] = json!("DEEP");
        let context = batch.to_string().replace("\"DEEP\"", &deep(levels));
        let answer = collector.post(context).await;
        assert!([200, 400].contains(&answer.status.as_u16()), "{}", answer.text());
        let mut batch = value(BATCH);
        batch["events"][0]["data"] = json!({"more": "DEEP"});
        let data = batch.to_string().replace("\"DEEP\"", &deep(levels));
        let answer = collector.post(data).await;
        assert!(answer.status == 400 || answer.json()["rejected"][0]["index"] == 0, "{}", answer.text());
    }
    assert_eq!(collector.post(views(7, 5, 1).to_string()).await.status, 200);
    collector.stop().await;
}
