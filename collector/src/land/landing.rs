//! Where events are landed.

use crate::store::{Delivery, ErasureNotice, LandedEvent, StoreError, StoredEvent};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A store in which events are landed. All methods block. `token` stands for exactly these rows: a second insert with it
/// adds nothing. After [`StoreError::Refused`] the rows come again in smaller parts, until what is refused stands alone.
pub trait Landing: Send + Sync + 'static {
    /// Inserts events, durably.
    ///
    /// # Errors
    /// [`StoreError`]: some may be there. They come again with the same token.
    fn insert(&self, events: &[LandedEvent], token: &str) -> Result<(), StoreError>;

    /// Inserts reports about tabs, durably.
    ///
    /// # Errors
    /// [`StoreError`], as above.
    fn insert_deliveries(&self, deliveries: &[Delivery], token: &str) -> Result<(), StoreError>;

    /// Notes erasures, durably: from now on nothing shows the events that they are about.
    ///
    /// # Errors
    /// [`StoreError`]: they come again.
    fn insert_erasures(&self, notices: &[ErasureNotice]) -> Result<(), StoreError>;

    /// Removes the events that were erased. Returns their number.
    ///
    /// # Errors
    /// [`StoreError`]: they are removed the next time.
    fn apply_erasures(&self) -> Result<u64, StoreError>;
}

/// Keeps what is landed in memory, for tests. Its clones share it.
#[derive(Clone, Default)]
pub struct MemoryLanding(Arc<Mutex<Landed>>);

#[derive(Default)]
struct Landed {
    tokens: BTreeSet<String>,
    events: Vec<StoredEvent>,
    deliveries: Vec<Delivery>,
    erasures: Vec<ErasureNotice>,
    is_away: bool,
    refused: Option<String>,
}

impl MemoryLanding {
    /// From now on it takes nothing, or takes again.
    pub fn set_away(&self, is_away: bool) {
        self.lock().is_away = is_away;
    }

    /// From now on it refuses inserts with an event that has this text in it.
    pub fn refuse(&self, text: &str) {
        self.lock().refused = Some(text.to_owned());
    }

    /// All events in order of arrival, with repetitions under other tokens.
    pub fn events(&self) -> Vec<StoredEvent> {
        self.lock().events.clone()
    }

    /// All reports.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.lock().deliveries.clone()
    }

    /// All erasures.
    pub fn erasures(&self) -> Vec<ErasureNotice> {
        self.lock().erasures.clone()
    }

    /// All tokens.
    pub fn tokens(&self) -> BTreeSet<String> {
        self.lock().tokens.clone()
    }

    fn take(
        &self,
        token: Option<&str>,
        take: impl FnOnce(&mut Landed) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut landed = self.lock();
        if landed.is_away {
            return Err(StoreError::Interrupted);
        }
        if token.is_some_and(|token| landed.tokens.contains(token)) {
            return Ok(());
        }
        take(&mut landed)?;
        landed.tokens.extend(token.map(str::to_owned));
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Landed> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Landing for MemoryLanding {
    fn insert(&self, events: &[LandedEvent], token: &str) -> Result<(), StoreError> {
        self.take(Some(token), |landed| {
            let refused = landed.refused.as_ref();
            if let Some(text) = refused.filter(|text| events.iter().any(|event| event.event.body.contains(*text))) {
                return Err(StoreError::Refused { code: 0, reason: format!("it has {text} in it") });
            }
            landed.events.extend(events.iter().map(|event| event.event.clone()));
            Ok(())
        })
    }

    fn insert_deliveries(&self, deliveries: &[Delivery], token: &str) -> Result<(), StoreError> {
        self.take(Some(token), |landed| {
            landed.deliveries.extend_from_slice(deliveries);
            Ok(())
        })
    }

    fn insert_erasures(&self, notices: &[ErasureNotice]) -> Result<(), StoreError> {
        self.take(None, |landed| {
            landed.erasures.extend_from_slice(notices);
            Ok(())
        })
    }

    fn apply_erasures(&self) -> Result<u64, StoreError> {
        Ok(0)
    }
}
