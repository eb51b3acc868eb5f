//! TLS and HTTP/2, as a browser has them.

use crate::harness::running::*;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tokio_rustls::{TlsConnector, rustls};
use waymark_collector::{Collector, Config, Limits, Tls};

/// Writes a certificate for `localhost` and its key. Gives the certificate.
fn certify(home: &Home) -> CertificateDer<'static> {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(home.file("key.pem"), signing_key.serialize_pem()).unwrap();
    std::fs::write(home.file("cert.pem"), cert.pem()).unwrap();
    cert.der().clone()
}

fn config(home: &Home) -> Config {
    let tls = Some(Tls { cert: home.file("cert.pem"), key: home.file("key.pem") });
    Config { tls, ..home.config() }
}

/// A connection of a client that trusts this certificate and offers these protocols.
async fn connect(
    address: SocketAddr,
    trusted: &CertificateDer<'static>,
    offered: &[&str],
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let mut config = builder.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = offered.iter().map(|name| name.as_bytes().to_vec()).collect();
    let stream = TcpStream::connect(address).await.unwrap();
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from("localhost").unwrap(), stream).await
}

fn batch(tab: u32, uri: &str) -> Request<Full<Bytes>> {
    let body = views(tab, 1_700_000_000_000, 2).to_string();
    Request::post(uri).header("host", "localhost").body(Full::new(body.into())).unwrap()
}

async fn whole(response: axum::http::Response<hyper::body::Incoming>) -> String {
    assert_eq!(response.status(), 200);
    String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap()
}

