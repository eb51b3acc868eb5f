//! The current page: its address, title, viewport and time zone.

use super::bindings::{DOCUMENT, LOCATION, NodeFunction, PageDate, WINDOW};
use super::clock;
use super::members::prototype_function;
use crate::address;
use crate::facts::{AddressFilter, PageChange, PageFacts};
use js_sys::Object;
use std::cell::{Cell, RefCell};
use wasm_bindgen::{JsCast, JsValue};
use waymark_wire::Screen;
use web_sys::{Location, Window};

/// The page's address and title at the time of a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageSnapshot {
    /// The address.
    pub href: String,
    /// The title; empty before the browser has parsed it.
    pub title: String,
}

/// The facts by which a change of the page is recognised.
#[derive(Clone, Default, PartialEq)]
struct Observed {
    page: PageSnapshot,
    timezone: i32,
}

struct State {
    viewport: Option<Screen>,
    /// The page of the current call, if the call had to wait.
    call_page: Option<PageSnapshot>,
    /// The page at the last reading.
    last_read: Observed,
    /// The path at the last reading.
    pathname: String,
    /// The address that `history.replaceState` has set since then.
    replaced: Option<String>,
}

/// How long a time zone counts as unchanged, ms. Reading it makes a `Date` of the page.
const TIMEZONE_MS: i64 = 1_000;

thread_local! {
    /// The time zone, in minutes, and when it was read.
    static TIMEZONE: Cell<Option<(i64, i32)>> = const { Cell::new(None) };
    /// The getter of `document.title`. It is read for each event, and an element may have the name.
    static TITLE: Option<NodeFunction> = prototype_function("Document", "title").map(JsCast::unchecked_into);
    static STATE: RefCell<State> = const {
        RefCell::new(State {
            viewport: None,
            call_page: None,
            last_read: Observed { page: PageSnapshot { href: String::new(), title: String::new() }, timezone: 0 },
            pathname: String::new(),
            replaced: None,
        })
    };
}

/// Reads the page. For a call that had to wait: the page at the time of the call.
pub fn read(filter: &AddressFilter) -> PageFacts {
    let observed = current();
    let facts = WINDOW.with(|window| PageFacts {
        location: address::location(&observed.page.href, filter),
        is_hash_routed: !filter.hash && PageFacts::has_hash_route(&observed.page.href),
        is_iframe: is_framed(window),
        screen: viewport(),
        timezone: observed.timezone,
        title: observed.page.title.clone(),
    });
    STATE.with_borrow_mut(|state| {
        state.last_read = observed;
        state.replaced = None;
        state.pathname = pathname();
    });
    facts
}

/// How the page differs from the last result of [`read`].
pub fn change() -> PageChange {
    let now = current();
    STATE.with_borrow(|state| {
        if now.page.href != state.last_read.page.href {
            let is_known = state.call_page.is_some() || state.replaced.as_ref() == Some(&now.page.href);
            if is_known { PageChange::Updated } else { PageChange::Navigated }
        } else if now == state.last_read {
            PageChange::Same
        } else {
            PageChange::Updated
        }
    })
}

/// Runs `action` for a call that was made on `page`.
pub fn at<T>(page: Option<PageSnapshot>, action: impl FnOnce() -> T) -> T {
    let is_past = page.is_some();
    STATE.with_borrow_mut(|state| state.call_page = page);
    let outcome = action();
    STATE.with_borrow_mut(|state| state.call_page = None);
    if is_past {
        // No listener reported changes of the address since the call: they belong to the same view.
        note_replaced();
    }
    outcome
}

/// Notes that the address was replaced within the view. Returns whether its path differs from the last reading.
pub fn note_replaced() -> bool {
    let (href, pathname) = (href(), pathname());
    STATE.with_borrow_mut(|state| {
        state.replaced = Some(href);
        state.pathname != pathname
    })
}

/// Whether the page is hidden.
pub fn is_hidden() -> bool {
    DOCUMENT.with(|document| document.visibility_state()).is_ok_and(|state| state == "hidden")
}

/// Measures the viewport, which can force a layout. Called only at the start and after a change.
pub fn measure() -> Screen {
    let viewport = WINDOW.with(|window| {
        let pixels = |size: Result<JsValue, _>| size.ok().and_then(|size| size.as_f64()).map(|size| size as u32);
        Screen { height: pixels(window.inner_height()), width: pixels(window.inner_width()) }
    });
    STATE.with_borrow_mut(|state| state.viewport = Some(viewport.clone()));
    viewport
}

fn viewport() -> Screen {
    STATE.with_borrow(|state| state.viewport.clone()).unwrap_or_else(measure)
}

fn call_page() -> Option<PageSnapshot> {
    STATE.with_borrow(|state| state.call_page.clone())
}

fn current() -> Observed {
    let PageSnapshot { href: past_href, title: past_title } = call_page().unwrap_or_default();
    let or = |past: String, read: fn() -> String| if past.is_empty() { read() } else { past };
    Observed { page: PageSnapshot { href: or(past_href, href), title: or(past_title, title) }, timezone: timezone() }
}

/// The page's current address and title.
pub fn snapshot() -> PageSnapshot {
    PageSnapshot { href: href(), title: title() }
}

fn href() -> String {
    LOCATION.with(Location::href).unwrap_or_default()
}

fn pathname() -> String {
    address::pathname(&href())
}

fn title() -> String {
    let title = TITLE.with(|getter| getter.as_ref().map(|getter| DOCUMENT.with(|document| getter.text_of(document))));
    title.and_then(Result::ok).unwrap_or_default()
}

/// The time zone, read at most once in [`TIMEZONE_MS`].
fn timezone() -> i32 {
    let now = clock::now();
    if let Some((read, minutes)) = TIMEZONE.get()
        && (read..read + TIMEZONE_MS).contains(&now)
    {
        return minutes;
    }
    let minutes = PageDate::new().and_then(|date| date.timezone_offset()).unwrap_or_default() as i32;
    TIMEZONE.set(Some((now, minutes)));
    minutes
}

fn is_framed(window: &Window) -> bool {
    !matches!(window.top(), Ok(Some(top)) if Object::is(&top, window))
}
