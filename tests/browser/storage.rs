use crate::script::{Replaced, js, text};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;
use waymark::browser::cookies;
use waymark::browser::storage::{StoredIn, keys, load, remove, save, set_allowed, stored};
use waymark::host::{Purge, SaveResult};
use waymark_wire::level::{Key, StorageArea};

const SESSION: &str = "wm-session.test";
const ID: &str = "wm-euid.test";
const TAB: &str = "wm-tab.test.6d006da9";

fn allow(keys: &[Key]) {
    set_allowed("test", keys, Purge::Stored);
}

/// Nothing is left of this site.
fn clear() {
    set_allowed("test", &[], Purge::All);
}

#[wasm_bindgen_test]
fn what_is_kept_in_two_places_is_repaired_by_each() {
    allow(Key::ALL);
    assert_eq!(save(SESSION, "a b", StorageArea::CookieAndLocal, 1), SaveResult::Stored);
    assert_eq!(text("return localStorage.getItem('wm-session.test')"), "a b");
    assert_eq!(cookies::read(SESSION).as_deref(), Some("a b"));
    js("localStorage.removeItem('wm-session.test')");
    assert_eq!(load(SESSION, StorageArea::CookieAndLocal, 1).as_deref(), Some("a b"));
    assert_eq!(text("return localStorage.getItem('wm-session.test')"), "a b");
    js("document.cookie = 'wm-session.test=; path=/; max-age=0; domain=' + location.hostname;
        document.cookie = 'wm-session.test=; path=/; max-age=0'");
    assert_eq!(load(SESSION, StorageArea::CookieAndLocal, 1).as_deref(), Some("a b"));
    assert_eq!(cookies::read(SESSION).as_deref(), Some("a b"));
    clear();
}

#[wasm_bindgen_test]
fn what_is_kept_is_listed_until_it_is_removed() {
    allow(Key::ALL);
    assert_eq!(save(SESSION, "c", StorageArea::Cookie, 1), SaveResult::Stored);
    assert_eq!(js("return localStorage.getItem('wm-session.test')"), JsValue::NULL);
    save(ID, "d", StorageArea::CookieAndLocal, 1);
    save(TAB, "e", StorageArea::Session, 1);
    let mut found = keys("wm-");
    found.sort();
    assert_eq!(found, [ID, SESSION, TAB]);
    assert_eq!(keys("wm-e"), [ID]);
    for key in [SESSION, ID, TAB] {
        remove(key);
        assert_eq!(load(key, StorageArea::CookieAndLocal, 1), None);
    }
    assert_eq!(keys("wm-"), [""; 0]);
    assert_eq!(cookies::read("wm-probe.test"), None);
    clear();
}

#[wasm_bindgen_test]
fn what_is_somebody_else_s_is_neither_listed_nor_read_nor_removed() {
    allow(Key::ALL);
    js("for (const name of ['wm-theme', 'wm-euid', 'wm-euid.other', 'wm-state.test', 'wm-out-mine']) {
            localStorage.setItem(name, 'mine');
            sessionStorage.setItem(name, 'mine');
            document.cookie = name + '=mine; path=/';
        }");
    let count = "return '' + localStorage.length + sessionStorage.length + document.cookie.split('=mine').length";
    assert_eq!((text(count), keys("")), ("556".to_owned(), Vec::new()));
    for name in ["wm-theme", "wm-euid.other"] {
        assert_eq!(load(name, StorageArea::CookieAndLocal, 1), None);
        remove(name);
    }
    clear();
    assert_eq!(text(count), "556");
    js("localStorage.clear();
        sessionStorage.clear();
        for (const part of document.cookie.split('; ')) document.cookie = part + '; path=/; max-age=0'");
}

#[wasm_bindgen_test]
fn a_full_storage_keeps_what_it_has() {
    allow(Key::ALL);
    assert_eq!(save(SESSION, "kept", StorageArea::Local, 1), SaveResult::Stored);
    {
        let full = "() => { throw new DOMException('full', 'QuotaExceededError') }";
        let _replaced = Replaced::new("Storage.prototype", "setItem", full);
        assert_eq!(save(SESSION, "new", StorageArea::Local, 1), SaveResult::QuotaExceeded);
    }
    assert_eq!(load(SESSION, StorageArea::Local, 1).as_deref(), Some("kept"));
    clear();
}

#[wasm_bindgen_test]
fn what_the_browser_refuses_to_keep_is_kept_for_the_page() {
    allow(Key::ALL);
    {
        let refused = "() => { throw new DOMException('no', 'SecurityError') }";
        let _replaced = Replaced::new("Storage.prototype", "setItem", refused);
        assert_eq!(save(SESSION, "remembered", StorageArea::Local, 1), SaveResult::MemoryOnly);
    }
    assert_eq!(load(SESSION, StorageArea::Local, 1).as_deref(), Some("remembered"));
    assert!(stored().iter().any(|one| one.stored_in == StoredIn::Memory && one.name == SESSION));
    assert_eq!(load(TAB, StorageArea::Local, 1), None);
    clear();
}

#[wasm_bindgen_test]
fn what_is_not_permitted_is_in_no_store_and_what_no_longer_is_goes() {
    clear();
    assert_eq!(save(ID, "x", StorageArea::CookieAndLocal, 1), SaveResult::MemoryOnly);
    assert_eq!(load(ID, StorageArea::CookieAndLocal, 1).as_deref(), Some("x"));
    let kept = "return ['' + localStorage.length, document.cookie, '' + sessionStorage.length].join()";
    assert_eq!(text(kept), "0,,0");
    allow(&Key::allowed_for(7));
    assert_ne!(text(kept), "0,,0", "permitted, it is kept");
    set_allowed("test", &[Key::STATE], Purge::Nothing);
    assert_ne!(text(kept), "0,,0", "nothing is decided yet");
    allow(&[Key::STATE]);
    assert_eq!(text(kept), "0,,0");
    clear();
    assert_eq!(load(ID, StorageArea::CookieAndLocal, 1), None);
}
