//! `/v1/saved`: segments and goals by name, and questions that use them.

use crate::harness::running::*;
use serde_json::{Value, json};

over_both_stores! {
    a_segment_narrows_every_question_and_widens_none
    saved_goals_are_asked_by_name
    what_cannot_be_saved_is_a_400_that_says_what_is_allowed
    a_reader_uses_what_the_owner_saves
}

const READER: &str = "the read token of demo";

async fn start(home: &Home) -> Running {
    let mut config = home.config();
    config.sites[0].read_token = Some(waymark_collector::Token::from(READER.to_owned()));
    let collector = Running::start(config).await;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as i64;
    let mut batch = views(1, now - 10_000, 3);
    batch["sent"] = now.into();
    assert_eq!(collector.post(batch.to_string()).await.outcome(), reply(3, 0));
    collector
}

/// The page views, once all events have their facts.
async fn page_views(collector: &Running, query: &str) -> Value {
    in_time(async {
        loop {
            let answer = collector.get(&format!("/v1/insights/overview?site=demo&{query}")).await;
            assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
            let answer = answer.json();
            if answer["behind"]["events"] == 0 {
                let numbers = answer["numbers"].as_array().unwrap();
                return numbers.iter().find(|number| number["name"] == "page_views").unwrap()["value"].clone();
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await
}

async fn a_segment_narrows_every_question_and_widens_none(home: Home) {
    let collector = start(&home).await;
    let put = async |name: &str, query: &str| {
        by(&collector, "PUT", &format!("/v1/saved/{name}?site=demo&kind=segment&{query}"), TOKEN).await
    };
    for (name, query) in [("chrome", "browser=Chrome"), ("opera", "browser=Opera&data.n=1"), ("one", "data.n=1")] {
        let saved = put(name, query).await;
        assert_eq!((saved.status.as_u16(), &saved.json()["name"]), (200, &json!(name)), "{}", saved.text());
    }
    for (query, expected) in [
        ("segment=chrome", 3),
        ("segment=opera", 0),
        ("segment=one", 1),
        // A filter beside it does not add to it.
        ("segment=opera&browser=Chrome", 0),
        ("segment=one&data.n=2", 0),
        ("segment=one&browser=Chrome", 1),
    ] {
        assert_eq!(page_views(&collector, query).await, expected, "{query}");
    }
    // Saved again, it is another one.
    assert_eq!(put("one", "not_data.n=1").await.status, 200);
    assert_eq!(page_views(&collector, "segment=one").await, 2);
    let listed = collector.get("/v1/saved?site=demo").await.json();
    let names: Vec<_> = listed["saved"].as_array().unwrap().iter().map(|saved| saved["name"].clone()).collect();
    assert_eq!(names, ["chrome", "one", "opera"]);
    for dropped in [true, false] {
        let answer = by(&collector, "DELETE", "/v1/saved/one?site=demo&kind=segment", TOKEN).await;
        assert_eq!(answer.json(), json!({ "dropped": dropped }));
    }
    let gone = collector.get("/v1/insights/overview?site=demo&segment=one").await;
    let expected = "`segment` must be the name of a saved one; there are chrome, opera, and is `one`";
    assert_eq!((gone.status.as_u16(), gone.text().contains(expected)), (400, true), "{}", gone.text());
    collector.stop().await;
}

async fn saved_goals_are_asked_by_name(home: Home) {
    let collector = start(&home).await;
    let goals = "goal=pageView+data.n%3D1&goal=order&item=7";
    let path = format!("/v1/saved/Main%20goals?site=demo&kind=goals&{goals}");
    let saved = by(&collector, "PUT", &path, TOKEN).await;
    assert_eq!(saved.status, 200, "{}", saved.text());
    page_views(&collector, "").await;
    let by_name = collector.get("/v1/insights/goals?site=demo&goals=Main+goals").await.json();
    assert_eq!(
        by_name["tables"],
        collector.get(&format!("/v1/insights/goals?site=demo&{goals}")).await.json()["tables"]
    );
    assert_eq!(by_name["tables"][0]["rows"][0][1], 1);
    let both = collector.get("/v1/insights/goals?site=demo&goals=Main+goals&goal=play").await;
    assert!(both.text().contains("`goals` and `goal` exclude each other"), "{}", both.text());
    collector.stop().await;
}

async fn what_cannot_be_saved_is_a_400_that_says_what_is_allowed(home: Home) {
    let collector = start(&home).await;
    let long = "x".repeat(101);
    for (path, expected) in [
        ("a?kind=segment&browser=Chrome", "`site` is missing"),
        ("a?site=shpo&kind=segment&browser=Chrome", "no site has the key `shpo`"),
        ("a?site=demo&browser=Chrome", "`kind` is missing"),
        ("a?site=demo&kind=filter&browser=Chrome", "`kind` must be segment or goals, and is `filter`"),
        ("a?site=demo&kind=segment", "`segment` must be filters, and is `nothing`"),
        ("a?site=demo&kind=segment&tz=UTC", "`segment` must be filters, and is `tz`"),
        ("a?site=demo&kind=segment&segment=b", "`segment` must be filters, and is `segment`"),
        ("a?site=demo&kind=segment&mobile=1", "`mobile` must be yes or no, and is `1`"),
        ("a?site=demo&kind=segment&colour=red", "`colour` is no parameter"),
        ("a?site=demo&kind=goals&browser=Chrome", "`goals` must be goal, 1 to 8 times, and item, and is `browser`"),
        ("a?site=demo&kind=goals&item=7", "`goal` must be there 1 to 8 times, and is `there 0 times`"),
        ("a%07?site=demo&kind=segment&browser=Chrome", "`name` must be 1 to 100 characters"),
        (&format!("{long}?site=demo&kind=segment&browser=Chrome"), "`name` must be 1 to 100 characters"),
    ] {
        let refused = by(&collector, "PUT", &format!("/v1/saved/{path}"), TOKEN).await;
        assert_eq!(refused.status.as_u16(), 400, "{path}: {}", refused.text());
        assert!(refused.text().contains(expected), "{path}: {}", refused.text());
    }
    let mobile = by(&collector, "PUT", "/v1/saved/a?site=demo&kind=segment&mobile=yes", TOKEN).await;
    assert_eq!(mobile.status, 200);
    let twice = collector.get("/v1/insights/overview?site=demo&segment=a&mobile=no").await;
    assert!(twice.text().contains("`segment` and `mobile` exclude each other"), "{}", twice.text());
    collector.stop().await;
}

async fn a_reader_uses_what_the_owner_saves(home: Home) {
    let collector = start(&home).await;
    let put = "/v1/saved/a?site=demo&kind=segment&browser=Opera";
    assert_eq!(by(&collector, "PUT", put, READER).await.status, 403);
    assert_eq!(by(&collector, "PUT", put, TOKEN).await.status, 200);
    for (path, status) in [
        ("/v1/saved?site=demo", 200),
        ("/v1/insights/overview?site=demo&segment=a", 200),
        ("/v1/saved?site=shop", 403),
        ("/v1/insights/overview?site=shop&segment=a", 403),
    ] {
        assert_eq!(by(&collector, "GET", path, READER).await.status.as_u16(), status, "{path}");
    }
    assert_eq!(by(&collector, "DELETE", "/v1/saved/a?site=demo&kind=segment", READER).await.status, 403);
    assert_eq!(by(&collector, "GET", "/v1/saved?site=demo", "guess").await.status, 401);
    collector.stop().await;
}

/// The answer to a request with this token.
async fn by(collector: &Running, method: &str, path: &str, token: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    collector.ask(collector.request(method, path, &[("authorization", &bearer)], Bytes::new())).await
}
