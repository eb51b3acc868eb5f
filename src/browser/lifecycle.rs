//! Reports what happens to the page: it is hidden, closed, restored, resized or online again, it navigates, or another
//! tab writes.

use super::bindings::{DOCUMENT, WINDOW};
use super::listener::Listener;
use super::navigation::NavigationWatch;
use super::signal::{self, Signal};
use super::{capture, clock, locks, page, site_settings, storage, timer, transport};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use waymark_wire::level::Key;
use web_sys::{EventTarget, PageTransitionEvent, StorageEvent};

/// Other tabs may write continuously. Their writes are reported once per this time.
const OTHER_TABS_MS: u32 = 100;

thread_local! {
    static WATCH: RefCell<Option<Watch>> = const { RefCell::new(None) };
}

struct Watch {
    _listeners: Vec<Listener>,
    _navigation: NavigationWatch,
}

/// Begins to report what happens to the page.
pub fn watch() {
    let mut listeners = vec![DOCUMENT.with(|document| {
        let document = document.unchecked_ref::<EventTarget>();
        Listener::new(document, "visibilitychange", |_| {
            if page::is_hidden() { on_leave(Signal::Hidden) } else { on_visible() }
        })
    })];
    WINDOW.with(|window| {
        listeners.push(Listener::new(window, "pagehide", |_| {
            on_leave(Signal::Unload);
            // A page that holds a lock cannot enter the back-forward cache.
            locks::release_tabs();
        }));
        listeners.push(Listener::new(window, "pageshow", |event| {
            if event.unchecked_into::<PageTransitionEvent>().persisted() {
                clock::resync();
                signal::report(Signal::PageRestored);
            }
        }));
        listeners.push(Listener::new(window, "online", |_| {
            site_settings::refresh();
            signal::report(Signal::Online);
        }));
        let is_scheduled = Rc::new(Cell::new(false));
        listeners.push(Listener::new(window, "storage", move |event| {
            on_other_tab_write(event.unchecked_into::<StorageEvent>().key().as_deref(), &is_scheduled);
        }));
        listeners.push(Listener::new(window, "resize", |_| {
            page::measure();
            signal::report(Signal::Resized);
        }));
    });
    let navigation = NavigationWatch::new(navigated, address_replaced);
    site_settings::keep_fresh();
    let before = WATCH.replace(Some(Watch { _listeners: listeners, _navigation: navigation }));
    drop(before);
}

/// Ends the reports.
pub fn unwatch() {
    let before = WATCH.take();
    drop(before);
    site_settings::stop();
    locks::release_tabs();
}

fn navigated() {
    capture::answer();
    signal::report(Signal::Navigated);
}

/// A navigation that follows starts from the replaced path, so the recorder must know it.
fn address_replaced() {
    capture::answer();
    if page::note_replaced() {
        signal::report(Signal::Replaced);
    }
}

fn on_leave(signal: Signal) {
    capture::leave();
    transport::send_uncompressed();
    signal::report(signal);
}

fn on_visible() {
    clock::resync();
    site_settings::refresh();
    signal::report(Signal::Refresh);
}

/// Another tab wrote or removed the entry `name`; `None`: it removed all entries. `is_scheduled`: whether a report is
/// due.
fn on_other_tab_write(name: Option<&str>, is_scheduled: &Rc<Cell<bool>>) {
    let key = name.map(storage::key_of);
    if let (Some(name), Some(Some(Key::OUTBOX))) = (name, key) {
        signal::report(Signal::OtherTabWrote(name.to_owned()));
    } else if matches!(key, Some(None | Some(Key::LEASE))) {
        // Not the recorder's entry, or a renewed lease.
    } else if !is_scheduled.replace(true) {
        let is_scheduled = Rc::clone(is_scheduled);
        timer::after(OTHER_TABS_MS, move || {
            is_scheduled.set(false);
            signal::report(Signal::Refresh);
        });
    }
}
