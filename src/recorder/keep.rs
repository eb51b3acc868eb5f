//! Keeps what was not acknowledged in the browser, when the page is idle and when it goes, and sends what tabs left that
//! are gone.

use super::deliver::batch_body;
use super::{Call, DONE, Hold, Recorder};
use crate::host::{Host, guid};
use crate::outbox::Own;
use crate::outbox::entry::{self, Whose};
use crate::session::KEPT_MS;
use waymark_wire::level::{Key, purpose};
use waymark_wire::text::next_part;

impl Recorder {
    /// The page has nothing else to do.
    pub(super) fn idle(&mut self, host: &mut impl Host) -> Call {
        self.is_asked_to_keep = false;
        if self.hold == Hold::No {
            if self.queue.is_empty() {
                self.declare(host);
            }
            self.keep(KEPT_MS, host);
            self.leave_to_the_browser(host);
        }
        DONE
    }

    /// Keeps what is not kept yet; the session where it is so much behind.
    #[inline(never)]
    pub(super) fn keep(&mut self, behind_ms: i64, host: &mut impl Host) {
        self.session.keep(behind_ms, &self.scope, host);
        self.is_kept = true;
        if self.may_keep() {
            // Before anybody finds what is kept, it is somebody's. A page that has gone wants nothing any more: browsers tell
            // it that it is hidden when it is.
            let has_any = !self.queue.is_empty() || !self.outbox.is_empty();
            if has_any && !self.is_owner && !self.tab.is_closed() {
                self.is_owner = true;
                self.want(&self.tab.id, host);
            }
            let mut filled = None;
            if !self.queue.is_empty() {
                let mut batch = self.filled(host);
                batch.sealed = self.queue.sealed();
                batch.events = self.queue.count();
                filled = Some(batch);
            }
            self.outbox.keep(filled, &self.scope, host);
        }
    }

    /// Wants to be the only page that sends what was recorded in `tab`.
    fn want(&self, tab: &str, host: &mut impl Host) {
        host.own(tab, &self.scope.name_of(Key::LEASE, &[tab]));
    }

    /// Whether batches may be kept beyond the page.
    pub(super) fn may_keep(&self) -> bool {
        self.leave.kept_for & purpose::ANALYTICS != 0
    }

    /// Should the page end without being told, the browser sends what is being filled.
    fn leave_to_the_browser(&mut self, host: &mut impl Host) {
        if !self.queue.is_empty() {
            let mut batch = self.filled(host);
            batch.sealed = self.queue.sealed();
            batch.attempts = 1;
            batch.request = guid(host);
            let body = batch_body(&batch, &self.scope.site, host.now());
            host.post_at_the_end(body);
        }
    }

    /// Wants to send what this tab's earlier pages left, and what other tabs left that are gone. What the site's earlier
    /// collector never got stays until it is too old: a page that still reports there may send it.
    pub(super) fn seek(&mut self, host: &mut impl Host) {
        if !self.may_send_others() {
            return;
        }
        let names = host.keys(&Key::OUTBOX.name(&self.scope.site, &[""]));
        let mut rest = names.as_str();
        while !rest.is_empty() {
            let name = next_part(&mut rest, b'\n');
            match entry::whose(name, &self.scope) {
                Some(Whose::Tab(tab)) => self.want(tab, host),
                Some(Whose::OtherCollector) => {
                    let value = host.load(name, Key::OUTBOX.place, 0).unwrap_or_default();
                    if entry::is_too_old(&value, host.now()) {
                        host.save(name, "", Key::OUTBOX.place, 0);
                    }
                }
                None => {}
            }
        }
    }

    /// Another tab wrote something under that name: a batch, which it may not live to send.
    pub(super) fn wrote(&mut self, name: &str, host: &mut impl Host) -> Call {
        if let (true, Some(Whose::Tab(tab))) = (self.may_send_others(), entry::whose(name, &self.scope)) {
            self.want(tab, host);
        }
        DONE
    }

    fn may_send_others(&self) -> bool {
        self.hold == Hold::No && !self.tab.id.is_empty() && self.may_keep()
    }

    /// Nobody else sends what pages of `tab` left.
    pub(super) fn owned(&mut self, tab: &str, host: &mut impl Host) -> Call {
        if self.may_keep() && self.hold == Hold::No {
            let filled = self.first_filled();
            let own = Own { scope: &self.scope, tab: &self.tab.id, lost: &mut self.lost };
            self.outbox.take_over(tab, filled, own, host);
            self.is_kept = false;
            self.declare_now(host);
            self.send(false, host);
        }
        DONE
    }
}
