//! `/micro`: what a collector for tests stored and rejected.

use crate::harness::running::*;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};
use std::io::Write;
use waymark_collector::{Collector, Config, Settings, Site};
use waymark_wire::Level;

async fn micro(config: Config) -> Running {
    Running::serve(Collector::micro(config).unwrap()).await
}

async fn get(collector: &Running, path: &str) -> Value {
    let answer = collector.get_with(path, &[]).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/json"), "{}", answer.text());
    answer.json()
}

async fn reset(collector: &Running, headers: &[(&str, &str)]) -> Answer {
    collector.ask(collector.request("POST", "/micro/reset", headers, Bytes::new())).await
}

/// The reasons of the rejected events.
async fn reasons(collector: &Running) -> Vec<String> {
    let bad = get(collector, "/micro/bad").await;
    let reason = |bad: &Value| bad["reason"].as_str().unwrap().to_owned();
    bad.as_array().unwrap().iter().map(reason).collect()
}

fn counts(good: usize, bad: usize) -> Value {
    json!({"total": good + bad, "good": good, "bad": bad})
}

#[tokio::test]
async fn any_site_and_origin_may_send_and_both_kinds_are_listed() {
    let collector = micro(Config::micro(Level::Engagement)).await;
    assert_eq!(get(&collector, "/micro/all").await, counts(0, 0));
    let mut batch = views(1, 1_795_600_000_000, 2);
    batch["site"] = json!("my-shop");
    batch["events"][1]["type"] = json!("");
    let answer = collector.post_to("/v1/events", "https://shop.example", batch.to_string()).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["stored"]), (200, &json!(1)), "{}", answer.text());

    assert_eq!(get(&collector, "/micro/all").await, counts(1, 1));
    let good = get(&collector, "/micro/good").await;
    assert_eq!((good.as_array().unwrap().len(), &good[0]["server"]["site"]), (1, &json!("my-shop")));
    let exported = collector.get_with("/v1/events?site=my-shop", &[]).await;
    assert_eq!(good[0], value(exported.text()), "as in the export");
    let bad = get(&collector, "/micro/bad").await;
    assert_eq!((&bad[0]["event"], &bad[0]["reason"]), (&batch["events"][1], &json!("invalid-type")));
    assert!(bad[0]["message"].as_str().unwrap().contains("type"), "{bad}");

    for (query, found) in [("?site=my-shop", 1), ("?site=other", 0), ("?type=pageView", 1), ("?type=play", 0)] {
        let good = get(&collector, &format!("/micro/good{query}")).await;
        assert_eq!(good.as_array().unwrap().len(), found, "{query}");
    }
    assert_eq!(collector.get_with("/micro/good?kind=play", &[]).await.status, 400);
    collector.stop().await;
}

#[tokio::test]
async fn a_retry_counts_once() {
    let collector = micro(Config::micro(Level::Engagement)).await;
    for _ in 0..2 {
        assert_eq!(collector.post(BATCH).await.status, 200);
    }
    assert_eq!(get(&collector, "/micro/all").await, counts(2, 0));
    collector.stop().await;
}

#[tokio::test]
async fn a_reset_forgets_all_and_an_open_page_goes_on() {
    let collector = micro(Config::micro(Level::Engagement)).await;
    collector.post(views(1, 1_795_600_000_000, 3).to_string()).await;
    collector.post("{").await;
    assert_eq!(get(&collector, "/micro/all").await, counts(3, 1));
    assert_eq!(reset(&collector, &[]).await.json(), counts(0, 0));
    assert_eq!(get(&collector, "/micro/all").await, counts(0, 0));
    assert_eq!(get(&collector, "/micro/good").await, json!([]));
    assert_eq!(get(&collector, "/micro/bad").await, json!([]));
    let mut next = views(1, 1_795_600_010_000, 2);
    (next["seq"], next["last"]) = (json!(15), json!(16));
    assert_eq!(collector.post(next.to_string()).await.json()["stored"], 2);
    assert_eq!(get(&collector, "/micro/all").await, counts(2, 0));
    collector.stop().await;
}

