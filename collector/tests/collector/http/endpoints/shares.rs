//! Shared links: `/v1/shares` makes, lists and revokes them, `GET /v1/shared` opens one.

use crate::harness::parquet::parquet_rows;
use crate::harness::running::*;
use serde_json::{Value, json};

over_both_stores! {
    a_link_shows_its_view_and_nothing_of_few_users
    a_link_opens_nothing_else
    a_link_ends
    what_cannot_be_shared_is_a_400_that_says_what_can
    one_user_more_or_less_cannot_be_told
}

const DAY_MS: i64 = 86_400_000;

fn now() -> i64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as i64
}

/// Three page views of each of these users, by number, on this path and two days ago.
async fn visit(collector: &Running, users: std::ops::Range<u32>, path: &str) {
    for user in users {
        let mut batch = views(user, now() - 2 * DAY_MS, 3);
        batch["sent"] = now().into();
        let context = &mut batch["contexts"][0];
        context["wm"]["euId"] = format!("7302c5a9-9dbf-ef49-e898-8fce{user:08x}").into();
        context["sId"] = format!("b34cd63b-b54f-3637-f48b-9ec7{user:08x}").into();
        context["ctx"]["location"]["pathname"] = path.into();
        assert_eq!(collector.post(batch.to_string()).await.outcome(), reply(3, 0));
    }
    // Until all have their facts.
    in_time(async {
        while collector.get("/v1/insights/pages?site=demo").await.json()["behind"]["events"] != 0 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await;
}

async fn make(collector: &Running, link: Value) -> Answer {
    let bearer = format!("Bearer {TOKEN}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    collector.ask(collector.request("POST", "/v1/shares", &headers, link.to_string().into())).await
}

/// The token of a new link.
async fn token(collector: &Running, link: Value) -> String {
    let made = make(collector, link).await;
    assert_eq!(made.status, 201, "{}", made.text());
    made.json()["token"].as_str().unwrap().to_owned()
}

async fn open(collector: &Running, token: &str, query: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    collector.get_with(&format!("/v1/shared{query}"), &[("authorization", &bearer)]).await
}

async fn a_link_shows_its_view_and_nothing_of_few_users(home: Home) {
    let collector = home.start().await;
    // 7 users saw /shop, 4 the page of one of them.
    visit(&collector, 0..7, "/shop").await;
    visit(&collector, 10..14, "/u/<b>adam</b>").await;
    let pages = token(&collector, json!({"site": "demo", "view": "pages", "query": "tz=Europe/Berlin"})).await;
    let answer = open(&collector, &pages, "").await;
    assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, "no-store"), "{}", answer.text());
    assert_eq!((answer.header("x-robots-tag"), answer.header("referrer-policy")), ("noindex", "no-referrer"));
    let pages_of = answer.json();
    // 21 views of 7 users are shown as 20 of 5; medians of single visits are left out, and so is the page of 4.
    assert_eq!(pages_of["tables"][0]["columns"], json!(["path", "page_views", "users", "entries", "exits"]));
    assert_eq!(pages_of["tables"][0]["rows"], json!([["/shop", 20, 5, 5, 5]]));
    assert_eq!((&pages_of["tables"][0]["total"], &pages_of["tz"]), (&json!(1), &json!("Europe/Berlin")));
    assert!(pages_of.get("bots").is_none() && pages_of.get("behind").is_none() && pages_of.get("sql").is_none());
    assert!(pages_of["notes"][0].as_str().unwrap().contains("fewer than 5 users"));
    let csv = open(&collector, &pages, "?format=csv").await;
    assert_eq!(csv.text(), "path,page_views,users,entries,exits\r\n/shop,20,5,5,5\r\n");
    let file = open(&collector, &pages, "?format=parquet").await;
    assert_eq!(file.header("content-type"), "application/vnd.apache.parquet");
    let row = json!({"path": "/shop", "page_views": 20.0, "users": 5.0, "entries": 5.0, "exits": 5.0});
    assert_eq!(parquet_rows(file.body), [row]);

    let overview = token(&collector, json!({"site": "demo", "view": "overview", "name": "For <the> board"})).await;
    let overview = open(&collector, &overview, "").await.json();
    let value = |name: &str| {
        let numbers = overview["numbers"].as_array().unwrap();
        numbers.iter().find(|number| number["name"] == name).map(|number| number["value"].clone())
    };
    assert_eq!(value("users"), Some(json!(10)));
    assert_eq!((value("goals"), value("users_now")), (Some(json!("< 5")), None));
    assert_eq!(overview["shared"]["name"], "For <the> board");
    collector.stop().await;
}

// I14
async fn a_link_opens_nothing_else(home: Home) {
    let collector = home.start().await;
    visit(&collector, 0..6, "/shop").await;
    let query = "country=(none)&from=2026-11-01&to=2026-11-20";
    let link = token(&collector, json!({"site": "demo", "view": "pages", "query": query})).await;
    let allowed = "is no parameter; there are format and table";
    for (query, name) in [
        ("?from=2020-01-01", "from"),
        ("?site=shop", "site"),
        ("?view=users", "view"),
        ("?country=SE", "country"),
        ("?not_country=SE", "not_country"),
        ("?sql=yes", "sql"),
    ] {
        let answer = open(&collector, &link, query).await;
        assert_eq!((answer.status.as_u16(), answer.error()), (400, format!("`{name}` {allowed}")));
    }
    let answer = open(&collector, &link, "?table=users&format=csv").await;
    assert_eq!(answer.error(), "`table` must be one of pages, numbers, and is `users`");
    let bearer = format!("Bearer {link}");
    for (method, path) in [
        ("GET", "/v1/insights/pages?site=demo"),
        ("GET", "/v1/insights/users?site=demo"),
        ("GET", "/v1/insights"),
        ("GET", "/v1/events"),
        ("GET", "/v1/shares"),
        ("POST", "/v1/shares"),
        ("DELETE", "/v1/shares/x"),
        ("GET", "/v1/users/adam"),
        ("DELETE", "/v1/users/adam"),
        ("GET", "/live"),
    ] {
        let answer = collector.ask(collector.request(method, path, &[("authorization", &bearer)], "".into())).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (401, &json!("unauthorized")), "{path}");
    }
    collector.stop().await;
}

