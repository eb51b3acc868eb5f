//! What is kept for later pages, as far as that is permitted: localStorage, sessionStorage and cookies, or this page's
//! memory where the browser refuses them.

use super::bindings::{WINDOW, member};
use super::cookies;
use crate::host::{Purge, SaveResult};
use std::cell::RefCell;
use waymark_wire::level::{Key, StorageArea};
use web_sys::Storage;

/// Where a value was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoredIn {
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
    pub stored_in: StoredIn,
    /// Under which name.
    pub name: String,
    /// The value; a cookie's as the browser has it, encoded.
    pub value: String,
}

/// What this page holds because it is not permitted, or the browser refuses, to keep it.
#[derive(Clone, Debug)]
struct Held {
    name: String,
    value: String,
    area: StorageArea,
    days: u32,
}

struct State {
    /// Whose recorder it is; empty before that is known.
    site: String,
    /// What may be kept.
    allowed: Vec<Key>,
    held: Vec<Held>,
}

thread_local! {
    static STATE: RefCell<State> = const {
        RefCell::new(State { site: String::new(), allowed: Vec::new(), held: Vec::new() })
    };
}

/// The key whose name it is, where the recorder of this site writes it. All other names are somebody else's: they are
/// never read, listed or removed.
pub fn key_of(name: &str) -> Option<Key> {
    STATE.with_borrow(|state| if state.site.is_empty() { None } else { Key::of(name, &state.site) })
}

/// Whether what has this name may be kept for later pages.
pub fn is_allowed(name: &str) -> bool {
    key_of(name).is_some_and(|key| STATE.with_borrow(|state| state.allowed.contains(&key)))
}

/// From here on, of the names that the recorder of `site` writes, only those of `keys` are read and kept. What is kept
/// under its others is removed as `purge` says.
pub fn set_allowed(site: &str, keys: &[Key], purge: Purge) {
    let held = STATE.with_borrow_mut(|state| {
        site.clone_into(&mut state.site);
        state.allowed = keys.to_vec();
        state.held.clone()
    });
    if purge == Purge::Nothing {
        return;
    }
    let stored = stored();
    // Consent before all else, and the cookie before what other tabs hear of: they would bring back what they still
    // find.
    for is_first in [true, false] {
        let names = stored.iter().map(|stored| stored.name.as_str());
        names.filter(|name| (key_of(name) == Some(Key::CONSENT)) == is_first && !is_allowed(name)).for_each(remove);
    }
    for one in held {
        if is_allowed(&one.name) {
            save(&one.name, &one.value, one.area, one.days);
        } else if purge == Purge::Stored {
            hold(one);
        }
    }
}

/// What was kept under the name, in this page or, as far as is permitted, an earlier one.
pub fn load(name: &str, area: StorageArea, days: u32) -> Option<String> {
    let held =
        STATE.with_borrow(|state| state.held.iter().find(|held| held.name == name).map(|held| held.value.clone()));
    if !is_allowed(name) {
        return held;
    }
    let cookie = if has_cookie(area) { cookies::read(name) } else { None };
    let stored = web_storage(area).and_then(|storage| storage.get_item(name).ok().flatten());
    let is_same = cookie == stored;
    let value = cookie.or(stored).or(held);
    // Each repairs the other; the cookie, which subdomains share, is right.
    if let (StorageArea::CookieAndLocal, false, Some(value)) = (area, is_same, &value) {
        save(name, value, area, days);
    }
    value
}

/// Keeps the value for so many days, as far as that is permitted and the browser lets it.
pub fn save(name: &str, value: &str, area: StorageArea, days: u32) -> SaveResult {
    let outcome = if is_allowed(name) { keep(name, value, area, days) } else { SaveResult::MemoryOnly };
    match outcome {
        SaveResult::MemoryOnly => hold(Held { name: name.to_owned(), value: value.to_owned(), area, days }),
        SaveResult::Stored | SaveResult::QuotaExceeded => let_go(name),
    }
    outcome
}

