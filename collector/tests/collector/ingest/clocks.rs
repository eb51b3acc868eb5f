//! Clients whose clocks are wrong: their time is kept, and beside it the time by the collector's clock.

use crate::harness::running::*;
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};
use waymark_wire::limits::DRIFT_MS;

over_both_stores! {
    a_clock_a_year_ahead_is_corrected
    a_clock_a_year_behind_is_corrected
    a_clock_that_is_nearly_right_is_believed
    a_retry_by_a_wrong_clock_is_a_duplicate
    a_time_that_nothing_can_be_made_of_is_not_corrected
}

const YEAR: i64 = 365 * 24 * 60 * 60 * 1_000;

/// What a request to this machine may take at most.
const DELAY: i64 = 60_000;

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64
}

/// Two page views, the second a second before they are sent, by a clock that says `sent`.
fn views_sent(sent: i64) -> Value {
    let mut batch = views(1, sent - 2_000, 2);
    batch["sent"] = json!(sent);
    batch
}

async fn stored(home: Home, sent: i64) -> Vec<Value> {
    let collector = home.start().await;
    assert_eq!(collector.post(views_sent(sent).to_string()).await.outcome(), reply(2, 0));
    let events = collector.events("").await;
    collector.stop().await;
    events
}

async fn is_corrected(home: Home, off: i64) {
    let before = now();
    for (event, ago) in stored(home, before + off).await.iter().zip([2_000, 1_000]) {
        assert_eq!(event["time"], before + off - ago);
        let at = |name: &str| event["server"][name].as_i64().unwrap();
        assert_eq!(at("corrected"), at("received") - ago);
        assert!((before..=before + DELAY).contains(&at("received")));
    }
}

async fn a_clock_a_year_ahead_is_corrected(home: Home) {
    is_corrected(home, YEAR).await;
}

async fn a_clock_a_year_behind_is_corrected(home: Home) {
    is_corrected(home, -YEAR).await;
}

async fn a_clock_that_is_nearly_right_is_believed(home: Home) {
    // Just below the limit; a clock that is behind comes nearer to it with every millisecond that the request takes.
    for off in [DRIFT_MS - 1_000, DELAY - DRIFT_MS] {
        let home = if home.store().to_str() == Some(":memory:") { Home::in_memory() } else { Home::in_sqlite() };
        for event in stored(home, now() + off).await {
            assert!(event["server"].get("corrected").is_none(), "{off}: {event}");
        }
    }
}

async fn a_retry_by_a_wrong_clock_is_a_duplicate(home: Home) {
    let collector = home.start().await;
    let mut batch = views_sent(now() + YEAR);
    assert_eq!(collector.post(batch.to_string()).await.outcome(), reply(2, 0));
    // The clock was set right between the two attempts.
    batch["sent"] = json!(now());
    batch["attempt"] = json!(2);
    assert_eq!(collector.post(batch.to_string()).await.outcome(), reply(0, 2));
    collector.stop().await;
}

async fn a_time_that_nothing_can_be_made_of_is_not_corrected(home: Home) {
    let collector = home.start().await;
    for (tab, sent) in [i64::MIN, i64::MAX].into_iter().enumerate() {
        let mut batch = views(tab as u32, 1_700_000_000_000, 1);
        batch["sent"] = json!(sent);
        assert_eq!(collector.post(batch.to_string()).await.outcome(), reply(1, 0));
    }
    for event in collector.events("").await {
        assert!(event["server"].get("corrected").is_none(), "{event}");
    }
    collector.stop().await;
}
