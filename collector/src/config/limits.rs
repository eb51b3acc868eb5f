//! Limits: sizes, connections, and request rates.

use super::findings::Findings;
use super::table::Table;

/// Limits. Names that end in `_bytes` are in bytes, the others are numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
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

const BYTES: &str = "must be a whole number from 1 to 2147483648";
const CONNECTIONS: &str = "must be a whole number from 1 to 1000000";
const RATE: &str = "must be a whole number from 0 to 4294967295";
const BURST: &str = "must be a whole number from 1 to 4294967295, or no request would ever be taken";

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
    pub(super) fn read(table: &mut Table<'_>) -> Self {
        let default = Limits::default();
        let mut bytes = |key, default| table.value(key, BYTES).unwrap_or(default);
        Limits {
            body_bytes: bytes("body_bytes", default.body_bytes),
            decompressed_bytes: bytes("decompressed_bytes", default.decompressed_bytes),
            event_bytes: bytes("event_bytes", default.event_bytes),
            batch_bytes: bytes("batch_bytes", default.batch_bytes),
            queue_bytes: bytes("queue_bytes", default.queue_bytes),
            disk_bytes: table.value("disk_bytes", "must be a whole number").unwrap_or(default.disk_bytes),
            connections: table.value("connections", CONNECTIONS).unwrap_or(default.connections),
            site_rate: table.value("site_rate", RATE).unwrap_or(default.site_rate),
            site_burst: table.value("site_burst", BURST),
            address_rate: table.value("address_rate", RATE).unwrap_or(default.address_rate),
            address_burst: table.value("address_burst", BURST),
        }
    }

    /// Rate limit of a site, if any.
    pub(crate) fn site(&self) -> Option<Rate> {
        rate(self.site_rate, self.site_burst)
    }

    /// Rate limit of a masked address, if any.
    pub(crate) fn address(&self) -> Option<Rate> {
        rate(self.address_rate, self.address_burst)
    }

    pub(super) fn check(&self, findings: &mut Findings) {
        let Limits { body_bytes, decompressed_bytes, event_bytes, batch_bytes, queue_bytes, connections, .. } = *self;
        for (key, bytes) in [
            ("limits.body_bytes", body_bytes),
            ("limits.decompressed_bytes", decompressed_bytes),
            ("limits.event_bytes", event_bytes),
            ("limits.batch_bytes", batch_bytes),
            ("limits.queue_bytes", queue_bytes),
        ] {
            if !(1..=MAX_BYTES).contains(&bytes) {
                findings.add(key, BYTES);
            }
        }
        if queue_bytes < batch_bytes && findings.are_right(&["limits.batch_bytes"]) {
            findings.add("limits.queue_bytes", "must be at least limits.batch_bytes, or no batch could wait");
        }
        if !(1..=1_000_000).contains(&connections) {
            findings.add("limits.connections", CONNECTIONS);
        }
        for (key, burst) in [("limits.site_burst", self.site_burst), ("limits.address_burst", self.address_burst)] {
            if burst == Some(0) {
                findings.add(key, BURST);
            }
        }
    }
}

fn rate(per_second: u32, burst: Option<u32>) -> Option<Rate> {
    let burst = burst.unwrap_or(per_second.saturating_mul(10));
    (per_second > 0).then_some(Rate { per_second, burst })
}
