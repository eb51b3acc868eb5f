//! The site's settings at the collector: fetched on each page, refreshed from time to time, and kept while the
//! collector does not respond. The browser caches them for a minute.

use super::contain::{contained, spawn};
use super::signal::{self, Response, Signal};
use super::{page, request};
use gloo_timers::callback::Timeout;
use js_sys::Promise;
use std::cell::RefCell;
use wasm_bindgen::JsValue;

/// The time between two refreshes.
const REFRESH_MS: u32 = 300_000;
/// The time between two attempts while the collector does not respond.
const RETRY_MS: u32 = 30_000;

/// The result of a request for the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SiteSettings {
    /// The settings, as JSON.
    Found(String),
    /// The request failed: the HTTP status, 0 without a response.
    Failed(u16),
}

impl SiteSettings {
    /// The form of [`crate::Host::settings`].
    pub fn text(&self) -> String {
        match self {
            SiteSettings::Found(body) => body.clone(),
            SiteSettings::Failed(status) => String::from("!") + itoa::Buffer::new().format(*status),
        }
    }

    /// Whether the collector refuses the site or the page.
    fn is_refusal(&self) -> bool {
        matches!(self, SiteSettings::Failed(401 | 403 | 404 | 421))
    }

    /// Whether the request failed without a decision of the collector.
    fn is_outage(&self) -> bool {
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
    /// `init` has not succeeded. After a refusal the next `init` requests the settings again.
    Starting,
    /// The settings are refreshed from time to time.
    Refreshing,
    /// The settings are not requested any more.
    Stopped,
}

thread_local! {
    /// The loader's request for a site's settings: its address, and the promise of the response.
    static PREFETCHED: RefCell<Option<(String, Promise)>> = const { RefCell::new(None) };
    static STATE: RefCell<State> = const { RefCell::new(State { current: None, next: None, phase: Phase::Starting }) };
}

/// The settings that hold now; `None` before the first response.
pub fn current() -> Option<SiteSettings> {
    STATE.with_borrow(|state| state.current.clone())
}

/// Selects the collector and the site. Returns whether their settings must be fetched, because no request for them has
/// begun.
pub fn select(collector: &str, site: &str) -> bool {
    let is_new = request::set_address(collector, site);
    if is_new {
        STATE.with_borrow_mut(|state| state.current = None);
        if let Some((address, response)) = PREFETCHED.take()
            && request::settings_address() == Some(address)
        {
            receive(Ok(response));
            return false;
        }
    }
    is_new
}

/// Keeps the loader's request for the settings at `address` until their site is selected.
pub fn prefetched(address: String, response: Promise) {
    PREFETCHED.set(Some((address, response)));
}

/// Fetches the settings. `bypass_cache`: not from the browser's cache. [`Signal::Refresh`] reports a change.
pub fn fetch(bypass_cache: bool) {
    receive(request::get_settings(bypass_cache));
}

/// Refreshes the settings, if a site is selected.
pub fn refresh() {
    if request::settings_address().is_some() {
        fetch(false);
    }
}

/// Discards a refusal, because its cause may have been corrected.
pub fn drop_refusal() {
    STATE.with_borrow_mut(|state| state.current.take_if(|current| current.is_refusal()));
}

/// Refreshes the settings from time to time from now on, because the recorder has started.
pub fn keep_fresh() {
    STATE.with_borrow_mut(|state| state.phase = Phase::Refreshing);
}

/// Ends the refreshes.
pub fn stop() {
    let next = STATE.with_borrow_mut(|state| {
        state.phase = Phase::Stopped;
        state.next.take()
    });
    drop(next);
}

fn receive(request: Result<Promise, JsValue>) {
    spawn(async move {
        let settings = read(request::response(request).await);
        let is_outage = settings.is_outage();
        let is_refusal = settings.is_refusal();
        let is_change = STATE.with_borrow_mut(|state| {
            // During an outage the earlier settings hold.
            let is_change = state.current.as_ref().is_none_or(|current| *current != settings && !is_outage);
            if is_change {
                state.current = Some(settings);
            }
            is_change
        });
        if is_change {
            signal::report(Signal::Refresh);
        }
        let is_over = match STATE.with_borrow(|state| state.phase) {
            Phase::Starting => is_refusal,
            Phase::Refreshing => false,
            Phase::Stopped => true,
        };
        if !is_over {
            schedule(if is_outage { RETRY_MS } else { REFRESH_MS });
        }
    });
}

fn schedule(in_ms: u32) {
    let next = Timeout::new(in_ms, || {
        // A hidden page refreshes the settings when it is visible again.
        if !page::is_hidden() {
            contained(refresh);
        }
    });
    let before = STATE.with_borrow_mut(|state| state.next.replace(next));
    drop(before);
}

fn read(response: Response) -> SiteSettings {
    match response.status {
        200..=299 => SiteSettings::Found(response.body),
        status => SiteSettings::Failed(status),
    }
}
