//! The user's state as recorder and collector share it: the kinds of entries, valid values, the merge of two versions
//! of an entry, and the request `POST /v1/state` with its reply. Storage is not part of this module.

mod exchange;
mod kind;
#[cfg(test)]
mod tests;
mod versioned;

pub use exchange::{DAY_MS, DAYS, ENTRIES, Item, Refused, Reply, Request};
pub use kind::{Kind, Recorded, VALUE_BYTES, check};
pub use versioned::Versioned;
