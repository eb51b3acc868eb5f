//! The end: what is in flight is answered and stored, and what was acknowledged is there after a restart.

use crate::running::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

over_both_stores! {
    a_request_in_flight_is_answered_at_the_end
}

async fn a_request_in_flight_is_answered_at_the_end(home: Home) {
    let collector = home.start().await;
    let address = collector.address;
    let mut sender = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /v1/events HTTP/1.1\r\nHost: {address}\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        BATCH.len()
    );
    sender.write_all(head.as_bytes()).await.unwrap();
    // The server says so once the handler reads the body: from then on the request is in flight.
    let mut go_on = [0; 25];
    in_time(sender.read_exact(&mut go_on)).await.unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");

    let (first, rest) = BATCH.split_at(100);
    sender.write_all(first.as_bytes()).await.unwrap();
    let ended = collector.begin_to_stop();
    in_time(async { while TcpStream::connect(address).await.is_ok() {} }).await;
    sender.write_all(rest.as_bytes()).await.unwrap();
    let mut answer = String::new();
    in_time(sender.read_to_string(&mut answer)).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.ends_with(&reply_text()), "{answer}");
    in_time(ended).await.unwrap().unwrap();
}

fn reply_text() -> String {
    r#"{"stored":2,"duplicate":0,"rejected":[]}"#.to_owned()
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_a_restart() {
    let home = Home::in_sqlite();
    let collector = home.start().await;
    assert_eq!(collector.post(BATCH).await.json(), reply(2, 0));
    let before = collector.events("").await;
    collector.stop().await;

    let collector = home.start().await;
    assert_eq!(collector.events("").await, before);
    assert_eq!(collector.post(BATCH).await.json(), reply(0, 2));
    collector.stop().await;
}
