//! The recorder's state as data, for the page, the panel or a developer.

use super::conductor::Recorder;
use super::permission_change::purpose_names;
use super::reply::{Call, ConsentState, OutboxPlace, Reply, Report, ReportedUser};
use crate::host::{Effect, Host};
use waymark_wire::IdSource;
use waymark_wire::level::purpose;
use waymark_wire::settings::{ConsentMode, Problem};

const HASH_ROUTES: &str = "the page seems to route by the hash of its address, which is not collected: \
    'collect.hash' of the site's settings makes each such route a page view";

impl Recorder {
    pub(super) fn report(&mut self, host: &mut impl Host) -> Call {
        let hints: Vec<_> = Some(HASH_ROUTES).filter(|_| self.context.is_hash_routed()).into_iter().collect();
        for hint in &hints {
            host.push(Effect::Warn((*hint).to_owned()));
        }
        let is_implied = self.settings.in_force().consent.unwrap_or_default() == ConsentMode::Implied;
        let (consent, purposes) = match self.consent.granted() {
            Some(0) => (ConsentState::Denied, 0),
            Some(granted) => (ConsentState::Granted, granted),
            None if is_implied => (ConsentState::Implied, purpose::ALL),
            None => (ConsentState::Unknown, 0),
        };
        let is_stored = self.permissions.may_keep_analytics() && !self.delivery.is_memory_only();
        let user = self.identity.user();
        let source = if user.is_identified { IdSource::Identifier } else { IdSource::Cache };
        Ok(Reply::Report(Box::new(Report {
            site: self.settings.site().to_owned(),
            collector: self.settings.collector().to_owned(),
            build: crate::BUILD,
            level: self.permissions.allowed.level() as u8,
            why: self.permissions.caps,
            consent,
            purposes: purpose_names(purposes),
            mode: self.permissions.mode,
            user: user.id.clone().map(|id| ReportedUser { id, source }),
            session: self.session.as_ref().map(|session| session.id.clone()).unwrap_or_default(),
            tab: self.delivery.tab(),
            queued: self.delivery.queued(),
            unsent: self.delivery.unsent(),
            outbox: if is_stored { OutboxPlace::Stored } else { OutboxPlace::Memory },
            refused_ids: self.identity.refused(),
            lost: self.delivery.losses(),
            refused_settings: self.settings.problems().iter().map(Problem::message).collect(),
            hints,
            context: self.context.allowed(&self.permissions.allowed).clone(),
        })))
    }
}
