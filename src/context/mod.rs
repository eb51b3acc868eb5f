//! The context that events share: the page as the browser shows it, its view, the user, the session, the interaction
//! and the plays of guidance content. The context is updated on changes, so that recording an event reads nothing from
//! the browser.

pub mod content_play;
pub mod user_agent;

use self::content_play::{Content, ContentPlays};
use crate::capture::address;
use crate::command::Record;
use crate::facts::{PageFacts, UserAgent};
use crate::host::{Host, new_guid};
use crate::identity::User;
use crate::session::Session;
use serde_json::value::RawValue;
use waymark_wire::settings::{PathMode, Settings};
use waymark_wire::{Allowed, Browser, Context, Ctx, IdSource, Location, Os, SCHEMA, Version, Visions};

/// How often a page view that waits for its title looks at it, in ms.
const TITLE_LOOKS_MS: i64 = 100;

/// The context that events share, and the page view that waits to be recorded.
#[derive(Debug, Default)]
pub struct PageContext {
    /// The page's address as the browser shows it, which tells one view from another.
    place: Option<Location>,
    /// The whole context, allowed or not.
    known: Context,
    /// The allowed part of `known`, as last computed.
    allowed: Context,
    /// Whether `allowed` must be computed again.
    is_stale: bool,
    /// The number of the batch that has `allowed`.
    in_batch: Option<u32>,
    /// The interaction GUID of events that belong to no play; a new one for each page view.
    visit_interaction: String,
    plays: ContentPlays,
    /// The page view that waits to be recorded.
    pending_view: Option<PendingView>,
    /// Whether the page seems to route by its hash, which is not collected.
    is_hash_routed: bool,
    /// Whether the viewport changed since the page was read.
    is_resized: bool,
}

/// A page view that waits for its title: single-page applications change the address first and the title after it, or
/// set the title when they have started.
#[derive(Debug)]
struct PendingView {
    /// When the view began, epoch ms.
    at: i64,
    /// The title then, which may be that of the view before.
    title: String,
    /// When its title is looked at next, and when it waits no longer, epoch ms.
    due_at: i64,
    until: i64,
}

impl PageContext {
    /// Sets the parts of the context that do not change on a page.
    pub fn start(&mut self, agent: &UserAgent) {
        let (name, version) = agent.browser();
        let string = version.map_or_else(|| name.to_owned(), |version| [name, " ", version].concat());
        let (os, os_version) = agent.os();
        let env = self.known.env.get_or_insert_default();
        env.browser =
            Browser { name: Some(name.to_owned()), version: version.map(str::to_owned), string: Some(string) };
        env.os = Os { name: Some(os.to_owned()), version: os_version };
        env.mobile = Some(agent.is_mobile());
        self.known.webdriver = agent.is_automated.then_some(true);
        self.known.version = Some(Version { lib: crate::BUILD.to_owned(), pe: SCHEMA.to_owned() });
        self.is_stale = true;
    }

    /// The allowed part of the current context.
    pub fn allowed(&mut self, allowed: &Allowed) -> &Context {
        if std::mem::take(&mut self.is_stale) {
            self.allowed = self.known.clone().only(allowed);
            self.in_batch = None;
        }
        &self.allowed
    }

    /// The allowed part of the current context, if batch `batch_number` does not have it yet.
    pub fn change(&mut self, allowed: &Allowed, batch_number: u32) -> Option<&Context> {
        self.allowed(allowed);
        (self.in_batch.replace(batch_number) != Some(batch_number)).then_some(&self.allowed)
    }

    /// The permissions have changed: computes the allowed part again when it is needed.
    pub fn invalidate(&mut self) {
        self.is_stale = true;
    }

    /// Whether `page` has another address than the current view.
    pub fn is_elsewhere(&self, page: &PageFacts) -> bool {
        self.place.as_ref() != Some(&page.location)
    }

    /// Begins a view of `page` at `at`, epoch ms, with a new visit ID. The view waits for its title, at most for
    /// `title_wait_ms`, before it is recorded.
    pub fn start_view(&mut self, page: PageFacts, paths: PathMode, at: i64, title_wait_ms: i64, host: &mut impl Host) {
        let (title, until) = (page.title.clone(), at + title_wait_ms);
        self.pending_view = Some(PendingView { at, title, due_at: until.min(at + TITLE_LOOKS_MS), until });
        let visit = host.new_uuid().simple().encode_lower(&mut uuid::Uuid::encode_buffer()).to_owned();
        self.visit_interaction = new_guid(host);
        self.set_interaction(None);
        self.update_page(page, paths);
        self.known.ctx.get_or_insert_default().visit_id = Some(visit);
        self.is_stale = true;
    }

