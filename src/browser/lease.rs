//! A lease: a lock without Web Locks. A page writes an entry in localStorage, holds the lease if the entry is unchanged
//! one interval later, and renews it at each interval. A page that has ended does not renew its lease. A page in the
//! background may run too rarely to renew it; two pages then send the same batches, and the collector stores them once.

use super::bindings::date_now;
use super::contain::contained;
use super::storage;
use gloo_timers::callback::Timeout;
use js_sys::{Array, JSON, Math};
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen::JsCast;

/// How long a lease lasts after a renewal.
const LEASE_MS: f64 = 8_000.0;
/// The time between two renewals.
const RENEWAL_MS: u32 = 2_500;

/// The wall clock, which all tabs share: `performance.now` has another origin in each tab.
fn wall() -> f64 {
    date_now().unwrap_or_default()
}

/// A lease that is requested or held, until it is dropped.
pub struct Lease(Rc<Inner>);

struct Inner {
    name: String,
    holder: f64,
    is_held: Cell<bool>,
    acquired: Box<dyn Fn()>,
    next: RefCell<Option<Timeout>>,
}

impl Lease {
    /// Requests the lease `name`. Calls `acquired` when it is held.
    pub fn acquire(name: String, acquired: impl Fn() + 'static) -> Self {
        let inner = Rc::new(Inner {
            name,
            holder: (Math::random() * f64::from(u32::MAX)).floor(),
            is_held: Cell::new(false),
            acquired: Box::new(acquired),
            next: RefCell::new(None),
        });
        renew(&Rc::downgrade(&inner));
        Lease(inner)
    }
}

fn renew(lease: &Weak<Inner>) {
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
    let before = inner.next.replace(Some(Timeout::new(RENEWAL_MS, move || contained(|| renew(&again)))));
    drop(before);
}

impl Inner {
    /// The lease's holder, and its end, epoch ms.
    fn read(&self) -> Option<(f64, f64)> {
        let text = storage::local()?.get_item(&self.name).ok()??;
        let pair = JSON::parse(&text).ok().filter(Array::is_array)?.unchecked_into::<Array>();
        Some((pair.get(0).as_f64()?, pair.get(1).as_f64()?))
    }

    fn write(&self) {
        let (mut holder, mut until) = (itoa::Buffer::new(), itoa::Buffer::new());
        let until = until.format((wall() + LEASE_MS) as i64);
        let pair = ["[", holder.format(self.holder as u32), ",", until, "]"].concat();
        // Without storage no page holds the lease.
        let _ = storage::local().map(|storage| storage.set_item(&self.name, &pair));
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
