//! Persistence: stores what is not acknowledged, and sends what closed tabs left.

use super::stored_batch::{self, Whose};
use super::{Batch, Delivery, Own, Terms};
use crate::host::{Effect, Host};
use uuid::Uuid;
use waymark_wire::level::Key;

impl Delivery {
    /// Asks for an idle moment to store what is not stored. Never stores at once: writing costs the page time.
    pub fn schedule_save(&mut self, host: &mut impl Host) {
        if self.is_unsaved && !self.is_save_scheduled && !self.is_held {
            self.is_save_scheduled = true;
            host.push(Effect::WhenIdle);
        }
    }

    /// The page is idle: stores everything. Should the page end without notice, the browser sends the open batch.
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
            let (request, contents) = (host.guid(), Some(self.queue.contents()));
            let batch = Batch { attempts: 1, request, contents, ..self.open_batch(host) };
            host.push(Effect::SendAtUnload(Some(batch.body(&terms.scope.site, host.now()))));
        }
    }

    /// Stores what is not stored yet, where that is permitted.
    pub(super) fn persist(&mut self, terms: &Terms<'_>, host: &mut impl Host) {
        self.is_unsaved = false;
        if !terms.may_keep {
            return;
        }
        // The lock comes before the first entry, so that no other tab takes it for an orphan. A closed page asks for
        // nothing any more: browsers tell it that it is hidden when it is closed.
        let has_any = !self.queue.is_empty() || !self.outbox.is_empty();
        if has_any && !self.is_owner && !self.tab.is_closed() {
            self.is_owner = true;
            lock_tab(self.tab_id(), terms, host);
        }
        let open =
            (!self.queue.is_empty()).then(|| Batch { contents: Some(self.queue.contents()), ..self.open_batch(host) });
        self.outbox.keep(open, terms.scope, host);
    }

    /// Reports losses, and stores the report.
    pub(super) fn report_losses_now(&mut self, terms: &Terms<'_>, host: &mut impl Host) {
        if self.report_losses(terms, host) {
            self.persist(terms, host);
        }
    }

    /// Asks for the locks of the tabs that left batches: this tab's earlier pages, and closed tabs. Batches for another
    /// collector of the site stay until they are too old, since a page that still reports there may send them.
    pub fn adopt_orphans(&self, terms: &Terms<'_>, host: &mut impl Host) {
        if !self.may_adopt(terms) {
            return;
        }
        for name in host.names(&Key::OUTBOX.name(&terms.scope.site, &[""])) {
            match stored_batch::whose(&name, terms.scope) {
                Some(Whose::Tab(tab)) => lock_tab(tab, terms, host),
                Some(Whose::OtherCollector) => {
                    let value = host.load(&name, Key::OUTBOX.place, 0).unwrap_or_default();
                    if stored_batch::is_too_old(&value, host.now()) {
                        host.remove(&name);
                    }
                }
                None => {}
            }
        }
    }

    /// Another tab stored a batch under that name. It may end before it sends the batch.
    pub fn on_stored(&self, name: &str, terms: &Terms<'_>, host: &mut impl Host) {
        if let (true, Some(Whose::Tab(tab))) = (self.may_adopt(terms), stored_batch::whose(name, terms.scope)) {
            lock_tab(tab, terms, host);
        }
    }

    fn may_adopt(&self, terms: &Terms<'_>) -> bool {
        !self.is_held && self.tab.id().is_some() && terms.may_keep
    }

    /// This page has the lock of `tab`: no other page sends what that tab left.
    pub fn on_tab_lock(&mut self, tab: Uuid, terms: &Terms<'_>, host: &mut impl Host) {
        if self.is_held || !terms.may_keep {
            return;
        }
        let (scope, first_open, own_tab) = (terms.scope, self.first_open(), self.tab_id());
        let own = Own { scope, tab: own_tab, lost: &mut self.lost, unreported: &mut self.unreported };
        self.outbox.take_over(tab, first_open, own, host);
        self.is_unsaved = true;
        self.report_losses_now(terms, host);
        self.send(false, terms, host);
    }
}

/// Asks to be the only page that sends what `tab` left.
fn lock_tab(tab: Uuid, terms: &Terms<'_>, host: &mut impl Host) {
    let mut text = Uuid::encode_buffer();
    let name = terms.scope.name_of(Key::LEASE, &[tab.hyphenated().encode_lower(&mut text)]);
    host.push(Effect::LockTab { tab, name });
}
