//! How fast requests may come, by site and by masked address: a bucket of tokens each, which fills at the configured
//! rate and of which every request takes one. Memory is bounded whatever addresses strangers have: who has not asked for
//! longest is forgotten, and begins with a full bucket again.

use crate::client::address::Sender;
use crate::config::{Limits, Rate};
use crate::error::Rejection;
use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

#[derive(Default)]
pub(crate) struct Pace {
    sites: Buckets<String>,
    addresses: Buckets<IpAddr>,
}

/// Of these, so many at most are remembered twice over: in all some megabytes.
const MOST: usize = 20_000;

/// Those that were asked for since the last turn, and those from before it. A turn forgets the latter.
struct Buckets<K>(Mutex<(HashMap<K, Bucket>, HashMap<K, Bucket>)>);

#[derive(Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

impl Pace {
    /// Lets one more request for the site come, or says when it may.
    pub(crate) fn of_site(&self, limits: &Limits, key: &str) -> Result<(), Rejection> {
        let Some(rate) = limits.site() else { return Ok(()) };
        self.sites.take(key.to_owned(), rate, Instant::now()).map_err(|wait| Rejection::TooFast { whose: "site", wait })
    }

    /// Lets one more request from the sender's neighbourhood come, or says when it may.
    pub(crate) fn of_address(&self, limits: &Limits, sender: Sender) -> Result<(), Rejection> {
        let Some(rate) = limits.address() else { return Ok(()) };
        let taken = self.addresses.take(sender.masked(), rate, Instant::now());
        taken.map_err(|wait| Rejection::TooFast { whose: "network address", wait })
    }
}

impl<K> Default for Buckets<K> {
    fn default() -> Self {
        Buckets(Mutex::default())
    }
}

impl<K: Eq + Hash> Buckets<K> {
    /// Takes a token, or says how long it takes until there is one.
    fn take(&self, key: K, rate: Rate, now: Instant) -> Result<(), Duration> {
        let (a_second, at_once) = (f64::from(rate.a_second), f64::from(rate.at_once));
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (young, old) = &mut *buckets;
        if young.len() >= MOST && !young.contains_key(&key) {
            *old = std::mem::take(young);
        }
        let full = Bucket { tokens: at_once, at: now };
        let from = old.remove(&key).unwrap_or(full);
        let bucket = young.entry(key).or_insert(from);
        let since = now.saturating_duration_since(bucket.at).as_secs_f64();
        bucket.tokens = (bucket.tokens + since * a_second).min(at_once);
        bucket.at = now;
        if bucket.tokens < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - bucket.tokens) / a_second));
        }
        bucket.tokens -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { a_second: 2, at_once: 3 };

    #[test]
    fn so_many_at_once_and_then_so_many_a_second() {
        let (buckets, start) = (Buckets::default(), Instant::now());
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
        let (buckets, start) = (Buckets::default(), Instant::now());
        while buckets.take("a", RATE, start).is_ok() {}
        let wait = buckets.take("a", RATE, start).unwrap_err();
        assert_eq!(wait, Duration::from_millis(500));
        assert!(buckets.take("a", RATE, start + wait).is_ok());
    }

    #[test]
    fn memory_is_bounded_and_who_is_active_is_remembered() {
        let (buckets, start) = (Buckets::default(), Instant::now());
        while buckets.take(0, RATE, start).is_ok() {}
        for key in 1..10 * MOST {
            let _ = buckets.take(key, RATE, start);
            if key % 1_000 == 0 {
                assert!(buckets.take(0, RATE, start).is_err());
            }
        }
        let held = buckets.0.lock().unwrap();
        assert!(held.0.len() + held.1.len() <= 2 * MOST);
    }
}
