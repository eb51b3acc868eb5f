//! Who may see what is stored.

use crate::harness::running::*;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use waymark_collector::{Admin, Collector, Config, SecurityLog, Token};

#[tokio::test]
async fn export_audit_and_live_stream_need_the_token() {
    let collector = Home::in_memory().start().await;
    for path in ["/v1/events", "/v1/audit", "/live"] {
        for headers in [&[][..], &[("authorization", "Bearer wrong")], &[("authorization", TOKEN)]] {
            let answer = collector.get_with(path, headers).await;
            assert_eq!((answer.status.as_u16(), answer.header("www-authenticate")), (401, "Bearer"), "{path}");
            assert_eq!(answer.error(), "this needs the admin token: send `Authorization: Bearer TOKEN`");
        }
    }
    assert_eq!(collector.get("/v1/events").await.status, 200);
}

#[tokio::test]
async fn only_the_live_stream_takes_the_token_in_the_address() {
    let collector = Home::in_memory().start().await;
    let token = TOKEN.replace(' ', "%20");
    assert_eq!(collector.open(&format!("/live?token={token}"), &[]).await.status(), 200);
    assert_eq!(collector.get_with("/live?token=wrong", &[]).await.status, 401);
    assert_eq!(collector.get_with(&format!("/v1/events?token={token}"), &[]).await.status, 401);
}

#[tokio::test]
async fn without_a_token_in_the_configuration_everything_is_closed_and_says_how_to_open_it() {
    let collector = Running::start(Config { admin: Admin::Closed, ..Home::in_memory().config() }).await;
    for path in ["/", "/live", "/v1/events", "/v1/audit"] {
        let answer = collector.get(path).await;
        let why =
            "closed: set `admin_token` in the configuration, or WAYMARK_ADMIN_TOKEN, to open export and inspector";
        assert_eq!((answer.status.as_u16(), answer.error().as_str()), (403, why), "{path}");
    }
    assert_eq!(collector.post(BATCH).await.status, 200);
}

/// The addresses that the open demo answers to this machine only.
const STORED: [&str; 5] = ["/v1/events", "/v1/audit", "/v1/users/adam", "/metrics", "/live"];

const NOT_LOCAL: &str =
    r#"{"error":"the open demo answers only to localhost and loopback addresses","code":"not-local"}"#;

#[tokio::test]
async fn the_demo_is_open_to_this_machine_and_not_to_a_page_that_rebinds_its_name() {
    let collector = Running::start(Config::demo()).await;
    for path in STORED {
        assert_eq!(collector.open(path, &[]).await.status(), 200, "{path}");
        let answer = collector.get_with(path, &[("host", "evil.example:8787")]).await;
        assert_eq!((answer.status.as_u16(), answer.text()), (403, NOT_LOCAL), "{path}");
    }
}

