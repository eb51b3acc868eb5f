//! What was collected, and how it arrived.

use super::error::InsightError;
use super::question::Question;
use super::report::{Cell, Report, Table};
use super::rows::{Kinds, Rows};
use super::statistics::{percentile, ratio};
use crate::store::{AuditCounts, TextId};
use std::collections::{BTreeMap, HashMap, HashSet};
use waymark_wire::Level;
use waymark_wire::level::Kind;

/// Answers [`super::View::Health`].
pub(super) fn health(rows: &Rows<'_>, question: &Question, audit: &AuditCounts) -> Result<Report, InsightError> {
    let mut lags = Vec::new();
    let mut versions = HashMap::<Option<TextId>, (usize, HashSet<Option<TextId>>)>::new();
    let mut kinds = HashMap::<Option<TextId>, usize>::new();
    let mut late = 0_usize;
    rows.visit(0, 0, &Kinds::ALL, None, |row| {
        if row.lets {
            rows.keep(8)?;
            let lag = (row.fact.received - row.time).max(0);
            lags.push(lag);
            late += usize::from(lag > 3_600_000);
            let (count, sessions) = versions.entry(row.fact.texts.recorder).or_default();
            *count += 1;
            if sessions.insert(row.fact.texts.session) {
                rows.keep(16)?;
            }
            *kinds.entry(row.fact.texts.kind).or_default() += 1;
        }
        Ok(())
    })?;
    let mut report = Report::default();
    let AuditCounts { tabs, created, stored, duplicate, lost, missing, surplus } = *audit;
    for (name, count) in [
        ("tabs", tabs),
        ("created", created),
        ("stored", stored),
        ("lost", lost.total()),
        ("missing", missing),
        ("surplus", surplus),
        ("duplicate", duplicate),
    ] {
        report.number(name, count);
    }
    lags.sort_unstable();
    report.number("events", lags.len());
    report.number("median_lag", percentile(&lags, 50));
    report.number("lag_95", percentile(&lags, 95));
    report.number("late_share", ratio(late, lags.len()));
    let mut experience = 0;
    let mut table = Table::new("types", &["type", "events"]);
    let mut counts: Vec<_> = kinds.into_iter().collect();
    counts.sort_by_key(|(kind, count)| (std::cmp::Reverse(*count), *kind));
    for (kind, count) in counts {
        let name = rows.optional(kind)?;
        experience += if Kind::rule(name.as_deref().unwrap_or_default()).0 >= Level::Experience { count } else { 0 };
        table.add(vec![name.into(), count.into()]);
    }
    report.number("experience_events", experience);
    report.tables.push(table.cut(question.limit));
    let mut table = Table::new("losses", &["reason", "events"]);
    for (reason, count) in BTreeMap::from(lost) {
        table.add(vec![reason.into(), Cell::from(count)]);
    }
    report.tables.push(table);
    let mut table = Table::new("recorders", &["recorder", "events", "sessions"]);
    let mut versions: Vec<_> = versions.into_iter().collect();
    versions.sort_by_key(|(version, (count, _))| (std::cmp::Reverse(*count), *version));
    for (version, (count, sessions)) in versions {
        table.add(vec![rows.optional(version)?.into(), count.into(), sessions.len().into()]);
    }
    report.tables.push(table);
    Ok(report)
}
