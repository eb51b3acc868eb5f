//! What the site's owner set at the collector: asked for on each page, kept for the next one, and applied as it changes. A
//! page that finds none kept waits for the answer; where there is none, nothing is recorded, and what earlier pages kept
//! stays where it is.

use super::{Call, DONE, Recorder};
use crate::call_error::CallError;
use crate::host::{Host, NEVER};
use crate::queue::Limits;
use waymark_wire::level::Key;

/// A page that finds no settings kept waits so long for the collector's answer.
pub const SETTINGS_WAIT_MS: i64 = 5_000;

impl Recorder {
    /// Takes what the collector tells now of the site's settings, else what was kept. Says whether that is all that can be
    /// known for now.
    pub(super) fn learn(&mut self, again: bool, host: &mut impl Host) -> bool {
        if self.config.wants_nothing() {
            return true;
        }
        let told = host.settings(self.config.collector(), self.config.site(), again);
        let kept = host.load(&self.scope.name(Key::SETTINGS), Key::SETTINGS.place, 365).unwrap_or_default();
        if !self.config.has_site() {
            self.config.take_site(&kept);
        }
        let Some(told) = told else {
            if self.asked_at == NEVER {
                self.asked_at = host.now();
            }
            return self.config.has_site() || host.now() - self.asked_at >= SETTINGS_WAIT_MS;
        };
        self.asked_at = NEVER;
        self.refusal = match &*told {
            "!401" | "!404" => Some(CallError::UnknownSite),
            "!403" => Some(CallError::WrongOrigin),
            "!421" => Some(CallError::WrongCollector),
            _ => None,
        };
        self.is_astray = told == "!421";
        if self.config.take_site(&told) {
            self.is_astray = !self.config.is_in_one_region();
            if told != kept && !self.is_astray {
                self.told = told;
                return true;
            }
        }
        if self.is_astray {
            self.refusal = Some(CallError::WrongCollector);
        }
        // Where nothing is known of the site, `init` answers with it.
        if let (Some(refusal), true) = (self.refusal, self.started || self.config.has_site()) {
            host.report(refusal.message());
        }
        true
    }

    /// Keeps what the collector told for the next page, once anything may be kept.
    pub(super) fn keep_told(&mut self, host: &mut impl Host) {
        if self.leave.kept_for != 0 && !self.told.is_empty() {
            host.save(&self.scope.name(Key::SETTINGS), &self.told, Key::SETTINGS.place, 365);
            self.told.clear();
        }
    }

    /// Applies the site's settings and everything else that decides what may be collected. A page that may be recorded from
    /// here on was viewed as of `at`.
    pub(super) fn apply_settings(&mut self, at: i64, host: &mut impl Host) -> Call {
        if !self.config.has_site() {
            if self.refusal.is_none() {
                host.report(CallError::SettingsUnavailable.message());
            }
            return DONE;
        }
        self.config.overruled().iter().for_each(|message| host.report(message));
        let settings = self.config.settings();
        let batch = &settings.batch;
        self.limits = Limits {
            events: batch.events.unwrap_or_default().0,
            bytes: batch.bytes.unwrap_or_default().0,
            age_ms: batch.age_ms.unwrap_or_default().0,
        };
        let query = &mut self.query;
        query.clear();
        for name in settings.collect.query.iter().flat_map(|names| &names.0) {
            query.push_str(name.as_str());
            query.push_str(" ");
        }
        if settings.collect.hash.unwrap_or_default().0 {
            query.push_str("#");
        }
        self.consent.load(&self.config, &self.scope, host);
        self.reconsider(at, host)?;
        self.keep_told(host);
        DONE
    }
}
