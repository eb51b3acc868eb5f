//! The site's settings at the collector: fetched on each page, again now and then, and kept while the collector does
//! not answer. The browser's cache has them for a minute.

use super::contain::{contained, spawn};
use super::signal::{self, Reply, Signal};
use super::{page, request};
use gloo_timers::callback::Timeout;
use js_sys::Promise;
use std::cell::RefCell;
use wasm_bindgen::JsValue;

/// The collector is asked so often; so often while it does not answer.
const REFRESH_MS: u32 = 300_000;
const AGAIN_MS: u32 = 30_000;

/// What the collector told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SiteSettings {
    /// The settings, as JSON.
    Found(String),
    /// It cannot be reached, or does not say: the HTTP status, 0 for none.
    Failed(u16),
}

impl SiteSettings {
    /// As [`crate::Host::settings`] has it.
    pub fn text(&self) -> String {
        match self {
            SiteSettings::Found(body) => body.clone(),
            SiteSettings::Failed(status) => String::from("!") + itoa::Buffer::new().format(*status),
        }
    }

    /// The collector has said no.
    fn is_refusal(&self) -> bool {
        matches!(self, SiteSettings::Failed(401 | 403 | 404 | 421))
    }

    /// Trouble on the way. A refusal is an answer.
    fn is_trouble(&self) -> bool {
        matches!(self, SiteSettings::Failed(_)) && !self.is_refusal()
    }
}

struct State {
    current: Option<SiteSettings>,
    next: Option<Timeout>,
    phase: Phase,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// `init` has not succeeded: after a refusal it asks again itself.
    Starting,
    /// Asked for now and then.
    Refreshing,
    /// Asked for no more.
    Stopped,
}

thread_local! {
    static STATE: RefCell<State> = const { RefCell::new(State { current: None, next: None, phase: Phase::Starting }) };
}

/// What the collector told so far.
pub fn current() -> Option<SiteSettings> {
    STATE.with_borrow(|state| state.current.clone())
}

/// The settings are this collector's and this site's from here on. Whether they have to be fetched: none of that site
/// are on their way.
pub fn select(collector: &str, site: &str) -> bool {
    let is_new = request::set_address(collector, site);
    if is_new {
        STATE.with_borrow_mut(|state| state.current = None);
    }
    is_new
}

/// Takes the answer to a request that the loader began while the recorder was made ready.
pub fn adopt(collector: &str, site: &str, answer: Promise) {
    if select(collector, site) {
        receive(Ok(answer));
    }
}

/// Fetches them; `anew` past the browser's cache. What is new comes with [`Signal::Refresh`].
pub fn fetch(anew: bool) {
    receive(request::get_settings(anew));
}

/// Fetches them if a site's are wanted.
pub fn refresh() {
    if request::settings_address().is_some() {
        fetch(false);
    }
}

/// A refusal is forgotten: somebody may have mended it.
pub fn drop_refusal() {
    STATE.with_borrow_mut(|state| state.current.take_if(|current| current.is_refusal()));
}

/// The recorder has started: they are fetched now and then, whatever is answered.
pub fn keep_fresh() {
    STATE.with_borrow_mut(|state| state.phase = Phase::Refreshing);
}

/// Fetches them no more.
pub fn stop() {
    let next = STATE.with_borrow_mut(|state| {
        state.phase = Phase::Stopped;
        state.next.take()
    });
    drop(next);
}

fn receive(answer: Result<Promise, JsValue>) {
    spawn(async move {
        let settings = read(request::reply(answer).await);
        let is_trouble = settings.is_trouble();
        let is_refusal = settings.is_refusal();
        let is_news = STATE.with_borrow_mut(|state| {
            // What was told once holds while the collector does not answer.
            let is_news = state.current.as_ref().is_none_or(|current| *current != settings && !is_trouble);
            if is_news {
                state.current = Some(settings);
            }
            is_news
        });
        if is_news {
            signal::tell(Signal::Refresh);
        }
        let is_over = match STATE.with_borrow(|state| state.phase) {
            Phase::Starting => is_refusal,
            Phase::Refreshing => false,
            Phase::Stopped => true,
        };
        if !is_over {
            schedule(if is_trouble { AGAIN_MS } else { REFRESH_MS });
        }
    });
}

fn schedule(in_ms: u32) {
    let next = Timeout::new(in_ms, || {
        // A page that nobody sees asks when it is seen again.
        if !page::is_hidden() {
            contained(refresh);
        }
    });
    let before = STATE.with_borrow_mut(|state| state.next.replace(next));
    drop(before);
}

fn read(reply: Reply) -> SiteSettings {
    match reply.status {
        200..=299 => SiteSettings::Found(reply.body),
        status => SiteSettings::Failed(status),
    }
}
