//! `GET /v1/events`: which events come out, and in which order.

use crate::harness::running::*;

over_both_stores! {
    an_export_is_oldest_first_and_an_event_a_line
    an_event_is_one_line_however_its_batch_was_laid_out
    an_export_of_many_pages_is_whole
    an_export_is_filtered_by_time_type_and_site
    the_last_events_are_those_that_arrived_last
}

const START: i64 = 1_700_000_000_000;

/// Their times in seconds since [`START`].
async fn times(collector: &Running, parameters: &str) -> Vec<i64> {
    let events = collector.events(parameters).await;
    events.iter().map(|event| (event["time"].as_i64().unwrap() - START) / 1_000).collect()
}

async fn an_export_is_oldest_first_and_an_event_a_line(home: Home) {
    let collector = home.start().await;
    let empty = collector.get("/v1/events").await;
    assert_eq!((empty.status.as_u16(), empty.text()), (200, ""));
    assert_eq!((empty.header("content-type"), empty.header("cache-control")), ("application/x-ndjson", "no-store"));

    collector.post(views(1, START + 10_000, 2).to_string()).await;
    collector.post(views(2, START, 2).to_string()).await;
    assert_eq!(times(&collector, "").await, [0, 1, 10, 11]);
    collector.stop().await;
}

async fn an_event_is_one_line_however_its_batch_was_laid_out(home: Home) {
    let collector = home.start().await;
    let spread = serde_json::to_string_pretty(&value(BATCH)).unwrap().replace('\n', "\r\n");
    assert_eq!(collector.post(spread).await.outcome(), reply(2, 0));
    let export = collector.get("/v1/events").await;
    assert_eq!((export.text().matches('\n').count(), export.text().matches('\r').count()), (2, 0));
    collector.stop().await;
}

async fn an_export_of_many_pages_is_whole(home: Home) {
    let collector = home.start().await;
    collector.post(views(1, START, 1_000).to_string()).await;
    assert_eq!(times(&collector, "").await, (0..1_000).collect::<Vec<_>>());
    assert_eq!(times(&collector, "?limit=256").await, (0..256).collect::<Vec<_>>());
    assert_eq!(times(&collector, "?limit=700").await, (0..700).collect::<Vec<_>>());
    assert!(times(&collector, "?limit=0").await.is_empty());
    collector.stop().await;
}

async fn an_export_is_filtered_by_time_type_and_site(home: Home) {
    let collector = home.start().await;
    collector.post(views(1, START, 5).to_string()).await;
    collector.post(BATCH).await;
    let (from, to) = (START + 1_000, START + 3_000);
    assert_eq!(times(&collector, &format!("?from={from}&to={to}")).await, [1, 2]);
    assert_eq!(times(&collector, &format!("?from={to}")).await, [3, 4]);
    assert_eq!(collector.events(&format!("?to={START}")).await.len(), 2);
    assert!(times(&collector, &format!("?from={to}&to={from}")).await.is_empty());
    assert!(times(&collector, &format!("?from={}", u64::MAX >> 1)).await.is_empty());
    assert_eq!(collector.events("?type=play").await.len(), 1);
    assert_eq!(collector.events("?type=pageView&limit=3").await.len(), 3);
    assert_eq!(collector.events("?site=demo").await.len(), 7);
    assert_eq!(collector.events("?site=shop").await.len(), 0);
    collector.stop().await;
}

async fn the_last_events_are_those_that_arrived_last(home: Home) {
    let collector = home.start().await;
    collector.post(views(1, START + 10_000, 3).to_string()).await;
    collector.post(views(2, START, 2).to_string()).await;
    assert_eq!(times(&collector, "?last=3").await, [12, 0, 1]);
    assert_eq!(times(&collector, &format!("?last=3&from={}", START + 1_000)).await, [11, 12, 1]);
    assert_eq!(times(&collector, "?last=3&type=play").await, [0; 0]);
    collector.stop().await;
}

#[tokio::test]
async fn a_bad_parameter_is_400_and_named() {
    let collector = Home::in_memory().start().await;
    for (parameters, why) in [
        ("from=yesterday", "`from` must be a whole number from 0, and is `yesterday`"),
        ("to=-1", "`to` must be a whole number from 0, and is `-1`"),
        ("limit=", "`limit` must be a whole number from 0, and is ``"),
        ("last=1001", "`last` can be at most 1000"),
        ("last=1&limit=1", "`last` and `limit` exclude each other"),
        ("type=a&type=b", "`type` is there twice"),
        ("bots=no", "`bots` must be include, exclude or only, and is `no`"),
        ("order=up", "`order` is no parameter; there are from, to, type, site, bots, limit and last"),
    ] {
        let answer = collector.get(&format!("/v1/events?{parameters}")).await;
        assert_eq!((answer.status.as_u16(), answer.error().as_str()), (400, why));
    }
}
