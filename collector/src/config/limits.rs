//! Bounds of what is taken: sizes, connections, and how fast anyone may send.

use super::error::ConfigError;
use serde::Deserialize;

/// Bounds of what is taken: bytes where a name says so, else a number.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// The most of a request's body as it comes, 1 MiB by default.
    pub body_bytes: usize,
    /// The most of a body once decompressed, 1 MiB by default.
    pub decompressed_bytes: usize,
    /// The most of one event as it is stored, what it shares with its neighbours included, 64 KiB by default.
    pub event_bytes: usize,
    /// The most of a batch's events together as they are stored, 16 MiB by default: a batch says once what each of
    /// its events then repeats.
    pub batch_bytes: usize,
    /// The most that may wait to be written before senders are told to come back later, 64 MiB by default. It is read
    /// at the start.
    pub queue_bytes: usize,
    /// What must be free on the store's disk for the collector to call itself ready, 64 MiB by default.
    pub disk_bytes: u64,
    /// The most connections at a time, 4,096 by default; one more is told to come back later.
    pub connections: usize,
    /// The most requests a second for one site; 0, the default, is no limit.
    pub site_rate: u32,
    /// How many requests for one site may come at once, ten seconds' worth by default.
    pub site_burst: Option<u32>,
    /// The most requests a second from one address without its host part (/24 of IPv4, /48 of IPv6); 0, the default,
    /// is no limit.
    pub address_rate: u32,
    /// How many requests from one such address may come at once, ten seconds' worth by default.
    pub address_burst: Option<u32>,
}

/// So many a second in the long run, and so many at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rate {
    pub(crate) a_second: u32,
    pub(crate) at_once: u32,
}

const MIB: usize = 1 << 20;

/// The most that a size may be set to: what one `u32` counts.
const MOST_BYTES: usize = 1 << 31;

impl Default for Limits {
    fn default() -> Self {
        Limits {
            body_bytes: MIB,
            decompressed_bytes: MIB,
            event_bytes: MIB / 16,
            batch_bytes: 16 * MIB,
            queue_bytes: 64 * MIB,
            disk_bytes: 64 << 20,
            connections: 4_096,
            site_rate: 0,
            site_burst: None,
            address_rate: 0,
            address_burst: None,
        }
    }
}

impl Limits {
    /// How fast requests for one site may come; nothing where there is no limit.
    pub(crate) fn site(&self) -> Option<Rate> {
        rate(self.site_rate, self.site_burst)
    }

    /// How fast requests from one masked address may come; nothing where there is no limit.
    pub(crate) fn address(&self) -> Option<Rate> {
        rate(self.address_rate, self.address_burst)
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let wrong = |key, why: &str| Err(ConfigError::Value { key, why: why.to_owned() });
        let Limits { body_bytes, decompressed_bytes, event_bytes, batch_bytes, queue_bytes, connections, .. } = *self;
        for (key, bytes) in [
            ("limits.body_bytes", body_bytes),
            ("limits.decompressed_bytes", decompressed_bytes),
            ("limits.event_bytes", event_bytes),
            ("limits.batch_bytes", batch_bytes),
            ("limits.queue_bytes", queue_bytes),
        ] {
            if !(1..=MOST_BYTES).contains(&bytes) {
                return wrong(key, "must be from 1 to 2147483648");
            }
        }
        if queue_bytes < batch_bytes {
            return wrong("limits.queue_bytes", "must be at least limits.batch_bytes, or no batch could wait");
        }
        if !(1..=1_000_000).contains(&connections) {
            return wrong("limits.connections", "must be from 1 to 1000000");
        }
        for (key, burst) in [("limits.site_burst", self.site_burst), ("limits.address_burst", self.address_burst)] {
            if burst == Some(0) {
                return wrong(key, "must be at least 1, or no request would ever be taken");
            }
        }
        Ok(())
    }
}

fn rate(a_second: u32, burst: Option<u32>) -> Option<Rate> {
    let at_once = burst.unwrap_or(a_second.saturating_mul(10));
    (a_second > 0).then_some(Rate { a_second, at_once })
}
