//! How many reach each of several events. In: the rows of these events, by unit and time. A unit enters at its first
//! event of the first step. From there on, each step takes the earliest event after that of the step before; no event
//! is taken for two steps. A unit counts once, and belongs to the range in which it enters.

use super::error::InsightError;
use super::ids::{IdMap, Ids, Sweep};
use super::question::{Funnel, Order, Question, Unit};
use super::report::{Cell, Report, Table};
use super::rows::{Rows, SESSION_MS};
use super::statistics::{median, ratio};
use crate::store::{READ, Reads, TextId, Texts};
use std::cmp::Reverse;

/// Sessions of the list of those who stopped, for each step.
const STOPPED: usize = 20;

/// Bytes of a unit on its way, in memory.
const COURSE_BYTES: usize = 56;

/// An event of a funnel: the steps that it may be taken for, as bits.
#[derive(Clone, Copy, Debug)]
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

/// What a funnel asks for.
#[derive(Clone, Copy)]
struct Rules {
    steps: usize,
    order: Order,
    window: i64,
}

/// A unit that has entered.
#[derive(Clone, Copy, Debug)]
struct Course {
    first: i64,
    last: i64,
    taken: u8,
    session: Option<TextId>,
}

/// What an event is to a unit that has entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Advance {
    /// It is taken for the next step.
    Taken,
    /// It changes nothing.
    Passed,
    /// The unit gets no further.
    Over,
}

impl Rules {
    fn advance(self, course: &Course, mark: &Mark) -> Advance {
        match mark.steps & (1 << course.taken) != 0 {
            _ if mark.time.saturating_sub(course.first) > self.window => Advance::Over,
            true => Advance::Taken,
            false if self.order == Order::Strict => Advance::Over,
            false => Advance::Passed,
        }
    }
}

/// Where a unit stopped.
struct Stop {
    time: i64,
    unit: TextId,
    session: Option<TextId>,
}

/// All units on their way through a funnel. Events come by time, so that a unit is forgotten after its window, but for
/// having been there.
struct Walk<'r> {
    rows: &'r Rows<'r>,
    rules: Rules,
    /// The events of one time, which are not in the order of tab and number.
    at_once: Vec<Mark>,
    open: IdMap<TextId, Course>,
    over: Ids,
    sweep: Sweep,
    reached: Vec<usize>,
    times: Vec<Vec<i64>>,
    stopped: Vec<Vec<Stop>>,
}

impl<'r> Walk<'r> {
    fn new(rows: &'r Rows<'r>, rules: Rules) -> Self {
        let each = 0..rules.steps;
        Walk {
            rows,
            rules,
            at_once: Vec::new(),
            open: IdMap::default(),
            over: Ids::default(),
            sweep: Sweep::default(),
            reached: vec![0; rules.steps],
            times: vec![Vec::new(); rules.steps],
            stopped: each.map(|_| Vec::new()).collect(),
        }
    }

    fn take(&mut self, mark: Mark) -> Result<(), InsightError> {
        if self.at_once.first().is_some_and(|first| first.time != mark.time) {
            self.take_at_once()?;
        }
        self.at_once.push(mark);
        Ok(())
    }

    fn end(&mut self) -> Result<(), InsightError> {
        self.take_at_once()?;
        self.close(i64::MAX)
    }

    fn take_at_once(&mut self) -> Result<(), InsightError> {
        let mut marks = std::mem::take(&mut self.at_once);
        marks.sort_unstable_by_key(|mark| (mark.unit, mark.tab, mark.seq));
        for mark in marks.drain(..) {
            self.advance(&mark)?;
        }
        self.at_once = marks;
        Ok(())
    }

    fn advance(&mut self, mark: &Mark) -> Result<(), InsightError> {
        let Mark { unit, time, session, .. } = *mark;
        let Some(course) = self.open.get_mut(&unit) else {
            return if mark.steps & 1 != 0 && !self.over.contains(unit) { self.enter(mark) } else { Ok(()) };
        };
        match self.rules.advance(course, mark) {
            Advance::Passed => return Ok(()),
            Advance::Over => {}
            Advance::Taken => {
                let (step, before) = (usize::from(course.taken), course.last);
                *course = Course { last: time, taken: course.taken + 1, session, ..*course };
                let (is_last, first) = (step + 1 == self.rules.steps, course.first);
                self.reach(step, first, time - before)?;
                if !is_last {
                    return Ok(());
                }
            }
        }
        match self.open.remove(&unit) {
            Some(course) => self.leave(unit, course),
            None => Ok(()),
        }
    }

    fn enter(&mut self, mark: &Mark) -> Result<(), InsightError> {
        if self.sweep.is_due(self.open.len()) {
            self.close(mark.time.saturating_sub(self.rules.window))?;
        }
        let Mark { unit, time, session, .. } = *mark;
        self.open.insert(unit, Course { first: time, last: time, taken: 1, session });
        self.rows.keep(COURSE_BYTES)?;
        if let Some(reached) = self.reached.first_mut().filter(|_| self.rows.in_range(time)) {
            *reached += 1;
        }
        Ok(())
    }

    /// A unit that entered at `first` reaches a step after the first.
    fn reach(&mut self, step: usize, first: i64, time: i64) -> Result<(), InsightError> {
        if let Some((reached, times)) = self.reached.get_mut(step).zip(self.times.get_mut(step))
            && self.rows.in_range(first)
        {
            *reached += 1;
            times.push(time);
            self.rows.keep(size_of::<i64>())?;
        }
        Ok(())
    }

    /// Forgets the units that entered before a time.
    fn close(&mut self, before: i64) -> Result<(), InsightError> {
        let over: Vec<_> = self.open.extract_if(|_, course| course.first < before).collect();
        self.sweep.done(self.open.len());
        over.into_iter().try_for_each(|(unit, course)| self.leave(unit, course))
    }

    fn leave(&mut self, unit: TextId, course: Course) -> Result<(), InsightError> {
        self.rows.release(COURSE_BYTES);
        self.rows.add(&mut self.over, Some(unit))?;
        let taken = usize::from(course.taken);
        if taken < self.rules.steps
            && self.rows.in_range(course.first)
            && let Some(stopped) = self.stopped.get_mut(taken.saturating_sub(1))
        {
            stopped.push(Stop { time: course.last, unit, session: course.session });
            if stopped.len() > 50 * STOPPED {
                keep_newest(stopped);
            }
        }
        Ok(())
    }
}

fn keep_newest(stopped: &mut Vec<Stop>) {
    stopped.sort_unstable_by_key(|stop| (Reverse(stop.time), stop.unit));
    stopped.truncate(STOPPED);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The times of the events that are taken; each mark is a time and the steps it may be taken for.
    fn taken(marks: &[(i64, u8)], steps: usize, order: Order, window: i64) -> Vec<i64> {
        let unit = TextId::of(1).unwrap();
        let mark = |(seq, &(time, steps)): (i64, &(i64, u8))| Mark { unit, time, tab: None, seq, steps, session: None };
        let (rules, mut course, mut times) = (Rules { steps, order, window }, None, Vec::new());
        for mark in (0..).zip(marks).map(mark) {
            let Some(course) = &mut course else {
                if mark.steps & 1 != 0 {
                    course = Some(Course { first: mark.time, last: mark.time, taken: 1, session: None });
                    times.push(mark.time);
                }
                continue;
            };
            match rules.advance(course, &mark) {
                Advance::Passed => continue,
                Advance::Over => break,
                Advance::Taken => course.taken += 1,
            }
            times.push(mark.time);
            if times.len() == steps {
                break;
            }
        }
        times
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
