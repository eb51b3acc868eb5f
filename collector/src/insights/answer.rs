//! Answers a question on one state of a store.

use super::error::InsightError;
use super::loss::{Loss, audited};
use super::question::{Limits, Question, View};
use super::report::Report;
use super::rows::Rows;
use super::{
    autoplay, content, friction, funnel, goals, health, overview, pages, progress, retention, sessions, steps, stream,
    users,
};
use crate::store::{AuditCounts, Behind, FactRows, Selection, Store};
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Instant;

/// An answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// Numbers and tables.
    #[serde(flatten)]
    pub report: Report,
    /// How far the facts are behind the stored events.
    pub behind: Behind,
    /// What was lost in the days of the range.
    pub loss: Loss,
    /// Events of bots in the range, which are left out.
    pub bots: u64,
    /// The SQL of the numbers that SQL counts, by name.
    pub sql: BTreeMap<&'static str, String>,
}

/// Answers a question.
///
/// # Errors
/// [`InsightError`]: it would cost too much, or the store failed.
pub fn answer(store: &dyn Store, question: &Question, limits: Limits) -> Result<Answer, InsightError> {
    let Question { selection, zone, view, .. } = question;
    let begun = Instant::now();
    let (audit, loss) = audited(store, &selection.site, selection.from, selection.to)?;
    let earlier = matches!(view, View::Overview).then(|| {
        let from = zone.before(selection.from, selection.to);
        Question { selection: Selection { from, to: selection.from, ..selection.clone() }, ..question.clone() }
    });
    let ask = |question: &Question| ask(store, question, &audit, limits, begun);
    // Both at the same time: where there are two cores an overview takes no longer for the period before.
    let (answered, before) = std::thread::scope(|scope| {
        let before = earlier.as_ref().map(|earlier| scope.spawn(|| ask(earlier)));
        (ask(question), before.and_then(|before| before.join().ok()?.ok()))
    });
    let mut answered = answered?;
    if let Some(before) = before {
        for number in answered.report.numbers.iter_mut().filter(|number| number.name != "users_now") {
            number.before = before.report.value(number.name).cloned();
        }
    }
    answered.loss = loss;
    Ok(answered)
}

/// Answers a question on one state of the facts.
fn ask(
    store: &dyn Store,
    question: &Question,
    audit: &AuditCounts,
    limits: Limits,
    begun: Instant,
) -> Result<Answer, InsightError> {
    let mut answered = None;
    store.with_facts(&mut |facts| {
        answered = Some(read(facts, question, audit, limits, begun));
        Ok(())
    })?;
    answered.unwrap_or_else(|| Err(crate::store::StoreError::Interrupted.into()))
}

fn read(
    facts: &dyn FactRows,
    question: &Question,
    audit: &AuditCounts,
    limits: Limits,
    begun: Instant,
) -> Result<Answer, InsightError> {
    let Question { selection, view, .. } = question;
    // A session is shown whole, also beyond the range.
    let all = Selection { from: 0, to: i64::MAX, ..selection.clone() };
    let selection = if matches!(view, View::Session { .. }) { &all } else { selection };
    let rows = Rows::new(facts, selection, limits, begun)?;
    let report = match view {
        View::Overview => overview::overview(&rows, question),
        View::Contents => content::contents(&rows, question),
        View::Steps { content } => steps::steps(&rows, question, content),
        View::Funnel(of) => funnel::funnel(&rows, question, of),
        View::Goals(of) => goals::goals(&rows, of),
        View::Sessions => sessions::sessions(&rows, question),
        View::Session { id } => stream::stream(&rows, question, id),
        View::Users => users::users(&rows, question),
        View::Retention => retention::retention(&rows, question),
        View::Pages => pages::pages(&rows, question),
        View::Flow { path } => pages::flow(&rows, path),
        View::Progress => progress::progress(&rows, question),
        View::Autoplay => autoplay::autoplay(&rows, question),
        View::Friction => friction::friction(&rows, question),
        View::Health => health::health(&rows, question, audit),
    }?;
    let names = report.numbers.iter().map(|number| number.name);
    let sql =
        names.filter_map(|name| Some((name, facts.sql(&format!("{}.{name}", view.name()), selection)?))).collect();
    let (behind, bots) = (facts.behind()?, rows.bots.get());
    Ok(Answer { report, behind, loss: Loss::default(), bots, sql })
}
