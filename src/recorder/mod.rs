//! The recorder: [`Recorder::on`] takes one input and calls the components, each of which owns its state. `startup`
//! waits for consent, user and session before anything is sent. `permission_change` begins and ends recording. `record`
//! takes events. `view` follows the page, `user` the user, and `user_state` the user's state. `sending` sends and
//! stores. `report` returns the recorder's whole state, and `follow` tells listeners what has changed.

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
