//! The proxies of docs/deploy.md, as they stand there but for addresses and certificates: each runs, where it is
//! installed, before a collector that is told of it.

use crate::harness::running::*;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpSocket, TcpStream};
use tokio_rustls::client::TlsStream;
use tokio_rustls::{TlsConnector, rustls};
use waymark_collector::Config;

const COLLECT: &str = "collect.example.com";
const WWW: &str = "www.example.com";
const ORIGIN: &str = "https://www.example.com";

/// Where the sender is: on this machine, and in another /24 than the proxy.
const SENDER: &str = "127.9.8.7:0";
const MASKED: &str = "127.9.8.0";

struct Proxy {
    child: Child,
    address: SocketAddr,
    trusted: CertificateDer<'static>,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Proxy {
    /// Starts `program` with what `configuration` makes of the address that it is to listen on.
    async fn start(home: &Home, program: &str, arguments: &[&str], configuration: impl FnOnce(&str) -> String) -> Self {
        let names = [COLLECT.to_owned(), WWW.to_owned()];
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed(names).unwrap();
        std::fs::write(home.file("privkey.pem"), signing_key.serialize_pem()).unwrap();
        std::fs::write(home.file("fullchain.pem"), cert.pem()).unwrap();
        let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        std::fs::write(home.file("proxy.conf"), configuration(&address.to_string())).unwrap();
        let log = std::fs::File::create(home.file("proxy.log")).unwrap();
        let mut command = Command::new(program);
        command.args(arguments).current_dir(home.file(".")).env("HOME", home.file(".")).stdin(Stdio::null());
        let child = command.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap();
        let mut proxy = Proxy { child, address, trusted: cert.der().clone() };
        in_time(async {
            while TcpStream::connect(address).await.is_err() {
                if let Some(status) = proxy.child.try_wait().unwrap() {
                    panic!("{status}: {}", std::fs::read_to_string(home.file("proxy.log")).unwrap());
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        })
        .await;
        proxy
    }

    /// A connection from [`SENDER`] to the server of this name.
    async fn connect(&self, name: &'static str, protocol: &str) -> TlsStream<TcpStream> {
        let mut roots = RootCertStore::empty();
        roots.add(self.trusted.clone()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let mut config = builder.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(SENDER.parse().unwrap()).unwrap();
        let stream = in_time(socket.connect(self.address)).await.unwrap();
        let connecting = TlsConnector::from(Arc::new(config)).connect(ServerName::try_from(name).unwrap(), stream);
        in_time(connecting).await.unwrap()
    }

    async fn send(
        &self,
        request: Request<Full<Bytes>>,
        name: &'static str,
    ) -> axum::http::Response<hyper::body::Incoming> {
        let stream = TokioIo::new(self.connect(name, "http/1.1").await);
        let (mut sender, connection) = http1::handshake(stream).await.unwrap();
        tokio::spawn(connection);
        in_time(sender.send_request(request)).await.unwrap()
    }

    async fn get(&self, name: &'static str, path: &str) -> (u16, String) {
        let request = Request::get(path).header("host", name).header("authorization", format!("Bearer {TOKEN}"));
        whole(self.send(request.body(Full::default()).unwrap(), name).await).await
    }

    async fn post(&self, name: &'static str, path: &str, body: impl Into<Bytes>) -> (u16, String) {
        whole(self.send(posted(name, path).body(Full::new(body.into())).unwrap(), name).await).await
    }
}

/// A page's request, by somebody who would like to be somebody else.
fn posted(name: &str, path: &str) -> axum::http::request::Builder {
    let request = Request::post(path).header("host", name).header("origin", ORIGIN).header("cookie", "shop=1");
    request.header("x-forwarded-for", "203.0.113.77").header("forwarded", "for=203.0.113.77")
}

async fn whole(response: axum::http::Response<hyper::body::Incoming>) -> (u16, String) {
    let status = response.status().as_u16();
    let body = in_time(response.into_body().collect()).await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

/// What stands in the first code block of this language after `heading` on the page.
fn example(heading: &str, language: &str) -> &'static str {
    let page = include_str!("../../../../docs/deploy.md");
    let (_, rest) = page.split_once(&format!("\n{heading}\n")).unwrap();
    let (_, rest) = rest.split_once(&format!("\n```{language}\n")).unwrap();
    rest.split_once("```").unwrap().0
}

/// `text` with `new` for `old`, which is there.
#[track_caller]
fn with(text: &str, old: &str, new: &str) -> String {
    assert!(text.contains(old), "{old}");
    text.replace(old, new)
}

async fn collector(home: &Home) -> Running {
    std::fs::create_dir(home.file("assets")).unwrap();
    std::fs::write(home.file("assets/waymark.js"), "the recorder").unwrap();
    let mut config =
        Config { proxies: vec!["127.0.0.1".parse().unwrap()], assets: Some(home.file("assets")), ..home.config() };
    config.sites[0].origins = vec![ORIGIN.to_owned()];
    Running::start(config).await
}

/// All that a proxy with both examples is for.
async fn hands_on(proxy: &Proxy, collector: &Running) {
    // A name of its own: everything, under the sender's own address, with HTTP/2.
    let (mut sender, connection) =
        http2::handshake(TokioExecutor::new(), TokioIo::new(proxy.connect(COLLECT, "h2").await)).await.unwrap();
    tokio::spawn(connection);
    let batch = Full::new(Bytes::from(views(1, 5, 1).to_string()));
    let mut request = posted(COLLECT, "https://collect.example.com/v1/events").body(batch).unwrap();
    request.headers_mut().remove("host");
    let (status, answer) = whole(in_time(sender.send_request(request)).await.unwrap()).await;
    assert_eq!((status, &value(&answer)["stored"]), (200, &json!(1)), "{answer}");
    assert_eq!(newest(collector).await, json!([MASKED, 1]));
    assert_eq!(proxy.get(COLLECT, "/healthz").await.0, 200);
    assert_eq!(proxy.get(COLLECT, "/v1/events").await.0, 200);

    // The live stream is a stream.
    let request = Request::get("/live").header("host", COLLECT).header("authorization", format!("Bearer {TOKEN}"));
    let mut live = proxy.send(request.body(Full::default()).unwrap(), COLLECT).await.into_body();
    assert_eq!(proxy.post(COLLECT, "/v1/events?site=demo", views(2, 5, 1).to_string()).await.0, 200);
    let mut seen = String::new();
    while !seen.contains("\"type\":\"pageView\"") {
        let frame = in_time(live.frame()).await.unwrap().unwrap();
        seen.push_str(std::str::from_utf8(&frame.into_data().unwrap()).unwrap());
    }

    // The site's own domain: the recorder's files, and what pages send.
    let recorder = (200, "the recorder".to_owned());
    assert_eq!(proxy.get(WWW, "/wm/waymark.js").await, recorder);
    let etag = collector.get("/waymark.js").await.header("etag").replace(['"', 'W', '/'], "");
    assert_eq!(proxy.get(WWW, &format!("/wm/v/{etag}/waymark.js")).await, recorder, "{etag}");
    let (status, answer) = proxy.post(WWW, "/wm/v1/events?site=demo", views(3, 5, 1).to_string()).await;
    assert_eq!((status, &value(&answer)["stored"]), (200, &json!(1)), "{answer}");
    assert_eq!(newest(collector).await, json!([MASKED, 3]));
    let (status, answer) = proxy.post(WWW, "/wm/v1/events?site=shop", views(4, 5, 1).to_string()).await;
    assert_eq!(status, 403, "what the address says is handed on: {answer}");
    let forget = forget_body("demo", "7302c5a9-9dbf-ef49-e898-8fce4d0add48");
    assert_eq!(proxy.post(WWW, "/wm/v1/forget", forget).await.0, 200);

    let (status, settings) = proxy.get(WWW, "/wm/v1/sites/demo/settings").await;
    assert_eq!((status, &value(&settings)["settings"]["level"]), (200, &json!(1)), "{settings}");
    assert_eq!(proxy.get(WWW, "/wm/v1/sites/other/settings").await.0, 404);
    let unsigned = json!({ "site": "demo", "user": "adam", "signature": "" }).to_string();
    assert_eq!(proxy.post(WWW, "/wm/v1/state?site=demo", unsigned).await.0, 401);

    // And nothing else, for every form of address.
    for path in [
        "/wm/v1/events",
        "/wm/v1/events?type=pageView",
        "/wm/",
        "/wm/live",
        "/wm/metrics",
        "/wm/v1/audit",
        "/wm/v1/sites/demo",
        "/wm/v1/state?site=demo&user=adam",
        "/wm/v1/users/adam",
        "/wm/v/../v1/events",
        "/wm/v/..%2fv1/events",
        "/wm//v1/events",
        "/v1/events",
    ] {
        let (status, answer) = proxy.get(WWW, path).await;
        assert!([400, 403, 404].contains(&status), "{path}: {status} {answer}");
    }
    // A line break in an address is not one in what is handed on.
    let (status, answer) = proxy.get(WWW, "/wm/v/00/a%0d%0aX-Forwarded-For:%20203.0.113.77%0d%0a").await;
    assert_eq!(status, 404, "{answer}");
}

/// The masked address and the tab of the event that arrived last.
async fn newest(collector: &Running) -> Value {
    let event = collector.events("?last=1").await.remove(0);
    let tab = event["server"]["tab"].as_str().unwrap().trim_start_matches("9ef11e58-809f-4d93-855d-22f1");
    json!([event["server"]["ip"], tab.parse::<u32>().unwrap()])
}

#[tokio::test]
async fn nginx_hands_on_what_the_page_says() {
    // What is not on this machine says nothing.
    let Ok(version) = Command::new("nginx").arg("-v").output() else { return };
    let version = String::from_utf8(version.stderr).unwrap();
    let number: Vec<u32> =
        version.rsplit('/').next().unwrap().split('.').map_while(|part| part.trim().parse().ok()).collect();
    let home = Home::in_memory();
    let collector = collector(&home).await;
    let to = format!("http://{}", collector.address);
    let configuration = |listen: &str| {
        let own = example("### nginx", "nginx");
        let own = with(own, "/etc/letsencrypt/live/collect.example.com/", "");
        let own = with(&own, "http://127.0.0.1:8787", &to);
        let (own, listening) = match number < vec![1, 25, 1] {
            true => (with(&own, "http2 on;", ""), format!("listen {listen} ssl http2;")),
            false => (own, format!("listen {listen} ssl;")),
        };
        let own = with(&own, "listen 443 ssl;", &listening);
        let first_party = with(example("## On the site's own domain", "nginx"), "http://127.0.0.1:8787", &to);
        let temporary =
            ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(|name| format!("{name}_temp_path tmp;\n"));
        format!(
            "daemon off; master_process off; pid nginx.pid; error_log stderr;
             events {{}}
             http {{
                {} access_log off;
                {own}
                server {{
                    {listening}
                    server_name {WWW};
                    ssl_certificate fullchain.pem;
                    ssl_certificate_key privkey.pem;
                    {first_party}
                }}
             }}",
            temporary.concat()
        )
    };
    let here = home.file(".");
    let arguments = ["-p", here.to_str().unwrap(), "-c", "proxy.conf", "-e", "stderr"];
    let proxy = Proxy::start(&home, "nginx", &arguments, configuration).await;
    hands_on(&proxy, &collector).await;
    drop(proxy);
    collector.stop().await;
}

#[tokio::test]
async fn caddy_hands_on_what_the_page_says() {
    if Command::new("caddy").arg("version").output().is_err() {
        return;
    }
    let home = Home::in_memory();
    let collector = collector(&home).await;
    let to = collector.address.to_string();
    let configuration = |listen: &str| {
        let (_, port) = listen.rsplit_once(':').unwrap();
        let begin = |name| format!("https://{name}:{port} {{\n    bind 127.0.0.1\n    tls fullchain.pem privkey.pem\n");
        let own = with(example("### Caddy", ""), "127.0.0.1:8787", &to);
        let own = with(&own, &format!("{COLLECT} {{\n"), &begin(COLLECT));
        let first_party = with(example("## On the site's own domain", ""), "127.0.0.1:8787", &to);
        format!("{{\n    admin off\n    auto_https off\n}}\n{own}\n{}{first_party}\n    respond 404\n}}\n", begin(WWW))
    };
    let proxy =
        Proxy::start(&home, "caddy", &["run", "--config", "proxy.conf", "--adapter", "caddyfile"], configuration).await;
    hands_on(&proxy, &collector).await;
    drop(proxy);
    collector.stop().await;
}
