//! Retry timing: exponential back-off with full jitter, so that many browsers do not retry at the same moment, and a
//! circuit breaker for pages on which every request fails.

/// The maximum of the first wait, in ms. The maximum doubles with each further failure.
pub const FIRST_WAIT_MS: i64 = 1_000;

/// The maximum of any back-off wait, in ms.
pub const LONGEST_WAIT_MS: i64 = 5 * 60 * 1_000;

/// The maximum `Retry-After` that is honoured, in seconds: a day. A longer one is cut to a day.
const LONGEST_ASKED_S: u32 = 24 * 60 * 60;

/// The number of consecutive failures after which the circuit breaker opens: a flush no longer ends the wait.
pub const BREAKER: u32 = 5;

/// Consecutive failures and the wait before the next attempt.
#[derive(Debug, Default)]
pub struct Retry {
    /// The number of consecutive failures.
    failures: u32,
    /// When the next attempt is due, epoch ms; `None`: at once.
    at: Option<i64>,
    /// Whether the collector asked for the wait with `Retry-After`.
    is_asked: bool,
}

impl Retry {
    /// When the next attempt is due, epoch ms; `None` if there is no wait.
    pub fn at(&self) -> Option<i64> {
        self.at
    }

    /// Whether the wait is still running at `now`, epoch ms.
    pub fn waits(&self, now: i64) -> bool {
        self.at.is_some_and(|at| now < at)
    }

    /// Whether the wait holds even for a flush or a closing page.
    pub fn is_mandatory(&self) -> bool {
        self.is_asked || self.failures >= BREAKER
    }

    /// Notes a success: resets failures and wait.
    pub fn succeeded(&mut self) {
        *self = Retry::default();
    }

    /// Notes a failure at `now`, epoch ms: waits for a random part of the current maximum (`random` of `u32::MAX`), and
    /// at least `retry_after` seconds.
    pub fn failed(&mut self, now: i64, random: u32, retry_after: u32) {
        let longest = (FIRST_WAIT_MS << self.failures.min(16)).min(LONGEST_WAIT_MS);
        self.failures += 1;
        self.is_asked = retry_after > 0;
        let asked = i64::from(retry_after.min(LONGEST_ASKED_S)) * 1_000;
        self.at = Some(now + asked.max((i64::from(random) * longest) >> 32));
    }

    /// Opens the circuit breaker and waits for the maximum: no attempt will succeed for a long time.
    pub fn rest(&mut self, now: i64) {
        self.failures = BREAKER;
        self.at = Some(now + LONGEST_WAIT_MS);
    }

    /// Ends the wait unless the wait is mandatory.
    pub fn retry_now(&mut self) {
        if !self.is_mandatory() {
            self.at = None;
        }
    }

    /// Forgets earlier failures: the network is back, and failures without a network mean nothing now.
    pub fn is_online(&mut self) {
        self.failures = 0;
        self.retry_now();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_five_minutes_with_full_jitter() {
        let waits = |random| {
            let mut retry = Retry::default();
            let wait = |_| {
                retry.failed(0, random, 0);
                retry.at().unwrap()
            };
            (0..12).map(wait).collect::<Vec<_>>()
        };
        assert_eq!(waits(0), [0; 12]);
        let longest = waits(u32::MAX);
        assert_eq!(longest[..4], [999, 1_999, 3_999, 7_999]);
        assert_eq!(longest[11], LONGEST_WAIT_MS - 1);
    }

    #[test]
    fn retry_now_does_not_end_a_wait_that_the_collector_asked_for() {
        let mut retry = Retry::default();
        retry.failed(1_000, u32::MAX, 120);
        retry.retry_now();
        assert_eq!(retry.at(), Some(121_000));
        retry.failed(0, 0, u32::MAX);
        assert_eq!(retry.at(), Some(86_400_000), "but for no longer than a day");
    }

    #[test]
    fn retry_now_does_not_end_the_wait_of_an_open_breaker() {
        let mut retry = Retry::default();
        for failure in 0..BREAKER {
            retry.retry_now();
            assert!(!retry.waits(0), "{failure}");
            retry.failed(0, u32::MAX, 0);
        }
        retry.retry_now();
        assert!(retry.waits(0));
        retry.is_online();
        assert!(!retry.waits(0));
    }
}
