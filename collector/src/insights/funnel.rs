//! How many reach each of several events. In: the rows of these events, by unit and time. A unit enters at its first
//! event of the first step. From there on, each step takes the earliest event after that of the step before; no event
//! is taken for two steps. A unit counts once, and belongs to the range in which it enters.

use super::error::InsightError;
use super::question::{Funnel, Order, Question, Unit};
use super::report::{Cell, Report, Table};
use super::rows::{Rows, SESSION_MS};
use super::statistics::{median, ratio};
use crate::store::TextId;

/// Sessions of the list of those who stopped, for each step.
const STOPPED: usize = 20;

/// An event of a funnel: the steps that it may be taken for, as bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    unit: TextId,
    time: i64,
    tab: Option<TextId>,
    seq: i64,
    steps: u8,
    session: Option<TextId>,
}

/// Answers [`super::View::Funnel`].
pub(super) fn funnel(rows: &Rows<'_>, question: &Question, funnel: &Funnel) -> Result<Report, InsightError> {
    let window = i64::try_from(funnel.window.as_millis()).unwrap_or(i64::MAX);
    let mut marks = marks(rows, funnel, window)?;
    marks.sort_unstable_by_key(|mark| (mark.unit, mark.time, mark.tab, mark.seq));
    let mut reached = vec![0_usize; funnel.steps.len()];
    let mut times = vec![Vec::new(); funnel.steps.len()];
    let mut stopped = vec![Vec::new(); funnel.steps.len()];
    for unit in marks.chunk_by(|one, other| one.unit == other.unit) {
        let taken = walk(unit, funnel.steps.len(), funnel.order, window);
        let Some(first) = taken.first().filter(|first| rows.in_range(first.time)) else { continue };
        let mut before = first.time;
        for (step, mark) in taken.iter().enumerate() {
            if let (Some(reached), Some(times)) = (reached.get_mut(step), times.get_mut(step)) {
                *reached += 1;
                times.push(mark.time - before);
            }
            before = mark.time;
        }
        if taken.len() < funnel.steps.len()
            && let Some(last) = taken.last()
            && let Some(stopped) = stopped.get_mut(taken.len() - 1)
            && stopped.len() < STOPPED
        {
            stopped.push((before, last.session));
        }
    }
    let mut report = Report::default();
    let (entered, finished) =
        (reached.first().copied().unwrap_or_default(), reached.last().copied().unwrap_or_default());
    report.number("entered", entered);
    report.number("finished", finished);
    report.number("conversion", ratio(finished, entered));
    let mut table = Table::new("funnel", &["place", "step", "reached", "of_first", "of_before", "median_time"]);
    let mut before = None;
    for (place, (step, count)) in funnel.steps.iter().zip(&reached).enumerate() {
        let median =
            if place == 0 { Cell::None } else { times.get_mut(place).map_or(Cell::None, |times| median(times)) };
        let of_before = before.map_or(Cell::None, |before| ratio(*count, before));
        table.add(vec![
            (place + 1).into(),
            step.text.clone().into(),
            (*count).into(),
            ratio(*count, entered),
            of_before,
            median,
        ]);
        before = Some(*count);
    }
    report.tables.push(table);
    let mut table = Table::new("stopped", &["place", "session", "time"]);
    for (place, sessions) in stopped.into_iter().enumerate() {
        for (time, session) in sessions {
            table.add(vec![(place + 1).into(), rows.optional(session)?.into(), time.into()]);
        }
    }
    report.tables.push(table.cut(question.limit));
    Ok(report)
}

