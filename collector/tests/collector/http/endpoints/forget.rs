//! `POST /v1/forget`: what a browser can have erased, and what nobody can.

use crate::harness::running::*;
use serde_json::{Value, json};

over_both_stores! {
    a_browser_has_its_events_erased
    an_id_that_a_site_gave_erases_nothing
    the_events_of_other_users_and_sites_stay
    what_comes_after_is_stored
}

const USER: &str = "7302c5a9-9dbf-ef49-e898-8fce4d0add48";
const OTHER: &str = "00000000-0000-4000-8000-000000000001";

/// Three page views of a tab: this user's, on this site.
fn views_of(tab: u32, user: Value, site: &str) -> String {
    let mut batch = views(tab, 1_700_000_000_000, 3);
    batch["site"] = json!(site);
    for (key, value) in user.as_object().unwrap() {
        batch["contexts"][0]["wm"][key] = value.clone();
    }
    batch.to_string()
}

async fn a_browser_has_its_events_erased(home: Home) {
    let collector = home.start().await;
    collector.post(BATCH).await;
    let answer = collector.forget("demo", USER).await;
    assert_eq!((answer.status.as_u16(), answer.json()), (200, json!({"erased": 2})));
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(collector.events("").await.is_empty() && collector.events("?last=10").await.is_empty());
    assert_eq!(collector.forget("demo", USER).await.json(), json!({"erased": 0}));
    assert_eq!(collector.forget("demo", OTHER).await.json(), json!({"erased": 0}));
    collector.stop().await;

    if home.store().to_str() != Some(":memory:") {
        let collector = home.start().await;
        assert!(collector.events("").await.is_empty());
        collector.stop().await;
    }
}

async fn an_id_that_a_site_gave_erases_nothing(home: Home) {
    let collector = home.start().await;
    let known = json!({"euId": USER, "euIdSource": "Identifier"});
    assert_eq!(collector.post(views_of(1, known, "demo")).await.outcome(), reply(3, 0));
    assert_eq!(collector.forget("demo", USER).await.json(), json!({"erased": 0}));
    assert_eq!(collector.events("").await.len(), 3);
    collector.stop().await;
}

async fn the_events_of_other_users_and_sites_stay(home: Home) {
    let mut config = home.config();
    config.sites[1].origins.clear();
    let collector = Running::start(config).await;
    collector.post(views_of(1, json!({"euId": USER}), "demo")).await;
    collector.post(views_of(2, json!({"euId": OTHER}), "demo")).await;
    collector.post(views_of(3, json!({"euId": USER}), "shop")).await;
    assert_eq!(collector.forget("demo", USER).await.json(), json!({"erased": 3}));
    let left = collector.events("").await;
    let left: Vec<_> = left.iter().map(|event| (&event["server"]["site"], &event["wm"]["euId"])).collect();
    assert_eq!(left.iter().filter(|who| **who == (&json!("demo"), &json!(OTHER))).count(), 3);
    assert_eq!(left.iter().filter(|who| **who == (&json!("shop"), &json!(USER))).count(), 3);
    assert_eq!(left.len(), 6);
    collector.stop().await;
}

async fn what_comes_after_is_stored(home: Home) {
    let collector = home.start().await;
    collector.post(BATCH).await;
    collector.forget("demo", USER).await;
    assert_eq!(collector.post(BATCH).await.outcome(), reply(2, 0));
    assert_eq!(collector.events("").await.len(), 2);
    collector.stop().await;
}

#[tokio::test]
async fn what_does_not_say_whom_is_400_and_says_why() {
    let collector = Home::in_memory().start().await;
    let guid = "invalid forget request: euId must be a GUID, such as 7302c5a9-9dbf-ef49-e898-8fce4d0add48";
    for (body, why) in [
        ("", "invalid forget request: EOF while parsing a value"),
        (r#"{"site":"demo"}"#, "invalid forget request: missing field `euId`"),
        (r#"{"site":"demo","euId":"adam.br"}"#, guid),
        (r#"{"site":"demo","euId":"7302c5a99dbfef49e8988fce4d0add48"}"#, guid),
        (r#"{"site":"demo","euId":"{7302c5a9-9dbf-ef49-e898-8fce4d0add48}"}"#, guid),
    ] {
        let answer = collector.post_forget(&[], body).await;
        assert_eq!(answer.status, 400);
        assert!(answer.error().starts_with(why), "{}", answer.error());
    }
}

#[tokio::test]
async fn only_a_page_of_the_site_may_ask() {
    let collector = Home::in_memory().start().await;
    let answer = collector.forget("nobody", USER).await;
    assert_eq!((answer.status.as_u16(), answer.header("www-authenticate")), (401, "Waymark-Site"));
    let body = forget_body("shop", USER);
    for (origin, status) in [("https://shop.example", 200), ("https://evil.example", 403)] {
        assert_eq!(collector.post_forget(&[("origin", origin)], body.clone()).await.status, status);
    }
    assert_eq!(collector.forget("shop", USER).await.status, 403);
    assert_eq!(collector.get("/v1/forget").await.status, 405);
}

#[tokio::test]
async fn a_body_over_4_kib_is_413_with_the_limit() {
    let collector = Home::in_memory().start().await;
    let body = forget_body("demo", USER);
    let fits = format!("{body}{}", " ".repeat(4_096 - body.len()));
    assert_eq!(collector.post_forget(&[], fits.clone()).await.status, 200);
    let answer = collector.post_forget(&[], format!("{fits} ")).await;
    let why = "the body is over 4096 bytes";
    assert_eq!(
        (answer.status.as_u16(), answer.json()),
        (413, json!({"error": why, "code": "body-too-large", "limit": 4_096}))
    );
}

#[tokio::test]
async fn a_store_that_fails_is_503() {
    let home = Home::in_sqlite();
    let collector = home.start().await;
    assert_eq!(collector.forget("demo", USER).await.status, 200);
    rusqlite::Connection::open(home.store()).unwrap().execute_batch("DROP TABLE events").unwrap();
    let answer = collector.forget("demo", USER).await;
    assert_eq!((answer.status.as_u16(), answer.header("retry-after")), (503, "10"));
}
