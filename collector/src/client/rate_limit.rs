//! Rate limits by site and by masked address: one token bucket each. Memory is bounded: the buckets that were unused
//! longest are dropped, and begin full again.

use crate::client::address::ClientAddress;
use crate::config::{Limits, Rate};
use crate::error::{RateScope, Rejection};
use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

#[derive(Default)]
pub(crate) struct RateLimiter {
    sites: TokenBuckets<String>,
    addresses: TokenBuckets<IpAddr>,
}

/// Largest number of buckets in each of the two generations: some megabytes in all.
const MAX: usize = 20_000;

/// The buckets used in this generation, and those of the one before. A new generation drops the older one.
struct TokenBuckets<K>(Mutex<(HashMap<K, Bucket>, HashMap<K, Bucket>)>);

#[derive(Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

impl RateLimiter {
    /// Admits a request for the site, or returns the wait.
    pub(crate) fn check_site(&self, limits: &Limits, key: &str) -> Result<(), Rejection> {
        let Some(rate) = limits.site() else { return Ok(()) };
        self.sites
            .take(key.to_owned(), rate, Instant::now())
            .map_err(|wait| Rejection::RateLimited { whose: RateScope::Site, wait })
    }

    /// Admits a request from the client's masked address, or returns the wait.
    pub(crate) fn check_address(&self, limits: &Limits, sender: ClientAddress) -> Result<(), Rejection> {
        let Some(rate) = limits.address() else { return Ok(()) };
        let taken = self.addresses.take(sender.masked(), rate, Instant::now());
        taken.map_err(|wait| Rejection::RateLimited { whose: RateScope::Address, wait })
    }
}

impl<K> Default for TokenBuckets<K> {
    fn default() -> Self {
        TokenBuckets(Mutex::default())
    }
}

impl<K: Eq + Hash> TokenBuckets<K> {
    /// Takes a token, or returns the time until there is one.
    fn take(&self, key: K, rate: Rate, now: Instant) -> Result<(), Duration> {
        let (per_second, burst) = (f64::from(rate.per_second), f64::from(rate.burst));
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (young, old) = &mut *buckets;
        if young.len() >= MAX && !young.contains_key(&key) {
            *old = std::mem::take(young);
        }
        let full = Bucket { tokens: burst, at: now };
        let from = old.remove(&key).unwrap_or(full);
        let bucket = young.entry(key).or_insert(from);
        let since = now.saturating_duration_since(bucket.at).as_secs_f64();
        bucket.tokens = (bucket.tokens + since * per_second).min(burst);
        bucket.at = now;
        if bucket.tokens < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - bucket.tokens) / per_second));
        }
        bucket.tokens -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { per_second: 2, burst: 3 };

    #[test]
    fn so_many_at_once_and_then_so_many_a_second() {
        let (buckets, start) = (TokenBuckets::default(), Instant::now());
        let mut taken = 0;
        for tenth in 0..100 {
            let now = start + Duration::from_millis(100 * tenth);
            while buckets.take("a", RATE, now).is_ok() {
                taken += 1;
            }
        }
        assert_eq!(taken, 3 + 2 * 9 + 1, "three at once, and two a second for 9.9 s");
        assert!(buckets.take("b", RATE, start).is_ok(), "another's bucket is another");
    }

    #[test]
    fn who_waits_as_long_as_told_is_taken() {
        let (buckets, start) = (TokenBuckets::default(), Instant::now());
        while buckets.take("a", RATE, start).is_ok() {}
        let wait = buckets.take("a", RATE, start).unwrap_err();
        assert_eq!(wait, Duration::from_millis(500));
        assert!(buckets.take("a", RATE, start + wait).is_ok());
    }

    #[test]
    fn memory_is_bounded_and_who_is_active_is_remembered() {
        let (buckets, start) = (TokenBuckets::default(), Instant::now());
        while buckets.take(0, RATE, start).is_ok() {}
        for key in 1..10 * MAX {
            let _ = buckets.take(key, RATE, start);
            if key % 1_000 == 0 {
                assert!(buckets.take(0, RATE, start).is_err());
            }
        }
        let held = buckets.0.lock().unwrap();
        assert!(held.0.len() + held.1.len() <= 2 * MAX);
    }
}
