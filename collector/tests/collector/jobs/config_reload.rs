//! The configuration changes while the collector runs.

use crate::harness::running::*;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use waymark_collector::{Admin, Collector, Config, Site, Token};

async fn start(config: Config) -> (Running, waymark_collector::ConfigReloader) {
    let collector = Collector::open(config).unwrap();
    let reconfigure = collector.reloader();
    (Running::serve(collector).await, reconfigure)
}

#[tokio::test]
async fn sites_settings_limits_and_token_are_taken_in() {
    let mut config = Home::in_memory().config();
    let (collector, reconfigure) = start(config.clone()).await;
    let mut batch = value(BATCH);
    batch["site"] = json!("new");
    assert_eq!(collector.post(batch.to_string()).await.status, 401);

    config.sites.push(Site::new("new", ACCOUNT));
    config.sites[0].settings = waymark_collector::read_settings("collect.title = false").unwrap();
    config.sites[1].origins = vec!["https://other.example".to_owned()];
    config.admin = Admin::Token(Token::from("another".to_owned()));
    config.limits.body_bytes = 5_000;
    reconfigure.apply(&config).unwrap();

    assert_eq!(collector.post(batch.to_string()).await.outcome(), reply(2, 0));
    assert_eq!(collector.post(BATCH).await.json()["stripped"], 2);
    let settings = collector.get_with("/v1/sites/shop/settings", &[("origin", "https://other.example")]).await;
    assert_eq!(settings.status, 200);
    assert_eq!(collector.post(" ".repeat(5_001)).await.status, 413);
    assert_eq!(collector.get("/v1/audit").await.status, 401);
    assert_eq!(collector.get_with("/v1/audit", &[("authorization", "Bearer another")]).await.status, 200);
    assert_eq!(reconfigure.readings(), (1, 0));
    collector.stop().await;
}

#[tokio::test]
async fn what_is_wrong_leaves_the_last_good_one_in_force() {
    let config = Home::in_memory().config();
    let (collector, reconfigure) = start(config.clone()).await;
    reconfigure.read(|| {
        let mut config = config.clone();
        config.sites = vec![Site::new("", ACCOUNT)];
        Ok(config)
    });
    reconfigure.read(|| Config::read("lissten = 1", "FILE", |_| None));
    assert_eq!(reconfigure.readings(), (0, 2));
    assert_eq!(collector.post(BATCH).await.outcome(), reply(2, 0));
    collector.stop().await;
}

#[tokio::test]
async fn no_request_is_dropped_while_it_is_exchanged() {
    let config = Home::in_memory().config();
    let (collector, reconfigure) = start(config.clone()).await;
    let done = Arc::new(AtomicBool::new(false));
    let exchanging = tokio::task::spawn_blocking({
        let done = Arc::clone(&done);
        move || {
            while !done.load(Ordering::Relaxed) {
                reconfigure.apply(&config).unwrap();
                std::thread::yield_now();
            }
            reconfigure.readings()
        }
    });
    for tab in 0..200 {
        assert_eq!(collector.post(views(tab, 5, 1).to_string()).await.outcome(), reply(1, 0));
    }
    done.store(true, Ordering::Relaxed);
    assert!(exchanging.await.unwrap().0 > 1);
    collector.stop().await;
}

#[tokio::test]
async fn a_file_that_changed_is_read_again_once_it_is_whole() {
    let home = Home::in_memory();
    let file = home.file("waymark.toml");
    let text = |key: &str| {
        format!("store = \":memory:\"\nsecurity_log.on = false\n[[sites]]\nkey = \"{key}\"\naccount = \"{ACCOUNT}\"\n")
    };
    std::fs::write(&file, text("old")).unwrap();
    let load = {
        let file = file.clone();
        move || Config::load(Some(&file), |_| None)
    };
    let (collector, reconfigure) = start(load().unwrap()).await;
    let following = tokio::spawn(reconfigure.clone().follow(file.clone(), load));
    let known = async |key: &str| collector.get_with(&format!("/v1/sites/{key}/settings"), &[]).await.status == 200;
    assert!(known("old").await);
    tokio::task::yield_now().await;
    std::fs::write(&file, text("another")).unwrap();
    in_time(async { while !known("another").await {} }).await;
    assert!(!known("old").await);
    std::fs::write(&file, "[[sites]]\nkye = 1\n").unwrap();
    in_time(async {
        while reconfigure.readings().1 == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await;
    assert!(known("another").await);
    collector.stop().await;
    in_time(following).await.unwrap();
}
