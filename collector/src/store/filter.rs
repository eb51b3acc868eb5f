//! Filters for reading events. An event ID begins with 48 bits of time.

use serde::de::{Error, IgnoredAny, Unexpected};
use serde::{Deserialize, Deserializer};
use std::sync::Arc;
use uuid::Uuid;

/// An event that was read: its ID and its JSON.
pub type Found = (Uuid, Arc<str>);

/// Filter for reading events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// First time, epoch ms.
    pub from: Option<i64>,
    /// End: events before this time, epoch ms.
    pub to: Option<i64>,
    /// Only this type.
    pub kind: Option<String>,
    /// Only this site.
    pub site: Option<String>,
    /// Without the events of bots, or only those.
    pub bots: Option<BotFilter>,
}

/// What is read of bots. Export and insights have the same values and other defaults: all events, and those of people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BotFilter {
    /// All events.
    Include,
    /// Events without `server.bot`.
    #[default]
    Exclude,
    /// Events with `server.bot`.
    Only,
}

/// The end of a stored event, as far as it tells of bots.
#[derive(Deserialize)]
struct Stored {
    #[serde(default)]
    server: StoredServer,
}

#[derive(Default, Deserialize)]
struct StoredServer {
    #[serde(default)]
    bot: Option<IgnoredAny>,
}

impl BotFilter {
    /// The names.
    pub const EXPECTED: &str = "include, exclude or only";

    /// The filter with this name.
    pub fn read(text: &str) -> Option<Self> {
        match text {
            "include" => Some(BotFilter::Include),
            "exclude" => Some(BotFilter::Exclude),
            "only" => Some(BotFilter::Only),
            _ => None,
        }
    }

    /// Whether events of bots, or only others, are let through; all if `None`.
    pub fn of_bots(self) -> Option<bool> {
        match self {
            BotFilter::Include => None,
            BotFilter::Exclude => Some(false),
            BotFilter::Only => Some(true),
        }
    }

    /// Whether it lets this stored event through.
    pub(super) fn lets(self, body: &str) -> bool {
        let is_of_bot = || serde_json::from_str(body).is_ok_and(|stored: Stored| stored.server.bot.is_some());
        self.of_bots().is_none_or(|wanted| wanted == is_of_bot())
    }
}

impl<'de> Deserialize<'de> for BotFilter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        BotFilter::read(&text).ok_or_else(|| D::Error::invalid_value(Unexpected::Str(&text), &BotFilter::EXPECTED))
    }
}

impl Filter {
    /// The smallest ID of an event at `from`.
    pub(super) fn first(&self) -> Uuid {
        Uuid::from_u128(self.from.map_or(0, bound))
    }

    /// The smallest ID of the page after `after`.
    pub(super) fn first_after(&self, after: Option<Uuid>) -> Uuid {
        let next = after.map_or(Uuid::nil(), |after| Uuid::from_u128(after.as_u128().saturating_add(1)));
        next.max(self.first())
    }

    /// The smallest ID that is too late.
    pub(super) fn end(&self) -> Uuid {
        Uuid::from_u128(self.to.map_or(u128::MAX, bound))
    }
}

fn bound(time: i64) -> u128 {
    if time < 1 << 48 { (time.max(0) as u128) << 80 } else { u128::MAX }
}
