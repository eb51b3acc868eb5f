//! Persistence: stores unacknowledged events, and sends the batches that closed tabs left.

use super::stored_batch::{self, EntryOwner};
use super::{Batch, Delivery, Own, Terms};
use crate::host::{Effect, Host};
use uuid::Uuid;
use waymark_wire::level::Key;

impl Delivery {
    /// Schedules a save for the next idle moment. Never saves at once, because writing blocks the page.
    pub fn schedule_save(&mut self, host: &mut impl Host) {
        if self.is_unsaved && !self.is_save_scheduled && !self.is_held {
            self.is_save_scheduled = true;
            host.push(Effect::WhenIdle);
        }
    }

    /// The page is idle: stores all events. Hands the open batch to the browser, which sends it if the page ends
    /// without notice.
    pub fn on_idle(&mut self, terms: &Terms<'_>, host: &mut impl Host) {
        self.is_save_scheduled = false;
        if self.is_held {
            return;
        }
        if self.queue.is_empty() {
            self.report_losses(terms, host);
        }
        self.persist(terms, host);
        if !self.queue.is_empty() {
            let (request, contents) = (host.new_uuid(), Some(self.queue.contents()));
            let batch = Batch { attempts: 1, request, contents, ..self.open_batch(host) };
            host.push(Effect::SendAtUnload(Some(batch.body(&terms.scope.site, host.now()))));
        }
    }

    /// Stores the events that are not stored yet, if that is permitted.
    pub(super) fn persist(&mut self, terms: &Terms<'_>, host: &mut impl Host) {
        self.is_unsaved = false;
        if !terms.may_keep {
            return;
        }
        // The lock comes before the first entry, so that no other tab takes the entry for an orphan. A closed page asks
        // for no lock: browsers report a page as hidden after they closed it.
        let has_any = !self.queue.is_empty() || !self.outbox.is_empty();
        if has_any && !self.is_owner && !self.tab.is_closed() {
            self.is_owner = true;
            lock_tab(self.tab_id(), terms, host);
        }
        let open =
            (!self.queue.is_empty()).then(|| Batch { contents: Some(self.queue.contents()), ..self.open_batch(host) });
        self.outbox.keep(open, terms.scope, host);
    }

    /// Reports losses in a batch without events, and stores that batch.
    pub(super) fn report_losses_now(&mut self, terms: &Terms<'_>, host: &mut impl Host) {
        if self.report_losses(terms, host) {
            self.persist(terms, host);
        }
    }

    /// Asks for the lock of each tab that left batches: of this tab (its earlier pages) and of closed tabs. Batches for
    /// another collector of the site stay until they are too old, because a page that still reports to that collector
    /// may send them.
    pub fn adopt_orphans(&self, terms: &Terms<'_>, host: &mut impl Host) {
        if !self.may_adopt(terms) {
            return;
        }
        for name in host.names(&Key::OUTBOX.name(&terms.scope.site, &[""])) {
            match stored_batch::entry_owner(&name, terms.scope) {
                Some(EntryOwner::Tab(tab)) => lock_tab(tab, terms, host),
                Some(EntryOwner::OtherCollector) => {
                    let value = host.load(&name, Key::OUTBOX.area, 0).unwrap_or_default();
                    if stored_batch::is_too_old(&value, host.now()) {
                        host.remove(&name);
                    }
                }
                None => {}
            }
        }
    }

    /// Another tab stored a batch under `name`. Asks for that tab's lock, because the tab may close before it sends the
    /// batch.
    pub fn on_stored(&self, name: &str, terms: &Terms<'_>, host: &mut impl Host) {
        if let (true, Some(EntryOwner::Tab(tab))) =
            (self.may_adopt(terms), stored_batch::entry_owner(name, terms.scope))
        {
            lock_tab(tab, terms, host);
        }
    }

    fn may_adopt(&self, terms: &Terms<'_>) -> bool {
        !self.is_held && self.tab.id().is_some() && terms.may_keep
    }

    /// The page has the lock of `tab`: takes over the batches that the tab left and sends them. No other page sends
    /// them.
    pub fn on_tab_lock(&mut self, tab: Uuid, terms: &Terms<'_>, host: &mut impl Host) {
        if self.is_held || !terms.may_keep {
            return;
        }
        let (scope, first_open, own_tab) = (terms.scope, self.first_open(), self.tab_id());
        let own = Own { scope, tab: own_tab, lost: &mut self.losses, unreturned: &mut self.unreturned_losses };
        self.outbox.take_over(tab, first_open, own, host);
        self.is_unsaved = true;
        self.report_losses_now(terms, host);
        self.send(false, terms, host);
    }
}

/// Asks for the lock of `tab`. Its holder is the only page that sends the batches of `tab`.
fn lock_tab(tab: Uuid, terms: &Terms<'_>, host: &mut impl Host) {
    let mut text = Uuid::encode_buffer();
    let name = terms.scope.name_of(Key::LEASE, &[tab.hyphenated().encode_lower(&mut text)]);
    host.push(Effect::LockTab { tab, name });
}
