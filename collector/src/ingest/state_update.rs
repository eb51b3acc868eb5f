//! A request to update a user's state, checked entry by entry: what the store merges, and what is rejected.

use crate::store::{Change, MergeOutcome, Merged};
use waymark_wire::EntryRejectReason::{self, InvalidEntry, TooManyEntries};
use waymark_wire::state::{Item, Refused, Reply, Request};

/// A valid request.
pub struct StateUpdate {
    /// The valid entries, for the store.
    pub change: Change,
    /// The rest of the reply.
    pub reply: PendingReply,
}

/// A reply that lacks the outcome of the merge.
pub struct PendingReply {
    /// The place in the request of each entry of the change.
    places: Vec<usize>,
    rejected: Vec<Refused>,
}

impl StateUpdate {
    /// Checks a request that arrived at `now` (epoch ms).
    ///
    /// # Errors
    /// Why the request as a whole is invalid.
    pub fn of(request: Request, now: i64) -> Result<StateUpdate, &'static str> {
        request.check()?;
        let Request { site, user, entries, .. } = request;
        let (mut places, mut taken, mut rejected) = (Vec::new(), Vec::new(), Vec::new());
        for (index, entry) in entries.into_iter().enumerate() {
            match entry.read(now) {
                Ok(entry) => {
                    places.push(index);
                    taken.push(entry);
                }
                Err(why) => rejected.push(refused(index, InvalidEntry, why)),
            }
        }
        Ok(StateUpdate { change: Change { site, user, entries: taken }, reply: PendingReply { places, rejected } })
    }
}

impl PendingReply {
    /// The complete reply, once the change is merged.
    #[must_use]
    pub fn with(self, Merged { fates, states }: Merged) -> Reply {
        let PendingReply { places, rejected } = self;
        let mut reply = Reply { rejected, ..Reply::default() };
        for (index, fate) in places.into_iter().zip(fates) {
            match fate {
                MergeOutcome::Merged => {}
                MergeOutcome::Stale => reply.stale.push(index),
                MergeOutcome::Full => {
                    reply.rejected.push(refused(index, TooManyEntries, "the user has 100 entries already"));
                }
            }
        }
        reply.rejected.sort_by_key(|refused| refused.index);
        reply.entries = states.into_iter().map(|(name, state)| Item::new(name, state)).collect();
        reply
    }
}

fn refused(index: usize, code: EntryRejectReason, why: &str) -> Refused {
    Refused { index, why: why.to_owned(), code }
}
