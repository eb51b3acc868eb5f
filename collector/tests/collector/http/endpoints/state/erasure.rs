//! What an erasure and the retention job remove.

use super::{ADAM, LATER, start, sync, task};
use crate::harness::running::*;
use rusqlite::Connection;
use serde_json::json;
use std::time::Duration;
use waymark_collector::store::verify;

#[tokio::test]
async fn of_whom_was_erased_no_byte_is_left() {
    let home = Home::in_sqlite();
    let collector = start(&home).await;
    let holds = |text: &str| {
        let files = ["events.db", "events.db-wal"].map(|name| std::fs::read(home.file(name)).unwrap_or_default());
        files.iter().any(|bytes| bytes.windows(text.len()).any(|window| window == text.as_bytes()))
    };
    // Enough for pages to be split and merged, in an order that mixes both users.
    let long = "x".repeat(900);
    let said = |user: &str| {
        json!([0, 1, 2, 3].map(|name| json!({"kind": "data", "name": format!("n{name}"), "version": 0,
        "at": 5, "expires": LATER, "value": format!("said by {user} {long}")})))
    };
    for n in 0..60 {
        sync(&collector, ADAM, json!([task(&n.to_string(), 0, 5, 1)])).await;
        let other = format!("{n}-eve@example.com");
        sync(&collector, &other, said(&other)).await;
        sync(&collector, ADAM, said(&format!("{ADAM} {n}"))).await;
    }
    assert!(holds(ADAM) && holds("said by adam") && holds("59-eve@example.com"));
    let bearer = format!("Bearer {TOKEN}");
    let path = "/v1/users/adam.brown%40example.com";
    let request = collector.request("DELETE", path, &[("authorization", &bearer)], Bytes::new());
    assert_eq!(collector.ask(request).await.json(), json!({"erased": 0, "states": 64, "gone": true}));
    assert!(!holds(ADAM) && !holds("said by adam") && holds("59-eve@example.com"));
    collector.stop().await;
    assert_eq!(verify(home.store()).unwrap().wrong, [""; 0]);
}

#[tokio::test]
async fn what_has_expired_is_erased_with_what_was_kept_long_enough() {
    let home = Home::in_sqlite();
    let collector = start(&home).await;
    let all: Vec<_> = (0..100).map(|name| task(&name.to_string(), 0, 5, 1)).collect();
    for user in 0..8 {
        sync(&collector, &user.to_string(), all.clone().into()).await;
    }
    collector.stop().await;
    let file = Connection::open(home.store()).unwrap();
    file.execute_batch("UPDATE states SET expires = 5 WHERE user < '7'").unwrap();
    let collector = start(&home).await;
    in_time(async {
        while file.query_row("SELECT count(*) FROM states", [], |row| row.get::<_, i64>(0)).unwrap() != 100 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    collector.stop().await;
}
