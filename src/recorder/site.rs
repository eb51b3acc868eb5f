//! What the site's owner set at the collector: asked for on each page, kept for the next one, and heeded as it changes. A
//! page that finds none kept waits for the answer; where there is none, nothing is recorded, and what earlier pages kept
//! stays where it is.

use super::{Call, DONE, Recorder, UNKNOWN, report_each};
use crate::host::{Host, NEVER};
use crate::queue::Limits;
use waymark_wire::level::Key;

/// A page that finds no settings kept waits so long for the collector's answer.
pub const SETTINGS_WAIT_MS: i64 = 5_000;

const ASTRAY: &str = "the collector is not this site's: check 'collector' in init";

impl Recorder {
    /// Takes what the collector tells now of the site's settings, else what was kept. Says whether that is all that can be
    /// known for now.
    pub(super) fn learn(&mut self, again: bool, host: &mut impl Host) -> bool {
        if self.config.wants_nothing() {
            return true;
        }
        let told = host.settings(self.config.text("collector"), self.config.text("site"), again);
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
        self.is_astray = told == "!421";
        if self.config.take_site(&told) {
            self.is_astray = !self.config.is_in_one_region();
            if told != kept && !self.is_astray {
                self.told = told;
                return true;
            }
        }
        if self.is_astray {
            host.report(ASTRAY);
        } else if matches!(&*told, "!403" | "!404") {
            host.report(
                "the collector does not know this site key, or this origin: check 'site' in init, and the site's origins",
            );
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

    /// Heeds the site's settings, and whatever else decides over what may be collected. A page that may be recorded from
    /// here on was viewed as of `at`.
    pub(super) fn heed(&mut self, at: i64, host: &mut impl Host) -> Call {
        if !self.config.has_site() {
            host.report(UNKNOWN);
            return DONE;
        }
        report_each(&self.config.overruled(), host);
        let [events, bytes, age_ms] =
            ["batch.events", "batch.bytes", "batch.ageMs"].map(|name| self.config.number(name) as u32);
        self.limits = Limits { events, bytes, age_ms };
        let query = &mut self.query;
        query.clear();
        self.config.each("collect.query", &mut |_, name| {
            query.push_str(name);
            query.push_str(" ");
        });
        if self.config.is("collect.hash") {
            query.push_str("#");
        }
        self.consent.load(&self.config, &self.scope, host);
        self.reconsider(at, host)?;
        self.keep_told(host);
        DONE
    }
}
