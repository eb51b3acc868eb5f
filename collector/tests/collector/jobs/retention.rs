//! What was kept for as long as its site keeps it is erased; nothing else is.

use crate::harness::running::*;
use rusqlite::Connection;
use std::time::Duration;

/// Says of events that they arrived so many days ago.
fn age(home: &Home, days: i64, of: &str) {
    let store = Connection::open(home.store()).unwrap();
    let changed = store.execute(&format!("UPDATE events SET received = received - ?1 WHERE {of}"), [days * 86_400_000]);
    assert!(changed.unwrap() > 0);
}

fn count(home: &Home, sql: &str) -> i64 {
    Connection::open(home.store()).unwrap().query_row(sql, [], |row| row.get(0)).unwrap()
}

async fn until(mut done: impl FnMut() -> bool) {
    in_time(async {
        while !done() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
}

/// 2,000 events of each site.
async fn filled() -> Home {
    let home = Home::in_sqlite();
    let mut config = home.config();
    config.sites[1].origins.clear();
    let collector = Running::start(config).await;
    for tab in 0..40 {
        let mut batch = views(tab, 1_700_000_000_000, 100);
        batch["site"] = ["demo", "shop"][tab as usize % 2].into();
        assert_eq!(collector.post(batch.to_string()).await.outcome(), reply(100, 0));
    }
    collector.stop().await;
    home
}

#[tokio::test]
async fn each_site_keeps_its_events_for_as_long_as_it_says() {
    let home = filled().await;
    age(&home, 40, "n <= 3000");
    age(&home, 5, "n > 3000 AND n <= 3500");
    let mut config = home.config();
    (config.sites[0].retention_days, config.sites[1].retention_days) = (30, 41);
    let collector = Running::start(config).await;
    until(|| count(&home, "SELECT count(*) FROM events") == 2_500).await;
    assert_eq!(count(&home, "SELECT count(*) FROM events WHERE site = 'shop'"), 2_000);
    assert_eq!(count(&home, "SELECT min(n) FROM events WHERE site = 'demo'"), 3_001);
    // One note for the pass, which says that nobody asked.
    assert_eq!(count(&home, "SELECT events FROM erasures WHERE site = 'demo' AND asked = 'retention'"), 1_500);
    assert_eq!(count(&home, "SELECT count(*) FROM erasures"), 1);
    let metrics = collector.get("/metrics").await;
    assert!(metrics.text().contains("\nwaymark_retention_erased_total 1500\n"), "{}", metrics.text());
    collector.stop().await;
}

#[tokio::test]
async fn a_site_may_keep_its_events_for_ever() {
    let home = filled().await;
    age(&home, 36_500, "1");
    let mut config = home.config();
    (config.sites[0].retention_days, config.sites[1].retention_days) = (0, 365);
    let collector = Running::start(config).await;
    until(|| count(&home, "SELECT count(*) FROM events") == 2_000).await;
    assert_eq!(count(&home, "SELECT count(*) FROM events WHERE site = 'demo'"), 2_000);
    collector.stop().await;
}

#[tokio::test]
async fn what_arrives_meanwhile_is_stored() {
    let home = filled().await;
    age(&home, 400, "1");
    let mut config = home.config();
    config.sites.iter_mut().for_each(|site| site.retention_days = 365);
    let collector = Running::start(config).await;
    for tab in 100..150 {
        assert_eq!(collector.post(views(tab, 1_700_000_000_000, 1).to_string()).await.outcome(), reply(1, 0));
    }
    until(|| count(&home, "SELECT count(*) FROM events") == 50).await;
    assert_eq!(collector.events("").await.len(), 50);
    collector.stop().await;
}
