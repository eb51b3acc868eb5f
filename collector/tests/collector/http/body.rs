//! Bodies that arrive slowly. Time passes as soon as everyone waits for it.

use crate::harness::running::*;
use axum::body::Body;
use futures_util::{StreamExt, stream};
use http_body_util::BodyExt;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::convert::Infallible;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::Instant;

const TOO_SLOW: &str = "{\"error\":\"the body arrives too slowly: after the first 10 s it needs at least 200 bytes a \
                        second\",\"code\":\"body-too-slow\"}";

const STEP: Duration = Duration::from_millis(500);

/// Sends a body of this length in pieces, one each [`STEP`], until it is sent or answered. Gives the answer, and the
/// time that it took on the test's clock.
async fn send(collector: &Running, body: &[u8], piece: usize) -> (String, Duration) {
    let mut sender = TcpStream::connect(collector.address).await.unwrap();
    // Otherwise the kernel holds pieces back by the real clock, which stands still here.
    sender.set_nodelay(true).unwrap();
    let (host, length) = (collector.address, body.len());
    let head = format!(
        "POST /v1/events HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
    );
    sender.write_all(head.as_bytes()).await.unwrap();
    let mut go_on = [0; 25];
    in_time(sender.read_exact(&mut go_on)).await.unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");

    let (mut reader, mut writer) = sender.into_split();
    tokio::time::pause();
    let began = Instant::now();
    let (pieces, last) = body.split_at(body.len() - piece);
    let mut answer = String::new();
    let sent = {
        let sending = async {
            for piece in pieces.chunks(piece) {
                writer.write_all(piece).await.unwrap();
                tokio::time::sleep(STEP).await;
            }
        };
        tokio::select! {
            () = sending => true,
            read = reader.read_to_string(&mut answer) => read.map(|_| false).unwrap(),
        }
    };
    let took = began.elapsed();
    tokio::time::resume();
    if sent {
        writer.write_all(last).await.unwrap();
        in_time(reader.read_to_string(&mut answer)).await.unwrap();
    }
    (answer, took)
}

#[tokio::test]
async fn a_body_that_drips_is_ended_long_before_its_whole_time() {
    let collector = Home::in_memory().start().await;
    let (answer, took) = send(&collector, BATCH.as_bytes(), 1).await;
    assert!(answer.starts_with("HTTP/1.1 408 Request Timeout\r\n"), "{answer}");
    assert!(answer.ends_with(TOO_SLOW), "{answer}");
    assert!((10..25).contains(&took.as_secs()), "{took:?}");
    collector.stop().await;
}

#[tokio::test]
async fn a_body_over_a_poor_link_is_taken() {
    let collector = Home::in_memory().start().await;
    // 25 s at 500 bytes a second: half of what GPRS gives in its slowest coding.
    let batch = views(1, 1_700_000_000_000, 2).to_string();
    let batch = batch.clone() + &" ".repeat(12_500 - batch.len());
    let (answer, took) = send(&collector, batch.as_bytes(), 250).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains(r#""stored":2"#), "{answer}");
    assert!(took >= Duration::from_secs(24), "{took:?}");
    collector.stop().await;
}

#[tokio::test]
async fn a_body_that_is_fast_enough_still_ends_with_its_whole_time() {
    let collector = Home::in_memory().start().await;
    let (answer, took) = send(&collector, &[b' '; 50_000], 250).await;
    assert!(answer.starts_with("HTTP/1.1 408 Request Timeout\r\n"), "{answer}");
    assert!(answer.ends_with(r#"{"error":"the body took too long to arrive","code":"body-timeout"}"#), "{answer}");
    assert!((30..45).contains(&took.as_secs()), "{took:?}");
    collector.stop().await;
}

#[tokio::test]
async fn a_body_that_stalls_over_http_2_is_ended_and_the_connection_goes_on() {
    let collector = Home::in_memory().start().await;
    let stream = TcpStream::connect(collector.address).await.unwrap();
    let (mut sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let mut post = |body| {
        let request = Request::post("http://localhost/v1/events").body(body).unwrap();
        sender.send_request(request)
    };
    let stalled = stream::iter([Ok::<_, Infallible>(Bytes::from_static(b"{"))]).chain(stream::pending());
    let stalled = post(Body::from_stream(stalled));
    tokio::time::pause();
    let began = Instant::now();
    let answer = stalled.await.unwrap();
    let took = began.elapsed();
    tokio::time::resume();
    assert!((9..12).contains(&took.as_secs()), "{took:?}");
    assert_eq!(answer.status(), 408);
    assert_eq!(in_time(answer.into_body().collect()).await.unwrap().to_bytes(), TOO_SLOW);
    assert_eq!(in_time(post(Body::from(BATCH))).await.unwrap().status(), 200);
    collector.stop().await;
}
