//! Keeps what was not acknowledged in the browser, when the page is idle and when it goes, and sends what tabs left that
//! are gone.

use super::{Call, DONE, Hold, Recorder};
use crate::delivery::stored_batch::{self, Whose};
use crate::delivery::{Batch, Own};
use crate::host::{Effect, Host};
use crate::session::KEPT_MS;
use uuid::Uuid;
use waymark_wire::level::{Key, purpose};

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
        if let Some(session) = &mut self.session {
            session.keep(behind_ms, &self.scope, host);
        }
        self.is_kept = true;
        if self.may_keep() {
            // Before anybody finds what is kept, it is somebody's. A page that has gone wants nothing any more: browsers tell
            // it that it is hidden when it is.
            let has_any = !self.queue.is_empty() || !self.outbox.is_empty();
            if has_any && !self.is_owner && !self.tab.is_closed() {
                self.is_owner = true;
                self.want(self.tab_id(), host);
            }
            let filled = (!self.queue.is_empty())
                .then(|| Batch { contents: Some(self.queue.contents().clone()), ..self.filled(host) });
            self.outbox.keep(filled, &self.scope, host);
        }
    }

    /// Wants to be the only page that sends what was recorded in `tab`.
    fn want(&self, tab: Uuid, host: &mut impl Host) {
        let mut text = Uuid::encode_buffer();
        let name = self.scope.name_of(Key::LEASE, &[tab.hyphenated().encode_lower(&mut text)]);
        host.push(Effect::LockTab { tab, name });
    }

    /// Whether batches may be kept beyond the page.
    pub(super) fn may_keep(&self) -> bool {
        self.leave.kept_for & purpose::ANALYTICS != 0
    }

    /// Should the page end without being told, the browser sends what is being filled.
    fn leave_to_the_browser(&mut self, host: &mut impl Host) {
        if !self.queue.is_empty() {
            let (request, contents) = (host.guid(), Some(self.queue.contents().clone()));
            let batch = Batch { attempts: 1, request, contents, ..self.filled(host) };
            host.push(Effect::SendAtUnload(Some(batch.body(&self.scope.site, host.now()))));
        }
    }

    /// Wants to send what this tab's earlier pages left, and what other tabs left that are gone. What the site's earlier
    /// collector never got stays until it is too old: a page that still reports there may send it.
    pub(super) fn seek(&mut self, host: &mut impl Host) {
        if !self.may_send_others() {
            return;
        }
        for name in host.names(&Key::OUTBOX.name(&self.scope.site, &[""])) {
            match stored_batch::whose(&name, &self.scope) {
                Some(Whose::Tab(tab)) => self.want(tab, host),
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

    /// Another tab wrote something under that name: a batch, which it may not live to send.
    pub(super) fn wrote(&mut self, name: &str, host: &mut impl Host) -> Call {
        if let (true, Some(Whose::Tab(tab))) = (self.may_send_others(), stored_batch::whose(name, &self.scope)) {
            self.want(tab, host);
        }
        DONE
    }

    fn may_send_others(&self) -> bool {
        self.hold == Hold::No && self.tab.id().is_some() && self.may_keep()
    }

    /// Nobody else sends what pages of `tab` left.
    pub(super) fn owned(&mut self, tab: Uuid, host: &mut impl Host) -> Call {
        if self.may_keep() && self.hold == Hold::No {
            let filled = self.first_filled();
            let own =
                Own { scope: &self.scope, tab: self.tab_id(), lost: &mut self.lost, unreported: &mut self.unreported };
            self.outbox.take_over(tab, filled, own, host);
            self.is_kept = false;
            self.declare_now(host);
            self.send(false, host);
        }
        DONE
    }
}