// I14
async fn a_link_ends(home: Home) {
    let collector = home.start().await;
    let made = make(&collector, json!({"site": "demo", "view": "pages", "days": 1})).await.json();
    let (id, token) = (made["id"].as_str().unwrap(), made["token"].as_str().unwrap());
    assert_eq!(made["expires"].as_i64().unwrap() - made["created"].as_i64().unwrap(), DAY_MS);
    assert_eq!(open(&collector, token, "").await.status, 200);
    let list = collector.get("/v1/shares?site=demo").await;
    assert!(!list.text().contains(token) && list.json()["shares"][0]["used"].is_i64(), "{}", list.text());
    if home.store().to_str() != Some(":memory:") {
        for name in ["events.db", "events.db-wal"] {
            let bytes = std::fs::read(home.file(name)).unwrap();
            assert!(!bytes.windows(token.len()).any(|window| window == token.as_bytes()), "{name}");
        }
    }
    let revoke = async |token: &str| {
        let bearer = format!("Bearer {token}");
        let request = format!("/v1/shares/{id}");
        collector.ask(collector.request("DELETE", &request, &[("authorization", &bearer)], "".into())).await
    };
    assert_eq!(revoke("wrong").await.status, 401);
    assert_eq!(revoke(TOKEN).await.json(), json!({"revoked": true}));
    assert_eq!(revoke(TOKEN).await.json(), json!({"revoked": false}));
    let why = "this link does not open: it has ended, was revoked, or never was";
    for token in [token, "never", ""] {
        let answer = open(&collector, token, "?from=2020-01-01").await;
        assert_eq!((answer.status.as_u16(), answer.error().as_str()), (401, why));
        assert_eq!((&answer.json()["code"], answer.header("www-authenticate")), (&json!("invalid-share"), "Bearer"));
    }
    collector.stop().await;
}

