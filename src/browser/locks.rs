//! Locks among tabs: the lock of a tab, whose holder alone sends the tab's batches, and the lock of the session, whose
//! holder continues or begins the session. Uses Web Locks, or a lease in localStorage where they are missing.

use super::bindings::{Abort, LockManager, LockOptions, NAVIGATOR, WINDOW};
use super::contain::spawn;
use super::lease::Lease;
use super::members::{bare, member};
use super::signal::{self, Signal};
use super::timer;
use js_sys::futures::future_to_promise;
use js_sys::{Function, Promise};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use uuid::Uuid;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

/// How long the session's lock is held: a write of one tab reaches the other tabs within this time.
const SESSION_LOCK_MS: u32 = 100;

thread_local! {
    static TABS: RefCell<Vec<Rc<TabLock>>> = const { RefCell::new(Vec::new()) };
}

/// The lock of a tab, requested or held.
struct TabLock {
    tab: Uuid,
    is_held: Cell<bool>,
    is_released: Cell<bool>,
    abort: Option<Abort>,
    /// Releases the held lock.
    release: RefCell<Option<Function>>,
    lease: RefCell<Option<Lease>>,
}

/// Requests the lock of `tab`, by the lock or lease `name`. [`Signal::TabLockAcquired`] reports that the lock is held;
/// a second request for a held lock is reported too.
pub fn lock_tab(tab: Uuid, name: String) {
    let known = TABS.with_borrow(|tabs| tabs.iter().find(|lock| lock.tab == tab).map(|lock| lock.is_held.get()));
    match known {
        Some(true) => return signal::report(Signal::TabLockAcquired(tab)),
        Some(false) => return,
        None => {}
    }
    let lock = Rc::new(TabLock {
        tab,
        is_held: Cell::new(false),
        is_released: Cell::new(false),
        abort: Abort::new().ok(),
        release: RefCell::new(None),
        lease: RefCell::new(None),
    });
    TABS.with_borrow_mut(|tabs| tabs.push(Rc::clone(&lock)));
    match manager_for_page_locks() {
        Some(manager) => request(&manager, &name, &lock),
        None => {
            let held = Rc::clone(&lock);
            let lease = Lease::acquire(name, move || held.acquired());
            lock.lease.replace(Some(lease));
        }
    }
}

/// Releases the locks of all tabs, and cancels all requests.
pub fn release_tabs() {
    for lock in TABS.take() {
        lock.is_released.set(true);
        let _ = lock.abort.as_ref().map(Abort::abort);
        if let Some(release) = lock.release.take() {
            let _ = release.call0(&JsValue::UNDEFINED);
        }
        drop(lock.lease.take());
    }
}

impl TabLock {
    fn acquired(&self) {
        self.is_held.set(true);
        signal::report(Signal::TabLockAcquired(self.tab));
    }
}

fn manager() -> Option<LockManager> {
    NAVIGATOR.with(|navigator| navigator.locks()).ok().flatten()
}

/// The lock manager for locks that last as long as the page. None in Firefox, which does not put a page into the
/// back-forward cache if it holds a lock at `pagehide`, even if it releases the lock then.
fn manager_for_page_locks() -> Option<LockManager> {
    let is_firefox = WINDOW.with(|window| member(window, "mozInnerScreenX")).is_ok_and(|found| !found.is_undefined());
    if is_firefox { None } else { manager() }
}

fn request(manager: &LockManager, name: &str, lock: &Rc<TabLock>) {
    let options = bare().unchecked_into::<LockOptions>();
    if let Some(Ok(signal)) = lock.abort.as_ref().map(Abort::signal) {
        options.set_signal(&signal);
    }
    let held = Rc::clone(lock);
    // The closure of an aborted request is never called and leaks: at most one for each tab with unsent events.
    let run = Closure::once_into_js(move || -> Promise {
        if held.is_released.get() {
            return Promise::resolve(&JsValue::UNDEFINED);
        }
        let until_released = Promise::new(&mut |release, _| {
            held.release.replace(Some(release));
        });
        held.acquired();
        until_released
    });
    ignore_rejection(manager.request(name, &options, run.unchecked_ref()));
}

/// Handles the promise of a request, because an aborted request rejects.
fn ignore_rejection(request: Result<JsValue, JsValue>) {
    if let Ok(request) = request {
        let request = Promise::resolve(&request);
        spawn(async move {
            let _ = request.await;
        });
    }
}

/// Takes the session's lock `name`, so that one tab after the other looks for a session: reports
/// [`Signal::SessionLockAcquired`], and a moment later [`Signal::SessionLockReleased`]. Without Web Locks both are
/// reported without a lock; the recorder's order of writes is safe in that case too.
pub fn lock_session(name: &str) {
    let run = Closure::once_into_js(|| future_to_promise(async { Ok(hold_session_lock().await) }));
    let requested = manager().map(|manager| {
        let options = bare().unchecked_into::<LockOptions>();
        manager.request(name, &options, run.unchecked_ref())
    });
    match requested {
        Some(Ok(request)) => {
            let request = Promise::resolve(&request);
            spawn(async move {
                if request.await.is_err() {
                    hold_session_lock().await;
                }
            });
        }
        _ => spawn(async {
            hold_session_lock().await;
        }),
    }
}

async fn hold_session_lock() -> JsValue {
    signal::report(Signal::SessionLockAcquired);
    // The writes of this tab reach the other tabs.
    let _ = timer::pause(SESSION_LOCK_MS).await;
    signal::report(Signal::SessionLockReleased);
    JsValue::UNDEFINED
}
