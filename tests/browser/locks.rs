use crate::script::{Replaced, js, text, until};
use std::cell::RefCell;
use uuid::{Uuid, uuid};
use wasm_bindgen_test::wasm_bindgen_test;
use waymark::browser::lease::Lease;
use waymark::browser::locks::{lock_session, lock_tab, release_tabs};
use waymark::browser::signal::{self, Signal};
use waymark::browser::storage::set_allowed;
use waymark::host::Purge;
use waymark_wire::level::Key;

const LEASE: &str = "wm-lease.test.6d006da9.9ef11e58-809f-4d93-855d-22f12c3fd401";
const TAB: Uuid = uuid!("9ef11e58-809f-4d93-855d-22f12c3fd401");

fn allow() {
    set_allowed("test", &[Key::LEASE], Purge::All);
}

fn forbid() {
    set_allowed("test", &[], Purge::All);
}

thread_local! {
    static HEARD: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

fn hear() {
    HEARD.take();
    js("window.heard = 0");
    signal::connect(|signal| {
        let heard = match signal {
            Signal::TabLockAcquired(tab) => tab.to_string(),
            Signal::SessionLockAcquired => String::from("acquired"),
            Signal::SessionLockReleased => String::from("released"),
            _ => return,
        };
        HEARD.with_borrow_mut(|all| all.push(heard));
        js("heard++");
    });
}

fn heard() -> Vec<String> {
    HEARD.with_borrow(Clone::clone)
}

#[wasm_bindgen_test]
async fn a_tab_that_nobody_holds_is_acquired_and_told_again_when_it_is_wanted_again() {
    allow();
    hear();
    lock_tab(TAB, LEASE.to_owned());
    until("heard == 1").await;
    lock_tab(TAB, LEASE.to_owned());
    assert_eq!(heard(), [TAB.to_string(), TAB.to_string()]);
    release_tabs();
    lock_tab(TAB, LEASE.to_owned());
    until("heard == 3").await;
    release_tabs();
    forbid();
}

#[wasm_bindgen_test]
async fn the_session_is_acquired_and_released() {
    hear();
    lock_session("wm-session.test");
    until("heard == 2").await;
    assert_eq!(heard(), ["acquired", "released"]);
}

#[wasm_bindgen_test]
async fn locks_that_throw_leave_every_tab_its_turn() {
    let _replaced = Replaced::new("navigator", "locks", "{ request() { throw new Error('mine') } }");
    hear();
    lock_session("wm-session.test");
    until("heard == 2").await;
    assert_eq!(heard(), ["acquired", "released"]);
}

#[wasm_bindgen_test]
async fn locks_that_reject_leave_every_tab_its_turn() {
    let _replaced = Replaced::new("navigator", "locks", "{ request: async () => { throw new Error('mine') } }");
    hear();
    lock_session("wm-session.test");
    until("heard == 2").await;
}

#[wasm_bindgen_test]
async fn a_lease_is_acquired_a_beat_after_it_was_written_and_removed_when_it_ends() {
    allow();
    js("window.leased = 0");
    let lease = Lease::acquire(LEASE.to_owned(), || {
        js("leased++");
    });
    assert_eq!(text(&format!("return JSON.parse(localStorage.getItem(\'{LEASE}\')).length + ' ' + leased")), "2 0");
    until("leased").await;
    drop(lease);
    assert!(js(&format!("return localStorage.getItem(\'{LEASE}\')")).is_null());
    forbid();
}

#[wasm_bindgen_test]
fn a_lease_that_another_page_holds_is_left_to_it() {
    allow();
    js(&format!("localStorage.setItem(\'{LEASE}\', JSON.stringify([0.5, Date.now() + 5000]))"));
    let lease = Lease::acquire(LEASE.to_owned(), || {});
    drop(lease);
    assert_eq!(text(&format!("return '' + JSON.parse(localStorage.getItem(\'{LEASE}\'))[0]")), "0.5");
    js(&format!("localStorage.removeItem(\'{LEASE}\')"));
    forbid();
}

#[wasm_bindgen_test]
fn a_lease_is_not_written_where_nothing_may_be_kept() {
    forbid();
    let _lease = Lease::acquire(LEASE.to_owned(), || {});
    assert!(js(&format!("return localStorage.getItem(\'{LEASE}\')")).is_null());
}
