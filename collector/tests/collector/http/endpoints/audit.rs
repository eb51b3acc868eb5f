//! `GET /v1/audit`: what of each site and day was created, and what became of it.

use crate::harness::running::*;
use serde_json::{Value, json};
use waymark_collector::Config;

over_both_stores! {
    what_was_created_is_stored_lost_or_missing
    duplicates_are_counted_and_change_nothing_else
    a_batch_without_events_declares_what_was_lost
    declarations_may_come_in_any_order
    an_event_that_was_never_numbered_counts_as_created
    a_batch_of_bad_events_only_says_how_many_there_are
    the_last_gap_closes_when_what_was_late_arrives
    what_was_stored_and_given_up_too_is_a_surplus
    each_site_has_its_own_row
    days_and_site_can_be_asked_for
    strangers_cannot_break_it
    upto_is_how_far_everything_was_answered
    a_site_at_level_0_has_no_row
    an_erasure_leaves_the_figures
}

const START: i64 = 1_700_000_000_000;

/// A batch of the tab: its events from number `seq`, its newest number and what it has lost so far.
fn batch(tab: u32, seq: u64, count: usize, last: u64, lost: Value) -> Value {
    let mut batch = views(tab, START + 1_000 * seq as i64, count);
    (batch["seq"], batch["last"], batch["lost"]) = (json!(seq), json!(last), lost);
    batch
}

#[track_caller]
fn audit(collector: &Running, parameters: &str) -> impl Future<Output = Vec<Value>> {
    let path = format!("/v1/audit{parameters}");
    async move {
        let answer = collector.get(&path).await;
        assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, "no-store"), "{}", answer.text());
        answer.json().as_array().unwrap().clone()
    }
}

/// The one row that there is, without its site and day.
async fn figures(collector: &Running) -> Value {
    let mut rows = audit(collector, "").await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    let mut row = rows.remove(0);
    row.as_object_mut().unwrap().retain(|name, _| !["site", "day"].contains(&name.as_str()));
    row
}

/// The figures of `tabs` tabs, where neither loss nor duplicate is.
fn sound(tabs: u64, created: u64, stored: u64, missing: u64) -> Value {
    json!({"tabs": tabs, "created": created, "stored": stored, "duplicate": 0, "lost": {}, "missing": missing})
}

async fn what_was_created_is_stored_lost_or_missing(home: Home) {
    let collector = home.start().await;
    assert!(audit(&collector, "").await.is_empty());
    collector.post(batch(1, 0, 3, 2, json!({})).to_string()).await;
    assert_eq!(figures(&collector).await, sound(1, 3, 3, 0));
    // Numbers 3 and 4 overflowed, 5 is on its way still or gone.
    collector.post(batch(1, 6, 2, 7, json!({"overflow": 2})).to_string()).await;
    let row = json!({"tabs": 1, "created": 8, "stored": 5, "duplicate": 0, "lost": {"overflow": 2}, "missing": 1});
    assert_eq!(figures(&collector).await, row);
    collector.stop().await;

    if home.store().to_str() != Some(":memory:") {
        let collector = home.start().await;
        assert_eq!(figures(&collector).await, row);
        collector.stop().await;
    }
}

async fn duplicates_are_counted_and_change_nothing_else(home: Home) {
    let collector = home.start().await;
    for _ in 0..3 {
        collector.post(batch(1, 0, 3, 2, json!({})).to_string()).await;
    }
    let mut row = sound(1, 3, 3, 0);
    row["duplicate"] = json!(6);
    assert_eq!(figures(&collector).await, row);
    collector.stop().await;
}

async fn a_batch_without_events_declares_what_was_lost(home: Home) {
    let collector = home.start().await;
    collector.post(batch(1, 0, 0, 0, json!({})).to_string()).await;
    assert_eq!(figures(&collector).await, sound(1, 0, 0, 0));
    collector.post(batch(1, 4, 0, 3, json!({"refused": 1, "withdrawn": 3})).to_string()).await;
    let lost = json!({"refused": 1, "withdrawn": 3});
    let row = json!({"tabs": 1, "created": 4, "stored": 0, "duplicate": 0, "lost": lost, "missing": 0});
    assert_eq!(figures(&collector).await, row);
    assert!(collector.events("").await.is_empty());
    collector.stop().await;
}

