//! `PUT /v1/demo/month`: one request fills the demo, and only the demo.

use crate::harness::running::*;
use serde_json::json;
use waymark_collector::Config;

async fn fill(collector: &Running, headers: &[(&str, &str)]) -> Answer {
    collector.ask(collector.request("PUT", "/v1/demo/month", headers, Vec::new().into())).await
}

#[tokio::test]
async fn the_demo_is_filled_once_and_marked_as_made_up() {
    let collector = Running::start(Config::demo()).await;
    let filled = fill(&collector, &[]).await.json();
    assert!(filled["events"].as_u64().unwrap() > 10_000, "{filled}");
    assert_eq!(fill(&collector, &[]).await.json()["site"], "demo-month");
    let answer = collector.get_with("/v1/insights/overview?site=demo-month", &[]).await.json();
    assert_eq!(answer["numbers"].as_array().unwrap().last().unwrap()["name"], "users_now");
    assert!(
        answer["notes"][0].as_str().unwrap().starts_with("All data of this site is made up."),
        "{}",
        answer["notes"]
    );
    // What the newcomer does in the shop stays apart.
    let own = collector.get_with("/v1/insights/overview?site=demo", &[]).await.json();
    assert_eq!((&own["numbers"][0]["value"], &own["notes"]), (&json!(0), &json!([])));
    let page = collector.get_with("/insights", &[]).await;
    assert!(page.text().contains("id=\"fill-month\""));
    collector.stop().await;
}

#[tokio::test]
async fn a_collector_with_a_token_makes_nothing_up() {
    let home = Home::in_memory();
    let collector = home.start().await;
    let bearer = format!("Bearer {TOKEN}");
    assert_eq!(fill(&collector, &[]).await.status, 401);
    let refused = fill(&collector, &[("authorization", &bearer)]).await;
    assert_eq!(refused.status, 404, "{}", refused.text());
    let page = collector.get_with("/insights", &[]).await;
    assert!(!page.text().contains("fill-month") && !page.text().contains("<!--"));
    collector.stop().await;
}

#[tokio::test]
async fn another_page_cannot_fill_the_demo() {
    let collector = Running::start(Config::demo()).await;
    let foreign = [("origin", "https://evil.example"), ("access-control-request-method", "PUT")];
    let asked = collector.ask(collector.request("OPTIONS", "/v1/demo/month", &foreign, Vec::new().into())).await;
    assert!(!asked.headers.contains_key("access-control-allow-methods"), "{:?}", asked.headers);
    let by_name = fill(&collector, &[("host", "evil.example")]).await;
    assert_eq!(by_name.status, 403, "{}", by_name.text());
    collector.stop().await;
}
