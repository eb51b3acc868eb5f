//! The page and its views: tells a navigation from a change in place, and records views.

use super::conductor::{Recorder, terms};
use super::reply::{Call, DONE};
use crate::facts::{PageChange, PageFacts};
use crate::host::Host;
use serde::Serialize;

/// The data of a `pageView` event.
#[derive(Serialize)]
struct NoData {}

impl Recorder {
    /// Reads changes of the page that no listener has reported yet, so that an event gets the page's state at the
    /// moment of the event. If the page has navigated, its view began at `at`, epoch ms, before the event.
    pub(super) fn catch_up(&mut self, at: i64, host: &mut impl Host) -> Call {
        match host.page_change() {
            PageChange::Same => {}
            PageChange::Navigated => return self.on_navigation(at, host),
            PageChange::Updated if self.settings.counts_replaced_paths() => {
                self.on_navigation(at, host)?;
                self.update_user(host);
            }
            PageChange::Updated => self.update_page(host),
        }
        DONE
    }

    /// Reads title, viewport, time zone and user again. [`Recorder::on_navigation`] handles the address.
    pub(super) fn update_page(&mut self, host: &mut impl Host) {
        let page = host.page(self.settings.address_filter());
        self.context.update_page(page, self.settings.paths());
        self.update_user(host);
    }

    /// Reads everything again that may change without a call: another tab's data, a provider's promise, the site's
    /// settings.
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
        self.context.update_page(page, self.settings.paths());
        DONE
    }

    /// The page was closed and is shown again: begins a new view.
    pub(super) fn on_return(&mut self, host: &mut impl Host) -> Call {
        if self.delivery.is_tab_closed() {
            self.delivery.reopen(&terms(&self.settings, &self.permissions), host);
        }
        self.sync.restart(host.now());
        let page = host.page(self.settings.address_filter());
        self.start_view(page, host.now(), host)
    }

    fn start_view(&mut self, page: PageFacts, at: i64, host: &mut impl Host) -> Call {
        // A view that still waits for its title is recorded with its current title.
        self.record_view(host);
        self.context.start_view(page, self.settings.paths(), at, self.settings.title_wait_ms(), host);
        self.update_permissions(host.now(), host)?;
        self.update_user(host);
        DONE
    }

    /// Records the view that waits for its title, because the wait is over or another event happens.
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
