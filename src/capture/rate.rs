//! The rate limit of captured events: ten a second, after a burst of fifty.

/// The most events that may come at once.
const BURST: i64 = 50;
/// The time in which one more event is allowed, in ms.
const MS_PER_EVENT: i64 = 100;

/// A token bucket of a page. It counts in ms: an event costs `MS_PER_EVENT` of the time that has passed.
#[derive(Clone, Copy, Debug, Default)]
pub struct RateLimit {
    /// When the bucket was full, or will be, epoch ms.
    full_at: i64,
}

impl RateLimit {
    /// Whether an event may be recorded now, epoch ms.
    pub fn allows(&mut self, now: i64) -> bool {
        let full_at = self.full_at.max(now) + MS_PER_EVENT;
        let is_allowed = full_at - now <= BURST * MS_PER_EVENT;
        if is_allowed {
            self.full_at = full_at;
        }
        is_allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t51_ten_events_a_second_are_recorded_after_a_burst_of_fifty() {
        let mut limit = RateLimit::default();
        let start = 1_553_433_890_000;
        assert_eq!((0..500).filter(|ms| limit.allows(start + ms * 2)).count(), 50 + 10 - 1);
        assert_eq!((0..500).filter(|ms| limit.allows(start + 1_000 + ms * 2)).count(), 10);
        assert_eq!((0..100).filter(|_| limit.allows(start + 60_000)).count(), 50, "it has filled");
        assert_eq!((0..100).filter(|_| limit.allows(start)).count(), 0, "a clock that goes back gives nothing");
    }
}
