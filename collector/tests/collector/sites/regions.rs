//! Two data centres: what is pinned to one is taken there, and refused elsewhere before anything of it is read.

use crate::harness::running::*;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use waymark_collector::{Account, Region};

over_both_stores! {
    a_pinned_account_is_stored_in_its_region_and_nowhere_else
    a_pinned_account_is_turned_away_before_its_body_is_read
}

/// A collector of this region; the account of all sites is pinned to the European Union.
async fn start(home: &Home, region: Region) -> Running {
    let mut config = home.config();
    config.region = Some(region);
    config.accounts = vec![Account { id: ACCOUNT.to_owned(), region: Region::Eu, name: String::new() }];
    config.endpoints.eu = Some("https://eu.example.com".to_owned());
    Running::start(config).await
}

const USER: &str = "7302c5a9-9dbf-ef49-e898-8fce4d0add48";

async fn a_pinned_account_is_stored_in_its_region_and_nowhere_else(home: Home) {
    let other = Home::in_sqlite();
    let (eu, us) = (start(&home, Region::Eu).await, start(&other, Region::Us).await);
    let refused = json!({
        "error": "the data of this site stays in the data centre `eu`: send it to https://eu.example.com",
        "code": "wrong-region",
        "endpoint": "https://eu.example.com",
    });
    for path in ["/v1/events", "/v1/events?site=demo"] {
        let answer = us.post_to(path, "https://a.example", BATCH).await;
        assert_eq!((answer.status.as_u16(), answer.json()), (421, refused.clone()), "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), "https://a.example");
    }
    let answer = us.forget("demo", USER).await;
    assert_eq!((answer.status.as_u16(), answer.json()), (421, refused.clone()));
    let answer = us.get_with("/v1/sites/demo/settings", &[]).await;
    assert_eq!((answer.status.as_u16(), answer.json()), (421, refused));
    assert_eq!(eu.post_to("/v1/events?site=demo", "https://a.example", BATCH).await.outcome(), reply(2, 0));
    let settings = eu.get_with("/v1/sites/demo/settings", &[]).await.json();
    assert_eq!((&settings["region"], &settings["endpoint"]), (&json!("eu"), &json!("https://eu.example.com")));

    assert_eq!((eu.events("").await.len(), us.events("").await.len()), (2, 0));
    assert_eq!(us.get("/v1/audit").await.json(), json!([]), "nor is it known that there was a tab");
    eu.stop().await;
    us.stop().await;
    let found = |home: &Home, text: &str| {
        let files = [home.store().clone(), home.store().with_extension("db-wal")];
        let bytes = files.iter().filter_map(|file| std::fs::read(file).ok()).collect::<Vec<_>>().concat();
        bytes.windows(text.len()).any(|part| part == text.as_bytes())
    };
    assert!(!found(&other, "demo") && !found(&other, ACCOUNT));
}

async fn a_pinned_account_is_turned_away_before_its_body_is_read(home: Home) {
    let us = start(&home, Region::Us).await;
    for (path, status) in [
        ("/v1/events?site=demo", "421 Misdirected Request"),
        ("/v1/forget?site=demo", "421 Misdirected Request"),
        ("/v1/state?site=demo", "421 Misdirected Request"),
        ("/v1/events?site=nothing", "401 Unauthorized"),
        ("/v1/events?site=shop", "403 Forbidden"),
    ] {
        let mut sender = TcpStream::connect(us.address).await.unwrap();
        let head = format!("POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n");
        sender.write_all(head.as_bytes()).await.unwrap();
        let mut answer = vec![0; 1_000];
        let length = in_time(sender.read(&mut answer)).await.unwrap();
        let answer = String::from_utf8_lossy(&answer[..length]);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}\r\n")), "{path}: {answer}");
        // And what comes all the same is thrown away, so that the answer is not lost in a reset.
        sender.write_all(&[b' '; 1_000]).await.unwrap();
        sender.write_all(b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await.unwrap();
        let mut rest = String::new();
        in_time(sender.read_to_string(&mut rest)).await.unwrap();
        assert!(rest.contains("alive"), "{rest}");
    }
    us.stop().await;
}

#[tokio::test]
async fn address_and_body_name_the_same_site() {
    let collector = Home::in_memory().start().await;
    let answer = collector.post_to("/v1/events?site=shop", "https://shop.example", BATCH).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.error(), "the address and the body name different sites");
    let body = forget_body("demo", USER);
    let forget = collector.request("POST", "/v1/forget?site=shop", &[("origin", "https://shop.example")], body.into());
    assert_eq!(collector.ask(forget).await.status, 400);
    assert_eq!(collector.post_to("/v1/events?site=demo&site=demo", "https://a.example", BATCH).await.status, 400);
    assert_eq!(collector.post_to("/v1/events?other=1", "https://a.example", BATCH).await.status, 200);
    collector.stop().await;
}

#[tokio::test]
async fn without_an_endpoint_the_refusal_names_the_region_only() {
    let mut config = Home::in_memory().config();
    config.region = Some(Region::Eu);
    config.accounts = vec![Account { id: ACCOUNT.to_owned(), region: Region::Us, name: String::new() }];
    let collector = Running::start(config).await;
    let refused = json!({"error": "the data of this site stays in the data centre `us`", "code": "wrong-region"});
    assert_eq!(collector.post(BATCH).await.json(), refused);
    collector.stop().await;
}
