//! How much a site collects. One place decides; every other module asks here.

use crate::setting::{Setting, Wrong};

/// The tracking level: each holds what the one below it holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// 0: nothing is collected, stored or sent.
    Off,
    /// 1: guidance content, page views, and the browser, screen and page they happened in.
    #[default]
    Engagement,
}

impl Level {
    /// Reads a level's number.
    ///
    /// # Errors
    /// Which levels there are.
    pub fn read(setting: Setting<'_>) -> Result<Self, Wrong> {
        match setting.integer(0, 1) {
            Ok(0) => Ok(Level::Off),
            Ok(_) => Ok(Level::Engagement),
            Err(_) => Err("must be 0 (off) or 1 (engagement)"),
        }
    }
}
