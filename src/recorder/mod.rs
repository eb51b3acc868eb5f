//! The recorder itself: [`Recorder::on`] takes one input and conducts the components, each of which owns its state.
//! `startup` finds out consent, user and session before anything is sent, `permission_change` begins and ends recording,
//! `record` takes events, `view` keeps up with the page, `user` with the user, `user_state` with the user's state, `sending`
//! sends and stores, `report` shows everything that is held, `follow` what has changed.

mod conductor;
mod follow;
mod permission_change;
mod phase;
mod record;
mod reply;
mod report;
mod sending;
mod startup;
mod user;
mod user_state;
mod view;

pub use conductor::Recorder;
pub use follow::{Follower, Notice};
pub use reply::{Call, Reply, Report};
pub use startup::SESSION_LOCK_MS;
