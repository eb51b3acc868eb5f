//! What was collected, and how it arrived.

use super::error::InsightError;
use super::ids::{IdMap, Ids};
use super::kinds::Kinds;
use super::question::Question;
use super::report::{Cell, Report, Table};
use super::rows::Rows;
use super::statistics::{percentile, ratio};
use crate::store::{AuditCounts, READ, Reads, TextId, Texts};
use std::collections::BTreeMap;
use waymark_wire::Level;
use waymark_wire::level::Kind;

/// Answers [`super::View::Health`].
pub(super) fn health(rows: &Rows<'_>, question: &Question, audit: &AuditCounts) -> Result<Report, InsightError> {
    // Many events take the same time.
    let (mut lags, mut events) = (IdMap::<i64, usize>::default(), 0_usize);
    let mut versions = IdMap::<Option<TextId>, (usize, Ids)>::default();
    let mut kinds = IdMap::<Option<TextId>, usize>::default();
    let mut late = 0_usize;
    let mut reads = Reads::texts(Texts { kind: READ, session: READ, recorder: READ, ..Texts::default() });
    reads.received = true;
    rows.visit(0, 0, &Kinds::ALL, None, reads, |row| {
        if row.lets {
            let lag = (row.fact.received - row.time).max(0);
            if !lags.contains_key(&lag) {
                rows.keep(18)?;
            }
            *lags.entry(lag).or_default() += 1;
            events += 1;
            late += usize::from(lag > 3_600_000);
            let (count, sessions) = versions.entry(row.fact.texts.recorder).or_default();
            *count += 1;
            rows.add(sessions, row.fact.texts.session)?;
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
    let mut lags: Vec<_> = lags.into_iter().collect();
    lags.sort_unstable();
    report.number("events", events);
    report.number("median_lag", percentile(&lags, 50));
    report.number("lag_95", percentile(&lags, 95));
    report.number("late_share", ratio(late, events));
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
