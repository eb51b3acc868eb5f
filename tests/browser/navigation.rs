use crate::script::{Replaced, js, text, until};
use std::cell::Cell;
use wasm_bindgen_test::wasm_bindgen_test;
use waymark::browser::bindings::WINDOW;
use waymark::browser::listener::Listener;
use waymark::browser::navigation::NavigationWatch;

thread_local! {
    static MOVED: Cell<u32> = const { Cell::new(0) };
}

fn moved() {
    MOVED.set(MOVED.get() + 1);
    js("window.moved = (window.moved || 0) + 1");
}

fn begin() {
    MOVED.set(0);
    js("window.moved = 0");
}

#[wasm_bindgen_test]
fn a_listener_ends_when_it_is_dropped() {
    begin();
    let listener = WINDOW.with(|window| Listener::new(window, "of-a-test", |_| moved()));
    js("dispatchEvent(new Event('of-a-test'))");
    assert_eq!(MOVED.get(), 1);
    drop(listener);
    js("dispatchEvent(new Event('of-a-test'))");
    assert_eq!(MOVED.get(), 1);
}

#[wasm_bindgen_test]
fn a_listener_hears_what_is_dispatched_from_within_it() {
    begin();
    let _listener = WINDOW.with(|window| {
        Listener::new(window, "of-a-test", |_| {
            moved();
            if MOVED.get() == 1 {
                js("dispatchEvent(new Event('of-a-test'))");
            }
        })
    });
    js("dispatchEvent(new Event('of-a-test'))");
    assert_eq!(MOVED.get(), 2);
}

#[wasm_bindgen_test]
async fn a_navigation_in_the_page_is_told_and_a_replaced_address_is_not() {
    begin();
    let _watch = NavigationWatch::new(moved);
    js("history.pushState({}, '', '#a')");
    until("moved == 1").await;
    js("history.replaceState({}, '', '#b')");
    js("history.pushState({}, '', '#c')");
    until("moved == 2").await;
    assert_eq!(MOVED.get(), 2);
}

#[wasm_bindgen_test]
fn without_the_navigation_api_push_state_is_patched_and_put_back() {
    begin();
    let _replaced = Replaced::new("window", "navigation", "undefined");
    js("window.originalPush = history.pushState");
    let watch = NavigationWatch::new(moved);
    js("history.pushState({ a: 1 }, '', '#patched')");
    assert_eq!(MOVED.get(), 1);
    assert_eq!(text("return location.hash + history.state.a"), "#patched1");
    drop(watch);
    assert!(js("return history.pushState == originalPush").as_bool().unwrap());
}

#[wasm_bindgen_test]
fn an_element_of_that_name_is_no_navigation_api() {
    begin();
    let _replaced = Replaced::new("window", "navigation", "document.createElement('form')");
    let _watch = NavigationWatch::new(moved);
    js("history.pushState({}, '', '#form')");
    assert_eq!(MOVED.get(), 1);
}

#[wasm_bindgen_test]
fn what_push_state_throws_reaches_the_page() {
    begin();
    let _replaced = Replaced::new("window", "navigation", "undefined");
    let _watch = NavigationWatch::new(moved);
    let thrown = text(
        "try { history.pushState({}, '', 'https://elsewhere.example.com/'); return 'nothing' } catch (error) { return error.name }",
    );
    assert_eq!(thrown, "SecurityError");
    let none = text("try { history.pushState(); return 'nothing' } catch (error) { return error.name }");
    assert_eq!(none, "TypeError");
    assert_eq!(MOVED.get(), 0);
}

#[wasm_bindgen_test]
fn a_patch_over_the_patch_goes_on_working_when_the_watch_has_ended() {
    begin();
    let _replaced = Replaced::new("window", "navigation", "undefined");
    js("window.originalPush = history.pushState");
    let watch = NavigationWatch::new(moved);
    js("const ours = history.pushState; history.pushState = function (...given) { return ours.apply(this, given) }");
    drop(watch);
    js("history.pushState({}, '', '#over')");
    assert_eq!(text("return location.hash"), "#over");
    assert_eq!(MOVED.get(), 0);
    js("delete history.pushState; if (history.pushState != originalPush) history.pushState = originalPush");
}
