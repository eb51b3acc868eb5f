//! What an event happened in, kept up to date so that no event has to ask: the page as the browser tells it, the user,
//! the session, the interaction.

use crate::config::Config;
use crate::host::{Host, guid};
use crate::identity::Who;
use crate::session::Session;
use waymark_wire::json;
use waymark_wire::text::next_part;
use waymark_wire::{Allowed, Field, SCHEMA, Shared, Values};

/// The page, as [`Host::page`] tells it: a line each, the title last, for it may hold line breaks.
pub const PAGE: [Field; 10] = [
    Field::Protocol,
    Field::Hostname,
    Field::Pathname,
    Field::Search,
    Field::Hash,
    Field::IsIframe,
    Field::ScreenHeight,
    Field::ScreenWidth,
    Field::Timezone,
    Field::Title,
];

/// How many of them say where it is.
const WHERE: usize = 5;

/// What events share.
#[derive(Debug)]
pub struct Context {
    values: Values,
    shared: Shared,
    /// Whether `values` changed since they were written.
    stale: bool,
    /// Whether `shared` must be told again.
    told: bool,
    /// The interaction GUID of what belongs to no play: one per visit.
    visit_interaction: String,
}

impl Context {
    /// Nothing yet.
    pub const fn new() -> Self {
        Context {
            values: Values::new(),
            shared: Shared::new(),
            stale: true,
            told: false,
            visit_interaction: String::new(),
        }
    }

    fn set(&mut self, field: Field, value: &str) {
        self.stale |= self.values.set(field, value);
    }

    /// Takes what does not change on a page.
    pub fn start(&mut self, host: &mut impl Host) {
        let agent = host.agent();
        let (name, version) = agent.browser();
        let mut string = name.to_owned();
        if !version.is_empty() {
            string.push_str(" ");
            string.push_str(version);
        }
        let (os, os_version) = agent.os();
        for (field, value) in [
            (Field::BrowserName, name),
            (Field::BrowserVersion, version),
            (Field::BrowserString, &string),
            (Field::OsName, os),
            (Field::OsVersion, &os_version),
            (Field::Mobile, if agent.mobile() { "true" } else { "false" }),
            (Field::Lib, crate::BUILD),
            (Field::Pe, SCHEMA),
        ] {
            self.set(field, value);
        }
    }

    /// What events share now.
    pub fn shared(&mut self, allowed: &Allowed) -> &Shared {
        if self.stale {
            self.shared.set(&self.values, allowed);
            self.stale = false;
            self.told = false;
        }
        &self.shared
    }

    /// What events share now, if that has changed since it was last asked for.
    pub fn change(&mut self, allowed: &Allowed) -> Option<&Shared> {
        self.shared(allowed);
        (!std::mem::replace(&mut self.told, true)).then_some(&self.shared)
    }

    /// A new batch has to be told everything, and so has one that is recorded under another leave.
    pub fn tell_again(&mut self) {
        self.told = false;
        self.stale = true;
    }

    /// Whether `page` is another place than the current view's.
    pub fn is_elsewhere(&self, page: &str) -> bool {
        let mut rest = page;
        PAGE[..WHERE].iter().any(|&field| next_part(&mut rest, b'\n') != self.values.get(field))
    }

    /// A view of `page` begins: a visit with an id of its own.
    pub fn arrive(&mut self, page: &str, host: &mut impl Host) {
        let guid_of_visit = guid(host);
        let mut rest = guid_of_visit.as_str();
        let mut visit = String::new();
        while !rest.is_empty() {
            visit.push_str(next_part(&mut rest, b'-'));
        }
        self.set(Field::VisitId, &visit);
        self.visit_interaction = guid(host);
        self.set_interaction("");
        self.see(page);
    }

    /// The page is `page`: title, viewport, time zone or, without a new view, the address may have changed.
    pub fn see(&mut self, page: &str) {
        let mut rest = page;
        for &field in &PAGE[..PAGE.len() - 1] {
            self.set(field, next_part(&mut rest, b'\n'));
        }
        self.set(Field::Title, rest);
    }

    /// The user is this one.
    pub fn set_user(&mut self, who: &Who, config: &Config) {
        let (mut permutation, mut environment) = (String::new(), String::new());
        json::push_int(&mut permutation, config.settings().perm_id.unwrap_or_default().0.into());
        json::push_int(&mut environment, config.settings().env.unwrap_or_default().0.into());
        let source = if who.is_known { "Identifier" } else { "Cache" };
        for (field, value) in [
            (Field::EuId, who.id.as_str()),
            (Field::EuIdSource, if who.id.is_empty() { "" } else { source }),
            (Field::PermId, &permutation),
            (Field::Environment, &environment),
            (Field::Platform, "1"),
        ] {
            self.set(field, value);
        }
    }

    /// The session is this one.
    pub fn set_session(&mut self, session: &Session) {
        self.set(Field::SId, &session.id);
        self.set(Field::Visions, &session.visions);
    }

    /// The next event belongs to the interaction; to none but the visit's where that is empty.
    pub fn set_interaction(&mut self, interaction: &str) {
        let guid = if interaction.is_empty() { &self.visit_interaction } else { interaction };
        self.stale |= self.values.set(Field::InteractionGuid, guid);
    }

    /// Appends what events share as a JSON object.
    pub fn write(&mut self, allowed: &Allowed, out: &mut String) {
        let text = self.shared(allowed).text();
        out.push_str(&text);
    }
}
