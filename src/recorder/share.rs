//! The state of a user whom the site's server has signed, shared with their other browsers through the collector: told what
//! changed here, and taken what changed there.

use super::remember::ANONYMOUS;
use super::{Call, DONE, Hold, Recorder};
use crate::call_error::CallError;
use crate::consent::Mode;
use crate::delivery::{Answer, Retry};
use crate::host::{Effect, Host};
use crate::state::{Owner, Sent, Unsynced};
use waymark_wire::level::purpose;
use waymark_wire::state::{Reply as StateReply, Request};

/// What changes is told so long after it did, with what else has changed by then.
pub const SHARE_MS: i64 = 1_000;

/// A page that is looked at again asks what other browsers have changed, so often at the most.
pub const SHARE_AGAIN_MS: i64 = 10_000;

/// Whoever says who the user is waits so long for what other browsers know of them.
pub const SHARE_WAIT_MS: i64 = 3_000;

/// How the sharing goes.
#[derive(Debug, Default)]
pub struct Share {
    /// Whose state it is.
    signed: Option<Signed>,
    /// The number of the last request, so that no other user's answer is taken.
    number: u32,
    /// What the request that is on its way told.
    sent: Option<Sent>,
    /// When the last request was made, epoch ms.
    at: i64,
    /// Whether the collector has answered,
    is_answered: bool,
    /// or refused for good.
    is_refused: bool,
    /// When the next request is due, epoch ms.
    due: Option<i64>,
    retry: Retry,
}

/// A user whom the site's server has signed.
#[derive(Debug)]
struct Signed {
    /// The ID, as events have it.
    user: String,
    signature: String,
    /// When the page said so, epoch ms.
    since: i64,
}

impl Share {
    /// From here on it is that user's.
    fn begin(&mut self, signed: Signed) {
        *self = Share { number: self.number + 1, due: Some(signed.since), signed: Some(signed), ..Share::default() };
    }

    /// Nobody's any more.
    pub(super) fn end(&mut self) {
        *self = Share { number: self.number + 1, ..Share::default() };
    }
}

impl Recorder {
    /// The site's server has signed the user who was named just now; an empty `signature` says nothing new of the same one.
    pub(super) fn signed(&mut self, user: &str, signature: &str, host: &mut impl Host) -> Call {
        let now = host.now();
        let is_said_again = self
            .share
            .signed
            .as_ref()
            .is_some_and(|signed| signed.user == user && (signature.is_empty() || signed.signature == signature));
        if !is_said_again {
            self.share.end();
            if !signature.is_empty() {
                self.share.begin(Signed { user: user.to_owned(), signature: signature.to_owned(), since: now });
            }
        }
        let since = self.share.signed.as_ref().map(|signed| signed.since);
        let waits = !self.share.is_answered && since.is_some_and(|since| now - since < SHARE_WAIT_MS);
        if waits && self.has_leave_to_share() { Err(CallError::Busy) } else { DONE }
    }

    fn has_leave_to_share(&self) -> bool {
        self.leave.mode == Mode::On && self.leave.kept_for & purpose::FUNCTIONAL != 0 && !self.is_astray
    }

    fn shares(&self) -> bool {
        self.hold == Hold::No
            && self.who.is_known
            && self.share.signed.as_ref().is_some_and(|signed| self.who.id.as_ref() == Some(&signed.user))
            && !self.share.is_refused
            && self.has_leave_to_share()
    }

    /// When the next request is due, epoch ms.
    pub(super) fn share_due_at(&self) -> Option<i64> {
        self.share.due.filter(|_| self.shares() && self.share.sent.is_none())
    }

    /// The state has changed.
    pub(super) fn share_soon(&mut self, host: &impl Host) {
        let now = host.now();
        let at = self.share.retry.at().filter(|_| self.share.retry.waits(now)).unwrap_or(now + SHARE_MS);
        self.share.due = Some(self.share.due.map_or(at, |due| due.min(at)));
    }

    /// Other browsers may have changed it.
    pub(super) fn share_again(&mut self, host: &impl Host) {
        let now = host.now();
        if now - self.share.at >= SHARE_AGAIN_MS && !self.share.retry.waits(now) {
            self.share.due = Some(now);
        }
    }

    /// A page that was left and kept is back: a request that was on its way when it was left may never be answered.
    pub(super) fn share_anew(&mut self, host: &impl Host) {
        self.share.sent = None;
        self.share.due = Some(host.now());
    }

    /// Tells what changed and asks what there is. A page that is `leaving` only tells.
    pub(super) fn share(&mut self, leaving: bool, host: &mut impl Host) {
        let now = host.now();
        let is_due = if leaving { self.shares() } else { self.share_due_at().is_some_and(|due| now >= due) };
        if !is_due {
            return;
        }
        let user = self.user();
        let Unsynced { items, sent } =
            Owner { scope: &self.scope, mark: &user, place: self.state_place() }.unsynced(host);
        if leaving && sent.is_empty() {
            return;
        }
        let Some(Signed { user, signature, .. }) = &self.share.signed else { return };
        let site = self.scope.site.clone();
        let request = Request { site, user: user.clone(), signature: signature.clone(), entries: items };
        // Numbers, texts and raw JSON can always be written.
        let body = serde_json::to_string(&request).unwrap_or_default();
        self.share.number += 1;
        self.share.sent = Some(sent);
        (self.share.at, self.share.due) = (now, None);
        host.push(Effect::SyncState { number: self.share.number, body });
    }

    /// The collector answered, or could not be reached.
    pub(super) fn shared(&mut self, number: u32, answer: Answer<'_>, host: &mut impl Host) -> Call {
        if number != self.share.number {
            return DONE;
        }
        let sent = self.share.sent.take().unwrap_or_default();
        self.share.is_answered = true;
        let now = host.now();
        let user = self.user();
        let reply = serde_json::from_str::<StateReply>(answer.body);
        match (answer.status, reply) {
            (200, Ok(reply)) if self.shares() && user != ANONYMOUS => {
                self.share.retry.succeeded();
                let owner = Owner { scope: &self.scope, mark: &user, place: self.state_place() };
                owner.take(reply.entries, &sent, host);
                // What has changed since, or would not fit.
                if !owner.unsynced(host).sent.is_empty() {
                    self.share_soon(host);
                }
            }
            (200, Ok(_)) => {}
            // A portal in between answers 200 too, and not in the collector's words.
            (0 | 200 | 408 | 425 | 429 | 500.., _) => {
                let (_, random) = host.guid().as_u64_pair();
                self.share.retry.failed(now, random as u32, answer.retry_after);
                self.share.due = self.share.retry.at();
            }
            (status, _) => {
                let message = match status {
                    401 => "the collector does not take the user's signature: sign the ID as docs/state.md says",
                    _ => "the collector does not keep the user's state: inspect the request to /v1/state",
                };
                host.push(Effect::Report(message.to_owned()));
                self.share.is_refused = true;
            }
        }
        DONE
    }
}
