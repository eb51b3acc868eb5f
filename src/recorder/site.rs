//! What the site's owner set at the collector: asked for on each page, kept for the next one, and heeded as it changes. A
//! page that finds none kept waits for the answer; where there is none, nothing is recorded, and what earlier pages kept
//! stays where it is.

use super::{Call, DONE, Recorder};
use crate::call_error::CallError;
use crate::delivery::queue::Limits;
use crate::facts::AddressFilter;
use crate::host::{Effect, Host};
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
            let asked_at = *self.asked_at.get_or_insert(host.now());
            return self.config.has_site() || host.now() - asked_at >= SETTINGS_WAIT_MS;
        };
        self.asked_at = None;
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
                self.told = Some(told);
                return true;
            }
        }
        if self.is_astray {
            self.refusal = Some(CallError::WrongCollector);
        }
        // Where nothing is known of the site, `init` answers with it.
        if let (Some(refusal), true) = (self.refusal, self.started || self.config.has_site()) {
            host.push(Effect::Report(refusal.message().to_owned()));
        }
        true
    }

    /// Keeps what the collector told for the next page, once anything may be kept.
    pub(super) fn keep_told(&mut self, host: &mut impl Host) {
        if self.leave.kept_for != 0
            && let Some(told) = self.told.take()
        {
            host.save(&self.scope.name(Key::SETTINGS), &told, Key::SETTINGS.place, 365);
        }
    }

    /// Heeds the site's settings, and whatever else decides over what may be collected. A page that may be recorded from
    /// here on was viewed as of `at`.
    pub(super) fn heed(&mut self, at: i64, host: &mut impl Host) -> Call {
        if !self.config.has_site() {
            if self.refusal.is_none() {
                host.push(Effect::Report(CallError::SettingsUnavailable.message().to_owned()));
            }
            return DONE;
        }
        self.config.overruled().into_iter().for_each(|message| host.push(Effect::Report(message)));
        let settings = self.config.settings();
        self.limits = Limits::from(&settings.batch);
        self.query = AddressFilter::from(&settings.collect);
        self.consent.load(&self.config, &self.scope, host);
        self.reconsider(at, host)?;
        self.keep_told(host);
        DONE
    }
}
