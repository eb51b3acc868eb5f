//! Consent: the purposes that the user agreed to, stored for later pages. A denial is not stored.

pub mod permissions;
mod purposes;
mod sampling;

pub use purposes::purposes_of;

use crate::host::Host;
use crate::settings::ActiveSettings;
use crate::stored::{self, V1};
use serde::{Deserialize, Serialize};
use waymark_wire::level::{Key, purpose};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// The user's answer to the question of consent.
#[derive(Debug, Default)]
pub struct Consent {
    /// The purposes, as bits; `None` while the user has not been asked.
    granted: Option<u8>,
    /// When the user answered, epoch ms.
    at: i64,
}

#[derive(Serialize, Deserialize)]
struct StoredConsent {
    v: V1,
    /// See [`Consent::granted`].
    purposes: u8,
    /// When the user answered, epoch ms.
    at: i64,
}

impl Consent {
    /// The purposes that the user agreed to, as bits; 0: denied. `None` while the user has not answered.
    pub fn granted(&self) -> Option<u8> {
        self.granted
    }

    /// Sets the user's answer, given at `at`, epoch ms. Returns the previous answer.
    pub fn answer(&mut self, purposes: u8, at: i64) -> Option<u8> {
        self.at = at;
        self.granted.replace(purposes)
    }

    /// Sets the answer to a denial, because the user is forgotten.
    pub fn deny(&mut self) {
        self.granted = Some(0);
    }

    /// Reads the stored answer, which another tab may have written. A denial is not stored, so a missing entry means
    /// that an earlier agreement was withdrawn.
    pub fn load(&mut self, settings: &ActiveSettings, host: &mut impl Host) {
        let days = settings.days();
        let found: Option<StoredConsent> =
            stored::load(&settings.scope().name(Key::CONSENT), Key::CONSENT.area, days, host);
        let fresh = found.filter(|found| host.now() - found.at < i64::from(days) * DAY_MS);
        if let Some(StoredConsent { purposes, at, .. }) = fresh {
            (self.granted, self.at) = (Some(purposes & purpose::ALL), at);
        } else if self.granted.is_some_and(|granted| granted > 0) {
            self.granted = Some(0);
        }
    }

    /// Stores the answer, unless it is a denial.
    pub fn save(&self, settings: &ActiveSettings, host: &mut impl Host) {
        if let Some(purposes @ 1..) = self.granted {
            let kept = StoredConsent { v: V1, purposes, at: self.at };
            stored::save(&settings.scope().name(Key::CONSENT), &kept, Key::CONSENT.area, settings.days(), host);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::MemoryHost;

    #[test]
    fn a_consent_expires_and_an_edited_consent_is_ignored() {
        let host = &mut MemoryHost::default();
        let settings = ActiveSettings::of("identity.days = 10");
        Consent { granted: Some(3), at: 5 }.save(&settings, host);
        let loaded = |host: &mut MemoryHost| {
            let mut consent = Consent::default();
            consent.load(&settings, host);
            consent.granted
        };
        host.now = 10 * DAY_MS + 4;
        assert_eq!(loaded(host), Some(3));
        host.now += 1;
        assert_eq!(loaded(host), None, "asked again");
        for edited in
            ["", "x", "7", "{}", r#"{"v":2,"purposes":7,"at":900000000}"#, r#"{"v":1,"purposes":"7","at":900000000}"#]
        {
            host.stored.insert("wm-consent.demo".to_owned(), edited.to_owned());
            assert_eq!(loaded(host), None, "{edited}");
        }
    }
}
