//! The session: what a user does without a long pause, across the pages, tabs and subdomains of a site.

use crate::host::{Host, guid};
use crate::identity::is_guid;
use crate::scope::Scope;
use waymark_wire::json;
use waymark_wire::level::Key;
use waymark_wire::text::{next_part, parse_int};

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
    /// The mark of the user whose session it is.
    pub user: String,
    start: i64,
    last: i64,
    /// `last` as it is kept.
    kept: i64,
}

impl Session {
    /// One that has not begun.
    pub const fn new() -> Self {
        Session {
            id: String::new(),
            visions: String::new(),
            user: String::new(),
            start: -MOST_MS,
            last: -IDLE_MS,
            kept: -IDLE_MS,
        }
    }

    /// A new one of `user` begins now.
    pub fn begin(&mut self, at: i64, user: &str, scope: &Scope, host: &mut impl Host) {
        self.id = guid(host);
        self.visions = guid(host);
        self.start = at;
        self.last = at;
        self.user = user.to_owned();
        self.keep_now(scope, host);
    }

    /// Goes on with the kept session, which another page or tab may have begun, if it still runs at `at` and is the
    /// user's: of that mark, or of `before` (whom the user turned out to be). Says whether it does.
    pub fn resume(&mut self, at: i64, user: &str, before: &str, scope: &Scope, host: &mut impl Host) -> bool {
        let kept = host.load(&scope.name(Key::SESSION), Key::SESSION.place, 1).unwrap_or_default();
        let mut found = Session::read(&kept);
        let goes_on = found.runs(at) && (found.user == user || !before.is_empty() && found.user == before);
        if goes_on {
            found.user = user.to_owned();
            *self = found;
        }
        goes_on
    }

    /// The kept session, `<session GUID>.<visions GUID>.<start>.<last event>.<mark>`; one that does not run where that is
    /// none.
    fn read(kept: &str) -> Session {
        let mut session = Session::new();
        let mut rest = kept;
        let (id, visions) = (next_part(&mut rest, b'.'), next_part(&mut rest, b'.'));
        let start = parse_int(next_part(&mut rest, b'.'));
        let last = parse_int(next_part(&mut rest, b'.'));
        if let (Some(start), Some(last), true) = (start, last, is_guid(id) && is_guid(visions)) {
            session.id = id.to_owned();
            session.visions = visions.to_owned();
            session.user = rest.to_owned();
            session.start = start;
            session.last = last;
            session.kept = last;
        }
        session
    }

    /// Keeps it for later pages and other tabs, if what is kept is so much behind: writing costs the page more than all
    /// else that a batch does.
    pub fn keep(&mut self, behind_ms: i64, scope: &Scope, host: &mut impl Host) {
        if self.last - self.kept >= behind_ms {
            self.keep_now(scope, host);
        }
    }

    /// Keeps it whatever is kept.
    #[inline(never)]
    pub fn keep_now(&mut self, scope: &Scope, host: &mut impl Host) {
        self.kept = self.last;
        let mut kept = String::with_capacity(128);
        kept.push_str(&self.id);
        kept.push_str(".");
        kept.push_str(&self.visions);
        for time in [self.start, self.last] {
            kept.push_str(".");
            json::push_int(&mut kept, time);
        }
        kept.push_str(".");
        kept.push_str(&self.user);
        host.save(&scope.name(Key::SESSION), &kept, Key::SESSION.place, 1);
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
    use crate::testing::{MemoryHost, scope};

    fn begun(at: i64, host: &mut MemoryHost) -> Session {
        let mut session = Session::new();
        session.begin(at, "7", &scope(), host);
        session
    }

    fn resumed(at: i64, user: &str, before: &str, host: &mut MemoryHost) -> Option<Session> {
        let mut session = Session::new();
        session.resume(at, user, before, &scope(), host).then_some(session)
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
        let before = host.writes;
        for at in (0..120_000).step_by(5_000) {
            session.touch(at);
            session.keep(KEPT_MS, &scope(), host);
        }
        assert_eq!(host.writes - before, 3);
    }

    #[test]
    fn a_session_that_has_not_begun_does_not_run() {
        assert!(!Session::new().runs(0));
    }

    #[test]
    fn a_kept_session_goes_on_for_its_user_and_for_whom_that_turned_out_to_be() {
        let host = &mut MemoryHost::default();
        let session = begun(1_000, host);
        assert_eq!(resumed(2_000, "7", "", host), Some(session.clone()));
        assert_eq!(resumed(1_000 + IDLE_MS, "7", "", host), None);
        assert_eq!(resumed(2_000, "8", "", host), None);
        assert_eq!(resumed(2_000, "8", "7", host).unwrap().id, session.id);
    }

    #[test]
    fn a_damaged_one_does_not_go_on() {
        let host = &mut MemoryHost::default();
        let session = begun(1_000, host);
        let (id, visions) = (&session.id, &session.visions);
        for damaged in ["", "x", "a.b.1.2.7", &format!("{id}.."), &format!("{id}.{visions}.1000.x.7")] {
            host.save(&scope().name(Key::SESSION), damaged, Key::SESSION.place, 1);
            assert_eq!(resumed(2_000, "7", "", host), None, "{damaged}");
        }
    }
}
