//! Bots: which events are flagged, which are dropped, and that they can be left out.

use crate::harness::running::*;
use serde_json::json;
use waymark_collector::Bots;

over_both_stores! {
    events_of_bots_are_flagged_by_both_signs
    flagged_events_can_be_left_out
}

const PERSON: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36";
const CRAWLER: &str = "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Googlebot/2.1; \
    +http://www.google.com/bot.html) Chrome/148.0.0.0 Safari/537.36";

const START: i64 = 1_700_000_000_000;

/// Two page views of the tab number `tab`; of the second the recorder says that software drives the browser.
async fn send(collector: &Running, tab: u32, user_agent: &str) -> Answer {
    let mut batch = views(tab, START + 10_000 * i64::from(tab), 2);
    batch["contexts"].as_array_mut().unwrap().push(json!({"webdriver": true}));
    batch["events"][1]["in"] = json!(1);
    // The text is the page's: it is no sign.
    batch["events"][0]["data"] = json!({"server": {"bot": "userAgent"}, "text": ",\"bot\":\"userAgent\"}"});
    collector.post_with(&[("user-agent", user_agent)], batch.to_string()).await
}

async fn events_of_bots_are_flagged_by_both_signs(home: Home) {
    let collector = home.start().await;
    for (tab, user_agent) in [(0, PERSON), (1, CRAWLER)] {
        assert_eq!(send(&collector, tab, user_agent).await.outcome(), reply(2, 0));
    }
    let events = collector.events("").await;
    let signs: Vec<_> = events.iter().map(|event| event["server"]["bot"].clone()).collect();
    assert_eq!(signs, [json!(null), json!("webdriver"), json!("userAgent"), json!("userAgent")]);
    assert!(events.iter().all(|event| event.get("webdriver").is_none() && event["env"].get("webdriver").is_none()));
    let metrics = collector.get("/metrics").await;
    assert!(metrics.text().contains("\nwaymark_bot_events_total 3\n"), "{}", metrics.text());
    assert!(metrics.text().contains("\nwaymark_events_total{outcome=\"stored\",reason=\"\"} 4\n"));
    // A batch that comes again adds nothing.
    assert_eq!(send(&collector, 1, CRAWLER).await.outcome(), reply(0, 2));
    assert!(collector.get("/metrics").await.text().contains("\nwaymark_bot_events_total 3\n"));
    collector.stop().await;
}

async fn flagged_events_can_be_left_out(home: Home) {
    let collector = home.start().await;
    for (tab, user_agent) in [(0, PERSON), (1, CRAWLER)] {
        send(&collector, tab, user_agent).await;
    }
    for (parameters, times) in [
        ("", &[0, 1, 10, 11][..]),
        ("?bots=exclude", &[0]),
        ("?bots=only", &[1, 10, 11]),
        ("?bots=only&limit=2", &[1, 10]),
        ("?bots=exclude&last=5", &[0]),
        ("?bots=only&last=2", &[10, 11]),
        ("?bots=only&type=play", &[]),
    ] {
        let events = collector.events(parameters).await;
        let found: Vec<_> = events.iter().map(|event| (event["time"].as_i64().unwrap() - START) / 1_000).collect();
        assert_eq!(found, times, "{parameters}");
    }
    collector.stop().await;
}

#[tokio::test]
async fn a_site_may_keep_bots_as_they_are_or_drop_them() {
    for (bots, stored, signs) in [(Bots::Keep, 2, 0), (Bots::Flag, 2, 2), (Bots::Drop, 0, 0)] {
        let mut config = Home::in_memory().config();
        config.sites[0].bots = bots;
        let collector = Running::start(config).await;
        let reply = send(&collector, 1, CRAWLER).await.json();
        assert_eq!(reply["stored"], stored, "{bots:?}");
        let rejected = reply["rejected"].as_array().unwrap();
        assert_eq!(rejected.len(), 2 - stored, "{bots:?}");
        for event in rejected {
            assert_eq!((&event["code"], &event["why"]), (&json!("bot"), &json!("the site stores no events of bots")));
        }
        let events = collector.events("").await;
        assert_eq!(events.iter().filter(|event| event["server"].get("bot").is_some()).count(), signs, "{bots:?}");
        if bots == Bots::Drop {
            let metrics = collector.get("/metrics").await;
            let dropped = "\nwaymark_events_total{outcome=\"rejected\",reason=\"bot\"} 2\n";
            assert!(metrics.text().contains(dropped), "{}", metrics.text());
            // A person on the same site is stored, but for what software did.
            assert_eq!(send(&collector, 0, PERSON).await.json()["stored"], 1);
        }
        collector.stop().await;
    }
}

#[tokio::test]
async fn a_request_without_a_user_agent_is_no_bot_s() {
    let collector = Home::in_memory().start().await;
    collector.post(views(0, START, 1).to_string()).await;
    assert_eq!(collector.events("").await[0]["server"].get("bot"), None);
    collector.stop().await;
}
