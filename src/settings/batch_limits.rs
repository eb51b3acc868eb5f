//! The limits of a batch of events.

use waymark_wire::settings::BatchSettings;

/// The limits of a batch. A batch is closed when it reaches one of them.
#[derive(Clone, Copy, Debug)]
pub struct BatchLimits {
    /// Number of events. A request costs the page as much as about a hundred events.
    pub events: u32,
    /// Bytes of JSON. The requests that a page has in flight when it closes share one budget.
    pub bytes: u32,
    /// Age of the first event, in ms.
    pub age_ms: u32,
}

impl From<&BatchSettings> for BatchLimits {
    fn from(batch: &BatchSettings) -> Self {
        BatchLimits {
            events: batch.events.unwrap_or_default().0,
            bytes: batch.bytes.unwrap_or_default().0,
            age_ms: batch.age_ms.unwrap_or_default().0,
        }
    }
}

impl Default for BatchLimits {
    fn default() -> Self {
        BatchLimits::from(&BatchSettings::default())
    }
}