#[tokio::test]
async fn both_protocols_are_spoken_over_tls() {
    let home = Home::in_memory();
    let trusted = certify(&home);
    let collector = Running::start(config(&home)).await;

    let stream = connect(collector.address, &trusted, &["h2", "http/1.1"]).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let (mut sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    let serving = tokio::spawn(connection);
    // Two at once on one connection.
    let (one, two) = tokio::join!(
        sender.clone().send_request(batch(1, "https://localhost/v1/events")),
        sender.send_request(batch(2, "https://localhost/v1/events"))
    );
    for answer in [one, two] {
        assert!(whole(answer.unwrap()).await.contains(r#""stored":2"#));
    }
    drop(sender);
    serving.await.unwrap().unwrap();

    for offered in [&["http/1.1"][..], &[]] {
        let stream = connect(collector.address, &trusted, offered).await.unwrap();
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        let answer = sender.send_request(batch(3, "/v1/events")).await.unwrap();
        assert!(whole(answer).await.contains(r#""request""#));
    }
    collector.stop().await;
}

#[tokio::test]
async fn http_2_is_spoken_without_tls_to_who_begins_with_it() {
    let home = Home::in_memory();
    let collector = home.start().await;
    let stream = TcpStream::connect(collector.address).await.unwrap();
    let (mut sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let answer = sender.send_request(batch(1, "http://localhost/v1/events")).await.unwrap();
    assert!(whole(answer).await.contains(r#""stored":2"#));
    assert_eq!(collector.events("").await.len(), 2);
    collector.stop().await;
}

#[tokio::test]
async fn one_connection_too_many_is_told_to_come_back_in_the_protocol_that_it_speaks() {
    let home = Home::in_memory();
    let trusted = certify(&home);
    let limits = Limits { connections: 1, ..Limits::default() };
    let collector = Running::start(Config { limits, ..config(&home) }).await;
    let stream = connect(collector.address, &trusted, &["http/1.1"]).await.unwrap();
    let (mut first, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    whole(first.send_request(batch(1, "/v1/events")).await.unwrap()).await;

    let refused = async |response: axum::http::Response<hyper::body::Incoming>| {
        assert_eq!((response.status().as_u16(), &response.headers()["retry-after"]), (503, &"2".parse().unwrap()));
        assert_eq!(response.headers()["access-control-allow-origin"], "*", "the page can read it");
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(body, r#"{"error":"too many connections are open; come back later","code":"too-many-connections"}"#);
    };
    let large =
        |uri: &str| Request::post(uri).header("host", "localhost").body(Full::new(Bytes::from(vec![b' '; 300_000])));
    for _ in 0..3 {
        for offered in [&["http/1.1"][..], &[]] {
            let stream = in_time(connect(collector.address, &trusted, offered)).await.unwrap();
            let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
            tokio::spawn(connection);
            refused(in_time(sender.send_request(large("/v1/events").unwrap())).await.unwrap()).await;
        }
        for offered in [&["h2", "http/1.1"][..], &["h2"]] {
            let stream = in_time(connect(collector.address, &trusted, offered)).await.unwrap();
            let (mut sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
            let connection = tokio::spawn(connection);
            let request = large("https://localhost/v1/events").unwrap();
            refused(in_time(sender.send_request(request)).await.unwrap()).await;
            drop(sender);
            in_time(connection).await.unwrap().unwrap();
        }
    }

    // Those who were there notice nothing, and a place that is left is taken.
    whole(first.send_request(batch(2, "/v1/events")).await.unwrap()).await;
    drop(first);
    in_time(async {
        loop {
            let stream = connect(collector.address, &trusted, &["h2"]).await.unwrap();
            let (mut sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
            tokio::spawn(connection);
            let answer = sender.send_request(batch(3, "https://localhost/v1/events")).await;
            if answer.is_ok_and(|answer| answer.status() == 200) {
                break;
            }
        }
    })
    .await;
    collector.stop().await;
}

#[tokio::test]
async fn only_so_many_are_told_and_who_says_nothing_is_not_waited_for() {
    let home = Home::in_memory();
    let trusted = certify(&home);
    let limits = Limits { connections: 1, ..Limits::default() };
    let collector = Running::start(Config { limits, ..config(&home) }).await;
    let _first = connect(collector.address, &trusted, &[]).await.unwrap();
    // Each begins no handshake: so many are waited for, the rest is closed at once.
    let mut silent = Vec::new();
    for _ in 0..64 {
        silent.push(TcpStream::connect(collector.address).await.unwrap());
    }
    let mut beyond = TcpStream::connect(collector.address).await.unwrap();
    assert_eq!(in_time(beyond.read(&mut [0; 1])).await.unwrap_or_default(), 0);
    // Their time is short: then others are told again.
    for mut stream in silent {
        assert_eq!(in_time(stream.read(&mut [0; 1])).await.unwrap_or_default(), 0);
    }
    let stream = in_time(connect(collector.address, &trusted, &["h2"])).await.unwrap();
    let (mut sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let answer = in_time(sender.send_request(batch(1, "https://localhost/v1/events"))).await.unwrap();
    assert_eq!(answer.status(), 503);
    collector.stop().await;
}

#[tokio::test]
async fn an_end_is_waited_for_by_both_protocols() {
    let home = Home::in_memory();
    let trusted = certify(&home);
    let collector = Running::start(config(&home)).await;
    let stream = connect(collector.address, &trusted, &["h2"]).await.unwrap();
    let (mut sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    let connection = tokio::spawn(connection);
    whole(sender.send_request(batch(1, "https://localhost/v1/events")).await.unwrap()).await;
    // One that never says what it wants must not hold the end up.
    let silent = TcpStream::connect(collector.address).await.unwrap();
    collector.stop().await;
    in_time(connection).await.unwrap().unwrap();
    drop(silent);
}

#[tokio::test]
async fn a_renewed_certificate_is_taken_in_and_a_broken_one_is_not() {
    let home = Home::in_memory();
    let old = certify(&home);
    let collector = Running::start(config(&home)).await;
    assert!(connect(collector.address, &old, &[]).await.is_ok());
    std::fs::write(home.file("cert.pem"), "no certificate").unwrap();
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(connect(collector.address, &old, &[]).await.is_ok());
    let new = certify(&home);
    in_time(async {
        while connect(collector.address, &new, &[]).await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await;
    assert!(connect(collector.address, &old, &[]).await.is_err());
    collector.stop().await;
}

#[tokio::test]
async fn a_certificate_that_cannot_be_used_is_told_at_the_start() {
    let home = Home::in_memory();
    let refused = || Collector::open(config(&home)).err().unwrap().to_string();
    let told = refused();
    assert!(told.starts_with("cannot use the certificate: ") && told.contains("cert.pem: "), "{told}");
    certify(&home);
    let key = std::fs::read(home.file("key.pem")).unwrap();
    certify(&home);
    std::fs::write(home.file("key.pem"), key).unwrap();
    assert!(refused().starts_with("cannot use the certificate: "), "{}", refused());
    std::fs::write(home.file("key.pem"), "").unwrap();
    assert!(refused().contains("key.pem: "), "{}", refused());
}
