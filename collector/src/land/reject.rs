//! Messages that cannot be landed, for the topic of rejected messages.

use super::block::Message;
use serde::Serialize;

/// Longest text that is kept of a message: what is written as JSON may have six bytes for one.
const TEXT: usize = 100_000;

/// A message that cannot be landed.
#[derive(Debug)]
pub(super) struct Reject {
    pub(super) key: String,
    pub(super) payload: String,
}

/// The payload for those who read the topic.
#[derive(Serialize)]
struct Payload<'a> {
    topic: &'a str,
    partition: i32,
    offset: i64,
    reason: &'a str,
    message: &'a str,
}

impl Reject {
    pub(super) fn of(topic: &str, partition: i32, message: &Message, reason: &str) -> Self {
        let text = String::from_utf8_lossy(&message.payload);
        let end = text.floor_char_boundary(TEXT);
        let payload = Payload { topic, partition, offset: message.offset, reason, message: &text[..end] };
        Reject {
            key: String::from_utf8_lossy(&message.key).into_owned(),
            // A struct of texts and numbers can be written.
            payload: serde_json::to_string(&payload).unwrap_or_default(),
        }
    }
}
