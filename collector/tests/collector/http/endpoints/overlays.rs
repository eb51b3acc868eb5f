//! `POST /v1/overlays` makes a token, `POST /v1/sites/KEY/overlay` says to a page whether it is valid.

use crate::harness::running::*;
use serde_json::{Value, json};
use waymark_collector::Config;

const SHOP: &str = "https://shop.example";

async fn make(collector: &Running, overlay: Value) -> Answer {
    let bearer = format!("Bearer {TOKEN}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    collector.ask(collector.request("POST", "/v1/overlays", &headers, overlay.to_string().into())).await
}

/// The answer to a page of this origin, or to what sends none.
async fn open(collector: &Running, site: &str, origin: Option<&str>, token: &str) -> (u16, String) {
    let headers: Vec<_> = origin.map(|origin| ("origin", origin)).into_iter().collect();
    let path = format!("/v1/sites/{site}/overlay");
    let answer = collector.ask(collector.request("POST", &path, &headers, token.to_owned().into())).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let said = answer.json();
    let members: Vec<_> = said.as_object().unwrap().keys().collect();
    if answer.status == 200 {
        assert_eq!(members, ["expires"]);
        return (200, String::new());
    }
    assert!(members.starts_with(&[&"code".to_owned(), &"error".to_owned()]), "{said}");
    (answer.status.as_u16(), said["code"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_token_opens_the_overlay_of_its_site_on_its_origin_and_no_other() {
    let collector = Home::in_memory().start().await;
    let made = make(&collector, json!({ "site": "shop", "origin": SHOP })).await;
    assert_eq!((made.status.as_u16(), made.header("cache-control")), (201, "no-store"));
    let token = made.json()["token"].as_str().unwrap().to_owned();
    let left = made.json()["expires"].as_i64().unwrap() - now();
    assert!((290_000..=300_000).contains(&left), "{left}");
    let refused = |status, code: &str| (status, code.to_owned());
    for _ in 0..2 {
        assert_eq!(open(&collector, "shop", Some(SHOP), &token).await, (200, String::new()));
    }
    let invalid = refused(403, "invalid-overlay");
    assert_eq!(open(&collector, "shop", Some(SHOP), &token[1..]).await, invalid);
    assert_eq!(open(&collector, "shop", Some(SHOP), "").await, invalid);
    assert_eq!(open(&collector, "demo", Some(SHOP), &token).await, invalid);
    assert_eq!(open(&collector, "demo", None, &token).await, invalid);
    assert_eq!(
        open(&collector, "shop", Some("https://evil.example"), &token).await,
        refused(403, "origin-not-allowed")
    );
    assert_eq!(open(&collector, "nobody", Some(SHOP), &token).await, refused(401, "unknown-site"));
    assert_eq!(open(&collector, "shop", Some(SHOP), &"x".repeat(5_000)).await, refused(413, "body-too-large"));
    collector.stop().await;
    // Nothing of it is stored.
    let collector = Home::in_memory().start().await;
    assert_eq!(open(&collector, "shop", Some(SHOP), &token).await, invalid);
    collector.stop().await;
}

#[tokio::test]
async fn only_the_admin_token_makes_one() {
    let collector = Home::in_memory().start().await;
    let overlay = json!({ "site": "shop", "origin": SHOP });
    for headers in [vec![("content-type", "application/json")], vec![("authorization", "Bearer another")]] {
        let request = collector.request("POST", "/v1/overlays", &headers, overlay.to_string().into());
        assert_eq!(collector.ask(request).await.status, 401);
    }
    for (overlay, status, code) in [
        (json!({ "site": "shop", "origin": "https://evil.example" }), 403, "origin-not-allowed"),
        (json!({ "site": "nobody", "origin": SHOP }), 401, "unknown-site"),
        (json!({ "site": "shop" }), 400, "invalid-overlay-request"),
        (json!({ "site": "shop", "origin": SHOP, "days": 1 }), 400, "invalid-overlay-request"),
    ] {
        let answer = make(&collector, overlay).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (status, &json!(code)), "{}", answer.text());
    }
    collector.stop().await;
}

/// The demo needs no token: pages of other origins must not get one there.
#[tokio::test]
async fn a_page_elsewhere_makes_none_in_the_demo() {
    let collector = Running::start(Config::demo()).await;
    let overlay = json!({ "site": "demo", "origin": "http://localhost:1" }).to_string();
    let plain = [("origin", "http://localhost:1"), ("content-type", "text/plain")];
    let answer = collector.ask(collector.request("POST", "/v1/overlays", &plain, overlay.into())).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (400, &json!("invalid-overlay-request")));
    let preflight = [("origin", "http://localhost:1"), ("access-control-request-headers", "content-type")];
    let answer = collector.ask(collector.request("OPTIONS", "/v1/overlays", &preflight, Bytes::new())).await;
    assert_eq!(answer.status, 405);
    collector.stop().await;
}

fn now() -> i64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as i64
}
