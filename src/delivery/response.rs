//! The HTTP response to a batch, and the action that follows from it.

use serde::de::IgnoredAny;
use uuid::Uuid;
use waymark_wire::Reply;

/// The collector's response to a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Response<'a> {
    /// The HTTP status; 0 if there was no response.
    pub status: u16,
    /// The value of `Retry-After` in seconds; 0 if the header is missing.
    pub retry_after: u32,
    /// The response body: a [`waymark_wire::Reply`] if the batch was accepted.
    pub body: &'a str,
}

/// How the recorder handles a batch after a response.
#[derive(Debug, PartialEq)]
pub(super) enum ReplyAction {
    /// Remove the batch: the collector has stored each event on disk or named it as rejected.
    Done(Reply<IgnoredAny>),
    /// Send the batch again later.
    Retry,
    /// Wait: the collector belongs to another data centre, and no batch succeeds until the settings change.
    Misdirected,
    /// Split the batch: fewer events may succeed.
    Split,
    /// Drop the batch: it can never succeed.
    Reject,
}

impl Response<'_> {
    /// The action for the batch. `request` is the GUID of the attempt. Only a reply that repeats the GUID counts as
    /// success, because a captive portal or proxy can answer 200 too.
    pub(super) fn action(&self, request: Uuid) -> ReplyAction {
        match self.status {
            200..=299 => match serde_json::from_str::<Reply<IgnoredAny>>(self.body) {
                Ok(reply) if reply.request == request => ReplyAction::Done(reply),
                _ => ReplyAction::Retry,
            },
            413 => ReplyAction::Split,
            421 => ReplyAction::Misdirected,
            408 | 425 | 429 => ReplyAction::Retry,
            400..=499 => ReplyAction::Reject,
            _ => ReplyAction::Retry,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::uuid;
    use waymark_wire::Rejected;

    const REQUEST: Uuid = uuid!("c56a4180-65aa-42ec-a945-5fd21dec0538");

    fn response(status: u16, body: &str) -> Response<'_> {
        Response { status, retry_after: 0, body }
    }

    #[test]
    fn only_a_reply_that_repeats_the_request_guid_is_accepted() {
        let rejected = vec![Rejected::default(), Rejected::default()];
        let body = serde_json::to_string(&Reply { request: REQUEST, upto: 14, rejected, ..Reply::default() }).unwrap();
        let rejected = vec![IgnoredAny, IgnoredAny];
        let reply = Reply { request: REQUEST, upto: 14, rejected, ..Reply::default() };
        assert_eq!(response(200, &body).action(REQUEST), ReplyAction::Done(reply));
        let other = serde_json::to_string(&Reply::<Rejected>::default()).unwrap();
        for portal in ["", "<!doctype html><title>Welcome</title>", r#"{"stored":1}"#, &other] {
            assert_eq!(response(200, portal).action(REQUEST), ReplyAction::Retry, "{portal}");
        }
    }
}
