//! Facts in SQLite: made behind a cursor, read by time, removed with their events.

mod follow;
mod groups;
mod pack;
mod queries;
mod read;
pub(super) mod remove;
mod texts;

pub(super) use follow::FOLLOWER;
pub(super) use pack::unequal;

#[cfg(test)]
mod property;
