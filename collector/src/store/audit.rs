//! Whether everything that was created arrived: *created + surplus = stored + lost + missing*, for each site and day.

use super::{Day, Losses};
use serde::Serialize;

/// Which sites and days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Days {
    /// This day and later ones.
    pub from: Option<Day>,
    /// Those before this day.
    pub to: Option<Day>,
    /// This site only.
    pub site: Option<String>,
}

/// What became of the events of the tabs of a site that were first heard of on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Audited {
    /// The site's key.
    pub site: String,
    /// The day.
    pub day: Day,
    /// What became of them.
    #[serde(flatten)]
    pub figures: Figures,
}

/// What became of the events of some tabs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// How many tabs.
    pub tabs: u64,
    /// How many events they have recorded, as far as they have said.
    pub created: u64,
    /// How many were stored.
    pub stored: u64,
    /// How many came again and were dropped.
    pub duplicate: u64,
    /// What they have declared as lost.
    pub lost: Losses,
    /// How many were neither stored nor declared as lost.
    pub missing: u64,
    /// How many were stored or declared as lost beyond those created.
    #[serde(skip_serializing_if = "is_none")]
    pub surplus: u64,
}

fn is_none(count: &u64) -> bool {
    *count == 0
}

impl Days {
    /// Whether it asks for this one.
    pub(super) fn lets(&self, site: &str, day: Day) -> bool {
        self.from.is_none_or(|from| from <= day)
            && self.to.is_none_or(|to| day < to)
            && self.site.as_ref().is_none_or(|wanted| wanted == site)
    }
}

impl Figures {
    pub(crate) fn plus(self, other: &Figures) -> Self {
        Figures { lost: self.lost.plus(&other.lost), ..self.with(other, u64::saturating_add) }
    }

    pub(super) fn minus(self, other: &Figures) -> Self {
        Figures { lost: self.lost.minus(&other.lost), ..self.with(other, u64::saturating_sub) }
    }

    fn with(self, other: &Figures, combine: fn(u64, u64) -> u64) -> Self {
        Figures {
            tabs: combine(self.tabs, other.tabs),
            created: combine(self.created, other.created),
            stored: combine(self.stored, other.stored),
            duplicate: combine(self.duplicate, other.duplicate),
            lost: self.lost,
            missing: combine(self.missing, other.missing),
            surplus: combine(self.surplus, other.surplus),
        }
    }
}
