//! The remote settings: fetched from the collector on each page, cached for the next page, applied when they change. A
//! page without cached settings waits for the collector's answer. If there is no answer, nothing is recorded, and what
//! earlier pages stored stays.

use super::ActiveSettings;
use crate::call_error::CallError;
use crate::host::{Effect, Host};
use waymark_wire::level::Key;

/// How long a page without cached settings waits for the collector's answer, in ms.
pub const SETTINGS_WAIT_MS: i64 = 5_000;

/// How long the settings are cached, in days.
const CACHE_DAYS: u32 = 365;

impl ActiveSettings {
    /// Reads the collector's answer, else the cached settings. `again`: asks the collector even if it has answered.
    /// Returns `false` if the page must wait for the collector. A refusal is reported unless the waiting call of `init`
    /// returns it.
    pub fn fetch(&mut self, again: bool, is_started: bool, host: &mut impl Host) -> bool {
        if self.is_off_by_page() {
            return true;
        }
        let answer = host.settings(self.collector(), self.site(), again);
        let cached = host.load(&self.scope.name(Key::SETTINGS), Key::SETTINGS.area, CACHE_DAYS).unwrap_or_default();
        if !self.is_known() {
            self.take_site(&cached);
        }
        let Some(answer) = answer else {
            let asked_at = *self.asked_at.get_or_insert(host.now());
            return self.is_known() || host.now() - asked_at >= SETTINGS_WAIT_MS;
        };
        self.asked_at = None;
        self.refusal = match &*answer {
            "!401" | "!404" => Some(CallError::UnknownSite),
            "!403" => Some(CallError::WrongOrigin),
            "!421" => Some(CallError::WrongCollector),
            _ => None,
        };
        self.is_wrong_collector = self.refusal == Some(CallError::WrongCollector);
        if self.take_site(&answer) {
            self.is_wrong_collector = !self.is_in_one_region();
            if answer != cached && !self.is_wrong_collector {
                self.uncached = Some(answer);
                return true;
            }
        }
        if self.is_wrong_collector {
            self.refusal = Some(CallError::WrongCollector);
        }
        if let (Some(refusal), true) = (self.refusal, is_started || self.is_known()) {
            host.push(Effect::Warn(refusal.message().to_owned()));
        }
        true
    }

    /// When a page without cached settings stops waiting for the collector's answer, epoch ms. `None` if it does not
    /// wait.
    pub fn answer_due_at(&self) -> Option<i64> {
        self.asked_at.map(|asked_at| asked_at + SETTINGS_WAIT_MS)
    }

    /// Reports page settings that are overruled, or that no settings are known. Returns whether settings are known.
    pub fn apply(&self, host: &mut impl Host) -> bool {
        if self.is_known() {
            self.overruled().into_iter().for_each(|message| host.push(Effect::Warn(message)));
        } else if self.refusal.is_none() {
            host.push(Effect::Warn(CallError::SettingsUnavailable.message().to_owned()));
        }
        self.is_known()
    }

    /// Caches a new answer of the collector for the next page. Call it only if storage is permitted.
    pub fn cache(&mut self, host: &mut impl Host) {
        if let Some(answer) = self.uncached.take() {
            host.save(&self.scope.name(Key::SETTINGS), &answer, Key::SETTINGS.area, CACHE_DAYS);
        }
    }
}
