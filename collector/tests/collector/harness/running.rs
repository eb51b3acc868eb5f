//! A collector that runs for a test, what to send to it, and a plain client.

/// The body that asks for the erasure of an anonymous user.
pub fn forget_body(site: &str, eu_id: &str) -> String {
    let forget = waymark_wire::Forget { site: site.to_owned(), eu_id: eu_id.to_owned() };
    serde_json::to_string(&forget).unwrap()
}

use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use waymark_collector::{Admin, Collector, Config, SecurityLog, ServeError, Site, Token};

pub use axum::body::Bytes;
pub use axum::http::{HeaderMap, Request, StatusCode};

/// A batch as the wire has it, and the events in it; both belong to the wire's own tests.
pub const BATCH: &str = include_str!("../../../../wire/fixtures/v1/batch.json");
pub const EVENTS: &str = include_str!("../../../../wire/fixtures/v1/events.json");

pub const ACCOUNT: &str = "3210be7ad82f403298f7c4da065ec657";
pub const TOKEN: &str = "the admin token";

/// What a test waits for comes within this time, or never.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// Where the events of a test stay.
pub struct Home {
    dir: TempDir,
    store: PathBuf,
}

impl Home {
    pub fn in_memory() -> Self {
        Home { dir: TempDir::new().unwrap(), store: ":memory:".into() }
    }

    pub fn in_sqlite() -> Self {
        let dir = TempDir::new().unwrap();
        Home { store: dir.path().join("events.db"), dir }
    }

    /// A file of this name in a directory that ends with the test.
    pub fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn store(&self) -> &PathBuf {
        &self.store
    }

    /// The site `demo` takes from anywhere, `shop` from one origin; the token is [`TOKEN`].
    pub fn config(&self) -> Config {
        let site = |key: &str, origins: &[&str]| Site {
            origins: origins.iter().map(|origin| (*origin).to_owned()).collect(),
            retention_days: 0,
            ..Site::new(key, ACCOUNT)
        };
        Config {
            store: self.store.clone(),
            admin: Admin::Token(Token::from(TOKEN.to_owned())),
            security_log: SecurityLog::off(),
            sites: vec![site("demo", &[]), site("shop", &["https://shop.example"])],
            ..Config::default()
        }
    }

    pub async fn start(&self) -> Running {
        Running::start(self.config()).await
    }
}

/// Each of these tests, once for each store.
macro_rules! over_both_stores {
    ($($test:ident)*) => {
        mod in_memory {
            $(#[tokio::test] async fn $test() { super::$test(crate::harness::running::Home::in_memory()).await })*
        }
        mod in_sqlite {
            $(#[tokio::test] async fn $test() { super::$test(crate::harness::running::Home::in_sqlite()).await })*
        }
    };
}
pub(crate) use over_both_stores;

pub struct Running {
    pub address: SocketAddr,
    end: oneshot::Sender<()>,
    serving: JoinHandle<Result<(), ServeError>>,
    client: Client<HttpConnector, Full<Bytes>>,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Running {
    pub async fn start(config: Config) -> Self {
        Self::serve(Collector::open(config).unwrap()).await
    }

    pub async fn serve(collector: Collector) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (end, ended) = oneshot::channel();
        let serving = tokio::spawn(collector.serve(listener, async move {
            let _ = ended.await;
        }));
        let client = Client::builder(TokioExecutor::new()).build_http();
        Running { address, end, serving, client }
    }

    /// Tells it to end and waits until it has.
    pub async fn stop(self) {
        self.end.send(()).unwrap();
        drop(self.client);
        in_time(self.serving).await.unwrap().unwrap();
    }

    /// Tells it to end, and gives what becomes ready once it has.
    pub fn begin_to_stop(self) -> JoinHandle<Result<(), ServeError>> {
        self.end.send(()).unwrap();
        self.serving
    }

    pub async fn ask(&self, request: Request<Full<Bytes>>) -> Answer {
        let response = in_time(self.client.request(request)).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = in_time(body.collect()).await.unwrap().to_bytes();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Bytes) -> Request<Full<Bytes>> {
        let mut request = Request::builder().method(method).uri(format!("http://{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(Full::new(body)).unwrap()
    }

    pub async fn post(&self, body: impl Into<Bytes>) -> Answer {
        self.post_with(&[("content-type", "text/plain;charset=UTF-8")], body).await
    }

    pub async fn post_with(&self, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Answer {
        self.ask(self.request("POST", "/v1/events", headers, body.into())).await
    }

    /// A batch to this address, as a page of `origin` sends it.
    pub async fn post_to(&self, path: &str, origin: &str, body: impl Into<Bytes>) -> Answer {
        self.ask(self.request("POST", path, &[("origin", origin)], body.into())).await
    }

    pub async fn forget(&self, site: &str, user: &str) -> Answer {
        self.post_forget(&[("content-type", "text/plain;charset=UTF-8")], forget_body(site, user)).await
    }

    pub async fn post_forget(&self, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Answer {
        self.ask(self.request("POST", "/v1/forget", headers, body.into())).await
    }

    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.ask(self.request("GET", path, headers, Bytes::new())).await
    }

    /// With the token.
    pub async fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[("authorization", &format!("Bearer {TOKEN}"))]).await
    }

    /// The stored events that an export with these parameters gives.
    #[track_caller]
    pub fn events(&self, parameters: &str) -> impl Future<Output = Vec<Value>> {
        let path = format!("/v1/events{parameters}");
        async move {
            let answer = self.get(&path).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
            answer.text().lines().map(value).collect()
        }
    }

    /// The response to a GET whose body is still to come.
    pub async fn open(
        &self,
        path: &str,
        headers: &[(&str, &str)],
    ) -> axum::http::Response<impl axum::body::HttpBody<Data = Bytes, Error: std::fmt::Debug> + Unpin + use<>> {
        in_time(self.client.request(self.request("GET", path, headers, Bytes::new()))).await.unwrap()
    }
}

impl Answer {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub fn json(&self) -> Value {
        value(self.text())
    }

    /// What became of the batch's events: the reply without `request` and `upto`.
    pub fn outcome(&self) -> Value {
        let mut reply = self.json();
        reply.as_object_mut().unwrap().retain(|name, _| !["request", "upto"].contains(&name.as_str()));
        reply
    }

    pub fn error(&self) -> String {
        self.json()["error"].as_str().unwrap().to_owned()
    }

    #[track_caller]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

#[track_caller]
pub fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

pub async fn in_time<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(DEADLINE, future).await.expect("it comes in time")
}

/// A batch of `count` page views, a second apart from `from`, of the tab number `tab`.
pub fn views(tab: u32, from: i64, count: usize) -> Value {
    let mut batch = value(BATCH);
    batch["tab"] = json!(format!("9ef11e58-809f-4d93-855d-22f1{tab:08x}"));
    batch["contexts"].as_array_mut().unwrap().truncate(1);
    let event = |n| json!({"time": from + 1_000 * n as i64, "type": "pageView", "data": {"n": n}});
    batch["events"] = (0..count).map(event).collect();
    batch
}

pub fn reply(stored: usize, duplicate: usize) -> Value {
    json!({"stored": stored, "duplicate": duplicate, "rejected": []})
}
