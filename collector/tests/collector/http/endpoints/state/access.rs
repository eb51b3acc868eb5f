//! Who may ask, and what is refused.

use super::{ADAM, OTHER, SECRET, body, config, secret, send, start, sync, task};
use crate::harness::running::*;
use rusqlite::Connection;
use serde_json::json;
use waymark_collector::{Collector, Site};

#[tokio::test]
async fn who_is_not_signed_gets_the_same_answer_whoever_is_there() {
    let home = Home::in_memory();
    let mut config = config(&home);
    config.sites.push(Site { state_secrets: Vec::new(), ..config.sites[0].clone() });
    config.sites.push(Site { enabled: false, ..config.sites[0].clone() });
    (config.sites[2].key, config.sites[3].key) = ("none".to_owned(), "off".to_owned());
    let collector = Running::start(config).await;
    sync(&collector, ADAM, json!([task("7", 0, 5, 2)])).await;
    let sign = |site, user| secret(SECRET).sign(site, user);
    let wrong = [
        ("demo", ADAM, String::new()),
        ("demo", ADAM, "00".repeat(32)),
        ("demo", ADAM, sign("shop", ADAM)),
        ("demo", ADAM, sign("demo", "eve")),
        ("demo", ADAM, secret(OTHER).sign("demo", ADAM)),
        ("demo", "nobody", "00".repeat(32)),
        ("shop", ADAM, "00".repeat(32)),
        ("nowhere", ADAM, sign("nowhere", ADAM)),
        ("none", ADAM, sign("none", ADAM)),
        ("off", ADAM, sign("off", ADAM)),
    ];
    let mut answers = Vec::new();
    for (site, user, signature) in wrong {
        let mut answer = send(&collector, &[], body(site, user, &signature, &json!([]))).await;
        answer.headers.remove("date");
        answers.push((answer.status.as_u16(), answer.headers, answer.body));
        let path = format!("/v1/state?site={site}&user={user}");
        let got = collector.get_with(&path, &[("authorization", &format!("Waymark {signature}"))]).await;
        assert_eq!((got.status.as_u16(), got.body), (401, answers[0].2.clone()));
    }
    assert_eq!((answers[0].0, answers[0].1["www-authenticate"].to_str().unwrap()), (401, "Waymark"));
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    // As a bearer it is none either.
    let signature = format!("Bearer {}", sign("demo", ADAM));
    assert_eq!(collector.get_with("/v1/state?site=demo&user=a", &[("authorization", &signature)]).await.status, 401);
    collector.stop().await;
}

#[tokio::test]
async fn only_the_site_s_pages_and_its_server_may_ask() {
    let collector = start(&Home::in_memory()).await;
    let signed = body("shop", ADAM, &secret(SECRET).sign("shop", ADAM), &json!([]));
    for (headers, status) in [
        (&[("origin", "https://shop.example")][..], 200),
        (&[("origin", "https://evil.example")], 403),
        (&[("origin", "null")], 403),
        (&[], 200),
    ] {
        assert_eq!(send(&collector, headers, signed.clone()).await.status, status, "{headers:?}");
    }
    // A page can read the answer, the refusal too, and needs no preflight for it.
    let page = [("origin", "https://shop.example"), ("content-type", "text/plain;charset=UTF-8")];
    for (body, status) in [(signed, 200), (body("shop", ADAM, "", &json!([])), 401)] {
        let answer = send(&collector, &page, body).await;
        assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin")), (status, page[0].1));
    }
    collector.stop().await;
}

#[tokio::test]
async fn the_address_may_name_the_site_too() {
    let collector = start(&Home::in_memory()).await;
    let signed = body("demo", ADAM, &secret(SECRET).sign("demo", ADAM), &json!([]));
    for (query, status) in [("?site=demo", 200), ("?site=shop", 400), ("?site=nowhere", 400), ("?other=1", 200)] {
        let request = collector.request("POST", &format!("/v1/state{query}"), &[], signed.clone().into());
        assert_eq!(collector.ask(request).await.status, status, "{query}");
    }
    collector.stop().await;
}

#[tokio::test]
async fn a_secret_is_replaced_without_a_gap() {
    let home = Home::in_memory();
    let mut config = config(&home);
    let collector = Collector::open(config.clone()).unwrap();
    let reconfigure = collector.reloader();
    let collector = Running::serve(collector).await;
    let [old, new] = [SECRET, OTHER].map(|text| body("demo", ADAM, &secret(text).sign("demo", ADAM), &json!([])));
    for (secrets, statuses) in [(&[SECRET][..], [200, 401]), (&[OTHER, SECRET], [200, 200]), (&[OTHER], [401, 200])] {
        config.sites[0].state_secrets = secrets.iter().map(|text| secret(text)).collect();
        reconfigure.apply(&config).unwrap();
        for (body, status) in [&old, &new].into_iter().zip(statuses) {
            assert_eq!(send(&collector, &[], body.clone()).await.status, status, "{secrets:?}");
        }
    }
    collector.stop().await;
}

#[tokio::test]
async fn it_is_paced_like_every_other_request() {
    let home = Home::in_memory();
    let mut config = config(&home);
    config.limits.site_rate = 1;
    config.limits.site_burst = Some(2);
    let collector = Running::start(config).await;
    // What is not signed takes nothing of what the site's own users may send.
    for _ in 0..5 {
        assert_eq!(send(&collector, &[], body("demo", ADAM, "", &json!([]))).await.status, 401);
    }
    let signed = body("demo", ADAM, &secret(SECRET).sign("demo", ADAM), &json!([]));
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(send(&collector, &[], signed.clone()).await.status.as_u16());
    }
    assert_eq!(statuses, [200, 200, 429]);
    collector.stop().await;
}

#[tokio::test]
async fn a_body_over_256_kib_is_413_with_the_limit() {
    let collector = start(&Home::in_memory()).await;
    let signed = body("demo", ADAM, &secret(SECRET).sign("demo", ADAM), &json!([]));
    let fits = format!("{signed}{}", " ".repeat(262_144 - signed.len()));
    assert_eq!(send(&collector, &[], fits.clone()).await.status, 200);
    let answer = send(&collector, &[], format!("{fits} ")).await;
    let why = "the body is over 262144 bytes";
    assert_eq!(
        (answer.status.as_u16(), answer.json()),
        (413, json!({"error": why, "code": "body-too-large", "limit": 262_144}))
    );
    collector.stop().await;
}

#[tokio::test]
async fn a_store_that_fails_is_503() {
    let home = Home::in_sqlite();
    let collector = start(&home).await;
    Connection::open(home.store()).unwrap().execute_batch("DROP TABLE states").unwrap();
    for entries in [json!([]), json!([task("7", 0, 5, 1)])] {
        let answer = send(&collector, &[], body("demo", ADAM, &secret(SECRET).sign("demo", ADAM), &entries)).await;
        assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, "10"));
    }
    collector.stop().await;
}