async fn declarations_may_come_in_any_order(home: Home) {
    let collector = home.start().await;
    collector.post(batch(1, 5, 1, 5, json!({"overflow": 3, "expired": 1})).to_string()).await;
    collector.post(batch(1, 0, 1, 2, json!({"overflow": 1})).to_string()).await;
    let lost = json!({"overflow": 3, "expired": 1});
    let row = json!({"tabs": 1, "created": 6, "stored": 2, "duplicate": 0, "lost": lost, "missing": 0});
    assert_eq!(figures(&collector).await, row);
    collector.stop().await;
}

async fn an_event_that_was_never_numbered_counts_as_created(home: Home) {
    let collector = home.start().await;
    collector.post(batch(1, 0, 2, 1, json!({"too_large": 2, "held": 1})).to_string()).await;
    let lost = json!({"too_large": 2, "held": 1});
    let row = json!({"tabs": 1, "created": 5, "stored": 2, "duplicate": 0, "lost": lost, "missing": 0});
    assert_eq!(figures(&collector).await, row);
    collector.stop().await;
}

async fn a_batch_of_bad_events_only_says_how_many_there_are(home: Home) {
    let collector = home.start().await;
    let mut bad = batch(1, 0, 2, 1, json!({}));
    bad["events"] = json!([{"time": "now"}, {}]);
    let answer = collector.post(bad.to_string()).await;
    // They were answered, and are missing until their tab declares them.
    assert_eq!(answer.json()["upto"], 2);
    assert_eq!(figures(&collector).await, sound(1, 2, 0, 2));
    collector.post(batch(1, 2, 1, 2, json!({"refused": 2})).to_string()).await;
    let row = json!({"tabs": 1, "created": 3, "stored": 1, "duplicate": 0, "lost": {"refused": 2}, "missing": 0});
    assert_eq!(figures(&collector).await, row);
    collector.stop().await;
}

async fn the_last_gap_closes_when_what_was_late_arrives(home: Home) {
    let collector = home.start().await;
    collector.post(batch(1, 2, 2, 3, json!({})).to_string()).await;
    assert_eq!(figures(&collector).await, sound(1, 4, 2, 2));
    collector.post(batch(1, 0, 2, 1, json!({})).to_string()).await;
    assert_eq!(figures(&collector).await, sound(1, 4, 4, 0));
    collector.stop().await;
}

async fn what_was_stored_and_given_up_too_is_a_surplus(home: Home) {
    let collector = home.start().await;
    // One tab never heard that its events were stored; another's are missing, and stay so beside it.
    collector.post(batch(1, 0, 3, 2, json!({})).to_string()).await;
    collector.post(batch(1, 3, 0, 2, json!({"expired": 3})).to_string()).await;
    collector.post(batch(2, 5, 1, 5, json!({})).to_string()).await;
    let row = json!({
        "tabs": 2, "created": 9, "stored": 4, "duplicate": 0, "lost": {"expired": 3}, "missing": 5, "surplus": 3,
    });
    assert_eq!(figures(&collector).await, row);
    collector.stop().await;
}

async fn each_site_has_its_own_row(home: Home) {
    let mut config = home.config();
    config.sites[1].origins.clear();
    let collector = Running::start(config).await;
    for site in ["shop", "demo"] {
        let mut one = batch(if site == "shop" { 1 } else { 2 }, 0, 1, 0, json!({}));
        one["site"] = json!(site);
        collector.post(one.to_string()).await;
    }
    let rows = audit(&collector, "").await;
    assert_eq!(rows.iter().map(|row| &row["site"]).collect::<Vec<_>>(), ["demo", "shop"]);
    collector.stop().await;
}

