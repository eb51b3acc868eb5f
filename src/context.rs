//! What an event happened in: the page as the browser tells it, and how that becomes the sections that events share.

use crate::config::Config;
use crate::host::{Host, guid};
use crate::session::Session;
use crate::text::next_part;
use waymark_wire::{
    Browser, Ctx, Env, IdSource, Location, Os, SCHEMA, Screen, Section, Shared, User, Version, Visions,
};

/// The page as the browser tells it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// Where it is, without query and hash.
    pub location: Location,
    /// The document's title.
    pub title: String,
    /// The viewport, in CSS pixels.
    pub screen: Screen,
    /// Minutes as `Date.getTimezoneOffset` gives them.
    pub timezone: i32,
    /// Whether it is shown inside another page.
    pub is_iframe: bool,
}

/// What events share, kept up to date so that no event has to ask.
#[derive(Debug)]
pub struct Context {
    shared: Shared,
    /// Whether that changed since it was last told.
    changed: bool,
    user: User,
    env: Env,
    ctx: Ctx,
    /// The interaction that the next event belongs to.
    interaction: String,
    /// The interaction GUID of what belongs to no play: one per visit.
    visit_interaction: String,
}

impl Context {
    /// Nothing yet.
    pub const fn new() -> Self {
        const NONE: String = String::new();
        Context {
            shared: Shared::new(),
            changed: true,
            user: User { eu_id: NONE, eu_id_source: IdSource::Cache, perm_id: -1, env: 0, platform: 1 },
            env: Env {
                browser: Browser { name: NONE, version: NONE, string: NONE },
                os: Os { name: NONE, version: None },
                mobile: false,
                screen: Screen { height: 0, width: 0 },
                timezone: 0,
            },
            ctx: Ctx {
                location: Location { protocol: NONE, hostname: NONE, pathname: NONE },
                is_iframe: false,
                visit_id: NONE,
                title: NONE,
            },
            interaction: NONE,
            visit_interaction: NONE,
        }
    }

    /// Takes what does not change on a page.
    pub fn start(&mut self, config: &Config, host: &mut impl Host) {
        let agent = host.agent();
        self.env.browser = agent.browser();
        self.env.os = agent.os();
        self.env.mobile = agent.mobile();
        self.user.perm_id = config.perm_id;
        self.user.env = config.env;
        let version = Version { lib: crate::BUILD.to_owned(), pe: SCHEMA.to_owned() };
        self.shared.set(Section::Version, &version);
    }

    /// What events share now, if that has changed since it was last asked for.
    pub fn change(&mut self) -> Option<&Shared> {
        std::mem::take(&mut self.changed).then_some(&self.shared)
    }

    /// A new batch has to be told everything.
    pub fn tell_again(&mut self) {
        self.changed = true;
    }

    /// Whether `page` is another place than the current view's.
    pub fn is_elsewhere(&self, page: &Page) -> bool {
        self.ctx.location != page.location
    }

    /// A view of `page` begins: a visit with an id of its own.
    pub fn arrive(&mut self, page: Page, host: &mut impl Host) {
        let visit = guid(host);
        let mut rest = visit.as_str();
        self.ctx.visit_id.clear();
        while !rest.is_empty() {
            self.ctx.visit_id.push_str(next_part(&mut rest, b'-'));
        }
        self.visit_interaction = guid(host);
        self.see(page);
    }

    /// The page is `page`: where it was, but title, viewport or time zone may have changed.
    pub fn see(&mut self, page: Page) {
        self.env.screen = page.screen;
        self.env.timezone = page.timezone;
        self.changed |= self.shared.set(Section::Env, &self.env);
        self.ctx.location = page.location;
        self.ctx.is_iframe = page.is_iframe;
        self.ctx.title = page.title;
        self.changed |= self.shared.set(Section::Ctx, &self.ctx);
    }

    /// The user is this one.
    pub fn set_user(&mut self, (id, source): (String, IdSource)) {
        self.user.eu_id = id;
        self.user.eu_id_source = source;
        self.changed |= self.shared.set(Section::Wm, &self.user);
    }

    /// The session is this one.
    pub fn set_session(&mut self, session: &Session) {
        self.changed |= self.shared.set_text(Section::SId, &session.id);
        self.changed |= self.shared.set(Section::Visions, &Visions { s_id: session.visions.clone() });
    }

    /// The next event belongs to the interaction; to none but the visit's where that is empty.
    pub fn set_interaction(&mut self, interaction: &str) {
        let guid = if interaction.is_empty() { &self.visit_interaction } else { interaction };
        if self.interaction != *guid {
            self.interaction = guid.to_owned();
            self.changed |= self.shared.set_text(Section::InteractionGuid, guid);
        }
    }
}
