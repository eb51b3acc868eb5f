//! Questions about hand-made events, whose answers are worked out beside them.

mod content;
mod data;
mod definitions;
mod friction;
mod funnel;
mod goals;
mod overview;
mod packed;
mod progress;
mod sessions;
mod users;
