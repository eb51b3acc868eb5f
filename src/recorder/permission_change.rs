//! Changes of the permissions: begins recording, or ends recording and purges stored and queued data.

use super::conductor::{Recorder, terms};
use super::phase::Startup;
use super::reply::{Call, DONE};
use crate::capture::Rules;
use crate::consent::permissions::Permissions;
use crate::context::PageContext;
use crate::host::{Effect, Host, Purge};
use serde::Serialize;
use waymark_wire::forget::Forget;
use waymark_wire::level::{Key, Level, purpose};

/// The data of a `consent` event.
#[derive(Serialize)]
struct Agreed {
    purposes: Vec<&'static str>,
}

impl Recorder {
    /// Applies the site's settings and updates the permissions. If recording begins, the page was viewed at `at`, epoch
    /// ms.
    pub(super) fn apply_settings(&mut self, at: i64, host: &mut impl Host) -> Call {
        if self.settings.apply(host) {
            self.consent.load(&self.settings, host);
            self.update_permissions(at, host)?;
            self.cache_settings(host);
            self.update_capture(host);
        }
        DONE
    }

    /// Begins or ends capture of level 2, or changes its rules.
    pub(super) fn update_capture(&mut self, host: &mut impl Host) {
        let is_on = self.permissions.allowed.level() >= Level::Experience;
        let rules = is_on.then(|| Rules::from(self.settings.in_force()));
        if rules != self.capture {
            self.capture.clone_from(&rules);
            host.push(Effect::Capture(rules.map(Box::new)));
        }
    }

    fn cache_settings(&mut self, host: &mut impl Host) {
        if self.permissions.storage_purposes != 0 {
            self.settings.cache(host);
        }
    }

    /// Computes the permissions again and acts on a change. If recording begins, the page was viewed at `at`, epoch ms.
    pub(super) fn update_permissions(&mut self, at: i64, host: &mut impl Host) -> Call {
        if !self.settings.is_known() {
            return DONE;
        }
        let now = Permissions::current(&self.settings, &self.consent, self.wishes, host);
        if now == self.permissions {
            return DONE;
        }
        let before = std::mem::replace(&mut self.permissions, now);
        if now.is_off() && !before.is_off() {
            self.end(host);
        }
        let purge = if now.is_off() { Purge::All } else { Purge::Stored };
        host.set_allowed_keys(&self.settings.scope().site, &Key::allowed_for(now.storage_purposes), purge);
        self.consent.save(&self.settings, host);
        self.cache_settings(host);
        self.delivery.adopt_orphans(&terms(&self.settings, &self.permissions), host);
        self.context.invalidate();
        self.update_capture(host);
        if !now.is_off() && before.is_off() {
            self.begin(at, host);
        }
        if now.mode != before.mode && !now.is_off() {
            self.update_user(host);
        }
        DONE
    }

    /// Ends recording: drops unsent events and all knowledge of the user.
    fn end(&mut self, host: &mut impl Host) {
        self.delivery.withdraw(self.settings.scope(), host);
        self.identity.withdraw();
        self.session = None;
        self.context = PageContext::default();
        self.sync.end();
        self.startup = Startup::default();
        self.delivery.settle_delivered(self.settings.refusal(), host);
    }

    pub(super) fn on_consent(&mut self, granted: u8, host: &mut impl Host) -> Call {
        let before = self.consent.answer(granted, host.now());
        self.update_permissions(host.now(), host)?;
        // A different answer may lead to the same permissions. The answer is stored in that case too.
        self.consent.save(&self.settings, host);
        if self.permissions.is_on() && before != Some(granted) {
            self.catch_up(host.now(), host)?;
            self.record_pending_view(host);
            let data = Agreed { purposes: purpose_names(granted) };
            self.push_or_note(host.now(), "consent", &data, host);
        }
        DONE
    }

    /// Erases the user's data in the browser, asks the collector to erase it too, and ends recording on this page.
    pub(super) fn forget(&mut self, host: &mut impl Host) -> Call {
        if let (Some(id), false) = (self.identity.forgettable_id(), self.settings.is_wrong_collector()) {
            host.push(Effect::Forget(Forget { site: self.settings.scope().site.clone(), eu_id: id.to_owned() }));
        }
        self.consent.deny();
        self.update_permissions(host.now(), host)?;
        self.identity.forgotten();
        host.set_allowed_keys(&self.settings.scope().site, &[], Purge::All);
        DONE
    }
}

/// The names of the purposes whose bits are set.
pub(super) fn purpose_names(granted: u8) -> Vec<&'static str> {
    let names = purpose::NAMES.iter().enumerate();
    names.filter(|(bit, _)| granted >> bit & 1 == 1).map(|(_, name)| *name).collect()
}
