//! What the collector answered, and what that means for the batch.

use waymark_wire::text::{find, next_part, parse_int};

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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Every event is on disk, or is named as one that never will be.
    Done,
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
    pub(super) fn verdict(&self, request: &str) -> Verdict {
        match self.status {
            200..=299 if find(self.body, request).is_some() => Verdict::Done,
            413 => Verdict::Smaller,
            421 => Verdict::Elsewhere,
            408 | 425 | 429 => Verdict::Again,
            400..=499 => Verdict::Never,
            _ => Verdict::Again,
        }
    }

    /// How many of the batch's events will never be stored.
    pub(super) fn rejected(&self) -> u32 {
        let (mut rejected, mut rest) = (0, self.body);
        // Inside a text its quotes would be escaped.
        while let Some(at) = find(rest, "\"index\":") {
            rejected += 1;
            rest = rest.get(at + 8..).unwrap_or_default();
        }
        rejected
    }

    /// Every event of the tab below this number was answered.
    pub(super) fn upto(&self) -> u64 {
        let at = find(self.body, "\"upto\":").and_then(|at| self.body.get(at + 7..));
        let digits = next_part(&mut at.unwrap_or_default(), b'}');
        parse_int(digits).unwrap_or_default().unsigned_abs()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;
    use waymark_wire::{RejectReason, Rejected, Reply};

    const REQUEST: &str = "c56a4180-65aa-42ec-a945-5fd21dec0538";

    fn answer(status: u16, body: &str) -> Answer<'_> {
        Answer { status, retry_after: 0, body }
    }

    #[test]
    fn only_an_answer_that_names_the_request_is_believed() {
        let reply = Reply { request: Some(Uuid::parse_str(REQUEST).unwrap()), ..Reply::default() };
        let body = serde_json::to_string(&reply).unwrap();
        assert_eq!(answer(200, &body).verdict(REQUEST), Verdict::Done);
        for portal in ["", "<!doctype html><title>Welcome</title>", r#"{"stored":1}"#] {
            assert_eq!(answer(200, portal).verdict(REQUEST), Verdict::Again, "{portal}");
        }
    }

    #[test]
    fn what_a_reply_says_is_read_from_it() {
        let rejected =
            |index| Rejected { index, seq: 0, why: r#"no "index": here"#.to_owned(), code: RejectReason::InvalidData };
        let reply = Reply { rejected: vec![rejected(0), rejected(1)], upto: 14, ..Reply::default() };
        let body = serde_json::to_string(&reply).unwrap();
        assert_eq!((answer(200, &body).rejected(), answer(200, &body).upto()), (2, 14));
        assert_eq!((answer(200, "").rejected(), answer(200, "").upto()), (0, 0));
    }
}
