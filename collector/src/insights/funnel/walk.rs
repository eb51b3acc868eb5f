//! The way of all units through a funnel.

use super::rules::{Advance, Course, Mark, Rules};
use crate::insights::error::InsightError;
use crate::insights::ids::{IdMap, Ids, Sweep};
use crate::insights::rows::Rows;
use crate::store::TextId;
use std::cmp::Reverse;

/// Sessions of the list of those who stopped, for each step.
const STOPPED: usize = 20;

/// Bytes of a unit on its way, in memory.
const COURSE_BYTES: usize = 56;

/// Where a unit stopped.
pub(super) struct Stop {
    pub(super) time: i64,
    pub(super) unit: TextId,
    pub(super) session: Option<TextId>,
}

/// All units on their way through a funnel. Events come by time, so that a unit is forgotten after its window, but for
/// having been there.
pub(super) struct Walk<'r> {
    rows: &'r Rows<'r>,
    rules: Rules,
    /// The events of one time, which are not in the order of tab and number.
    at_once: Vec<Mark>,
    open: IdMap<TextId, Course>,
    over: Ids,
    sweep: Sweep,
    pub(super) reached: Vec<usize>,
    pub(super) times: Vec<Vec<i64>>,
    pub(super) stopped: Vec<Vec<Stop>>,
}

impl<'r> Walk<'r> {
    pub(super) fn new(rows: &'r Rows<'r>, rules: Rules) -> Self {
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

    pub(super) fn take(&mut self, mark: Mark) -> Result<(), InsightError> {
        if self.at_once.first().is_some_and(|first| first.time != mark.time) {
            self.take_at_once()?;
        }
        self.at_once.push(mark);
        Ok(())
    }

    pub(super) fn end(&mut self) -> Result<(), InsightError> {
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

pub(super) fn keep_newest(stopped: &mut Vec<Stop>) {
    stopped.sort_unstable_by_key(|stop| (Reverse(stop.time), stop.unit));
    stopped.truncate(STOPPED);
}
