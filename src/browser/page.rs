//! The current page: its address, title, viewport and time zone.

use super::bindings::{DOCUMENT, PageDate, PageUrl, Query, WINDOW, member};
use crate::facts::{AddressFilter, PageChange, PageFacts};
use js_sys::Object;
use std::cell::RefCell;
use wasm_bindgen::JsValue;
use waymark_wire::{Location, Screen};
use web_sys::Window;

/// The maximum lengths of an address and a title: many kilobytes would leave little room for events.
const PATH_CHARS: usize = 2_000;
const QUERY_CHARS: usize = 1_000;
const TITLE_CHARS: usize = 1_000;

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

thread_local! {
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
    let past = call_page();
    let facts = WINDOW.with(|window| PageFacts {
        location: location(past.as_ref(), window, filter),
        is_hash_routed: !filter.hash && window.location().hash().is_ok_and(|hash| PageFacts::is_hash_route(&hash)),
        is_iframe: is_framed(window),
        screen: viewport(),
        timezone: observed.timezone,
        title: cut(observed.page.title.clone(), TITLE_CHARS),
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
    WINDOW.with(|window| window.location().href()).unwrap_or_default()
}

fn pathname() -> String {
    WINDOW.with(|window| window.location().pathname()).unwrap_or_default()
}

fn title() -> String {
    DOCUMENT.with(|document| document.title()).unwrap_or_default()
}

fn timezone() -> i32 {
    PageDate::new().and_then(|date| date.timezone_offset()).unwrap_or_default() as i32
}

fn location(past: Option<&PageSnapshot>, window: &Window, filter: &AddressFilter) -> Location {
    // `URL` and `Location` have members of the same names. If the page has replaced `URL`, the current page counts.
    let source: JsValue = match past.map(|past| PageUrl::new(&past.href)) {
        Some(Ok(url)) => url.into(),
        _ => window.location().into(),
    };
    let part = |name| member(&source, name).ok().and_then(|part| part.as_string()).filter(|part| !part.is_empty());
    Location {
        protocol: part("protocol"),
        hostname: part("hostname"),
        pathname: part("pathname").map(|path| cut(path, PATH_CHARS)),
        search: part("search").and_then(|search| listed_query(&search, &filter.query)),
        hash: part("hash").filter(|_| filter.hash).map(|hash| cut(hash, QUERY_CHARS)),
    }
}

fn is_framed(window: &Window) -> bool {
    !matches!(window.top(), Ok(Some(top)) if Object::is(&top, window))
}

fn listed_query(search: &str, names: &[String]) -> Option<String> {
    if names.is_empty() {
        return None;
    }
    let kept = Query::new(search).and_then(|all| {
        let kept = Query::new("")?;
        all.for_each(&mut |value, name| {
            if names.contains(&name) {
                // A parameter that cannot be appended is left out.
                let _ = kept.append(&name, &value);
            }
        })?;
        kept.text()
    });
    let kept = kept.ok().filter(|kept| !kept.is_empty())?;
    Some(String::from("?") + &cut(kept, QUERY_CHARS))
}

fn cut(mut text: String, max_chars: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(max_chars) {
        text.truncate(end);
    }
    text
}