#[tokio::test]
async fn a_refused_batch_is_bad_with_each_event_unless_it_comes_again() {
    let mut config = Config::micro(Level::Engagement);
    config.limits.body_bytes = 2_000;
    let collector = micro(config).await;
    let mut batch = value(BATCH);
    batch["v"] = json!(99);
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(batch.to_string().as_bytes()).unwrap();
    let zipped = gzip.finish().unwrap();
    let answer = collector.post(zipped).await;
    assert_eq!(answer.status, 400);
    let bad = get(&collector, "/micro/bad").await;
    assert_eq!(bad.as_array().unwrap().len(), 2);
    for (index, bad) in bad.as_array().unwrap().iter().enumerate() {
        assert_eq!(bad["event"], batch["events"][index]);
        assert_eq!((&bad["reason"], &bad["message"]), (&json!("invalid-batch"), &json!(answer.error())));
    }
    reset(&collector, &[]).await;

    // The recorder splits it.
    let large = views(1, 1_795_600_000_000, 60);
    assert_eq!(collector.post(large.to_string()).await.status, 413);
    assert_eq!(reasons(&collector).await, Vec::<String>::new());
    // It cannot be split.
    let mut single = views(1, 1_795_600_000_000, 1);
    single["events"][0]["data"] = json!({"text": "x".repeat(2_000)});
    assert_eq!(collector.post(single.to_string()).await.status, 413);
    assert_eq!(reasons(&collector).await, ["batch-too-large"]);
    // No batch at all.
    collector.post("hello").await;
    collector.post("{\"a\":1}").await;
    let bad = get(&collector, "/micro/bad").await;
    assert_eq!((&bad[1]["event"], &bad[2]["event"]), (&json!("hello"), &json!({"a": 1})));
    collector.stop().await;
}

#[tokio::test]
async fn the_level_says_what_a_page_may_collect() {
    let settings = |collector: Running| async move {
        let level = get(&collector, "/v1/sites/any-key_1/settings").await["settings"]["level"].clone();
        assert_eq!(collector.get_with("/v1/sites/no%20key/settings", &[]).await.status, 404);
        collector.stop().await;
        level
    };
    assert_eq!(settings(micro(Config::micro(Level::Engagement)).await).await, 1);
    assert_eq!(settings(micro(Config::micro(Level::Experience)).await).await, 2);
}

#[tokio::test]
async fn the_sites_of_a_configuration_keep_their_settings_and_other_keys_are_bad() {
    let mut config = Home::in_sqlite().config();
    let quiet = Settings { level: Some(Level::Off), ..Settings::default() };
    config.sites.push(Site { settings: quiet, ..Site::new("quiet", ACCOUNT) });
    let collector = micro(config.into_micro()).await;
    let batches = [("shop", 2, 0), ("demo", 4, 0), ("quiet", 4, 2), ("another", 4, 4)];
    for (tab, (site, good, bad)) in batches.into_iter().enumerate() {
        let mut batch = value(BATCH);
        (batch["site"], batch["tab"]) = (json!(site), json!(format!("9ef11e58-809f-4d93-855d-22f1{tab:08x}")));
        collector.post_to("/v1/events", "http://localhost:3000", batch.to_string()).await;
        assert_eq!(get(&collector, "/micro/all").await, counts(good, bad), "{site}");
    }
    assert_eq!(reasons(&collector).await, ["not-collected", "not-collected", "unknown-site", "unknown-site"]);
    collector.stop().await;
}

#[tokio::test]
async fn pages_of_this_machine_read_it_and_others_neither_read_nor_reset() {
    let collector = micro(Config::micro(Level::Engagement)).await;
    collector.post(BATCH).await;
    for origin in ["http://localhost:5173", "http://127.0.0.1:3000"] {
        let answer = collector.get_with("/micro/good", &[("origin", origin)]).await;
        assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin")), (200, origin));
    }
    for headers in [[("origin", "https://evil.example")], [("origin", "null")], [("host", "evil.example")]] {
        assert_eq!(collector.get_with("/micro/good", &headers).await.status, 403, "{headers:?}");
        assert_eq!(reset(&collector, &headers).await.status, 403, "{headers:?}");
    }
    assert_eq!(get(&collector, "/micro/all").await, counts(2, 0));
    collector.stop().await;
}

#[tokio::test]
async fn no_other_collector_has_it() {
    let collector = Home::in_memory().start().await;
    assert_eq!(collector.get("/micro/good").await.status, 404);
    assert_eq!(collector.get_with("/micro/good", &[]).await.status, 401);
    collector.stop().await;
}
