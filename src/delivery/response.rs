//! What the collector answered, and what that means for the batch.

use serde::de::IgnoredAny;
use uuid::Uuid;
use waymark_wire::Reply;

/// What came of sending a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer<'a> {
    /// The HTTP status; 0 where there was no answer.
    pub status: u16,
    /// `Retry-After` in seconds; 0 where there was none.
    pub retry_after: u32,
    /// The answer's body, a [`waymark_wire::Reply`] where all is well.
    pub body: &'a str,
}

/// What it means.
#[derive(Debug, PartialEq)]
pub(super) enum Verdict {
    /// Every event is on disk, or is named as one that never will be.
    Done(Reply<IgnoredAny>),
    /// The same may succeed later.
    Again,
    /// The collector is another data centre's: nothing succeeds here before somebody changes something.
    Elsewhere,
    /// Fewer events at a time may succeed.
    Smaller,
    /// The same will never succeed.
    Never,
}

impl Answer<'_> {
    /// `request` is the GUID of the attempt: a portal or proxy in between may answer 200 too, but does not name it.
    pub(super) fn verdict(&self, request: Uuid) -> Verdict {
        match self.status {
            200..=299 => match serde_json::from_str::<Reply<IgnoredAny>>(self.body) {
                Ok(reply) if reply.request == request => Verdict::Done(reply),
                _ => Verdict::Again,
            },
            413 => Verdict::Smaller,
            421 => Verdict::Elsewhere,
            408 | 425 | 429 => Verdict::Again,
            400..=499 => Verdict::Never,
            _ => Verdict::Again,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::uuid;
    use waymark_wire::Rejected;

    const REQUEST: Uuid = uuid!("c56a4180-65aa-42ec-a945-5fd21dec0538");

    fn answer(status: u16, body: &str) -> Answer<'_> {
        Answer { status, retry_after: 0, body }
    }

    #[test]
    fn only_an_answer_that_names_the_request_is_believed() {
        let rejected = vec![Rejected::default(), Rejected::default()];
        let body = serde_json::to_string(&Reply { request: REQUEST, upto: 14, rejected, ..Reply::default() }).unwrap();
        let rejected = vec![IgnoredAny, IgnoredAny];
        let reply = Reply { request: REQUEST, upto: 14, rejected, ..Reply::default() };
        assert_eq!(answer(200, &body).verdict(REQUEST), Verdict::Done(reply));
        let other = serde_json::to_string(&Reply::<Rejected>::default()).unwrap();
        for portal in ["", "<!doctype html><title>Welcome</title>", r#"{"stored":1}"#, &other] {
            assert_eq!(answer(200, portal).verdict(REQUEST), Verdict::Again, "{portal}");
        }
    }
}
