//! The end: what is in flight is answered and stored, and what was acknowledged is there after a restart.

use crate::harness::running::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

over_both_stores! {
    a_request_in_flight_is_answered_at_the_end
    who_is_too_slow_for_the_end_is_told_to_come_back
}

/// A connection on which a batch is half sent, and the rest of it. The server has begun to read it.
async fn half_sent(collector: &Running) -> (TcpStream, &'static str) {
    let mut sender = TcpStream::connect(collector.address).await.unwrap();
    let head = format!(
        "POST /v1/events HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        collector.address,
        BATCH.len()
    );
    sender.write_all(head.as_bytes()).await.unwrap();
    // It says so once the handler reads the body.
    let mut go_on = [0; 25];
    in_time(sender.read_exact(&mut go_on)).await.unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    let (first, rest) = BATCH.split_at(100);
    sender.write_all(first.as_bytes()).await.unwrap();
    (sender, rest)
}

async fn a_request_in_flight_is_answered_at_the_end(home: Home) {
    let collector = home.start().await;
    let address = collector.address;
    let (mut sender, rest) = half_sent(&collector).await;
    let ended = collector.begin_to_stop();
    in_time(async { while TcpStream::connect(address).await.is_ok() {} }).await;
    sender.write_all(rest.as_bytes()).await.unwrap();
    let mut answer = String::new();
    in_time(sender.read_to_string(&mut answer)).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains(r#""stored":2,"duplicate":0,"rejected":[]"#) && answer.ends_with('}'), "{answer}");
    in_time(ended).await.unwrap().unwrap();
}

async fn who_is_too_slow_for_the_end_is_told_to_come_back(home: Home) {
    let collector = home.start().await;
    let (mut sender, rest) = half_sent(&collector).await;
    let ended = collector.begin_to_stop();
    // From here on time passes as soon as everyone waits for it.
    tokio::time::pause();
    ended.await.unwrap().unwrap();
    tokio::time::resume();
    sender.write_all(rest.as_bytes()).await.unwrap();
    let mut answer = String::new();
    in_time(sender.read_to_string(&mut answer)).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 503 Service Unavailable\r\n"), "{answer}");
    assert!(answer.contains("retry-after: 10\r\n"), "{answer}");
    assert!(answer.ends_with(r#"{"error":"shutting down; come back later","code":"shutting-down"}"#), "{answer}");
}

#[tokio::test]
async fn who_does_not_say_what_he_wants_is_hung_up_on() {
    let collector = Home::in_memory().start().await;
    let mut silent = TcpStream::connect(collector.address).await.unwrap();
    silent.write_all(b"POST /v1/ev").await.unwrap();
    tokio::time::pause();
    let mut answer = String::new();
    silent.read_to_string(&mut answer).await.unwrap();
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
}

#[tokio::test]
async fn a_body_that_never_comes_is_not_waited_for() {
    let collector = Home::in_memory().start().await;
    let (mut sender, _) = half_sent(&collector).await;
    tokio::time::pause();
    let mut answer = String::new();
    sender.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 408 Request Timeout\r\n"), "{answer}");
    let why = "{\"error\":\"the body arrives too slowly: after the first 10 s it needs at least 200 bytes a second\",\
               \"code\":\"body-too-slow\"}";
    assert!(answer.ends_with(why), "{answer}");
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_a_restart() {
    let home = Home::in_sqlite();
    let collector = home.start().await;
    assert_eq!(collector.post(BATCH).await.outcome(), reply(2, 0));
    let before = collector.events("").await;
    collector.stop().await;
    // One file is left, with everything in it: it may be copied.
    in_time(async {
        while home.file("events.db-wal").exists() {
            tokio::task::yield_now().await
        }
    })
    .await;

    let collector = home.start().await;
    assert_eq!(collector.events("").await, before);
    assert_eq!(collector.post(BATCH).await.outcome(), reply(0, 2));
    collector.stop().await;
}
