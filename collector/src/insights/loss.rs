//! What was lost in the days of a range, by the audit.

use crate::store::{AuditCounts, Day, Days, Store, StoreError};
use serde::Serialize;
use std::collections::BTreeMap;

/// What was lost. The audit counts by day of arrival, in UTC.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Loss {
    /// Events reported as lost, by reason.
    pub lost: BTreeMap<&'static str, u64>,
    /// Events neither stored nor reported as lost.
    pub missing: u64,
    /// The days on which events were lost or are missing, in UTC.
    pub days: Vec<String>,
}

/// The audit's sums of the UTC days that a range touches, and what was lost in them.
pub(super) fn audited(store: &dyn Store, site: &str, from: i64, to: i64) -> Result<(AuditCounts, Loss), StoreError> {
    let end = Day::of(to.saturating_sub(1)).next();
    let days = Days { from: Some(Day::of(from)), to: end, site: Some(site.to_owned()) };
    let (mut sum, mut days_with_loss) = (AuditCounts::default(), Vec::new());
    for row in store.audit(&days)? {
        sum = sum.plus(&row.figures);
        if row.figures.missing > 0 || row.figures.lost.total() > 0 {
            days_with_loss.push(row.day.to_string());
        }
    }
    let loss = Loss { lost: sum.lost.into(), missing: sum.missing, days: days_with_loss };
    Ok((sum, loss))
}