fn keep(name: &str, value: &str, area: StorageArea, days: u32) -> SaveResult {
    let storage = web_storage(area);
    let written = storage.as_ref().map(|storage| storage.set_item(name, value));
    let is_written = matches!(written, Some(Ok(())));
    let is_in_cookie = has_cookie(area) && {
        cookies::write(&site(), name, value, days);
        cookies::read(name).is_some_and(|kept| kept == value)
    };
    if is_written || is_in_cookie {
        return SaveResult::Stored;
    }
    // An area that holds nothing and takes nothing is one that the browser refuses.
    let is_full = matches!(&written, Some(Err(error)) if is_quota(error));
    if is_full && storage.is_some_and(|storage| storage.length().unwrap_or_default() > 0) {
        SaveResult::QuotaExceeded
    } else {
        SaveResult::MemoryOnly
    }
}

/// Chromium and WebKit call the error `QuotaExceededError`, older Firefox `NS_ERROR_DOM_QUOTA_REACHED`.
fn is_quota(error: &wasm_bindgen::JsValue) -> bool {
    let name = member(error, "name").ok().and_then(|name| name.as_string()).unwrap_or_default();
    matches!(&*name, "QuotaExceededError" | "NS_ERROR_DOM_QUOTA_REACHED")
}

/// Removes what is kept under the name, wherever.
pub fn remove(name: &str) {
    let_go(name);
    if key_of(name).is_none() {
        return;
    }
    if cookies::read(name).is_some() {
        cookies::write(&site(), name, "", 0);
    }
    for storage in [local(), session()].into_iter().flatten() {
        // A browser that refuses to remove an entry has refused to store it.
        let _ = storage.remove_item(name);
    }
}

/// All that this product keeps: page's memory, localStorage, sessionStorage, cookies.
pub fn stored() -> Vec<Stored> {
    let mut all: Vec<Stored> = STATE.with_borrow(|state| {
        let held = state.held.iter();
        held.map(|held| Stored { stored_in: StoredIn::Memory, name: held.name.clone(), value: held.value.clone() })
            .collect()
    });
    for (storage, stored_in) in [(local(), StoredIn::Local), (session(), StoredIn::Session)] {
        let Some(storage) = storage else { continue };
        let names: Vec<String> =
            (0..storage.length().unwrap_or_default()).filter_map(|at| storage.key(at).ok().flatten()).collect();
        for name in names.into_iter().filter(|name| key_of(name).is_some()) {
            let value = storage.get_item(&name).ok().flatten().unwrap_or_default();
            all.push(Stored { stored_in, name, value });
        }
    }
    for (name, value) in cookies::all() {
        if key_of(&name).is_some() {
            all.push(Stored { stored_in: StoredIn::Cookie, name, value });
        }
    }
    all
}

/// The names in use that begin with `prefix`, each once.
pub fn keys(prefix: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for stored in stored() {
        if stored.name.starts_with(prefix) && !names.contains(&stored.name) {
            names.push(stored.name);
        }
    }
    names
}

/// localStorage, unless the browser refuses it.
pub fn local() -> Option<Storage> {
    WINDOW.with(|window| window.local_storage()).ok().flatten()
}

/// sessionStorage, unless the browser refuses it.
pub fn session() -> Option<Storage> {
    WINDOW.with(|window| window.session_storage()).ok().flatten()
}

fn web_storage(area: StorageArea) -> Option<Storage> {
    match area {
        StorageArea::Session => session(),
        StorageArea::Local | StorageArea::CookieAndLocal => local(),
        StorageArea::Cookie => None,
    }
}

fn site() -> String {
    STATE.with_borrow(|state| state.site.clone())
}

fn has_cookie(area: StorageArea) -> bool {
    matches!(area, StorageArea::CookieAndLocal | StorageArea::Cookie)
}

fn hold(one: Held) {
    STATE.with_borrow_mut(|state| {
        state.held.retain(|held| held.name != one.name);
        state.held.push(one);
    });
}

fn let_go(name: &str) {
    STATE.with_borrow_mut(|state| state.held.retain(|held| held.name != name));
}
