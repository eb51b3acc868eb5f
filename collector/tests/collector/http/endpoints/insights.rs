//! `GET /v1/insights/{view}` and the page `/insights`.

use crate::harness::parquet::{only_reals, parquet_rows};
use crate::harness::running::*;
use waymark_collector::Config;

over_both_stores! {
    a_question_is_answered_with_its_definitions
    what_is_wrong_is_a_400_that_says_what_is_allowed
    a_table_can_be_exported
    each_table_can_be_read_back_from_parquet
    an_answer_has_a_tag
    only_the_token_opens_it
}

/// The last 30 days.
const RANGE: &str = "site=demo";

/// A funnel.
const STEPS: &str = "funnel?step=pageView&step=play&";

/// Asks until all events have their facts.
async fn ask(collector: &Running, query: &str) -> Answer {
    in_time(async {
        loop {
            let answer = collector.get(&format!("/v1/insights/{query}")).await;
            let is_behind = answer.text().contains("\"behind\":{\"events\":") && answer.json()["behind"]["events"] != 0;
            if !is_behind {
                return answer;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await
}

async fn filled(home: &Home) -> Running {
    let collector = home.start().await;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as i64;
    let mut batch = views(1, now - 10_000, 3);
    batch["sent"] = now.into();
    assert_eq!(collector.post(batch.to_string()).await.outcome(), reply(3, 0));
    collector
}

async fn a_question_is_answered_with_its_definitions(home: Home) {
    let collector = filled(&home).await;
    let answer = ask(&collector, &format!("overview?{RANGE}&tz=Europe/Berlin&sql=yes")).await;
    assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, "no-store"), "{}", answer.text());
    let answer = answer.json();
    assert_eq!(
        (&answer["version"], &answer["view"], &answer["tz"]),
        (&1.into(), &"overview".into(), &"Europe/Berlin".into())
    );
    let numbers = answer["numbers"].as_array().unwrap();
    let value = |name: &str| numbers.iter().find(|number| number["name"] == name).unwrap()["value"].clone();
    assert_eq!((value("page_views"), value("users"), value("sessions")), (3.into(), 1.into(), 1.into()));
    for number in numbers {
        let name = number["name"].as_str().unwrap();
        assert!(answer["definitions"][name]["text"].as_str().unwrap().len() > 10, "{name}");
    }
    let has_sql = home.store().to_str() != Some(":memory:");
    assert_eq!(answer["sql"]["users"].is_string(), has_sql);
    // The batch begins with number 12 of its tab, of which two were reported as lost.
    assert_eq!((&answer["loss"]["missing"], &answer["loss"]["lost"]["overflow"]), (&10.into(), &2.into()));
    collector.stop().await;
}

async fn what_is_wrong_is_a_400_that_says_what_is_allowed(home: Home) {
    let collector = filled(&home).await;
    let steps = "&step=play".repeat(50);
    for (query, expected) in [
        (
            "sales?site=demo",
            "`view` must be overview, contents, steps, funnel, goals, sessions, session, users, retention, pages, flow, progress, autoplay, friction or health, and is `sales`",
        ),
        ("overview", "`site` is missing"),
        ("overview?site=shpo", "no site has the key `shpo`; there are demo, shop"),
        ("overview?site=demo&tz=Mars/Base", "`tz` must be a time zone such as Europe/Berlin, and is `Mars/Base`"),
        ("overview?site=demo&from=2026-11-25&to=2026-11-24", "`to` must be after `from`, and is `2026-11-24`"),
        (
            "overview?site=demo&from=1626-11-25&to=2026-11-25",
            "`to` must be at most 1100 days after `from`, and is `2026-11-25`",
        ),
        (
            "overview?site=demo&from=yesterday",
            "`from` must be a day such as 2026-11-25, or a time in epoch ms, and is `yesterday`",
        ),
        ("overview?site=demo&site=shop", "`site` is there twice"),
        ("overview?site=demo&by=minute", "`by` must be hour, day, week or month, and is `minute`"),
        ("overview?site=demo&mobile=1", "`mobile` must be yes or no, and is `1`"),
        ("overview?site=demo&limit=100000", "`limit` can be at most 10000"),
        ("steps?site=demo", "`item` is missing"),
        ("overview?site=demo&format=xls", "`format` must be json, csv, ndjson or parquet, and is `xls`"),
        (
            "overview?site=demo&format=csv",
            "`table` must be one of trend, top_contents, top_pages, countries, browsers, systems, numbers, and is ``",
        ),
        ("goals?site=demo", "`goal` must be there 1 to 8 times, and is `there 0 times`"),
        ("funnel?site=demo&step=play", "`step` must be there 2 to 8 times, and is `there 1 times`"),
        (&format!("funnel?site=demo{steps}"), "`step` must be there 2 to 8 times, and is `there 50 times`"),
        (
            "funnel?site=demo&step=play&step=step=1",
            "`step` must be a type and conditions of content, step, path and data.NAME, such as `play content=124909` or `pageView path=/order/*`, and is `step=1`",
        ),
        (
            "funnel?site=demo&step=play&step=goal&window=99d",
            "`window` must be a time up to 90d, such as 30m, 12h or 7d, and is `99d`",
        ),
        (
            "funnel?site=demo&step=play&step=goal&window=%C3%A9",
            "`window` must be a time up to 90d, such as 30m, 12h or 7d, and is `é`",
        ),
    ] {
        let answer = collector.get(&format!("/v1/insights/{query}")).await;
        assert_eq!((answer.status.as_u16(), answer.error().as_str()), (400, expected), "{query}");
    }
    let unknown = collector.get("/v1/insights/overview?site=demo&colour=red").await;
    assert!(unknown.error().starts_with("`colour` is no parameter; there are site, from, "), "{}", unknown.error());
    let many = format!("overview?site=demo{}", "&path=x".repeat(51));
    assert_eq!(collector.get(&format!("/v1/insights/{many}")).await.error(), "filters can have at most 50 values");
    collector.stop().await;
}

async fn a_table_can_be_exported(home: Home) {
    let collector = filled(&home).await;
    let all = ask(&collector, &format!("pages?{RANGE}")).await.json();
    assert_eq!(all["tables"][0]["total"], 1);
    let csv = collector.get(&format!("/v1/insights/pages?{RANGE}&format=csv")).await;
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(csv.header("content-disposition"), "attachment; filename=\"waymark-demo-pages-table.csv\"");
    let lines: Vec<&str> = csv.text().lines().collect();
    assert_eq!(lines[0], "path,page_views,users,entries,exits,median_time");
    assert_eq!(lines[1], "/product/pink-alligator/,3,1,1,1,1");
    assert_eq!((csv.header("waymark-rows"), csv.header("waymark-total")), ("1", "1"));
    let lines = collector.get(&format!("/v1/insights/overview?{RANGE}&format=ndjson&table=numbers")).await;
    assert_eq!(lines.header("content-type"), "application/x-ndjson");
    assert_eq!(value(lines.text().lines().next().unwrap())["number"], "users");
    collector.stop().await;
}

async fn each_table_can_be_read_back_from_parquet(home: Home) {
    let collector = filled(&home).await;
    let mut exported = 0;
    let sessions = ask(&collector, &format!("sessions?{RANGE}")).await.json();
    let table = sessions["tables"].as_array().unwrap().iter().find(|table| table["name"] == "sessions").unwrap();
    let place = table["columns"].as_array().unwrap().iter().position(|column| column == "session").unwrap();
    let session = format!("session?id={}&", table["rows"][0][place].as_str().unwrap());
    let views = ["overview?", "contents?", "steps?item=1&", "sessions?", "users?", "retention?", "pages?", "health?"];
    for view in views.into_iter().chain(["flow?page=/product/pink-alligator/&", STEPS, &session]) {
        let query = format!("{view}{RANGE}");
        let answer = ask(&collector, &query).await.json();
        let tables = answer["tables"].as_array().unwrap().iter().map(|table| table["name"].as_str().unwrap());
        for table in tables.chain(["numbers"]) {
            let path = format!("/v1/insights/{query}&table={table}&format=");
            let file = collector.get(&format!("{path}parquet")).await;
            assert_eq!(file.header("content-type"), "application/vnd.apache.parquet");
            let view = answer["view"].as_str().unwrap();
            let name = format!("attachment; filename=\"waymark-demo-{view}-{table}.parquet\"");
            assert_eq!(file.header("content-disposition"), name);
            let lines = collector.get(&format!("{path}ndjson")).await;
            let lines: Vec<_> = lines.text().lines().map(value).map(only_reals).collect();
            assert_eq!(parquet_rows(file.body), lines, "{path}");
            exported += lines.len();
        }
    }
    assert!(exported > 60, "{exported}");
    let cut = collector.get(&format!("/v1/insights/{session}{RANGE}&table=stream&format=ndjson&limit=1")).await;
    assert_eq!((cut.text().lines().count(), cut.header("waymark-rows")), (1, "1"));
    assert!(cut.header("waymark-total").parse::<u32>().unwrap() > 1);
    collector.stop().await;
}

async fn an_answer_has_a_tag(home: Home) {
    let collector = filled(&home).await;
    let path = format!("pages?{RANGE}");
    let tag = ask(&collector, &path).await.header("etag").to_owned();
    let bearer = format!("Bearer {TOKEN}");
    let again = |tag: &str| {
        let headers = [("authorization", bearer.clone()), ("if-none-match", tag.to_owned())];
        let (collector, path) = (&collector, format!("/v1/insights/{path}"));
        async move {
            let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            collector.get_with(&path, &headers).await.status.as_u16()
        }
    };
    assert_eq!((again(&tag).await, again("\"other\"").await), (304, 200));
    collector.stop().await;
}

async fn only_the_token_opens_it(home: Home) {
    let collector = home.start().await;
    assert_eq!(collector.get_with("/v1/insights/overview?site=demo", &[]).await.status, 401);
    // The page holds no data.
    assert_eq!(collector.get_with("/insights", &[]).await.status, 200);
    collector.stop().await;
}

#[tokio::test]
async fn the_page_runs_its_own_script_and_makes_no_markup_of_text() {
    let collector = Running::start(Config::demo()).await;
    let page = collector.get_with("/insights", &[]).await;
    assert!(page.header("content-security-policy").contains("script-src 'self'; style-src 'self'"));
    assert!(
        !page.text().contains(" style=") && !page.text().contains(" onclick=") && !page.text().contains("<script>")
    );
    for part in ["insights.js", "address.js", "answer.js", "charts.js", "tables.js", "user.js", "values.js", "demo.js"]
    {
        let script = collector.get_with(&format!("/insights/{part}"), &[]).await;
        assert_eq!((script.status.as_u16(), script.header("content-type")), (200, "text/javascript; charset=utf-8"));
        for way_in in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"] {
            assert!(!script.text().contains(way_in), "{part}: {way_in}");
        }
    }
    assert_eq!(collector.get_with("/insights/nothing.js", &[]).await.status, 404);
    collector.stop().await;
}
