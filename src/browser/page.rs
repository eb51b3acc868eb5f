//! The page as it is now: where it is, its title, its viewport and its time zone.

use super::bindings::{DOCUMENT, PageDate, PageUrl, Query, WINDOW, member};
use crate::facts::{AddressFilter, PageChange, PageFacts};
use js_sys::Object;
use std::cell::RefCell;
use wasm_bindgen::JsValue;
use waymark_wire::{Location, Screen};
use web_sys::Window;

/// An address or a title of many kilobytes would crowd out the events that happen there.
const PATH_CHARS: usize = 2_000;
const QUERY_CHARS: usize = 1_000;
const TITLE_CHARS: usize = 1_000;

/// Where the page was when a call was made that had to wait.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The address.
    pub href: String,
    /// The title; empty where none was parsed yet.
    pub title: String,
}

/// What tells one state of the page from another.
#[derive(Clone, Default, PartialEq)]
struct Seen {
    place: Place,
    timezone: i32,
}

struct State {
    viewport: Option<Screen>,
    /// Where the call was made that is worked on, if that was another time.
    past: Option<Place>,
    /// The page when it was read last.
    seen: Seen,
    /// The path then.
    pathname: String,
    /// The address that `history.replaceState` has led to since.
    replaced: Option<String>,
}

thread_local! {
    static STATE: RefCell<State> = const {
        RefCell::new(State {
            viewport: None,
            past: None,
            seen: Seen { place: Place { href: String::new(), title: String::new() }, timezone: 0 },
            pathname: String::new(),
            replaced: None,
        })
    };
}

/// Reads the page. A call that had to wait is about the page as it was when it was made.
pub fn read(filter: &AddressFilter) -> PageFacts {
    let seen = now();
    let past = past();
    let facts = WINDOW.with(|window| PageFacts {
        location: location(past.as_ref(), window, filter),
        is_iframe: is_framed(window),
        screen: viewport(),
        timezone: seen.timezone,
        title: cut(seen.place.title.clone(), TITLE_CHARS),
    });
    STATE.with_borrow_mut(|state| {
        state.seen = seen;
        state.replaced = None;
        state.pathname = pathname();
    });
    facts
}

/// How the page differs from what [`read`] returned.
pub fn change() -> PageChange {
    let now = now();
    STATE.with_borrow(|state| {
        if now.place.href != state.seen.place.href {
            let is_known = state.past.is_some() || state.replaced.as_ref() == Some(&now.place.href);
            if is_known { PageChange::Updated } else { PageChange::Navigated }
        } else if now == state.seen {
            PageChange::Same
        } else {
            PageChange::Updated
        }
    })
}

/// Runs `action` as on the page that was at `place`.
pub fn at<T>(place: Option<Place>, action: impl FnOnce() -> T) -> T {
    let is_past = place.is_some();
    STATE.with_borrow_mut(|state| state.past = place);
    let outcome = action();
    STATE.with_borrow_mut(|state| state.past = None);
    if is_past {
        // What the address has become since, no listener saw: it goes on as the same view.
        note_replaced();
    }
    outcome
}

/// The address was replaced in the same view. Whether its path is another than the one that was read last.
pub fn note_replaced() -> bool {
    let (href, pathname) = (href(), pathname());
    STATE.with_borrow_mut(|state| {
        state.replaced = Some(href);
        state.pathname != pathname
    })
}

/// Whether nobody sees the page.
pub fn is_hidden() -> bool {
    DOCUMENT.with(|document| document.visibility_state()).is_ok_and(|state| state == "hidden")
}

/// Measures the viewport. Asking for it can make the browser lay the page out: only at the start and when it changed.
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

fn past() -> Option<Place> {
    STATE.with_borrow(|state| state.past.clone())
}

fn now() -> Seen {
    let Place { href: past_href, title: past_title } = past().unwrap_or_default();
    let or = |past: String, read: fn() -> String| if past.is_empty() { read() } else { past };
    Seen { place: Place { href: or(past_href, href), title: or(past_title, title) }, timezone: timezone() }
}

/// Where the page is.
pub fn place() -> Place {
    Place { href: href(), title: title() }
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

fn location(past: Option<&Place>, window: &Window, filter: &AddressFilter) -> Location {
    // Both have the members of the same names. Where a page has replaced `URL`, the page as it is now counts.
    let source: JsValue = match past.map(|past| PageUrl::new(&past.href)) {
        Some(Ok(url)) => url.into(),
        _ => window.location().into(),
    };
    let part = |name| member(&source, name).ok().and_then(|part| part.as_string()).filter(|part| !part.is_empty());
    Location {
        protocol: part("protocol"),
        hostname: part("hostname"),
        pathname: part("pathname").map(|path| cut(path, PATH_CHARS)),
        search: part("search").and_then(|search| kept_query(&search, &filter.query)),
        hash: part("hash").filter(|_| filter.hash).map(|hash| cut(hash, QUERY_CHARS)),
    }
}

fn is_framed(window: &Window) -> bool {
    !matches!(window.top(), Ok(Some(top)) if Object::is(&top, window))
}

fn kept_query(search: &str, names: &[String]) -> Option<String> {
    if names.is_empty() {
        return None;
    }
    let kept = Query::new(search).and_then(|all| {
        let kept = Query::new("")?;
        all.for_each(&mut |value, name| {
            if names.contains(&name) {
                // What cannot be appended is left out.
                let _ = kept.append(&name, &value);
            }
        })?;
        kept.text()
    });
    let kept = kept.ok().filter(|kept| !kept.is_empty())?;
    Some(String::from("?") + &cut(kept, QUERY_CHARS))
}

fn cut(mut text: String, most_chars: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(most_chars) {
        text.truncate(end);
    }
    text
}
