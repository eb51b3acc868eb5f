//! The state of a user whom the site's server has signed, shared with their other browsers through the collector: told what
//! changed here, and taken what changed there.

use super::remember::ANONYMOUS;
use super::{Call, DONE, Hold, Recorder};
use crate::call_error::CallError;
use crate::consent::Mode;
use crate::host::{Host, NEVER};
use crate::outbox::{Answer, Retry};
use crate::state::Owner;
use waymark_wire::json::Object;
use waymark_wire::level::purpose;

/// What changes is told so long after it did, with what else has changed by then.
pub const SHARE_MS: i64 = 1_000;

/// A page that is looked at again asks what other browsers have changed, so often at the most.
pub const SHARE_AGAIN_MS: i64 = 10_000;

/// Whoever says who the user is waits so long for what other browsers know of them.
pub const SHARE_WAIT_MS: i64 = 3_000;

/// How the sharing goes.
#[derive(Debug)]
pub struct Share {
    /// Whose state, as events name them, by whose signature; empty for nobody's.
    user: String,
    signature: String,
    /// When that was said, epoch ms.
    since: i64,
    /// The number of the last request, so that the answer to another user's request is ignored.
    number: u32,
    /// What it told, as it was kept; nothing where none is on its way.
    sent: Option<String>,
    /// When it was.
    at: i64,
    /// Whether the collector has answered, whatever it was,
    is_answered: bool,
    /// or refused.
    is_refused: bool,
    /// When the next one is due.
    pub(super) due: i64,
    retry: Retry,
}

impl Share {
    /// Nobody's.
    pub const fn new() -> Self {
        Share {
            user: String::new(),
            signature: String::new(),
            since: 0,
            number: 0,
            sent: None,
            at: 0,
            is_answered: false,
            is_refused: false,
            due: NEVER,
            retry: Retry::new(),
        }
    }

    /// From here on it is that user's.
    fn begin(&mut self, user: &str, signature: &str, now: i64) {
        *self = Share { number: self.number + 1, ..Share::new() };
        self.user.push_str(user);
        self.signature.push_str(signature);
        (self.since, self.due) = (now, now);
    }

    /// Nobody's any more.
    pub(super) fn end(&mut self) {
        self.begin("", "", 0);
        self.due = NEVER;
    }
}

impl Recorder {
    /// The site's server has signed the user who was named just now; an empty `signature` says nothing new of the same one.
    pub(super) fn signed(&mut self, user: &str, signature: &str, host: &mut impl Host) -> Call {
        let now = host.now();
        let is_said_again = user == self.share.user && (signature.is_empty() || signature == self.share.signature);
        if !is_said_again {
            self.share.end();
            if !signature.is_empty() {
                self.share.begin(user, signature, now);
            }
        }
        let Share { is_answered, since, ref signature, .. } = self.share;
        let waits = !signature.is_empty() && !is_answered && now - since < SHARE_WAIT_MS;
        if waits && self.has_leave_to_share() { Err(CallError::Busy) } else { DONE }
    }

    fn has_leave_to_share(&self) -> bool {
        self.leave.mode == Mode::On && self.leave.kept_for & purpose::FUNCTIONAL != 0 && !self.is_astray
    }

    fn shares(&self) -> bool {
        self.hold == Hold::No
            && self.who.is_known
            && self.who.id == self.share.user
            && !self.share.signature.is_empty()
            && !self.share.is_refused
            && self.has_leave_to_share()
    }

    /// When the next request is due.
    pub(super) fn share_due_at(&self) -> i64 {
        if self.shares() && self.share.sent.is_none() { self.share.due } else { NEVER }
    }

    /// The state has changed.
    pub(super) fn share_soon(&mut self, host: &impl Host) {
        let now = host.now();
        let at = if self.share.retry.waits(now) { self.share.retry.at() } else { now + SHARE_MS };
        self.share.due = self.share.due.min(at);
    }

    /// Other browsers may have changed it.
    pub(super) fn share_again(&mut self, host: &impl Host) {
        let now = host.now();
        if now - self.share.at >= SHARE_AGAIN_MS && !self.share.retry.waits(now) {
            self.share.due = now;
        }
    }

    /// A page that was left and kept is back: whatever was on its way when it was left may never be answered.
    pub(super) fn share_anew(&mut self, host: &impl Host) {
        self.share.sent = None;
        self.share.due = host.now();
    }

    /// Tells what changed and asks what there is. A page that is `leaving` only tells.
    #[inline(never)]
    pub(super) fn share(&mut self, leaving: bool, host: &mut impl Host) {
        let now = host.now();
        let is_due = if leaving { self.shares() } else { now >= self.share_due_at() };
        if !is_due {
            return;
        }
        let user = self.user();
        let (entries, sent) = Owner { scope: &self.scope, mark: &user, place: self.state_place() }.untold(host);
        if leaving && sent.is_empty() {
            return;
        }
        let mut body = String::new();
        let mut object = Object::open(&mut body);
        object.text("site", &self.scope.site).text("user", &self.share.user);
        object.text("signature", &self.share.signature);
        let list = object.member("entries");
        for part in ["[", &entries, "]"] {
            list.push_str(part);
        }
        object.close();
        self.share.number += 1;
        self.share.sent = Some(sent);
        (self.share.at, self.share.due) = (now, NEVER);
        host.share(self.share.number, body);
    }

    /// The collector answered, with an entry a line, or could not be reached.
    pub(super) fn shared(&mut self, number: u32, answer: Answer<'_>, host: &mut impl Host) -> Call {
        if number != self.share.number {
            return DONE;
        }
        let sent = self.share.sent.take().unwrap_or_default();
        self.share.is_answered = true;
        let now = host.now();
        let user = self.user();
        match answer.status {
            200 if self.shares() && user != ANONYMOUS => {
                self.share.retry.succeeded();
                let owner = Owner { scope: &self.scope, mark: &user, place: self.state_place() };
                owner.take(answer.body, &sent, host);
                // What has changed since, or would not fit.
                if !owner.untold(host).1.is_empty() {
                    self.share_soon(host);
                }
            }
            0 | 408 | 425 | 429 | 500.. => {
                let (_, random) = host.guid().as_u64_pair();
                self.share.retry.failed(now, random as u32, answer.retry_after);
                self.share.due = self.share.retry.at();
            }
            200 => {}
            status => {
                host.report(match status {
                    401 => "the collector does not take the user's signature: sign the ID as docs/state.md says",
                    _ => "the collector does not keep the user's state: inspect the request to /v1/state",
                });
                self.share.is_refused = true;
            }
        }
        DONE
    }
}
