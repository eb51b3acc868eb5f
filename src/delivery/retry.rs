//! When to try again after a failure: exponential back-off with full jitter, so that many browsers do not come back at
//! once, and a breaker for the page where something eats every request.

/// The longest that the first wait can be; it doubles with each failure that follows,
pub const FIRST_WAIT_MS: i64 = 1_000;

/// up to this.
pub const LONGEST_WAIT_MS: i64 = 5 * 60 * 1_000;

/// The longest `Retry-After` that is believed: a day.
const LONGEST_ASKED_S: u32 = 24 * 60 * 60;

/// After so many failures in a row nobody's wish ends the wait: only its own end brings the next try.
pub const BREAKER: u32 = 5;

/// How sending goes.
#[derive(Debug, Default)]
pub struct Retry {
    /// In a row.
    failures: u32,
    /// When the next try is due, epoch ms; `None`: at once.
    at: Option<i64>,
    /// Whether the collector asked for that wait.
    is_asked: bool,
}

impl Retry {
    /// When the next try is due, epoch ms; `None` where none waits.
    pub fn at(&self) -> Option<i64> {
        self.at
    }

    /// Whether the wait is not over.
    pub fn waits(&self, now: i64) -> bool {
        self.at.is_some_and(|at| now < at)
    }

    /// Whether a page that leaves, or asks for it, must keep to the wait.
    pub fn insists(&self) -> bool {
        self.is_asked || self.failures >= BREAKER
    }

    /// The collector answered.
    pub fn succeeded(&mut self) {
        *self = Retry::default();
    }

    /// It did not, or asked for a wait of `retry_after` seconds. Of the longest wait `random` takes a part.
    pub fn failed(&mut self, now: i64, random: u32, retry_after: u32) {
        let longest = (FIRST_WAIT_MS << self.failures.min(16)).min(LONGEST_WAIT_MS);
        self.failures += 1;
        self.is_asked = retry_after > 0;
        let asked = i64::from(retry_after.min(LONGEST_ASKED_S)) * 1_000;
        self.at = Some(now + asked.max((i64::from(random) * longest) >> 32));
    }

    /// Nothing here succeeds for a long time.
    pub fn rest(&mut self, now: i64) {
        self.failures = BREAKER;
        self.at = Some(now + LONGEST_WAIT_MS);
    }

    /// Somebody wants it sent now.
    pub fn hurry(&mut self) {
        if !self.insists() {
            self.at = None;
        }
    }

    /// The network is back: what failed for want of it says nothing any more.
    pub fn is_online(&mut self) {
        self.failures = 0;
        self.hurry();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_five_minutes_and_are_spread_from_nothing() {
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
    fn the_collector_says_how_long_to_wait_and_nobody_hurries_it() {
        let mut retry = Retry::default();
        retry.failed(1_000, u32::MAX, 120);
        retry.hurry();
        assert_eq!(retry.at(), Some(121_000));
        retry.failed(0, 0, u32::MAX);
        assert_eq!(retry.at(), Some(86_400_000), "but for no longer than a day");
    }

    #[test]
    fn where_every_request_is_eaten_nobody_hurries_either() {
        let mut retry = Retry::default();
        for failure in 0..BREAKER {
            retry.hurry();
            assert!(!retry.waits(0), "{failure}");
            retry.failed(0, u32::MAX, 0);
        }
        retry.hurry();
        assert!(retry.waits(0));
        retry.is_online();
        assert!(!retry.waits(0));
    }
}
