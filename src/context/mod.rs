//! What an event happened in, kept up to date so that no event has to ask: the page as the browser shows it, the user,
//! the session, the interaction.

pub mod content_play;
pub mod user_agent;

use crate::facts::{PageFacts, UserAgent};
use crate::host::{Host, guid};
use crate::identity::Who;
use crate::session::Session;
use waymark_wire::settings::Settings;
use waymark_wire::{Allowed, Browser, Context, Ctx, IdSource, Os, SCHEMA, User, Version, Visions};

/// What events share.
#[derive(Debug, Default)]
pub struct PageContext {
    /// All that is known, allowed or not.
    known: Context,
    /// What of it was allowed when it was last worked out.
    allowed: Context,
    /// Whether `allowed` must be worked out anew.
    is_stale: bool,
    /// Whether the batch that is being filled has `allowed`.
    is_in_batch: bool,
    /// The interaction of what belongs to no play: one per visit.
    visit_interaction: String,
}

impl PageContext {
    /// Takes what does not change on a page.
    pub fn start(&mut self, agent: &UserAgent) {
        let (name, version) = agent.browser();
        let string = version.map_or_else(|| name.to_owned(), |version| [name, " ", version].concat());
        let (os, os_version) = agent.os();
        let env = self.known.env.get_or_insert_default();
        env.browser =
            Browser { name: Some(name.to_owned()), version: version.map(str::to_owned), string: Some(string) };
        env.os = Os { name: Some(os.to_owned()), version: os_version };
        env.mobile = Some(agent.is_mobile());
        self.known.version = Some(Version { lib: crate::BUILD.to_owned(), pe: SCHEMA.to_owned() });
        self.is_stale = true;
    }

    /// What events share now, as far as it is allowed.
    pub fn allowed(&mut self, allowed: &Allowed) -> &Context {
        if std::mem::take(&mut self.is_stale) {
            self.allowed = self.known.clone().only(allowed);
            self.is_in_batch = false;
        }
        &self.allowed
    }

    /// The same, if the batch that is being filled does not have it yet.
    pub fn change(&mut self, allowed: &Allowed) -> Option<&Context> {
        self.allowed(allowed);
        (!std::mem::replace(&mut self.is_in_batch, true)).then_some(&self.allowed)
    }

    /// A new batch begins, or other things are allowed from here on.
    pub fn invalidate(&mut self) {
        self.is_in_batch = false;
        self.is_stale = true;
    }

    /// Whether `page` has another address than the current view.
    pub fn is_elsewhere(&self, page: &PageFacts) -> bool {
        self.known.ctx.as_ref().is_none_or(|ctx| ctx.location != page.location)
    }

    /// A view of `page` begins: a visit with an ID of its own.
    pub fn start_view(&mut self, page: PageFacts, host: &mut impl Host) {
        let visit = host.guid().simple().encode_lower(&mut uuid::Uuid::encode_buffer()).to_owned();
        self.visit_interaction = guid(host);
        self.set_interaction(None);
        self.update_page(page);
        self.known.ctx.get_or_insert_default().visit_id = Some(visit);
        self.is_stale = true;
    }

    /// The page is `page`: title, viewport, time zone or, without a new view, the address may have changed.
    pub fn update_page(&mut self, page: PageFacts) {
        let PageFacts { location, is_iframe, screen, timezone, title } = page;
        let ctx = self.known.ctx.get_or_insert_default();
        let now = Ctx { location, is_iframe: Some(is_iframe), title: Some(title), visit_id: ctx.visit_id.take() };
        let env = self.known.env.get_or_insert_default();
        self.is_stale |= *ctx != now || env.screen != screen || env.timezone != Some(timezone);
        *ctx = now;
        (env.screen, env.timezone) = (screen, Some(timezone));
    }

    /// The user is this one.
    pub fn set_user(&mut self, who: &Who, settings: &Settings) {
        let is_there = who.id.is_some();
        let source = if who.is_known { IdSource::Identifier } else { IdSource::Cache };
        self.known.wm = Some(User {
            eu_id: who.id.clone(),
            eu_id_source: is_there.then_some(source),
            perm_id: settings.perm_id.unwrap_or_default().0,
            env: settings.env.unwrap_or_default().0.into(),
            platform: 1,
        });
        self.is_stale = true;
    }

    /// The session is this one.
    pub fn set_session(&mut self, session: &Session) {
        self.known.s_id = Some(session.id.clone());
        self.known.visions = Some(Visions { s_id: session.visions.clone() });
        self.is_stale = true;
    }

    /// The next event belongs to the interaction of a play; to the visit's where there is none.
    pub fn set_interaction(&mut self, interaction: Option<&str>) {
        let guid = interaction.unwrap_or(&self.visit_interaction);
        if self.known.interaction_guid.as_deref() != Some(guid) {
            self.known.interaction_guid = Some(guid.to_owned());
            self.is_stale = true;
        }
    }
}
