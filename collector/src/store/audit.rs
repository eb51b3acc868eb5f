//! The audit of each site and day: *created + surplus = stored + lost + missing*.

use super::{Day, Losses};
use serde::Serialize;

/// Filter by site and day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Days {
    /// First day.
    pub from: Option<Day>,
    /// End: days before this one.
    pub to: Option<Day>,
    /// Only this site.
    pub site: Option<String>,
}

/// Counts for the tabs of one site that began on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditRow {
    /// The site's key.
    pub site: String,
    /// The day.
    pub day: Day,
    /// The counts.
    #[serde(flatten)]
    pub figures: AuditCounts,
}

/// Counts of events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct AuditCounts {
    /// Tabs.
    pub tabs: u64,
    /// Events created, as reported by the tabs.
    pub created: u64,
    /// Events stored.
    pub stored: u64,
    /// Duplicates dropped.
    pub duplicate: u64,
    /// Events reported as lost.
    pub lost: Losses,
    /// Events neither stored nor reported as lost.
    pub missing: u64,
    /// Events stored or reported as lost beyond those created.
    #[serde(skip_serializing_if = "is_none")]
    pub surplus: u64,
}

fn is_none(count: &u64) -> bool {
    *count == 0
}

impl Days {
    /// Whether the filter matches.
    pub(super) fn lets(&self, site: &str, day: Day) -> bool {
        self.from.is_none_or(|from| from <= day)
            && self.to.is_none_or(|to| day < to)
            && self.site.as_ref().is_none_or(|wanted| wanted == site)
    }
}

impl AuditCounts {
    pub(crate) fn plus(self, other: &AuditCounts) -> Self {
        AuditCounts { lost: self.lost.plus(&other.lost), ..self.with(other, u64::saturating_add) }
    }

    pub(super) fn minus(self, other: &AuditCounts) -> Self {
        AuditCounts { lost: self.lost.minus(&other.lost), ..self.with(other, u64::saturating_sub) }
    }

    fn with(self, other: &AuditCounts, combine: fn(u64, u64) -> u64) -> Self {
        AuditCounts {
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
