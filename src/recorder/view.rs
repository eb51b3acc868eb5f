//! The page and its views: what a navigation is, what only changes the page in place, and when a view is recorded.

use super::conductor::{Recorder, terms};
use super::reply::{Call, DONE};
use crate::facts::{PageChange, PageFacts};
use crate::host::Host;
use serde::Serialize;

/// The data of a `pageView` event.
#[derive(Serialize)]
struct NoData {}

impl Recorder {
    /// The page may have changed before any listener was called: an event belongs to the page as it is when the event is
    /// recorded. A view that this reveals is as of `at`, before the event.
    pub(super) fn catch_up(&mut self, at: i64, host: &mut impl Host) -> Call {
        match host.page_change() {
            PageChange::Same => {}
            PageChange::Navigated => return self.on_navigation(at, host),
            PageChange::Updated => self.update_page(host),
        }
        DONE
    }

    /// Title, viewport, time zone and user may have changed. [`Recorder::on_navigation`] handles the address.
    pub(super) fn update_page(&mut self, host: &mut impl Host) {
        let page = host.page(self.settings.address_filter());
        self.context.update_page(page);
        self.update_user(host);
    }

    /// Something outside the page's calls may have changed: another tab's data, a provider's promise, the site's settings.
    pub(super) fn refresh(&mut self, host: &mut impl Host) -> Call {
        self.settings.fetch(false, self.is_started, host);
        self.apply_settings(host.now(), host)?;
        if !self.permissions.is_off() {
            self.catch_up(host.now(), host)?;
            self.update_page(host);
            self.sync.refresh(host.now());
        }
        DONE
    }

    pub(super) fn on_navigation(&mut self, at: i64, host: &mut impl Host) -> Call {
        let page = host.page(self.settings.address_filter());
        if self.context.is_elsewhere(&page) {
            return self.start_view(page, at, host);
        }
        self.context.update_page(page);
        DONE
    }

    /// The page that was left is back: that is a view of its own.
    pub(super) fn on_return(&mut self, host: &mut impl Host) -> Call {
        if self.delivery.is_tab_closed() {
            self.delivery.reopen(&terms(&self.settings, &self.permissions), host);
        }
        self.sync.restart(host.now());
        let page = host.page(self.settings.address_filter());
        self.start_view(page, host.now(), host)
    }

    fn start_view(&mut self, page: PageFacts, at: i64, host: &mut impl Host) -> Call {
        // A view that still waits for its title keeps the title that it had.
        self.record_view(host);
        self.context.start_view(page, at, host);
        self.update_permissions(host.now(), host)?;
        self.update_user(host);
        DONE
    }

    /// Records the view that waits for its title, because its time is over or something else happens on the page.
    pub(super) fn record_pending_view(&mut self, host: &mut impl Host) {
        if self.context.has_pending_view() {
            self.update_page(host);
            self.record_view(host);
        }
    }

    fn record_view(&mut self, host: &mut impl Host) {
        if let Some(at) = self.context.take_pending_view() {
            self.push_or_note(at, "pageView", &NoData {}, host);
        }
    }
}
