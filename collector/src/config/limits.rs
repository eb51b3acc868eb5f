//! Limits: sizes, connections, and request rates.

use super::error::ConfigError;
use serde::Deserialize;

/// Limits. Names that end in `_bytes` are in bytes, the others are numbers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Largest request body as received. Default: 1 MiB.
    pub body_bytes: usize,
    /// Largest request body once decompressed. Default: 1 MiB.
    pub decompressed_bytes: usize,
    /// Largest event as stored, including what events of a batch share. Default: 64 KiB.
    pub event_bytes: usize,
    /// Largest sum of a batch's events as stored. Default: 16 MiB. A batch sends shared parts once; each stored event
    /// repeats them.
    pub batch_bytes: usize,
    /// Largest queue to the store; beyond it requests get a 503. Default: 64 MiB. A change needs a restart.
    pub queue_bytes: usize,
    /// Smallest free disk space of a collector that is ready. Default: 64 MiB.
    pub disk_bytes: u64,
    /// Largest number of open connections; others get a 503. Default: 4,096.
    pub connections: usize,
    /// Requests per second for one site. Default: 0, no limit.
    pub site_rate: u32,
    /// Burst of requests for one site. Default: ten seconds' worth.
    pub site_burst: Option<u32>,
    /// Requests per second from one masked address (IPv4 /24, IPv6 /48). Default: 0, no limit.
    pub address_rate: u32,
    /// Burst of requests from one masked address. Default: ten seconds' worth.
    pub address_burst: Option<u32>,
}

/// A rate limit: requests per second, and burst.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rate {
    pub(crate) per_second: u32,
    pub(crate) burst: u32,
}

const MIB: usize = 1 << 20;

/// Largest configurable size.
const MAX_BYTES: usize = 1 << 31;

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
    /// Rate limit of a site, if any.
    pub(crate) fn site(&self) -> Option<Rate> {
        rate(self.site_rate, self.site_burst)
    }

    /// Rate limit of a masked address, if any.
    pub(crate) fn address(&self) -> Option<Rate> {
        rate(self.address_rate, self.address_burst)
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let wrong = |key, reason: &str| Err(ConfigError::Value { key, reason: reason.to_owned() });
        let Limits { body_bytes, decompressed_bytes, event_bytes, batch_bytes, queue_bytes, connections, .. } = *self;
        for (key, bytes) in [
            ("limits.body_bytes", body_bytes),
            ("limits.decompressed_bytes", decompressed_bytes),
            ("limits.event_bytes", event_bytes),
            ("limits.batch_bytes", batch_bytes),
            ("limits.queue_bytes", queue_bytes),
        ] {
            if !(1..=MAX_BYTES).contains(&bytes) {
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

fn rate(per_second: u32, burst: Option<u32>) -> Option<Rate> {
    let burst = burst.unwrap_or(per_second.saturating_mul(10));
    (per_second > 0).then_some(Rate { per_second, burst })
}
