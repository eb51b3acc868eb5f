//! `GET /v1/sites/{key}/settings`: what a recorder asks for, and what nobody else learns.

use crate::harness::running::*;
use serde_json::json;
use waymark_collector::Region;

const SHOP: &str = "/v1/sites/shop/settings";

async fn start(change: impl FnOnce(&mut waymark_collector::Config)) -> Running {
    let mut config = Home::in_memory().config();
    change(&mut config);
    Running::start(config).await
}

async fn from(collector: &Running, path: &str, origin: &str) -> Answer {
    collector.get_with(path, &[("origin", origin)]).await
}

#[tokio::test]
async fn a_page_of_the_site_is_told_its_settings_in_their_order() {
    let collector = start(|config| {
        config.region = Some(Region::Eu);
        config.public_url = Some("https://collect.example.com".to_owned());
        config.sites[1].sampling = 20;
        config.sites[1].settings = waymark_collector::read_settings(
            "user.variable = \"app.user\"\nuser.cookie = \"shop\"\nconsent = \"wait\"",
        )
        .unwrap();
    });
    let collector = collector.await;
    let answer = from(&collector, SHOP, "https://shop.example").await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.text(),
        r#"{"settings":{"level":1,"user":[{"variable":"app.user"},{"cookie":"shop"}],"consent":"wait"},"sampling":20,"region":"eu","endpoint":"https://collect.example.com"}"#
    );
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "public, max-age=60");
    assert_eq!(answer.header("access-control-allow-origin"), "https://shop.example");
    assert_eq!(answer.header("vary"), "Origin");
    collector.stop().await;
}

#[tokio::test]
async fn what_did_not_change_is_not_told_again() {
    let collector = start(|_| {}).await;
    let tag = from(&collector, SHOP, "https://shop.example").await.header("etag").to_owned();
    assert!(tag.starts_with('"') && tag.len() == 18, "{tag}");
    let asked = [("origin", "https://shop.example"), ("if-none-match", &*tag)];
    let answer = collector.get_with(SHOP, &asked).await;
    assert_eq!((answer.status.as_u16(), answer.text(), answer.header("etag")), (304, "", &*tag));
    assert_eq!(answer.header("cache-control"), "public, max-age=60");
    assert_eq!(answer.header("access-control-allow-origin"), "https://shop.example");
    let asked = [("origin", "https://shop.example"), ("if-none-match", "\"other\"")];
    assert_eq!(collector.get_with(SHOP, &asked).await.status, 200);
    collector.stop().await;
}

#[tokio::test]
async fn only_the_status_tells_a_stranger_whether_there_is_such_a_site() {
    let collector = start(|_| {}).await;
    let foreign = from(&collector, SHOP, "https://evil.example").await;
    let unknown = from(&collector, "/v1/sites/nothing/settings", "https://evil.example").await;
    assert_eq!((foreign.status.as_u16(), unknown.status.as_u16()), (403, 404));
    assert_eq!(foreign.text(), unknown.text());
    assert!(!foreign.text().contains("shop") && !foreign.text().contains("evil"), "{}", foreign.text());
    let headers = |answer: &Answer| {
        let mut headers = answer.headers.clone();
        headers.remove("date");
        headers
    };
    assert_eq!(headers(&foreign), headers(&unknown));
    assert_eq!(foreign.header("access-control-allow-origin"), "https://evil.example", "the page can read the status");
    assert_eq!(from(&collector, SHOP, "null").await.status, 403);
    collector.stop().await;
}

#[tokio::test]
async fn a_page_behind_the_site_s_own_proxy_sends_no_origin() {
    let collector = start(|_| {}).await;
    let answer = collector.get_with(SHOP, &[]).await;
    assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin")), (200, ""));
    assert_eq!(answer.header("vary"), "Origin");
    assert_eq!(collector.get_with("/v1/sites/nothing/settings", &[]).await.status, 404);
    collector.stop().await;
}

#[tokio::test]
async fn subdomains_are_asked_for_by_a_star() {
    let collector = start(|config| config.sites[1].origins = vec!["https://*.shop.example".to_owned()]).await;
    assert_eq!(from(&collector, SHOP, "https://www.eu.shop.example").await.status, 200);
    let mut batch = value(BATCH);
    batch["site"] = json!("shop");
    for (origin, status) in [("https://www.eu.shop.example", 200), ("https://shop.example", 403)] {
        assert_eq!(collector.post_to("/v1/events", origin, batch.to_string()).await.status.as_u16(), status);
    }
    collector.stop().await;
}

#[tokio::test]
async fn pages_of_apps_and_extensions_and_sandboxed_frames_are_taken_where_they_are_named() {
    let named = ["null", "file://", "capacitor://localhost", "tauri://localhost", "app://.", "moz-extension://*"];
    let collector = start(|config| config.sites[1].origins = named.map(str::to_owned).into()).await;
    let mut batch = value(BATCH);
    batch["site"] = json!("shop");
    let extension = "moz-extension://2c127fa4-62c7-4e4f-90e5-472b45eecfdc";
    for origin in ["null", "file://", "capacitor://localhost", "tauri://localhost", "app://.", extension] {
        let answer = from(&collector, SHOP, origin).await;
        assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin")), (200, origin));
        let answer = collector.post_to("/v1/events", origin, batch.to_string()).await;
        assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin")), (200, origin));
    }
    for origin in ["ionic://localhost", "http://localhost", "chrome-extension://aapbdbdomjkkjkaonfhkkikfgjllcleb"] {
        assert_eq!(from(&collector, SHOP, origin).await.status, 403, "{origin}");
        assert_eq!(collector.post_to("/v1/events", origin, batch.to_string()).await.status, 403, "{origin}");
    }
    collector.stop().await;
}

#[tokio::test]
async fn a_site_that_is_not_enabled_is_told_level_0() {
    let collector = start(|config| {
        config.sites[0].enabled = false;
        config.sites[0].settings = waymark_collector::read_settings("level = 3").unwrap();
    });
    let collector = collector.await;
    let answer = collector.get_with("/v1/sites/demo/settings", &[]).await;
    assert_eq!(answer.json(), json!({"settings": {"level": 0}, "sampling": 100}));
    collector.stop().await;
}