    /// Sets title, viewport, time zone and address from `page`, without a new view. Address and title are redacted
    /// unless the site collects them exactly, and cut.
    pub fn update_page(&mut self, page: PageFacts, paths: PathMode) {
        self.is_resized = false;
        let PageFacts { location: place, is_hash_routed, is_iframe, screen, timezone, title } = page;
        let is_exact = paths == PathMode::Exact;
        let (location, title) = (address::location(&place, is_exact), address::title(&title, is_exact));
        self.place = Some(place);
        self.is_hash_routed = is_hash_routed;
        let ctx = self.known.ctx.get_or_insert_default();
        let now = Ctx { location, is_iframe: Some(is_iframe), title: Some(title), visit_id: ctx.visit_id.take() };
        let env = self.known.env.get_or_insert_default();
        self.is_stale |= *ctx != now || env.screen != screen || env.timezone != Some(timezone);
        *ctx = now;
        (env.screen, env.timezone) = (screen, Some(timezone));
    }

    /// Sets the user.
    pub fn set_user(&mut self, user: &User, settings: &Settings) {
        let is_there = user.id.is_some();
        let source = if user.is_identified { IdSource::Identifier } else { IdSource::Cache };
        self.known.wm = Some(waymark_wire::User {
            eu_id: user.id.clone(),
            eu_id_source: is_there.then_some(source),
            perm_id: settings.perm_id.unwrap_or_default().0,
            env: settings.env.unwrap_or_default().0.into(),
            platform: 1,
        });
        self.is_stale = true;
    }

    /// Sets the session.
    pub fn set_session(&mut self, session: &Session) {
        self.known.s_id = Some(session.id.clone());
        self.known.visions = Some(Visions { s_id: session.visions.clone() });
        self.is_stale = true;
    }

    /// Notes that the viewport changed.
    pub fn on_resize(&mut self) {
        self.is_resized = true;
    }

    /// Whether the viewport changed since the page was read.
    pub fn is_resized(&self) -> bool {
        self.is_resized
    }

    /// Whether the page seems to route by its hash, which is not collected.
    pub fn is_hash_routed(&self) -> bool {
        self.is_hash_routed
    }

    /// Whether a page view waits to be recorded.
    pub fn has_pending_view(&self) -> bool {
        self.pending_view.is_some()
    }

    /// When the waiting page view must be looked at, epoch ms.
    pub fn view_due_at(&self) -> Option<i64> {
        self.pending_view.as_ref().map(|view| view.due_at)
    }

    /// Whether the waiting page view has its title, or has waited long enough at `now`, epoch ms. Else it waits on.
    pub fn is_view_complete(&mut self, now: i64) -> bool {
        let title = self.known.ctx.as_ref().and_then(|ctx| ctx.title.as_ref());
        let Some(view) = self.pending_view.as_mut().filter(|view| now >= view.due_at) else { return false };
        view.due_at = view.until.min(now + TITLE_LOOKS_MS);
        now >= view.until || title.is_some_and(|title| *title != view.title)
    }

    /// Takes the waiting page view: returns its time, epoch ms. The next event must be the view.
    pub fn take_pending_view(&mut self) -> Option<i64> {
        let view = self.pending_view.take()?;
        self.set_interaction(None);
        Some(view.at)
    }

    /// Drops the waiting page view.
    pub fn drop_pending_view(&mut self) {
        self.pending_view = None;
    }

    /// Returns the event's data, completed if the event belongs to a play. Sets the interaction for this event's
    /// context.
    ///
    /// # Errors
    /// `event.data` is not JSON.
    pub fn complete(&mut self, event: Record<'_>, host: &mut impl Host) -> serde_json::Result<Box<RawValue>> {
        let content = Content::of(event.data);
        let play = content.and_then(|content| self.plays.for_event(event.kind, event.at, content, host));
        let Some(play) = play else {
            self.set_interaction(None);
            return RawValue::from_string(event.data.to_owned());
        };
        let (data, interaction) = (play.complete(event.data), play.interaction.clone());
        self.set_interaction(Some(&interaction));
        data
    }

    /// Ends all plays: later events do not belong to them.
    pub fn clear_plays(&mut self) {
        self.plays.clear();
    }

    /// Sets the interaction of the next event: the GUID of a play, or else of the visit.
    fn set_interaction(&mut self, interaction: Option<&str>) {
        let guid = interaction.unwrap_or(&self.visit_interaction);
        if self.known.interaction_guid.as_deref() != Some(guid) {
            self.known.interaction_guid = Some(guid.to_owned());
            self.is_stale = true;
        }
    }
}
