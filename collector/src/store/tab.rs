//! What a store knows of a tab: events created, their outcomes, and what was acknowledged. Both stores share these
//! rules.

use super::{AuditCounts, Day, IngestBatch, Losses, Outcome};

/// A tab of a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tab {
    /// Day of its first batch.
    pub(super) day: Day,
    /// Number of events that it has created, as reported.
    pub(super) numbers: u64,
    /// Events stored.
    pub(super) stored: u64,
    /// Duplicates dropped.
    pub(super) duplicate: u64,
    /// Losses.
    pub(super) lost: Losses,
    /// Numbers that were acknowledged.
    pub(super) answered: Answered,
}

/// Largest number of events that a tab may claim: larger claims could make sums overflow.
const MAX: u64 = 1 << 32;

impl Tab {
    pub(super) fn new(day: Day) -> Self {
        let answered = Answered::default();
        Tab { day, numbers: 0, stored: 0, duplicate: 0, lost: Losses::default(), answered }
    }

    /// Counts a batch and its outcomes.
    pub(super) fn take(&mut self, delivery: &IngestBatch, outcomes: &[Outcome]) {
        let stored = outcomes.iter().filter(|outcome| **outcome == Outcome::Stored).count();
        self.stored += stored as u64;
        self.duplicate += (outcomes.len() - stored) as u64;
        self.numbers = self.numbers.max(delivery.numbers());
        self.lost = self.lost.later(delivery.lost);
        self.answered.take(delivery.seq, delivery.seq.saturating_add(delivery.events));
    }

    /// Its share of the counts of its site and day.
    pub(super) fn figures(&self) -> AuditCounts {
        let created = self.numbers + self.lost.unnumbered();
        let accounted = self.stored + self.lost.total();
        AuditCounts {
            tabs: 1,
            created,
            stored: self.stored,
            duplicate: self.duplicate,
            lost: self.lost,
            missing: created.saturating_sub(accounted),
            surplus: accounted.saturating_sub(created),
        }
    }
}

impl IngestBatch {
    fn numbers(&self) -> u64 {
        numbers(self.seq, self.events, self.last)
    }
}

/// Number of events that a tab had created when it sent the batch of `events` from `seq` on, if `last` was its newest.
pub(super) fn numbers(seq: u64, events: u64, last: u64) -> u64 {
    // A tab that has numbered nothing yet can only say that its newest number is 0.
    if events == 0 && seq == 0 && last == 0 {
        return 0;
    }
    last.saturating_add(1).max(seq.saturating_add(events)).min(MAX)
}

/// The numbers of a tab that were answered, as far as two ranges hold them: those from 0, and one that is ahead of a
/// gap. Batches that overtake each other, as they do when a page is left, close their gap; one that stays is not worth
/// more memory: what is sent again beyond it is dropped as a duplicate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Answered {
    /// All numbers below this.
    pub(super) acknowledged_below: u64,
    /// From the first of these to below the second; nothing where they are equal.
    pub(super) ahead: (u64, u64),
}

impl Answered {
    /// The numbers from `first` to below `end` were answered.
    fn take(&mut self, first: u64, end: u64) {
        let (first, end) = (first.min(MAX), end.min(MAX));
        let (ahead, beyond) = self.ahead;
        if first <= self.acknowledged_below {
            self.acknowledged_below = self.acknowledged_below.max(end);
        } else if ahead == beyond {
            self.ahead = (first, end);
        } else if first <= beyond && ahead <= end {
            self.ahead = (ahead.min(first), beyond.max(end));
        }
        if self.ahead.0 <= self.acknowledged_below {
            self.acknowledged_below = self.acknowledged_below.max(self.ahead.1);
            self.ahead = (0, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn acknowledged_below(ranges: &[(u64, u64)]) -> u64 {
        let mut answered = Answered::default();
        ranges.iter().for_each(|&(first, end)| answered.take(first, end));
        answered.acknowledged_below
    }

    #[test]
    fn a_gap_is_waited_for_and_closes() {
        assert_eq!(acknowledged_below(&[(0, 10), (10, 20)]), 20);
        assert_eq!(acknowledged_below(&[(0, 10), (5, 12)]), 12);
        assert_eq!(acknowledged_below(&[(0, 10), (11, 20)]), 10);
        assert_eq!(acknowledged_below(&[(20, 30), (10, 20), (0, 10)]), 30);
        assert_eq!(acknowledged_below(&[(0, 10), (20, 30), (30, 40), (10, 20)]), 40);
        assert_eq!(acknowledged_below(&[(5, 5), (0, 0)]), 0);
        assert_eq!(acknowledged_below(&[(0, 10), (u64::MAX, u64::MAX)]), 10);
    }

    proptest! {
        #[test]
        fn no_number_below_it_is_unanswered(ranges in prop::collection::vec((0u64..60, 0u64..10), 0..40)) {
            let mut answered = Answered::default();
            let mut all = BTreeSet::new();
            for (first, count) in ranges {
                answered.take(first, first + count);
                all.extend(first..first + count);
                let prefix = (0..).find(|number| !all.contains(number)).unwrap();
                prop_assert!(answered.acknowledged_below <= prefix);
            }
        }
    }
}
