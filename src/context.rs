//! What an event happened in: the page as the browser tells it, and how that becomes the event's shared sections.

use crate::agent::Agent;
use crate::config::Config;
use crate::host::Host;
use crate::session::Session;
use waymark_wire::{Ctx, Env, IdSource, Location, SCHEMA, Screen, Shared, User, Version, Visions};

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

/// The sections that events share, kept up to date so that no event has to ask.
#[derive(Debug)]
pub struct Context {
    shared: Shared,
    /// The interaction GUID of what belongs to no play: one per visit.
    visit_interaction: String,
}

impl Context {
    /// The context of a recorder that starts on `page`.
    pub fn start(config: &Config, session: &Session, page: Page, host: &mut impl Host) -> Self {
        let agent = host.agent();
        let shared = Shared {
            s_id: session.id.clone(),
            interaction_guid: String::new(),
            wm: User {
                eu_id: String::new(),
                eu_id_source: IdSource::default(),
                perm_id: config.perm_id,
                env: config.env,
                platform: 1,
            },
            env: environment(&agent),
            ctx: Ctx::default(),
            visions: Visions { s_id: session.visions.clone() },
            version: Version { lib: crate::BUILD.to_owned(), pe: SCHEMA.to_owned() },
        };
        let mut context = Context { shared, visit_interaction: String::new() };
        context.arrive(page, host);
        context
    }

    /// What events share now.
    pub fn shared(&self) -> &Shared {
        &self.shared
    }

    /// Whether `page` is another place than the current view's.
    pub fn is_elsewhere(&self, page: &Page) -> bool {
        self.shared.ctx.location != page.location
    }

    /// A view of `page` begins: a visit with an id of its own.
    pub fn arrive(&mut self, page: Page, host: &mut impl Host) {
        self.shared.ctx.visit_id = host.guid().simple().to_string();
        self.visit_interaction = host.guid().to_string();
        self.shared.interaction_guid.clone_from(&self.visit_interaction);
        self.shared.ctx.location = page.location.clone();
        self.see(page);
    }

    /// The page is as it was, but for title, viewport or time zone.
    pub fn see(&mut self, page: Page) {
        self.shared.ctx.title = page.title;
        self.shared.ctx.is_iframe = page.is_iframe;
        self.shared.env.screen = page.screen;
        self.shared.env.timezone = page.timezone;
    }

    /// The user is this one.
    pub fn set_user(&mut self, (id, source): (String, IdSource)) {
        self.shared.wm.eu_id = id;
        self.shared.wm.eu_id_source = source;
    }

    /// The session is this one.
    pub fn set_session(&mut self, session: &Session) {
        self.shared.s_id.clone_from(&session.id);
        self.shared.visions.s_id.clone_from(&session.visions);
    }

    /// The next event belongs to the interaction, or to none but the visit. Says whether that is a change.
    pub fn set_interaction(&mut self, interaction: Option<&str>) -> bool {
        let guid = interaction.unwrap_or(&self.visit_interaction);
        let changed = self.shared.interaction_guid != guid;
        if changed {
            self.shared.interaction_guid = guid.to_owned();
        }
        changed
    }
}

fn environment(agent: &Agent) -> Env {
    Env { browser: agent.browser(), os: agent.os(), mobile: agent.mobile(), screen: Screen::default(), timezone: 0 }
}
