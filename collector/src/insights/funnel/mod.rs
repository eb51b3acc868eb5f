//! How many reach each of several events. In: the rows of these events, by unit and time. A unit enters at its first
//! event of the first step. From there on, each step takes the earliest event after that of the step before; no event
//! is taken for two steps. A unit counts once, and belongs to the range in which it enters.

mod rules;
mod walk;

use self::rules::{Mark, Rules};
use self::walk::{Stop, Walk, keep_newest};
use super::error::InsightError;
use super::question::{Funnel, Question, Unit};
use super::report::{Cell, Report, Table};
use super::rows::{Rows, SESSION_MS};
use super::statistics::{median, ratio};
use crate::store::{READ, Reads, Texts};

/// Answers [`super::View::Funnel`].
pub(super) fn funnel(rows: &Rows<'_>, question: &Question, funnel: &Funnel) -> Result<Report, InsightError> {
    let window = i64::try_from(funnel.window.as_millis()).unwrap_or(i64::MAX);
    let rules = Rules { steps: funnel.steps.len(), order: funnel.order, window };
    let mut walk = Walk::new(rows, rules);
    marks(rows, funnel, window, |mark| walk.take(mark))?;
    walk.end()?;
    let Walk { reached, mut times, mut stopped, .. } = walk;
    let mut report = Report::default();
    let (entered, finished) =
        (reached.first().copied().unwrap_or_default(), reached.last().copied().unwrap_or_default());
    report.number("entered", entered);
    report.number("finished", finished);
    report.number("conversion", ratio(finished, entered));
    let mut table = Table::new("funnel", &["place", "step", "reached", "of_first", "of_before", "median_time"]);
    let mut before = None;
    for (place, (step, count)) in funnel.steps.iter().zip(&reached).enumerate() {
        let of_before = before.map_or(Cell::None, |before| ratio(*count, before));
        table.add(vec![
            (place + 1).into(),
            step.text.clone().into(),
            (*count).into(),
            ratio(*count, entered),
            of_before,
            times.get_mut(place).map_or(Cell::None, |times| median(times)),
        ]);
        before = Some(*count);
    }
    report.tables.push(table);
    let mut table = Table::new("stopped", &["place", "session", "time"]);
    for (place, stopped) in stopped.iter_mut().enumerate() {
        keep_newest(stopped);
        for Stop { time, session, .. } in stopped {
            table.add(vec![(place + 1).into(), rows.optional(*session)?.into(), (*time).into()]);
        }
    }
    report.tables.push(table.cut(question.limit));
    Ok(report)
}

/// Calls `with` for each event of the funnel, by time.
fn marks(
    rows: &Rows<'_>,
    funnel: &Funnel,
    window: i64,
    mut with: impl FnMut(Mark) -> Result<(), InsightError>,
) -> Result<(), InsightError> {
    let names: Vec<&str> = funnel.steps.iter().map(|step| step.kind.as_str()).collect();
    let kinds = rows.kinds(&names)?;
    let mut texts = Texts { kind: READ, session: READ, tab: READ, ..Texts::default() };
    match funnel.unit {
        Unit::Session => {}
        Unit::User => texts.user = READ,
        Unit::Play => texts.play = READ,
    }
    let mut reads = Reads::texts(texts);
    reads.seq = true;
    let mut tests = Vec::new();
    for step in &funnel.steps {
        reads = rows.step_reads(step, reads);
        tests.push(rows.step(step)?);
    }
    // An event before the range may be the one at which the unit entered.
    let around = SESSION_MS.max(window);
    rows.visit(around, around, &kinds, None, reads, |row| {
        let texts = &row.fact.texts;
        let unit = match funnel.unit {
            Unit::Session => texts.session,
            Unit::User => row.person,
            Unit::Play => texts.play,
        };
        let Some(unit) = unit.filter(|_| row.lets) else { return Ok(()) };
        let mut steps = 0;
        for (place, is_of) in tests.iter().enumerate() {
            if is_of(row)? {
                steps |= 1 << place;
            }
        }
        if steps == 0 {
            return Ok(());
        }
        with(Mark { unit, time: row.time, tab: texts.tab, seq: row.fact.seq, steps, session: texts.session })
    })
}