async fn what_cannot_be_shared_is_a_400_that_says_what_can(home: Home) {
    let collector = home.start().await;
    let views = "`view` must be overview, contents, steps, funnel, sessions, retention, pages, progress or autoplay: the \
                 others show users or events";
    for (link, expected) in [
        (json!({"site": "demo", "view": "users"}), format!("{views}, and is `users`")),
        (json!({"site": "demo", "view": "session", "query": "id=1"}), format!("{views}, and is `session`")),
        (json!({"site": "demo", "view": "health"}), format!("{views}, and is `health`")),
        (
            json!({"site": "demo", "view": "funnel", "query": "step=play&step=goal"}),
            "`unit` must be user: a shared funnel counts users, and is `session`".to_owned(),
        ),
        (json!({"site": "shpo", "view": "pages"}), "no site has the key `shpo`; there are demo, shop".to_owned()),
        (json!({"site": "demo", "view": "pages", "days": 0}), "`days` must be from 1 to 366, and is `0`".to_owned()),
        (
            json!({"site": "demo", "view": "pages", "query": "site=shop"}),
            "`query` must be without site, format, table, sql, segment, goals, and is `site`".to_owned(),
        ),
        (
            json!({"site": "demo", "view": "pages", "query": "tz=Mars/Base"}),
            "`tz` must be a time zone such as Europe/Berlin, and is `Mars/Base`".to_owned(),
        ),
        (
            json!({"site": "demo", "view": "pages", "query": "from=2026-11-25&to=2026-11-24"}),
            "`to` must be after `from`, and is `2026-11-24`".to_owned(),
        ),
    ] {
        let answer = make(&collector, link.clone()).await;
        assert_eq!((answer.status.as_u16(), answer.error()), (400, expected), "{link}");
    }
    for body in ["{", r#"{"site": "demo"}"#, r#"{"site": "demo", "view": "pages", "token": "mine"}"#] {
        let bearer = format!("Bearer {TOKEN}");
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let answer = collector.ask(collector.request("POST", "/v1/shares", &headers, body.into())).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (400, &json!("invalid-share-request")), "{body}");
    }
    // A page elsewhere can send this type to a collector on this machine.
    let bearer = format!("Bearer {TOKEN}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "text/plain")];
    let answer = collector.ask(collector.request("POST", "/v1/shares", &headers, "{}".into())).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (400, &json!("invalid-share-request")));
    let hostile = json!({"site": "demo", "view": "pages", "name": "'); DROP TABLE shares;--<script>=1+1"});
    let id = make(&collector, hostile.clone()).await.json()["id"].clone();
    let list = collector.get("/v1/shares").await.json();
    assert_eq!((&list["shares"][0]["name"], &list["shares"][0]["id"]), (&hostile["name"], &id));
    collector.stop().await;
}

// I15: the view of 11 users, and of the same with one more.
async fn one_user_more_or_less_cannot_be_told(home: Home) {
    let collector = home.start().await;
    visit(&collector, 0..3, "/shop").await;
    let link = token(&collector, json!({"site": "demo", "view": "pages"})).await;
    let shown = async || {
        let answer = open(&collector, &link, "").await.json();
        (answer["numbers"].clone(), answer["tables"].clone())
    };
    let few = shown().await;
    visit(&collector, 3..4, "/shop").await;
    assert_eq!(shown().await, few, "3 and 4");
    visit(&collector, 4..11, "/shop").await;
    let row = shown().await.1[0]["rows"][0].clone();
    assert_eq!(row[2], 10);
    visit(&collector, 11..12, "/shop").await;
    let more = shown().await.1[0]["rows"][0].clone();
    // 11 and 12 users are both 10; 33 and 36 views are both 35.
    assert_eq!(more, row);
    collector.stop().await;
}
