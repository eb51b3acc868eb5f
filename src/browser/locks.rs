//! One page at a time: which page sends what a tab recorded, and which one continues or begins the session. By Web
//! Locks, and by a lease in localStorage where there are none.

use super::bindings::{Abort, LockManager, LockOptions, NAVIGATOR, WINDOW, member};
use super::contain::spawn;
use super::lease::Lease;
use super::signal::{self, Signal};
use super::timer;
use js_sys::futures::future_to_promise;
use js_sys::{Function, Object, Promise};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use uuid::Uuid;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};

/// What one tab has written reaches the others within this.
const TURN_MS: u32 = 100;

thread_local! {
    static TABS: RefCell<Vec<Rc<TabLock>>> = const { RefCell::new(Vec::new()) };
}

/// The lock on what a tab recorded, wanted or held.
struct TabLock {
    tab: Uuid,
    is_held: Cell<bool>,
    is_released: Cell<bool>,
    abort: Option<Abort>,
    /// Ends a lock that is held.
    release: RefCell<Option<Function>>,
    lease: RefCell<Option<Lease>>,
}

/// Wants to be the only page that sends what `tab` recorded, by the lock or lease `name`: [`Signal::TabLockAcquired`]
/// tells when it is, again if it is wanted again.
pub fn lock_tab(tab: Uuid, name: String) {
    let known = TABS.with_borrow(|tabs| tabs.iter().find(|lock| lock.tab == tab).map(|lock| lock.is_held.get()));
    match known {
        Some(true) => return signal::tell(Signal::TabLockAcquired(tab)),
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
    match manager_for_the_page() {
        Some(manager) => request(&manager, &name, &lock),
        None => {
            let held = Rc::clone(&lock);
            let lease = Lease::acquire(name, move || held.acquired());
            lock.lease.replace(Some(lease));
        }
    }
}

/// Lets go of all tabs, and wants none any more.
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
        signal::tell(Signal::TabLockAcquired(self.tab));
    }
}

fn manager() -> Option<LockManager> {
    NAVIGATOR.with(|navigator| navigator.locks()).ok().flatten()
}

/// Firefox does not keep a page as it was that holds a lock when it is left, however soon it lets go.
fn manager_for_the_page() -> Option<LockManager> {
    let is_firefox = WINDOW.with(|window| member(window, "mozInnerScreenX")).is_ok_and(|found| !found.is_undefined());
    if is_firefox { None } else { manager() }
}

fn request(manager: &LockManager, name: &str, lock: &Rc<TabLock>) {
    let options = Object::new().unchecked_into::<LockOptions>();
    if let Some(Ok(signal)) = lock.abort.as_ref().map(Abort::signal) {
        options.set_signal(&signal);
    }
    let held = Rc::clone(lock);
    // One that is aborted first is never called, and stays: one for each tab that has left events.
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
    await_quietly(manager.request(name, &options, run.unchecked_ref()));
}

/// A request that is aborted rejects: nothing that anybody must hear of.
fn await_quietly(request: Result<JsValue, JsValue>) {
    if let Ok(request) = request {
        let request = Promise::resolve(&request);
        spawn(async move {
            let _ = request.await;
        });
    }
}

/// Has one tab after the other look for the session, by the lock `name`: [`Signal::SessionLockAcquired`], a moment
/// later [`Signal::SessionLockReleased`]. Without locks every tab has its turn at once; the recorder writes in a safe
/// order.
pub fn lock_session(name: &str) {
    let run = Closure::once_into_js(|| future_to_promise(async { Ok(turn().await) }));
    let requested = manager().map(|manager| {
        let options = Object::new().unchecked_into::<LockOptions>();
        manager.request(name, &options, run.unchecked_ref())
    });
    match requested {
        Some(Ok(request)) => {
            let request = Promise::resolve(&request);
            spawn(async move {
                if request.await.is_err() {
                    turn().await;
                }
            });
        }
        _ => spawn(async {
            turn().await;
        }),
    }
}

async fn turn() -> JsValue {
    signal::tell(Signal::SessionLockAcquired);
    // What was written reaches the others.
    let _ = timer::pause(TURN_MS).await;
    signal::tell(Signal::SessionLockReleased);
    JsValue::UNDEFINED
}
