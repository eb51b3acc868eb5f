//! A listener of its own for what is stored: nothing of it is to be had anywhere else.

use crate::harness::running::*;
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tokio::net::TcpListener;
use waymark_collector::{Admin, Collector, Config};

const PRIVATE: [&str; 7] =
    ["/v1/events", "/v1/audit", "/v1/users/somebody", "/metrics", "/live", "/", "/inspector/inspector.js"];

async fn start(change: impl FnOnce(&mut Config)) -> (Running, String) {
    let mut config = Home::in_memory().config();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    config.admin_listen = Some(address);
    change(&mut config);
    (Running::serve(Collector::open(config).unwrap().admin_on(listener)).await, address.to_string())
}

async fn ask(address: &str, method: &str, path: &str, headers: &[(&str, &str)]) -> u16 {
    let mut request = Request::builder().method(method).uri(format!("http://{address}{path}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let client = Client::builder(TokioExecutor::new()).build_http();
    let answer = in_time(client.request(request.body(Full::new(Bytes::new())).unwrap())).await.unwrap();
    let status = answer.status().as_u16();
    // The live stream has no end.
    if path != "/live" {
        in_time(answer.into_body().collect()).await.unwrap();
    }
    status
}

#[tokio::test]
async fn what_is_stored_is_on_its_own_listener_and_nowhere_else() {
    let (collector, address) = start(|_| {}).await;
    assert_eq!(collector.post(BATCH).await.status, 200);
    let token = format!("Bearer {TOKEN}");
    for path in PRIVATE {
        let open = collector.get(path).await.status.as_u16();
        assert!([404, 405].contains(&open), "{path} {open}");
        assert_eq!(ask(&address, "GET", path, &[("authorization", &token)]).await, 200, "{path}");
    }
    for path in ["/v1/events", "/v1/audit", "/live"] {
        assert_eq!(ask(&address, "GET", path, &[]).await, 401, "a token is asked for there too: {path}");
    }
    for (method, path) in
        [("POST", "/v1/events"), ("POST", "/v1/forget"), ("POST", "/v1/state"), ("GET", "/v1/sites/demo/settings")]
    {
        let status = ask(&address, method, path, &[]).await;
        assert!([404, 405].contains(&status), "{method} {path} {status}");
    }
    assert_eq!(ask(&address, "GET", "/healthz", &[]).await, 200);
    let elsewhere = collector.get("/v1/nothing").await;
    assert!(!elsewhere.text().contains("/v1/audit") && elsewhere.text().contains("/v1/forget"), "{}", elsewhere.text());
    collector.stop().await;
}

#[tokio::test]
async fn a_loopback_listener_needs_no_token_but_the_machine_s_own_name() {
    let (collector, address) = start(|config| config.admin = Admin::Closed).await;
    assert_eq!(ask(&address, "GET", "/v1/audit", &[]).await, 200);
    assert_eq!(ask(&address, "GET", "/v1/audit", &[("host", "evil.example")]).await, 403);
    assert_eq!(collector.get("/v1/audit").await.status, 404);
    collector.stop().await;
}
