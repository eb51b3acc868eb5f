//! What happens to the page: it is hidden, left, restored, resized, online again, and other tabs write.

use super::bindings::{DOCUMENT, WINDOW};
use super::listener::Listener;
use super::navigation::NavigationWatch;
use super::signal::{self, Signal};
use super::{clock, locks, page, site_settings, storage, timer, transport};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use waymark_wire::level::Key;
use web_sys::{EventTarget, PageTransitionEvent, StorageEvent};

/// Another tab may write without a pause; it is looked at so often.
const OTHER_TABS_MS: u32 = 100;

thread_local! {
    static WATCH: RefCell<Option<Watch>> = const { RefCell::new(None) };
}

struct Watch {
    _listeners: Vec<Listener>,
    _navigation: NavigationWatch,
}

/// Tells from here on what happens to the page.
pub fn watch() {
    let mut listeners = vec![DOCUMENT.with(|document| {
        let document = document.unchecked_ref::<EventTarget>();
        Listener::new(document, "visibilitychange", |_| if page::is_hidden() { leave(Signal::Hidden) } else { seen() })
    })];
    WINDOW.with(|window| {
        listeners.push(Listener::new(window, "pagehide", |_| {
            leave(Signal::Unload);
            // A page that holds a lock would not be kept as it is.
            locks::release_tabs();
        }));
        listeners.push(Listener::new(window, "pageshow", |event| {
            if event.unchecked_into::<PageTransitionEvent>().persisted() {
                clock::wake();
                signal::tell(Signal::PageRestored);
            }
        }));
        listeners.push(Listener::new(window, "online", |_| {
            site_settings::refresh();
            signal::tell(Signal::Online);
        }));
        let is_looking = Rc::new(Cell::new(false));
        listeners.push(Listener::new(window, "storage", move |event| {
            other_tab_wrote(event.unchecked_into::<StorageEvent>().key().as_deref(), &is_looking);
        }));
        listeners.push(Listener::new(window, "resize", |_| {
            page::measure();
            signal::tell(Signal::Resized);
        }));
    });
    let navigation = NavigationWatch::new(|| signal::tell(Signal::Navigated), address_replaced);
    site_settings::keep_fresh();
    let before = WATCH.replace(Some(Watch { _listeners: listeners, _navigation: navigation }));
    drop(before);
}

/// Tells nothing any more.
pub fn unwatch() {
    let before = WATCH.take();
    drop(before);
    site_settings::stop();
    locks::release_tabs();
}

/// A visitor who navigates from a replaced path comes from another place than the one that was read last.
fn address_replaced() {
    if page::note_replaced() {
        signal::tell(Signal::Replaced);
    }
}

fn leave(how: Signal) {
    transport::send_uncompressed();
    signal::tell(how);
}

fn seen() {
    clock::wake();
    site_settings::refresh();
    signal::tell(Signal::Refresh);
}

/// No name: everything was removed.
fn other_tab_wrote(name: Option<&str>, is_looking: &Rc<Cell<bool>>) {
    let key = name.map(storage::key_of);
    if let (Some(name), Some(Some(Key::OUTBOX))) = (name, key) {
        signal::tell(Signal::OtherTabWrote(name.to_owned()));
    } else if matches!(key, Some(None | Some(Key::LEASE))) {
        // Somebody else's, or a sign of life.
    } else if !is_looking.replace(true) {
        let is_looking = Rc::clone(is_looking);
        timer::after(OTHER_TABS_MS, move || {
            is_looking.set(false);
            signal::tell(Signal::Refresh);
        });
    }
}
