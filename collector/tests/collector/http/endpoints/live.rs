//! `GET /live`: what is shown as it is stored.

use crate::harness::running::*;
use axum::body::HttpBody;
use http_body_util::BodyExt;
use serde_json::Value;

over_both_stores! {
    each_stored_event_is_shown_once
}

/// Reads a stream's next message: its event's name (`message` where it has none) and its data.
struct Messages<B> {
    body: B,
    text: String,
}

impl<B: HttpBody<Data = Bytes, Error: std::fmt::Debug> + Unpin> Messages<B> {
    fn of(body: B) -> Self {
        Messages { body, text: String::new() }
    }

    /// None once the stream ends.
    async fn next(&mut self) -> Option<(String, String)> {
        loop {
            if let Some((message, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| message.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
                let (event, data) = (field("event: "), field("data: "));
                self.text = rest.to_owned();
                match data {
                    Some(data) => return Some((event.unwrap_or("message".to_owned()), data)),
                    None => continue,
                }
            }
            let frame = in_time(self.body.frame()).await?.unwrap();
            self.text.push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
        }
    }
}

fn bearer() -> String {
    format!("Bearer {TOKEN}")
}

async fn each_stored_event_is_shown_once(home: Home) {
    let collector = home.start().await;
    let response = collector.open("/live", &[("authorization", &bearer())]).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert_eq!(response.headers()["cache-control"], "no-store");
    let mut live = Messages::of(response.into_body());
    collector.post(BATCH).await;
    collector.post(BATCH).await;
    collector.post(views(1, 1_700_000_000_000, 1).to_string()).await;
    let stored: Vec<Value> = collector.events("").await;
    for expected in stored {
        let (event, data) = live.next().await.unwrap();
        assert_eq!((event.as_str(), value(&data)), ("message", expected));
    }
    assert_eq!(end(collector, live).await, None);
}

/// What comes after the end was announced.
async fn end<B>(collector: Running, mut live: Messages<B>) -> Option<(String, String)>
where
    B: HttpBody<Data = Bytes, Error: std::fmt::Debug> + Unpin,
{
    let ended = collector.begin_to_stop();
    let next = live.next().await;
    in_time(ended).await.unwrap().unwrap();
    next
}

#[tokio::test]
async fn who_reads_too_slowly_is_told_what_was_skipped_and_slows_nobody() {
    let collector = Home::in_memory().start().await;
    let response = collector.open("/live", &[("authorization", &bearer())]).await;
    // Nothing is read while far more is stored than sockets hold.
    const BATCHES: u32 = 30;
    for tab in 0..BATCHES {
        assert_eq!(collector.post(views(tab, 1_700_000_000_000, 1_000).to_string()).await.outcome(), reply(1_000, 0));
    }
    let mut live = Messages::of(response.into_body());
    let (mut shown, mut skipped) = (0, 0);
    while shown + skipped < u64::from(BATCHES) * 1_000 {
        match live.next().await.unwrap() {
            (event, data) if event == "lagged" => skipped += data.parse::<u64>().unwrap(),
            _ => shown += 1,
        }
    }
    assert!(skipped > 0, "{shown} shown");
    assert_eq!(shown + skipped, u64::from(BATCHES) * 1_000);
}