#[tokio::test]
async fn the_demo_is_as_open_over_http_2_and_as_closed() {
    let collector = Running::start(Config::demo()).await;
    let stream = TcpStream::connect(collector.address).await.unwrap();
    let (sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    // The client sends `authority` as `:authority`, and no `Host` header unless it is given one.
    let ask = async |authority: &str, host: Option<&str>, path: &str| {
        let mut request = Request::get(format!("http://{authority}{path}"));
        if let Some(host) = host {
            request = request.header("host", host);
        }
        let request = request.body(Full::<Bytes>::default()).unwrap();
        in_time(sender.clone().send_request(request)).await.unwrap()
    };
    for path in STORED {
        for authority in ["localhost", "127.0.0.1:8787", "[::1]:8787"] {
            assert_eq!(ask(authority, None, path).await.status(), 200, "{authority}{path}");
        }
        for (authority, host) in [
            ("evil.example:8787", None),
            ("localhost.evil.example", None),
            ("evil.example", Some("localhost")),
            ("localhost", Some("evil.example")),
        ] {
            let answer = ask(authority, host, path).await;
            assert_eq!(answer.status(), 403, "{authority} {host:?} {path}");
            assert_eq!(in_time(answer.into_body().collect()).await.unwrap().to_bytes(), NOT_LOCAL);
        }
    }
}

#[tokio::test]
async fn a_site_that_there_is_not_is_no_empty_answer() {
    for home in [Home::in_memory(), Home::in_sqlite()] {
        let mut config = home.config();
        config.sites[1].origins.clear();
        let collector = Collector::open(config.clone()).unwrap();
        let reconfigure = collector.reloader();
        let collector = Running::serve(collector).await;
        let wrong = async |method: &str, path: &str| {
            let bearer = format!("Bearer {TOKEN}");
            let request = collector.request(method, path, &[("authorization", &bearer)], Bytes::new());
            let answer = collector.ask(request).await;
            (answer.status.as_u16(), answer.error())
        };
        let why = (400, "no site has the key `shpo`; there are demo, shop".to_owned());
        assert_eq!(wrong("GET", "/v1/events?site=shpo").await, why);
        assert_eq!(wrong("GET", "/v1/events?site=shpo&last=5").await, why);
        assert_eq!(wrong("GET", "/v1/audit?site=shpo").await, why);
        assert_eq!(wrong("GET", "/v1/users/adam?site=shpo").await, why);
        assert_eq!(wrong("DELETE", "/v1/users/adam?site=shpo").await, why);
        let live = (400, "`site` is no parameter; there is token".to_owned());
        assert_eq!(wrong("GET", "/live?site=shop").await, live);
        assert_eq!(collector.get_with("/v1/events?site=shpo", &[]).await.status, 401, "strangers learn no keys");
        assert_eq!(collector.get_with("/live?site=shop", &[]).await.status, 401);
        let mut shop = value(BATCH);
        shop["site"] = "shop".into();
        assert_eq!(collector.post(shop.to_string()).await.outcome(), reply(2, 0));

        // Of a site that is no longer configured all that is stored can be asked for.
        config.sites.pop();
        reconfigure.apply(&config).unwrap();
        assert_eq!(collector.events("?site=shop").await.len(), 2);
        assert_eq!(collector.get("/v1/audit?site=shop").await.json()[0]["stored"], 2);
        let user = "/v1/users/7302c5a9-9dbf-ef49-e898-8fce4d0add48?site=shop";
        assert_eq!(collector.get(user).await.text().lines().count(), 2);
        assert_eq!(wrong("GET", "/v1/events?site=shpo").await, why);
        collector.stop().await;
    }
}

#[tokio::test]
async fn no_page_of_another_origin_can_read_what_is_stored() {
    let collector = Running::start(Config::demo()).await;
    let answer = collector.get_with("/v1/events", &[("origin", "https://evil.example")]).await;
    assert_eq!(answer.header("access-control-allow-origin"), "");
}

/// With a read token for the site `demo`.
fn with_reader(config: Config) -> Config {
    let mut config = config;
    config.sites[0].read_token = Some(Token::from("read demo".to_owned()));
    config
}

const READER: [(&str, &str); 1] = [("authorization", "Bearer read demo")];

#[tokio::test]
async fn a_read_token_opens_the_insights_of_its_site_and_nothing_else() {
    for home in [Home::in_memory(), Home::in_sqlite()] {
        let collector = Running::start(with_reader(home.config())).await;
        assert_eq!(collector.post(BATCH).await.outcome(), reply(2, 0));
        for path in ["overview?site=demo", "users?site=demo", "pages?site=demo&format=csv"] {
            let answer = collector.get_with(&format!("/v1/insights/{path}"), &READER).await;
            assert_eq!(answer.status, 200, "{path}");
        }
        let index = collector.get_with("/v1/insights", &READER).await.json();
        assert_eq!((&index["read_only"], index["sites"].as_array().unwrap().len()), (&true.into(), 1));
        assert_eq!(index["sites"][0]["key"], "demo");
        let user = "/v1/users/7302c5a9-9dbf-ef49-e898-8fce4d0add48?site=demo";
        for (method, path) in [
            ("GET", "/v1/insights/overview?site=shop"),
            ("GET", "/v1/insights/overview?site=nobody"),
            ("GET", "/v1/events?site=demo"),
            ("GET", "/v1/audit?site=demo"),
            ("GET", user),
            ("DELETE", user),
            ("GET", "/metrics"),
            ("GET", "/live"),
        ] {
            let answer = collector.ask(collector.request(method, path, &READER, Bytes::new())).await;
            let why = "this token reads the insights of the site `demo`, and nothing else";
            assert_eq!((answer.status.as_u16(), answer.error().as_str()), (403, why), "{method} {path}");
            assert_eq!(answer.json()["code"], "read-only");
        }
        assert_eq!(collector.get_with("/live?token=read%20demo", &[]).await.status, 403);
        assert_eq!(collector.events("?site=demo").await.len(), 2, "nothing was erased");
        let wrong = [("authorization", "Bearer read dem")];
        let answer = collector.get_with("/v1/insights/overview?site=demo", &wrong).await;
        let why = "this needs the admin token, or the `read_token` of the site: send `Authorization: Bearer TOKEN`";
        assert_eq!((answer.status.as_u16(), answer.error().as_str()), (401, why));
        let all = collector.get("/v1/insights").await.json();
        assert_eq!((&all["read_only"], &all["sites"][1]["key"]), (&false.into(), &"shop".into()));
        collector.stop().await;
    }
}

#[tokio::test]
async fn a_read_token_works_without_an_admin_token_and_ends_with_the_configuration() {
    let home = Home::in_memory();
    let config = with_reader(Config { admin: Admin::Closed, ..home.config() });
    let collector = Collector::open(config.clone()).unwrap();
    let reconfigure = collector.reloader();
    let collector = Running::serve(collector).await;
    let overview = "/v1/insights/overview?site=demo";
    assert_eq!(collector.get_with(overview, &READER).await.status, 200);
    assert_eq!(collector.get_with("/insights", &[]).await.status, 200);
    assert_eq!(collector.get_with(overview, &[]).await.status, 401);
    assert_eq!(collector.get_with("/v1/events", &[]).await.status, 403);
    let mut without = config;
    without.sites[0].read_token = None;
    reconfigure.apply(&without).unwrap();
    for path in [overview, "/insights"] {
        let answer = collector.get_with(path, &READER).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (403, &"admin-disabled".into()), "{path}");
    }
    collector.stop().await;
}

#[tokio::test]
async fn the_security_log_names_the_site_of_a_read_token() {
    let home = Home::in_memory();
    let dir = home.file("security");
    let security_log = SecurityLog { on: true, dir: dir.clone(), days: 30 };
    let collector = Running::start(with_reader(Config { security_log, ..home.config() })).await;
    collector.get_with("/v1/insights/pages?site=demo", &READER).await;
    collector.get_with("/v1/events", &READER).await;
    collector.get_with("/v1/insights/pages?site=demo", &[]).await;
    collector.stop().await;
    let file = std::fs::read_dir(dir).unwrap().next().unwrap().unwrap().path();
    let text = std::fs::read_to_string(file).unwrap();
    assert!(!text.contains("read demo"), "{text}");
    let noted = text.lines().map(value).map(|line| format!("{} {} {}", line["path"], line["site"], line["status"]));
    assert_eq!(
        noted.collect::<Vec<_>>(),
        ["\"/v1/insights/pages\" \"demo\" 200", "\"/v1/events\" \"demo\" 403", "\"/v1/insights/pages\" null 401"]
    );
}
