//! How much a site collects. One place decides; every other module asks here.

use serde::{Deserialize, Deserializer, de};

/// The tracking level: each holds what the one below it holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// 0: nothing is collected, stored or sent.
    Off,
    /// 1: guidance content, page views, and the browser, screen and page they happened in.
    #[default]
    Engagement,
}

impl<'de> Deserialize<'de> for Level {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u32::deserialize(deserializer)? {
            0 => Ok(Level::Off),
            1 => Ok(Level::Engagement),
            _ => Err(de::Error::custom("must be 0 (off) or 1 (engagement)")),
        }
    }
}
