//! Storage for later pages: localStorage, sessionStorage and cookies, as far as permitted; the page's memory where
//! storing is not permitted or the browser refuses it.

use super::bindings::WINDOW;
use super::cookies;
use super::members::member;
use crate::host::{Purge, SaveResult};
use std::cell::RefCell;
use waymark_wire::level::{Key, StorageArea};
use web_sys::Storage;

/// The place of a stored value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoredIn {
    /// The page's memory.
    Memory,
    /// localStorage.
    Local,
    /// sessionStorage.
    Session,
    /// A cookie.
    Cookie,
}

/// A stored entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The entry's place.
    pub stored_in: StoredIn,
    /// The entry's name.
    pub name: String,
    /// The value; for a cookie, the encoded value.
    pub value: String,
}

/// A value in the page's memory, because storing it is not permitted or the browser refuses it.
#[derive(Clone, Debug)]
struct MemoryEntry {
    name: String,
    value: String,
    area: StorageArea,
    days: u32,
}

struct State {
    /// The site; empty before it is known.
    site: String,
    /// The keys that may be stored.
    allowed: Vec<Key>,
    memory: Vec<MemoryEntry>,
}

thread_local! {
    static STATE: RefCell<State> = const {
        RefCell::new(State { site: String::new(), allowed: Vec::new(), memory: Vec::new() })
    };
}

/// The key of `name`; `None` if the recorder of this site does not write the name. Such an entry belongs to the page or
/// another site, and is never read, listed or removed.
pub fn key_of(name: &str) -> Option<Key> {
    STATE.with_borrow(|state| if state.site.is_empty() { None } else { Key::of(name, &state.site) })
}

/// Whether an entry of this name may be stored for later pages.
pub fn is_allowed(name: &str) -> bool {
    key_of(name).is_some_and(|key| STATE.with_borrow(|state| state.allowed.contains(&key)))
}

/// Sets the keys that may be read and stored from now on, among the names that the recorder of `site` writes. Stored
/// entries of its other keys are removed as `purge` says.
pub fn set_allowed(site: &str, keys: &[Key], purge: Purge) {
    let memory = STATE.with_borrow_mut(|state| {
        site.clone_into(&mut state.site);
        state.allowed = keys.to_vec();
        state.memory.clone()
    });
    if purge == Purge::Nothing {
        return;
    }
    let stored = stored();
    // The consent goes first, and cookies before the storage events that other tabs receive: a tab that still finds
    // them would restore them.
    for is_first in [true, false] {
        let names = stored.iter().map(|stored| stored.name.as_str());
        names.filter(|name| (key_of(name) == Some(Key::CONSENT)) == is_first && !is_allowed(name)).for_each(remove);
    }
    for entry in memory {
        if is_allowed(&entry.name) {
            save(&entry.name, &entry.value, entry.area, entry.days);
        } else if purge == Purge::Stored {
            keep_in_memory(entry);
        }
    }
}

/// The value stored under the name, on this page or, if permitted, on an earlier page.
pub fn load(name: &str, area: StorageArea, days: u32) -> Option<String> {
    let in_memory = STATE
        .with_borrow(|state| state.memory.iter().find(|entry| entry.name == name).map(|entry| entry.value.clone()));
    if !is_allowed(name) {
        return in_memory;
    }
    let cookie = if has_cookie(area) { cookies::read(name) } else { None };
    let stored = web_storage(area).and_then(|storage| storage.get_item(name).ok().flatten());
    let is_same = cookie == stored;
    let value = cookie.or(stored).or(in_memory);
    // Cookie and localStorage repair each other. The cookie wins, because subdomains share it.
    if let (StorageArea::CookieAndLocal, false, Some(value)) = (area, is_same, &value) {
        save(name, value, area, days);
    }
    value
}

/// Stores the value for `days` days, if that is permitted and the browser allows it.
pub fn save(name: &str, value: &str, area: StorageArea, days: u32) -> SaveResult {
    let outcome = if is_allowed(name) { store(name, value, area, days) } else { SaveResult::MemoryOnly };
    match outcome {
        SaveResult::MemoryOnly => {
            keep_in_memory(MemoryEntry { name: name.to_owned(), value: value.to_owned(), area, days })
        }
        SaveResult::Stored | SaveResult::QuotaExceeded => drop_from_memory(name),
    }
    outcome
}

fn store(name: &str, value: &str, area: StorageArea, days: u32) -> SaveResult {
    let storage = web_storage(area);
    let written = storage.as_ref().map(|storage| storage.set_item(name, value));
    let is_written = matches!(written, Some(Ok(())));
    let is_in_cookie = has_cookie(area) && {
        cookies::write(&site(), name, value, days);
        cookies::read(name).is_some_and(|stored| stored == value)
    };
    if is_written || is_in_cookie {
        return SaveResult::Stored;
    }
    // A browser that refuses storage reports a quota of zero: the area is empty and accepts nothing.
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

/// Removes the entry of the name from every storage area.
pub fn remove(name: &str) {
    drop_from_memory(name);
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

/// All entries of this site's recorder: page's memory, localStorage, sessionStorage, cookies.
pub fn stored() -> Vec<Stored> {
    let mut all: Vec<Stored> = STATE.with_borrow(|state| {
        let entries = state.memory.iter();
        entries
            .map(|entry| Stored { stored_in: StoredIn::Memory, name: entry.name.clone(), value: entry.value.clone() })
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

/// The names of stored entries that begin with `prefix`, each once.
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

fn keep_in_memory(entry: MemoryEntry) {
    STATE.with_borrow_mut(|state| {
        state.memory.retain(|other| other.name != entry.name);
        state.memory.push(entry);
    });
}

fn drop_from_memory(name: &str) {
    STATE.with_borrow_mut(|state| state.memory.retain(|entry| entry.name != name));
}
