use crate::script::{Replaced, js, text};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;
use waymark::browser::cookies;
use waymark::browser::storage::{Area, keys, load, remove, save, set_allowed, stored};
use waymark::host::Kept;
use waymark_wire::level::Place;

const EVERYTHING: &[&str] = &["wm-"];
const SESSION: &str = "wm-session";
const ID: &str = "wm-euid";

#[wasm_bindgen_test]
fn what_is_kept_in_two_places_is_repaired_by_each() {
    set_allowed(EVERYTHING, false);
    assert_eq!(save(SESSION, "a b", Place::Both, 1), Kept::Stored);
    assert_eq!(text("return localStorage.getItem('wm-session')"), "a b");
    assert_eq!(cookies::read(SESSION).as_deref(), Some("a b"));
    js("localStorage.removeItem('wm-session')");
    assert_eq!(load(SESSION, Place::Both, 1).as_deref(), Some("a b"));
    assert_eq!(text("return localStorage.getItem('wm-session')"), "a b");
    js("document.cookie = 'wm-session=; path=/; max-age=0; domain=' + location.hostname;
        document.cookie = 'wm-session=; path=/; max-age=0'");
    assert_eq!(load(SESSION, Place::Both, 1).as_deref(), Some("a b"));
    assert_eq!(cookies::read(SESSION).as_deref(), Some("a b"));
    set_allowed(&[], true);
}

#[wasm_bindgen_test]
fn what_is_kept_is_listed_until_it_is_removed() {
    set_allowed(EVERYTHING, false);
    assert_eq!(save(SESSION, "c", Place::Cookie, 1), Kept::Stored);
    assert_eq!(js("return localStorage.getItem('wm-session')"), JsValue::NULL);
    save(ID, "d", Place::Both, 1);
    save("wm-tab", "e", Place::Tab, 1);
    let mut found = keys("wm-");
    found.sort();
    assert_eq!(found, ["wm-euid", "wm-session", "wm-tab"]);
    assert_eq!(keys("wm-e"), ["wm-euid"]);
    for key in [SESSION, ID, "wm-tab"] {
        remove(key);
        assert_eq!(load(key, Place::Both, 1), None);
    }
    assert_eq!(keys("wm-"), [""; 0]);
    assert_eq!(cookies::read("wm-probe"), None);
    set_allowed(&[], true);
}

#[wasm_bindgen_test]
fn what_is_not_this_products_is_neither_listed_nor_removed() {
    js("localStorage.setItem('wm-of-another', '1'); localStorage.setItem('mine', '1')");
    set_allowed(&[], true);
    assert_eq!(keys(""), [""; 0]);
    assert_eq!(text("return localStorage.getItem('wm-of-another') + localStorage.getItem('mine')"), "11");
    js("localStorage.removeItem('wm-of-another'); localStorage.removeItem('mine')");
}

#[wasm_bindgen_test]
fn a_full_storage_keeps_what_it_has() {
    set_allowed(EVERYTHING, false);
    assert_eq!(save(SESSION, "kept", Place::Local, 1), Kept::Stored);
    {
        let full = "() => { throw new DOMException('full', 'QuotaExceededError') }";
        let _replaced = Replaced::new("Storage.prototype", "setItem", full);
        assert_eq!(save(SESSION, "new", Place::Local, 1), Kept::Full);
    }
    assert_eq!(load(SESSION, Place::Local, 1).as_deref(), Some("kept"));
    set_allowed(&[], true);
}

#[wasm_bindgen_test]
fn what_the_browser_refuses_to_keep_is_kept_for_the_page() {
    set_allowed(EVERYTHING, false);
    {
        let refused = "() => { throw new DOMException('no', 'SecurityError') }";
        let _replaced = Replaced::new("Storage.prototype", "setItem", refused);
        assert_eq!(save(SESSION, "remembered", Place::Local, 1), Kept::ForThePage);
    }
    assert_eq!(load(SESSION, Place::Local, 1).as_deref(), Some("remembered"));
    assert!(stored().iter().any(|one| one.area == Area::Memory && one.key == SESSION));
    assert_eq!(load("wm-tab", Place::Local, 1), None);
    set_allowed(&[], true);
}

#[wasm_bindgen_test]
fn what_is_not_permitted_is_in_no_store_and_what_no_longer_is_goes() {
    set_allowed(&[], true);
    assert_eq!(save(ID, "x", Place::Both, 1), Kept::ForThePage);
    assert_eq!(load(ID, Place::Both, 1).as_deref(), Some("x"));
    let kept = "return ['' + localStorage.length, document.cookie, '' + sessionStorage.length].join()";
    assert_eq!(text(kept), "0,,0");
    set_allowed(&["wm-euid"], false);
    assert_ne!(text(kept), "0,,0", "permitted, it is kept");
    set_allowed(&["wm-state-"], false);
    assert_eq!(text(kept), "0,,0");
    set_allowed(&[], true);
    assert_eq!(load(ID, Place::Both, 1), None);
}