fn marks(rows: &Rows<'_>, funnel: &Funnel, window: i64) -> Result<Vec<Mark>, InsightError> {
    let names: Vec<&str> = funnel.steps.iter().map(|step| step.kind.as_str()).collect();
    let kinds = rows.kinds(&names)?;
    let mut tests = Vec::new();
    for step in &funnel.steps {
        let shown = step.step.as_deref().map(|shown| rows.find(shown)).transpose()?;
        tests.push((rows.find(&step.kind)?, shown, rows.also(&step.filters)?));
    }
    let mut marks = Vec::new();
    // An event before the range may be the one at which the unit entered.
    rows.visit(SESSION_MS.max(window), SESSION_MS.max(window), &kinds, None, |row| {
        let texts = &row.fact.texts;
        let unit = match funnel.unit {
            Unit::Session => texts.session,
            Unit::User => row.person,
            Unit::Play => texts.play,
        };
        let Some(unit) = unit.filter(|_| row.lets) else { return Ok(()) };
        let mut steps = 0;
        for (place, (kind, shown, lets)) in tests.iter().enumerate() {
            if kind.is_some() && *kind == texts.kind && shown.is_none_or(|shown| shown == texts.step) && lets(row)? {
                steps |= 1 << place;
            }
        }
        if steps > 0 {
            rows.keep(size_of::<Mark>())?;
            let session = texts.session;
            marks.push(Mark { unit, time: row.time, tab: texts.tab, seq: row.fact.seq, steps, session });
        }
        Ok(())
    })?;
    Ok(marks)
}

/// The events that are taken for the steps, in their order. `marks` are those of one unit by time.
fn walk(marks: &[Mark], steps: usize, order: Order, window: i64) -> Vec<Mark> {
    let mut taken: Vec<Mark> = Vec::new();
    for mark in marks {
        let is_next = mark.steps & (1 << taken.len()) != 0;
        match taken.first() {
            None if !is_next => continue,
            Some(first) if mark.time.saturating_sub(first.time) > window => break,
            Some(_) if !is_next && order == Order::Strict => break,
            Some(_) if !is_next => continue,
            _ => taken.push(*mark),
        }
        if taken.len() == steps {
            break;
        }
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The times of the events that are taken; each mark is a time and the steps it may be taken for.
    fn taken(marks: &[(i64, u8)], steps: usize, order: Order, window: i64) -> Vec<i64> {
        let unit = TextId::of(1).unwrap();
        let mark = |(seq, &(time, steps)): (i64, &(i64, u8))| Mark { unit, time, tab: None, seq, steps, session: None };
        let marks: Vec<_> = (0..).zip(marks).map(mark).collect();
        walk(&marks, steps, order, window).iter().map(|mark| mark.time).collect()
    }

    // I10
    #[test]
    fn the_same_event_is_never_taken_for_two_steps() {
        // Both steps are the same event: one alone reaches the first step only.
        assert_eq!(taken(&[(1, 0b11)], 2, Order::InOrder, 9), [1]);
        assert_eq!(taken(&[(1, 0b11), (4, 0b11)], 2, Order::InOrder, 9), [1, 4]);
        // At the same time, the order is that of tab and number.
        assert_eq!(taken(&[(1, 0b10), (1, 0b01), (1, 0b10)], 2, Order::InOrder, 9), [1, 1]);
    }

    #[test]
    fn in_order_others_may_come_in_between_and_strictly_not() {
        let marks = [(1, 0b001), (2, 0b100), (3, 0b010), (4, 0b100)];
        assert_eq!(taken(&marks, 3, Order::InOrder, 9), [1, 3, 4]);
        assert_eq!(taken(&marks, 3, Order::Strict, 9), [1]);
        assert_eq!(taken(&[(1, 0b01), (2, 0b01), (3, 0b10)], 2, Order::Strict, 9), [1]);
    }

    #[test]
    fn the_end_of_the_window_is_still_in_it() {
        assert_eq!(taken(&[(1, 0b01), (10, 0b10)], 2, Order::InOrder, 9), [1, 10]);
        assert_eq!(taken(&[(1, 0b01), (11, 0b10)], 2, Order::InOrder, 9), [1]);
        // The first event of the first step is the one at which a unit enters, whatever comes later.
        assert_eq!(taken(&[(1, 0b01), (11, 0b01), (12, 0b10)], 2, Order::InOrder, 9), [1]);
    }
}
