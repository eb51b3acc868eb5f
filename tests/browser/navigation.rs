use crate::script::{Replaced, js, text, until};
use js_sys::Function;
use std::cell::Cell;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;
use waymark::browser::bindings::{DOCUMENT, WINDOW};
use waymark::browser::listener::Listener;
use waymark::browser::navigation::NavigationWatch;

thread_local! {
    static MOVED: Cell<u32> = const { Cell::new(0) };
    static REPLACED: Cell<u32> = const { Cell::new(0) };
}

fn moved() {
    MOVED.set(MOVED.get() + 1);
    js("window.moved = (window.moved || 0) + 1");
}

fn replaced() {
    REPLACED.set(REPLACED.get() + 1);
    js("window.replaced = (window.replaced || 0) + 1");
}

fn begin() {
    MOVED.set(0);
    REPLACED.set(0);
    js("window.moved = window.replaced = 0");
}

/// How often each was told.
fn told() -> (u32, u32) {
    (MOVED.get(), REPLACED.get())
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
fn a_listener_hears_an_event_before_the_page_does() {
    begin();
    js("window.order = []; document.addEventListener('of-a-test', () => order.push('page ' + moved))");
    let listener = DOCUMENT.with(|document| Listener::new(document.unchecked_ref(), "of-a-test", |_| moved()));
    js("document.dispatchEvent(new Event('of-a-test'))");
    drop(listener);
    let listener = WINDOW.with(|window| Listener::new(window, "of-a-test", |_| moved()));
    js("document.dispatchEvent(new Event('of-a-test'))");
    drop(listener);
    assert_eq!(text("return order.join()"), "page 1,page 2");
}

#[wasm_bindgen_test]
async fn a_navigation_in_the_page_and_a_replaced_address_are_told_apart() {
    begin();
    let watch = NavigationWatch::new(moved, replaced);
    js("history.pushState({}, '', '#a')");
    until("moved == 1").await;
    js("history.replaceState({}, '', '#b')");
    until("replaced == 1").await;
    js("history.pushState({}, '', '#c')");
    until("moved == 2").await;
    assert_eq!(told(), (2, 1));
    drop(watch);
    js("history.pushState({}, '', '#d'); history.replaceState({}, '', '#e')");
    assert_eq!(told(), (2, 1));
}

#[wasm_bindgen_test]
fn without_the_navigation_api_history_is_patched_and_put_back() {
    begin();
    let _replaced = Replaced::new("window", "navigation", "undefined");
    js("window.originals = [history.pushState, history.replaceState]");
    let watch = NavigationWatch::new(moved, replaced);
    js("history.pushState({ a: 1 }, '', '#patched')");
    assert_eq!(told(), (1, 0));
    assert_eq!(text("return location.hash + history.state.a"), "#patched1");
    js("history.replaceState({ a: 2 }, '', '#again')");
    assert_eq!(told(), (1, 1));
    assert_eq!(text("return location.hash + history.state.a"), "#again2");
    drop(watch);
    let are_back = "return history.pushState == originals[0] && history.replaceState == originals[1]";
    assert!(js(are_back).as_bool().unwrap());
}

#[wasm_bindgen_test]
fn what_the_page_has_put_in_its_place_is_no_navigation_api() {
    for mine in ["document.createElement('form')", "new EventTarget()"] {
        begin();
        let _replaced = Replaced::new("window", "navigation", mine);
        let _watch = NavigationWatch::new(moved, replaced);
        js("history.pushState({}, '', '#mine'); history.replaceState({}, '', '#mine-too')");
        assert_eq!(told(), (1, 1), "{mine}");
    }
}

#[wasm_bindgen_test]
fn nor_is_what_a_getter_of_the_pages_gives() {
    begin();
    let put_back = js("const before = Object.getOwnPropertyDescriptor(window, 'navigation');
         Object.defineProperty(window, 'navigation', { get: () => new EventTarget(), configurable: true });
         return () => before ? Object.defineProperty(window, 'navigation', before) : delete window.navigation");
    let watch = NavigationWatch::new(moved, replaced);
    js("history.pushState({}, '', '#mine'); history.replaceState({}, '', '#mine-too')");
    assert_eq!(told(), (1, 1));
    drop(watch);
    put_back.unchecked_into::<Function>().call0(&JsValue::UNDEFINED).unwrap();
}

#[wasm_bindgen_test]
fn what_push_state_throws_reaches_the_page() {
    begin();
    let _replaced = Replaced::new("window", "navigation", "undefined");
    let _watch = NavigationWatch::new(moved, replaced);
    let thrown = text(
        "try { history.pushState({}, '', 'https://elsewhere.example.com/'); return 'nothing' } catch (error) { return error.name }",
    );
    assert_eq!(thrown, "SecurityError");
    let none = text("try { history.pushState(); return 'nothing' } catch (error) { return error.name }");
    assert_eq!(none, "TypeError");
    let not_replaced = text("try { history.replaceState(); return 'nothing' } catch (error) { return error.name }");
    assert_eq!(not_replaced, "TypeError");
    assert_eq!(told(), (0, 0));
}

#[wasm_bindgen_test]
fn a_patch_over_the_patch_goes_on_working_when_the_watch_has_ended() {
    begin();
    let _replaced = Replaced::new("window", "navigation", "undefined");
    js("window.originalPush = history.pushState");
    let watch = NavigationWatch::new(moved, replaced);
    js("const ours = history.pushState; history.pushState = function (...given) { return ours.apply(this, given) }");
    drop(watch);
    js("history.pushState({}, '', '#over')");
    assert_eq!(text("return location.hash"), "#over");
    assert_eq!(MOVED.get(), 0);
    js("delete history.pushState; if (history.pushState != originalPush) history.pushState = originalPush");
}
