//! The rules of a funnel: what an event is to a unit that has entered.

use crate::insights::question::Order;
use crate::store::TextId;

/// An event of a funnel: the steps that it may be taken for, as bits.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    pub(super) unit: TextId,
    pub(super) time: i64,
    pub(super) tab: Option<TextId>,
    pub(super) seq: i64,
    pub(super) steps: u8,
    pub(super) session: Option<TextId>,
}

/// What a funnel asks for.
#[derive(Clone, Copy)]
pub(super) struct Rules {
    pub(super) steps: usize,
    pub(super) order: Order,
    pub(super) window: i64,
}

/// A unit that has entered.
#[derive(Clone, Copy, Debug)]
pub(super) struct Course {
    pub(super) first: i64,
    pub(super) last: i64,
    pub(super) taken: u8,
    pub(super) session: Option<TextId>,
}

/// What an event is to a unit that has entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Advance {
    /// It is taken for the next step.
    Taken,
    /// It changes nothing.
    Passed,
    /// The unit gets no further.
    Over,
}

impl Rules {
    pub(super) fn advance(self, course: &Course, mark: &Mark) -> Advance {
        match mark.steps & (1 << course.taken) != 0 {
            _ if mark.time.saturating_sub(course.first) > self.window => Advance::Over,
            true => Advance::Taken,
            false if self.order == Order::Strict => Advance::Over,
            false => Advance::Passed,
        }
    }
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
        // The first event of the first step is the one at which a unit enters; later ones do not matter.
        assert_eq!(taken(&[(1, 0b01), (11, 0b01), (12, 0b10)], 2, Order::InOrder, 9), [1]);
    }
}
