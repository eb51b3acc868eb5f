//! Sync of the user's state between the user's browsers, through the collector. Needs a user ID signed by the site's
//! server. In: the signature, changes, replies. Out: requests.

use super::exchange::{Sent, Unsynced};
use super::owner::Owner;
use crate::delivery::{Response, Retry};
use crate::host::{Effect, Host};
use crate::identity::User;
use serde::de::IgnoredAny;
use waymark_wire::state::{Reply, Request};

/// The delay between a change and the request that sends it, in ms. Changes within the delay share the request.
pub const SYNC_DELAY_MS: i64 = 1_000;

/// The minimum time between two requests when the user returns to the page, in ms.
pub const SYNC_AGAIN_MS: i64 = 10_000;

/// How long a call of `identify` waits for the state of the user's other browsers, in ms.
pub const SYNC_WAIT_MS: i64 = 3_000;

/// The user whose state may be synced now.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The current user.
    pub user: &'a User,
    /// Whether the user's state may be sent.
    pub may_sync: bool,
}

/// The progress of the sync.
#[derive(Debug, Default)]
pub struct StateSync {
    signed: Option<SignedUser>,
    /// The number of the last request: a reply to an earlier one is ignored.
    number: u32,
    /// The entries that the request in flight sent.
    in_flight: Option<Sent>,
    /// When the last request was made, epoch ms.
    requested_at: i64,
    /// Whether the collector has answered.
    is_answered: bool,
    /// Whether the collector has refused the sync permanently.
    is_refused: bool,
    /// When the next request is due, epoch ms.
    due: Option<i64>,
    retry: Retry,
}

/// A user whose ID the site's server has signed.
#[derive(Debug)]
struct SignedUser {
    /// The ID in the form used in events.
    id: String,
    signature: String,
    /// When the page gave the signature, epoch ms.
    since: i64,
}

impl StateSync {
    /// Sets the signature of `user`, whom the page has just identified, at `now`, epoch ms. An empty signature keeps an
    /// earlier signature of the same user, and ends the sync of another user.
    pub fn set_signature(&mut self, user: &str, signature: &str, now: i64) {
        let is_known = self
            .signed
            .as_ref()
            .is_some_and(|signed| signed.id == user && (signature.is_empty() || signed.signature == signature));
        if is_known {
            return;
        }
        self.end();
        if !signature.is_empty() {
            self.due = Some(now);
            self.signed = Some(SignedUser { id: user.to_owned(), signature: signature.to_owned(), since: now });
        }
    }

    /// Ends the sync.
    pub fn end(&mut self) {
        *self = StateSync { number: self.number + 1, ..StateSync::default() };
    }

    /// Whether a call of `identify` should still wait for the first reply.
    pub fn awaits_first_reply(&self, now: i64) -> bool {
        self.first_reply_due_at().is_some_and(|due| now < due)
    }

    /// Until when the first reply for the signed user is worth waiting for, epoch ms.
    pub fn first_reply_due_at(&self) -> Option<i64> {
        let signed = self.signed.as_ref().filter(|_| !self.is_answered)?;
        Some(signed.since + SYNC_WAIT_MS)
    }

    fn is_active(&self, Subject { user, may_sync }: Subject<'_>) -> bool {
        may_sync
            && !self.is_refused
            && user.is_identified
            && self.signed.as_ref().is_some_and(|signed| user.id.as_ref() == Some(&signed.id))
    }

    /// When the next request is due, epoch ms.
    pub fn due_at(&self, subject: Subject<'_>) -> Option<i64> {
        self.due.filter(|_| self.in_flight.is_none() && self.is_active(subject))
    }

    /// The state has changed: schedules a request.
    pub fn on_change(&mut self, now: i64) {
        let at = self.retry.at().filter(|_| self.retry.waits(now)).unwrap_or(now + SYNC_DELAY_MS);
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
    }

    /// Other browsers may have changed the state: schedules a request, unless the last request was made shortly before.
    pub fn refresh(&mut self, now: i64) {
        if now - self.requested_at >= SYNC_AGAIN_MS && !self.retry.waits(now) {
            self.due = Some(now);
        }
    }

    /// The page was closed and is shown again: schedules a request, because a request in flight may never be answered.
    pub fn restart(&mut self, now: i64) {
        self.in_flight = None;
        self.due = Some(now);
    }

    /// Sends changes and asks for the changes of other browsers, if a request is due. A page that `is_leaving` sends
    /// changes at once and does not ask for the changes of others.
    pub fn send(&mut self, is_leaving: bool, owner: Owner<'_>, subject: Subject<'_>, host: &mut impl Host) {
        let now = host.now();
        let is_due =
            if is_leaving { self.is_active(subject) } else { self.due_at(subject).is_some_and(|due| now >= due) };
        let (true, Some(signed)) = (is_due, &self.signed) else { return };
        let Unsynced { items, sent } = owner.unsynced(host);
        if is_leaving && sent.is_empty() {
            return;
        }
        let request = Request {
            site: owner.scope.site.clone(),
            user: signed.id.clone(),
            signature: signed.signature.clone(),
            entries: items,
        };
        // Serialising numbers, strings and raw JSON cannot fail.
        let body = serde_json::to_string(&request).unwrap_or_default();
        self.number += 1;
        self.in_flight = Some(sent);
        (self.requested_at, self.due) = (now, None);
        host.push(Effect::SyncState { number: self.number, body });
    }

    /// Handles the reply to request `number`, or the failure to reach the collector.
    pub fn on_reply(
        &mut self,
        number: u32,
        response: Response<'_>,
        owner: Owner<'_>,
        subject: Subject<'_>,
        host: &mut impl Host,
    ) {
        if number != self.number {
            return;
        }
        let sent = self.in_flight.take().unwrap_or_default();
        self.is_answered = true;
        let now = host.now();
        let reply = serde_json::from_str::<Reply<IgnoredAny>>(response.body);
        match (response.status, reply) {
            (200, Ok(reply)) if self.is_active(subject) => {
                self.retry.succeeded();
                owner.take(reply.entries, &sent, host);
                // Entries changed meanwhile, or did not fit into the request.
                if !owner.unsynced(host).sent.is_empty() {
                    self.on_change(now);
                }
            }
            (200, Ok(_)) => {}
            // A captive portal answers 200 too, but with another body.
            (0 | 200 | 408 | 425 | 429 | 500.., _) => {
                let (_, random) = host.new_uuid().as_u64_pair();
                self.retry.failed(now, random as u32, response.retry_after);
                self.due = self.retry.at();
            }
            (status, _) => {
                let message = match status {
                    401 => "the collector does not take the user's signature: sign the ID as docs/state.md says",
                    _ => "the collector does not keep the user's state: inspect the request to /v1/state",
                };
                host.push(Effect::Warn(message.to_owned()));
                self.is_refused = true;
            }
        }
    }
}
