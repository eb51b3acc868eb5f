//! What is kept for later pages, as far as that is permitted: localStorage, sessionStorage and cookies, or this page's
//! memory where the browser refuses them.

use super::bindings::{WINDOW, member};
use super::cookies;
use crate::host::Kept;
use std::cell::RefCell;
use waymark_wire::level::{Key, Place};
use web_sys::Storage;

/// Where a value was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// This page's memory.
    Memory,
    /// localStorage.
    Local,
    /// sessionStorage.
    Session,
    /// A cookie.
    Cookie,
}

/// Something that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Where.
    pub area: Area,
    /// Under which key.
    pub key: String,
    /// The value; a cookie's as the browser has it, encoded.
    pub value: String,
}

/// What this page holds because it is not permitted, or the browser refuses, to keep it.
#[derive(Clone, Debug)]
struct Held {
    key: String,
    value: String,
    place: Place,
    days: u32,
}

struct State {
    /// What the keys that may be kept begin with.
    allowed: Vec<String>,
    held: Vec<Held>,
}

thread_local! {
    // Before anything is known, nothing but what the user agreed to and what the site's owner set is read.
    static STATE: RefCell<State> = RefCell::new(State {
        allowed: [Key::CONSENT, Key::SETTINGS].iter().map(|key| key.name.to_owned()).collect(),
        held: Vec::new(),
    });
}

/// Whether the key is one of this product's: nothing else is ever listed or removed.
fn is_ours(key: &str) -> bool {
    Key::ALL.iter().any(|own| key.starts_with(own.name))
}

/// Whether the key may be kept for later pages.
pub fn is_allowed(key: &str) -> bool {
    STATE.with_borrow(|state| state.allowed.iter().any(|name| key.starts_with(name)))
}

/// From here on only keys that begin with one of `names` are kept, and what is kept under others is removed. The page's
/// memory goes on holding it; with `forget` that is gone too.
pub fn set_allowed(names: &[&str], forget: bool) {
    let held = STATE.with_borrow_mut(|state| {
        state.allowed = names.iter().map(|&name| name.to_owned()).collect();
        state.held.clone()
    });
    // Consent before all else, and the cookie before what other tabs hear of: they would bring back what they still find.
    let kept = stored();
    for key in [Key::CONSENT.name].into_iter().chain(kept.iter().map(|stored| stored.key.as_str())) {
        if !is_allowed(key) {
            remove(key);
        }
    }
    for one in held {
        if is_allowed(&one.key) {
            save(&one.key, &one.value, one.place, one.days);
        } else if !forget {
            hold(one);
        }
    }
}

/// What was kept under the key, in this page or, as far as is permitted, an earlier one.
pub fn load(key: &str, place: Place, days: u32) -> Option<String> {
    let held = STATE.with_borrow(|state| state.held.iter().find(|held| held.key == key).map(|held| held.value.clone()));
    if !is_allowed(key) {
        return held;
    }
    let cookie = if has_cookie(place) { cookies::read(key) } else { None };
    let stored = area(place).and_then(|area| area.get_item(key).ok().flatten());
    let is_same = cookie == stored;
    let value = cookie.or(stored).or(held);
    // Each repairs the other; the cookie, which subdomains share, is right.
    if let (Place::Both, false, Some(value)) = (place, is_same, &value) {
        save(key, value, place, days);
    }
    value
}

/// Keeps the value for so many days, as far as that is permitted and the browser lets it.
pub fn save(key: &str, value: &str, place: Place, days: u32) -> Kept {
    let outcome = if is_allowed(key) { keep(key, value, place, days) } else { Kept::ForThePage };
    match outcome {
        Kept::ForThePage => hold(Held { key: key.to_owned(), value: value.to_owned(), place, days }),
        Kept::Stored | Kept::Full => let_go(key),
    }
    outcome
}

fn keep(key: &str, value: &str, place: Place, days: u32) -> Kept {
    let area = area(place);
    let written = area.as_ref().map(|area| area.set_item(key, value));
    let is_written = matches!(written, Some(Ok(())));
    let is_in_cookie = has_cookie(place) && {
        cookies::write(key, value, days);
        cookies::read(key).is_some_and(|kept| kept == value)
    };
    if is_written || is_in_cookie {
        return Kept::Stored;
    }
    // An area that holds nothing and takes nothing is one that the browser refuses.
    let is_full = matches!(&written, Some(Err(error)) if is_quota(error));
    if is_full && area.is_some_and(|area| area.length().unwrap_or_default() > 0) {
        Kept::Full
    } else {
        Kept::ForThePage
    }
}

/// Chromium and WebKit call the error `QuotaExceededError`, older Firefox `NS_ERROR_DOM_QUOTA_REACHED`.
fn is_quota(error: &wasm_bindgen::JsValue) -> bool {
    let name = member(error, "name").ok().and_then(|name| name.as_string()).unwrap_or_default();
    matches!(&*name, "QuotaExceededError" | "NS_ERROR_DOM_QUOTA_REACHED")
}

/// Removes what is kept under the key, wherever.
pub fn remove(key: &str) {
    let_go(key);
    if cookies::read(key).is_some() {
        cookies::write(key, "", 0);
    }
    for place in [Place::Local, Place::Tab] {
        // What the browser refuses to remove it has refused to keep.
        let _ = area(place).map(|area| area.remove_item(key));
    }
}

/// All that this product keeps: page's memory, localStorage, sessionStorage, cookies.
pub fn stored() -> Vec<Stored> {
    let mut all: Vec<Stored> = STATE.with_borrow(|state| {
        let held = state.held.iter();
        held.map(|held| Stored { area: Area::Memory, key: held.key.clone(), value: held.value.clone() }).collect()
    });
    for (place, area_name) in [(Place::Local, Area::Local), (Place::Tab, Area::Session)] {
        let Some(area) = area(place) else { continue };
        let keys: Vec<String> =
            (0..area.length().unwrap_or_default()).filter_map(|at| area.key(at).ok().flatten()).collect();
        for key in keys.into_iter().filter(|key| is_ours(key)) {
            let value = area.get_item(&key).ok().flatten().unwrap_or_default();
            all.push(Stored { area: area_name, key, value });
        }
    }
    for (key, value) in cookies::all() {
        if is_ours(&key) {
            all.push(Stored { area: Area::Cookie, key, value });
        }
    }
    all
}

/// The keys in use that begin with `prefix`, each once.
pub fn keys(prefix: &str) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    for stored in stored() {
        if stored.key.starts_with(prefix) && !keys.contains(&stored.key) {
            keys.push(stored.key);
        }
    }
    keys
}

/// localStorage, unless the browser refuses it.
pub fn local() -> Option<Storage> {
    WINDOW.with(|window| window.local_storage()).ok().flatten()
}

/// sessionStorage, unless the browser refuses it.
pub fn session() -> Option<Storage> {
    WINDOW.with(|window| window.session_storage()).ok().flatten()
}

fn area(place: Place) -> Option<Storage> {
    match place {
        Place::Tab => session(),
        Place::Local | Place::Both => local(),
        Place::Cookie => None,
    }
}

fn has_cookie(place: Place) -> bool {
    matches!(place, Place::Both | Place::Cookie)
}

fn hold(one: Held) {
    STATE.with_borrow_mut(|state| {
        state.held.retain(|held| held.key != one.key);
        state.held.push(one);
    });
}

fn let_go(key: &str) {
    STATE.with_borrow_mut(|state| state.held.retain(|held| held.key != key));
}