async fn days_and_site_can_be_asked_for(home: Home) {
    let collector = home.start().await;
    collector.post(batch(1, 0, 1, 0, json!({})).to_string()).await;
    let day = audit(&collector, "").await[0]["day"].as_str().unwrap().to_owned();
    let is_there = async |parameters: &str| audit(&collector, parameters).await.len() == 1;
    assert!(is_there(&format!("?from={day}")).await && is_there("?site=demo&from=2020-01-01&to=9999-12-31").await);
    assert!(!is_there(&format!("?to={day}")).await && !is_there("?site=shop").await);
    assert!(!is_there("?from=9999-12-31").await && !is_there(&format!("?from={day}&to={day}")).await);
    collector.stop().await;
}

async fn strangers_cannot_break_it(home: Home) {
    let collector = home.start().await;
    const MAX: u64 = 1 << 53;
    let lost = json!({"overflow": u64::MAX, "held": u64::MAX, "<script>": 7, "": 1});
    for tab in 0..3 {
        for body in [batch(tab, MAX, 2, 0, lost.clone()), batch(tab, 0, 1, MAX, lost.clone())] {
            let answer = collector.post(body.to_string()).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
        }
    }
    let row = figures(&collector).await;
    let most = u64::from(u32::MAX) * 3;
    assert_eq!(row["lost"], json!({"held": most, "overflow": most}));
    assert_eq!((&row["tabs"], &row["created"]), (&json!(3), &json!((1_u64 << 32) * 3 + most)));
    collector.stop().await;
}

async fn upto_is_how_far_everything_was_answered(home: Home) {
    let collector = home.start().await;
    let upto = async |seq: u64, count: usize| {
        let answer = collector.post(batch(1, seq, count, seq + 10, json!({})).to_string()).await;
        answer.json()["upto"].as_u64().unwrap()
    };
    assert_eq!(upto(0, 3).await, 3);
    assert_eq!(upto(0, 3).await, 3);
    // Two that overtook the one before them.
    assert_eq!(upto(8, 2).await, 3);
    assert_eq!(upto(5, 3).await, 3);
    assert_eq!(upto(3, 2).await, 10);
    assert_eq!(upto(9, 3).await, 12);
    // Another tab begins at 0.
    assert_eq!(collector.post(batch(2, 0, 1, 0, json!({})).to_string()).await.json()["upto"], 1);
    collector.stop().await;

    if home.store().to_str() != Some(":memory:") {
        let collector = home.start().await;
        assert_eq!(collector.post(batch(1, 12, 1, 12, json!({})).to_string()).await.json()["upto"], 13);
        collector.stop().await;
    }
}

async fn a_site_at_level_0_has_no_row(home: Home) {
    let mut config = home.config();
    config.sites[0].enabled = false;
    let collector = Running::start(config).await;
    let answer = collector.post(batch(1, 0, 2, 1, json!({})).to_string()).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["upto"]), (200, &json!(0)));
    assert!(audit(&collector, "").await.is_empty());
    collector.stop().await;
}

async fn an_erasure_leaves_the_figures(home: Home) {
    let collector = home.start().await;
    collector.post(batch(1, 0, 2, 1, json!({})).to_string()).await;
    let erased = collector.forget("demo", "7302c5a9-9dbf-ef49-e898-8fce4d0add48").await;
    assert_eq!(erased.json(), json!({"erased": 2}));
    assert_eq!(figures(&collector).await, sound(1, 2, 2, 0));
    collector.stop().await;
}

#[tokio::test]
async fn a_bad_parameter_is_400_and_named() {
    let collector = Home::in_memory().start().await;
    for (parameters, why) in [
        ("?from=yesterday", "`from` must be a day such as 2026-11-25, and is `yesterday`"),
        ("?to=2026-02-30", "`to` must be a day such as 2026-11-25, and is `2026-02-30`"),
        ("?from=1700000000000", "`from` must be a day such as 2026-11-25, and is `1700000000000`"),
        ("?day=2026-11-25", "`day` is no parameter; there are from, to and site"),
        ("?site=a&site=b", "`site` is there twice"),
    ] {
        let answer = collector.get(&format!("/v1/audit{parameters}")).await;
        assert_eq!((answer.status.as_u16(), answer.error().as_str()), (400, why));
    }
}

#[tokio::test]
async fn the_demo_shows_it_without_a_token() {
    let collector = Running::start(Config::demo()).await;
    assert_eq!(collector.get_with("/v1/audit", &[]).await.json(), json!([]));
}
