//! Connections without an open request end. Time passes as soon as everyone waits for it.

use crate::harness::running::*;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

/// On the test's clock: an idle connection ends long before it.
const NEVER: Duration = Duration::from_secs(600);

fn get(path: &str) -> Request<Full<Bytes>> {
    let request = Request::get(format!("http://localhost{path}")).header("authorization", format!("Bearer {TOKEN}"));
    request.header("host", "localhost").body(Full::default()).unwrap()
}

fn about_a_minute(took: Duration) {
    assert!((55..65).contains(&took.as_secs()), "{took:?}");
}

#[tokio::test]
async fn an_idle_connection_of_http_1_ends() {
    let collector = Home::in_memory().start().await;
    let stream = TcpStream::connect(collector.address).await.unwrap();
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    let connection = tokio::spawn(connection);
    let answer = in_time(sender.send_request(get("/v1/events"))).await.unwrap();
    assert_eq!(in_time(answer.into_body().collect()).await.unwrap().to_bytes(), "");
    tokio::time::pause();
    let began = Instant::now();
    timeout(NEVER, connection).await.unwrap().unwrap().unwrap();
    about_a_minute(began.elapsed());
}

#[tokio::test]
async fn an_idle_connection_of_http_2_ends_though_it_answers_pings() {
    let collector = Home::in_memory().start().await;
    let stream = TcpStream::connect(collector.address).await.unwrap();
    let (mut sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    let connection = tokio::spawn(connection);
    let answer = in_time(sender.send_request(get("/v1/events"))).await.unwrap();
    assert_eq!(in_time(answer.into_body().collect()).await.unwrap().to_bytes(), "");
    tokio::time::pause();
    let began = Instant::now();
    timeout(NEVER, connection).await.unwrap().unwrap().unwrap();
    about_a_minute(began.elapsed());
    assert!(sender.send_request(get("/v1/events")).await.is_err());
}

#[tokio::test]
async fn a_connection_of_http_2_that_never_asks_ends() {
    let collector = Home::in_memory().start().await;
    let stream = TcpStream::connect(collector.address).await.unwrap();
    let (_sender, connection) =
        http2::handshake::<_, _, Full<Bytes>>(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::time::pause();
    let began = Instant::now();
    timeout(NEVER, connection).await.unwrap().unwrap();
    about_a_minute(began.elapsed());
}

#[tokio::test]
async fn an_open_answer_keeps_a_connection_of_http_2_and_its_end_begins_the_idle_time() {
    let collector = Home::in_memory().start().await;
    let stream = TcpStream::connect(collector.address).await.unwrap();
    let (mut sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    let connection = tokio::spawn(connection);
    let mut live = in_time(sender.send_request(get("/live"))).await.unwrap().into_body();
    tokio::time::pause();
    let began = Instant::now();
    // A comment comes every 15 s while nothing is stored.
    while began.elapsed() < Duration::from_secs(200) {
        let frame = timeout(NEVER, live.frame()).await.unwrap().unwrap().unwrap();
        assert!(frame.data_ref().is_some_and(|comment| comment.starts_with(b":")), "{frame:?}");
    }
    let answer = timeout(NEVER, sender.send_request(get("/healthz"))).await.unwrap().unwrap();
    assert_eq!(answer.status(), 200);
    drop((live, answer));
    let began = Instant::now();
    timeout(NEVER, connection).await.unwrap().unwrap().unwrap();
    about_a_minute(began.elapsed());
}
