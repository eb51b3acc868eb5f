//! What a browser sends of a user's state, checked entry by entry: what the store is to merge, and what is refused.

use crate::store::{Change, Fate, Merged};
use waymark_wire::state::{Item, Refused, Reply, Request};

/// A request that makes sense: what a store is to merge, and what can be told already.
pub struct Sent {
    /// Those of its entries that can be kept.
    pub change: Change,
    /// The others.
    pub told: Told,
}

/// Half of an answer.
pub struct Told {
    /// The place in the request of each entry of the change.
    places: Vec<usize>,
    rejected: Vec<Refused>,
}

impl Sent {
    /// What a request says that came at `now`, epoch ms.
    ///
    /// # Errors
    /// What is wrong with it as a whole, in words.
    pub fn of(request: Request, now: i64) -> Result<Sent, &'static str> {
        request.check()?;
        let Request { site, user, entries, .. } = request;
        let (mut places, mut taken, mut rejected) = (Vec::new(), Vec::new(), Vec::new());
        for (index, entry) in entries.into_iter().enumerate() {
            match entry.read(now) {
                Ok(entry) => {
                    places.push(index);
                    taken.push(entry);
                }
                Err(why) => rejected.push(Refused { index, why: why.to_owned() }),
            }
        }
        Ok(Sent { change: Change { site, user, entries: taken }, told: Told { places, rejected } })
    }
}

impl Told {
    /// The answer, once the change is merged.
    #[must_use]
    pub fn with(self, Merged { fates, states }: Merged) -> Reply {
        let Told { places, rejected } = self;
        let mut reply = Reply { rejected, ..Reply::default() };
        for (index, fate) in places.into_iter().zip(fates) {
            match fate {
                Fate::Merged => {}
                Fate::Stale => reply.stale.push(index),
                Fate::Full => {
                    reply.rejected.push(Refused { index, why: "the user has 100 entries already".to_owned() })
                }
            }
        }
        reply.rejected.sort_by_key(|refused| refused.index);
        reply.entries = states.into_iter().map(|(name, state)| Item::new(name, state)).collect();
        reply
    }
}
