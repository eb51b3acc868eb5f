//! The purposes that a user can agree to, as bits.

/// Storing the user's progress in tours, tasks and courses.
pub const FUNCTIONAL: u8 = 1;
/// Events, and the IDs of users, sessions and tabs.
pub const ANALYTICS: u8 = 2;
/// The playback record of the page.
pub const PLAYBACK: u8 = 4;
/// All purposes.
pub const ALL: u8 = 7;
/// The names of the purposes, lowest bit first.
pub const NAMES: [&str; 3] = ["functional", "analytics", "playback"];
