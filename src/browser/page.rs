//! The page as it is now: where it is, its title, its viewport and its time zone.

use super::bindings::{DOCUMENT, PageDate, Query, WINDOW};
use js_sys::Object;
use std::cell::Cell;
use web_sys::Window;

/// An address or a title of many kilobytes would crowd out the events that happen there.
const PATH_CHARS: usize = 2_000;
const QUERY_CHARS: usize = 1_000;
const TITLE_CHARS: usize = 1_000;

/// What events tell of their page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageFacts {
    /// `https:`.
    pub protocol: String,
    /// The host's name without its port.
    pub hostname: String,
    /// At most 2,000 characters.
    pub pathname: String,
    /// What is kept of the query, with its question mark; at most 1,000 characters.
    pub search: String,
    /// The fragment with its `#`, where the site keeps it; at most 1,000 characters.
    pub hash: String,
    /// Whether another page frames this one.
    pub is_iframe: bool,
    /// The viewport.
    pub viewport: Viewport,
    /// Minutes from local time to UTC.
    pub timezone: i32,
    /// At most 1,000 characters.
    pub title: String,
}

/// The viewport in CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Viewport {
    /// Its height.
    pub height: i32,
    /// Its width.
    pub width: i32,
}

/// Which parts of the address a site keeps.
#[derive(Clone, Copy, Debug)]
pub struct AddressFilter<'a> {
    /// The query's parameters.
    pub query: &'a [&'a str],
    /// The fragment.
    pub hash: bool,
}

thread_local! {
    static VIEWPORT: Cell<Option<Viewport>> = const { Cell::new(None) };
}

/// Reads the page.
pub fn read(keep: AddressFilter<'_>) -> PageFacts {
    WINDOW.with(|window| {
        let location = window.location();
        PageFacts {
            protocol: location.protocol().unwrap_or_default(),
            hostname: location.hostname().unwrap_or_default(),
            pathname: cut(location.pathname().unwrap_or_default(), PATH_CHARS),
            search: kept_query(&location.search().unwrap_or_default(), keep.query),
            hash: if keep.hash { cut(location.hash().unwrap_or_default(), QUERY_CHARS) } else { String::new() },
            is_iframe: is_framed(window),
            viewport: VIEWPORT.get().unwrap_or_else(measure),
            timezone: PageDate::new().and_then(|date| date.timezone_offset()).unwrap_or_default() as i32,
            title: cut(DOCUMENT.with(|document| document.title()).unwrap_or_default(), TITLE_CHARS),
        }
    })
}

/// Whether nobody sees the page.
pub fn is_hidden() -> bool {
    DOCUMENT.with(|document| document.visibility_state()).is_ok_and(|state| state == "hidden")
}

/// Measures the viewport. Asking for it can make the browser lay the page out: only at the start and when it changed.
pub fn measure() -> Viewport {
    let viewport = WINDOW.with(|window| {
        let pixels = |size: Result<wasm_bindgen::JsValue, _>| size.ok().and_then(|size| size.as_f64());
        Viewport {
            height: pixels(window.inner_height()).unwrap_or_default() as i32,
            width: pixels(window.inner_width()).unwrap_or_default() as i32,
        }
    });
    VIEWPORT.set(Some(viewport));
    viewport
}

fn is_framed(window: &Window) -> bool {
    !matches!(window.top(), Ok(Some(top)) if Object::is(&top, window))
}

fn kept_query(search: &str, names: &[&str]) -> String {
    if search.is_empty() || names.is_empty() {
        return String::new();
    }
    let kept = Query::new(search).and_then(|all| {
        let kept = Query::new("")?;
        all.for_each(&mut |value, name| {
            if names.contains(&&*name) {
                // What cannot be appended is left out.
                let _ = kept.append(&name, &value);
            }
        })?;
        kept.text()
    });
    match kept {
        Ok(kept) if !kept.is_empty() => String::from("?") + &cut(kept, QUERY_CHARS),
        _ => String::new(),
    }
}

fn cut(mut text: String, most_chars: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(most_chars) {
        text.truncate(end);
    }
    text
}
