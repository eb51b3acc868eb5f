//! A lock without Web Locks: an entry in localStorage, written, found unchanged a beat later, and renewed with each
//! beat. A page that has died renews nothing. One in the background may be let run too seldom to: then two pages send
//! the same, which is stored once.

use super::bindings::date_now;
use super::contain::contained;
use super::storage;
use gloo_timers::callback::Timeout;
use js_sys::{Array, JSON, Math};
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen::{JsCast, JsValue};

/// A lease ends so long after it was renewed, which happens so often.
const LEASE_MS: f64 = 8_000.0;
const BEAT_MS: u32 = 2_500;

/// What tabs share: `performance.now` counts from another moment in each.
fn wall() -> f64 {
    date_now().unwrap_or_default()
}

/// A lease that is wanted or held until it is dropped.
pub struct Lease(Rc<Inner>);

struct Inner {
    name: String,
    holder: f64,
    is_held: Cell<bool>,
    acquired: Box<dyn Fn()>,
    next: RefCell<Option<Timeout>>,
}

impl Lease {
    /// Calls `acquired` once nobody else holds the lease `name`.
    pub fn acquire(name: String, acquired: impl Fn() + 'static) -> Self {
        let inner = Rc::new(Inner {
            name,
            holder: Math::random(),
            is_held: Cell::new(false),
            acquired: Box::new(acquired),
            next: RefCell::new(None),
        });
        beat(&Rc::downgrade(&inner));
        Lease(inner)
    }
}

fn beat(lease: &Weak<Inner>) {
    let Some(inner) = lease.upgrade().filter(|inner| storage::is_allowed(&inner.name)) else { return };
    let (holder, until) = inner.read().unwrap_or_default();
    let left = until - wall();
    let is_mine = holder == inner.holder;
    if is_mine || left <= 0.0 || left > LEASE_MS {
        inner.write();
        if is_mine && !inner.is_held.replace(true) {
            (inner.acquired)();
        }
    }
    let again = lease.clone();
    let before = inner.next.replace(Some(Timeout::new(BEAT_MS, move || contained(|| beat(&again)))));
    drop(before);
}

impl Inner {
    /// Who holds the lease, and until when, epoch ms.
    fn read(&self) -> Option<(f64, f64)> {
        let text = storage::local()?.get_item(&self.name).ok()??;
        let pair = JSON::parse(&text).ok().filter(Array::is_array)?.unchecked_into::<Array>();
        Some((pair.get(0).as_f64()?, pair.get(1).as_f64()?))
    }

    fn write(&self) {
        let pair: Array = [self.holder, wall() + LEASE_MS].into_iter().map(JsValue::from_f64).collect();
        if let (Some(storage), Ok(text)) = (storage::local(), JSON::stringify(&pair)) {
            // What the browser refuses to keep is nobody's lease.
            let _ = storage.set_item(&self.name, &String::from(text));
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        drop(self.0.next.take());
        if self.0.read().is_some_and(|(holder, _)| holder == self.0.holder) {
            let _ = storage::local().map(|storage| storage.remove_item(&self.0.name));
        }
    }
}
