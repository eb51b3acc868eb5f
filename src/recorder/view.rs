//! The page that events happen on, and its views: what a navigation is, what only changes the page in place, and when a view
//! is recorded.

use super::{Call, DONE, Recorder};
use crate::call_error::CallError;
use crate::consent::Mode;
use crate::host::{Host, NEVER, PageChange};
use waymark_wire::Lost;

/// A page view waits so long for its title: single-page applications change the address first and the title after it,
/// or set the title when they have started.
pub const TITLE_SETTLES_MS: i64 = 100;

impl Recorder {
    /// The page may have changed, and no listener has told yet: an event belongs to the page as it is when it is recorded.
    /// A view that this reveals is as of `at`, not after the event.
    #[inline(never)]
    pub(super) fn catch_up(&mut self, at: i64, host: &mut impl Host) -> Call {
        match host.page_change() {
            PageChange::Same => {}
            PageChange::Navigated => return self.navigated(at, host),
            PageChange::Updated => self.look_again(host),
        }
        DONE
    }

    /// Title, viewport, time zone and user may have changed; the address is [`Recorder::navigated`]'s.
    #[inline(never)]
    pub(super) fn look_again(&mut self, host: &mut impl Host) {
        let page = host.page(&self.query);
        self.context.see(&page);
        self.resized = false;
        self.ask_who(host);
    }

    /// Something changed outside of what the page tells: another tab, a promise, the page is seen again.
    pub(super) fn look_around(&mut self, host: &mut impl Host) -> Call {
        self.learn(false, host);
        self.apply_settings(host.now(), host)?;
        if self.leave.mode != Mode::Off {
            self.catch_up(host.now(), host)?;
            self.look_again(host);
            self.share_again(host);
        }
        DONE
    }

    pub(super) fn resized(&mut self) -> Call {
        self.resized = true;
        DONE
    }

    pub(super) fn navigated(&mut self, at: i64, host: &mut impl Host) -> Call {
        let page = host.page(&self.query);
        if self.context.is_elsewhere(&page) {
            return self.arrive(&page, at, host);
        }
        self.context.see(&page);
        DONE
    }

    /// A page that was left and kept is back: that is a view of its own.
    pub(super) fn returned(&mut self, host: &mut impl Host) -> Call {
        if self.tab.is_closed() {
            self.dispatch(host);
            // What is left is another tab's from here on, and so are its losses.
            self.is_handed_over |= !self.outbox.is_empty();
            self.tab.renew(&self.scope, host);
            // The flushes of before: nobody here hears any more what became of that.
            if self.is_handed_over {
                self.settle_flushes(Some(CallError::Unanswered), host);
            }
            self.recorded = 0;
            self.lost = Lost::NONE;
            self.declared = Lost::NONE;
            self.seek(host);
        }
        self.share_anew(host);
        let page = host.page(&self.query);
        self.arrive(&page, host.now(), host)
    }

    #[inline(never)]
    pub(super) fn arrive(&mut self, page: &str, at: i64, host: &mut impl Host) -> Call {
        // A view that still waits for its title has the one that it had.
        self.record_view(host);
        self.context.arrive(page, host);
        self.view = at;
        self.reconsider(host.now(), host)?;
        self.ask_who(host);
        DONE
    }

    /// Records the view that waited for its title: it has had its time, or something happens on the page.
    #[inline(never)]
    pub(super) fn settle_view(&mut self, host: &mut impl Host) {
        if self.view != NEVER {
            self.look_again(host);
            self.record_view(host);
        }
    }

    #[inline(never)]
    pub(super) fn record_view(&mut self, host: &mut impl Host) {
        let at = std::mem::replace(&mut self.view, NEVER);
        if at != NEVER {
            self.context.set_interaction("");
            self.push_or_report(at, "pageView", "{}", host);
        }
    }

    pub(super) fn view_due_at(&self) -> i64 {
        self.view.saturating_add(TITLE_SETTLES_MS)
    }
}
