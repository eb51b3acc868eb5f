//! The session: what a user does without a long pause, across the pages and tabs of a site.

use crate::host::{Host, guid};
use crate::identity::is_guid;
use crate::text::{next_part, parse_int};
use waymark_wire::json;

/// Where the session is kept: `<session GUID> <visions GUID> <start> <last event>`, times in epoch ms.
pub const SESSION_KEY: &str = "wm-session";

/// A session ends after so long without an event,
pub const IDLE_MS: i64 = 30 * 60 * 1_000;

/// or after so long in all.
pub const MOST_MS: i64 = 12 * 60 * 60 * 1_000;

/// What is kept is at most so far behind, while the page is there.
pub const KEPT_MS: i64 = 30 * 1_000;

/// A session. One that has not begun does not run at any time.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// The event's `sId`.
    pub id: String,
    /// The event's `visions.sId`.
    pub visions: String,
    start: i64,
    last: i64,
    /// `last` as it is kept.
    kept: i64,
}

impl Session {
    /// One that has not begun.
    pub const fn new() -> Self {
        Session { id: String::new(), visions: String::new(), start: -MOST_MS, last: -IDLE_MS, kept: -IDLE_MS }
    }

    /// A new one begins now.
    pub fn begin(&mut self, at: i64, host: &mut impl Host) {
        self.id = guid(host);
        self.visions = guid(host);
        self.start = at;
        self.last = at;
        self.kept = -IDLE_MS;
    }

    /// Goes on with the kept session if that still runs at `at`, for another page or tab may have begun it; else a new
    /// one begins.
    pub fn resume(&mut self, at: i64, host: &mut impl Host) {
        let kept = host.load(SESSION_KEY).unwrap_or_default();
        if !(self.read(&kept) && self.runs(at)) {
            self.begin(at, host);
        }
    }

    fn read(&mut self, kept: &str) -> bool {
        let mut rest = kept;
        self.id = next_part(&mut rest, b' ').to_owned();
        self.visions = next_part(&mut rest, b' ').to_owned();
        self.start = parse_int(next_part(&mut rest, b' ')).unwrap_or(-MOST_MS);
        self.last = parse_int(rest).unwrap_or(-IDLE_MS);
        self.kept = self.last;
        is_guid(&self.id) && is_guid(&self.visions)
    }

    /// Keeps it for later pages and other tabs, if what is kept is so much behind: writing costs the page more than all
    /// else that a batch does.
    pub fn keep(&mut self, behind_ms: i64, host: &mut impl Host) {
        if self.last - self.kept < behind_ms {
            return;
        }
        self.kept = self.last;
        let mut kept = String::with_capacity(104);
        kept.push_str(&self.id);
        kept.push_str(" ");
        kept.push_str(&self.visions);
        for time in [self.start, self.last] {
            kept.push_str(" ");
            json::push_int(&mut kept, time);
        }
        host.save(SESSION_KEY, &kept);
    }

    /// Whether an event at `at` still belongs to it. A clock that was set back does not end a session.
    pub fn runs(&self, at: i64) -> bool {
        at - self.last < IDLE_MS && at - self.start < MOST_MS
    }

    /// An event happened at `at`.
    pub fn touch(&mut self, at: i64) {
        self.last = self.last.max(at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::MemoryHost;

    fn begun(at: i64, host: &mut MemoryHost) -> Session {
        let mut session = Session::new();
        session.begin(at, host);
        session
    }

    fn resumed(at: i64, host: &mut MemoryHost) -> Session {
        let mut session = Session::new();
        session.resume(at, host);
        session
    }

    #[test]
    fn a_session_ends_after_half_an_hour_of_nothing() {
        let mut session = begun(0, &mut MemoryHost::default());
        session.touch(60_000);
        assert!(session.runs(60_000 + IDLE_MS - 1));
        assert!(!session.runs(60_000 + IDLE_MS));
    }

    #[test]
    fn a_session_ends_after_twelve_hours_however_busy() {
        let mut session = begun(0, &mut MemoryHost::default());
        session.touch(MOST_MS - 1);
        assert!(session.runs(MOST_MS - 1));
        assert!(!session.runs(MOST_MS));
    }

    #[test]
    fn a_session_is_not_written_for_every_batch() {
        let host = &mut MemoryHost::default();
        let mut session = begun(0, host);
        let mut writes = 0;
        for at in (0..120_000).step_by(5_000) {
            host.stored.clear();
            session.touch(at);
            session.keep(KEPT_MS, host);
            writes += host.stored.len();
        }
        assert_eq!(writes, 4);
    }

    #[test]
    fn a_session_that_has_not_begun_does_not_run() {
        assert!(!Session::new().runs(0));
    }

    #[test]
    fn a_kept_session_goes_on_and_an_ended_or_damaged_one_does_not() {
        let host = &mut MemoryHost::default();
        let mut session = begun(1_000, host);
        session.keep(1, host);
        assert_eq!(resumed(2_000, host), session);
        assert_ne!(resumed(1_000 + IDLE_MS, host).id, session.id);
        let (id, visions) = (&session.id, &session.visions);
        for damaged in ["", "x", "a b 1 2", &format!("{id} "), &format!("{id} {visions} 1000 x")] {
            host.save(SESSION_KEY, damaged);
            assert_ne!(resumed(2_000, host).id, session.id, "{damaged}");
        }
    }
}
