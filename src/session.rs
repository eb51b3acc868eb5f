//! The session: a period of activity without a long pause, across the pages, tabs and subdomains of a site.

use crate::host::{Host, new_guid};
use crate::identity::is_guid;
use crate::scope::Scope;
use crate::stored::{self, V1};
use serde::{Deserialize, Serialize};
use waymark_wire::level::Key;

/// A session ends after this time without an event, in ms.
pub const IDLE_MS: i64 = 30 * 60 * 1_000;

/// A session ends after this total time, in ms.
pub const LONGEST_MS: i64 = 12 * 60 * 60 * 1_000;

/// How far the stored session may lag behind while the page is open, in ms.
pub const SAVE_EVERY_MS: i64 = 30 * 1_000;

/// A session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Session {
    v: V1,
    /// The event's `sId`, a GUID.
    pub id: String,
    /// The event's `visions.sId`, a GUID.
    pub visions: String,
    /// The storage key of the user whose session it is.
    pub user: String,
    /// When the session began, epoch ms.
    start: i64,
    /// When the last event happened, epoch ms.
    last: i64,
    /// The stored value of `last`.
    #[serde(skip)]
    kept: i64,
}

impl Session {
    /// Begins a new session of `user` at `at`, epoch ms, and stores it.
    pub fn begin(at: i64, user: &str, scope: &Scope, host: &mut impl Host) -> Self {
        let (id, visions) = (new_guid(host), new_guid(host));
        let mut session = Session { v: V1, id, visions, user: user.to_owned(), start: at, last: at, kept: at };
        session.save_now(scope, host);
        session
    }

    /// The stored session, which another page or tab may have begun. `None` if the session has ended by `at`, epoch ms,
    /// or belongs neither to the storage key `user` nor to `before`, the storage key that the user had before.
    pub fn resume(at: i64, user: &str, before: Option<&str>, scope: &Scope, host: &mut impl Host) -> Option<Self> {
        let found: Session = stored::load(&scope.name(Key::SESSION), Key::SESSION.area, 1, host)?;
        let is_whole = is_guid(&found.id) && is_guid(&found.visions);
        let is_theirs = found.user == user || before == Some(&*found.user);
        let goes_on = is_whole && is_theirs && found.runs(at);
        goes_on.then(|| Session { kept: found.last, user: user.to_owned(), ..found })
    }

    /// Stores the session for later pages and other tabs, if the stored session is at least `behind_ms` behind. Writing
    /// to storage costs the page more than the rest of a batch.
    pub fn save(&mut self, behind_ms: i64, scope: &Scope, host: &mut impl Host) {
        if self.last - self.kept >= behind_ms {
            self.save_now(scope, host);
        }
    }

    /// Stores the session now.
    pub fn save_now(&mut self, scope: &Scope, host: &mut impl Host) {
        self.kept = self.last;
        stored::save(&scope.name(Key::SESSION), self, Key::SESSION.area, 1, host);
    }

    /// Whether an event at `at`, epoch ms, still belongs to the session. A clock that is set back does not end a
    /// session.
    pub fn runs(&self, at: i64) -> bool {
        at - self.last < IDLE_MS && at - self.start < LONGEST_MS
    }

    /// Notes an event at `at`, epoch ms.
    pub fn touch(&mut self, at: i64) {
        self.last = self.last.max(at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{MemoryHost, scope};

    fn begun(at: i64, host: &mut MemoryHost) -> Session {
        Session::begin(at, "7", &scope(), host)
    }

    fn resumed(at: i64, user: &str, before: Option<&str>, host: &mut MemoryHost) -> Option<Session> {
        Session::resume(at, user, before, &scope(), host)
    }

    #[test]
    fn a_session_ends_after_half_an_hour_without_an_event() {
        let mut session = begun(0, &mut MemoryHost::default());
        session.touch(60_000);
        assert!(session.runs(60_000 + IDLE_MS - 1));
        assert!(!session.runs(60_000 + IDLE_MS));
    }

    #[test]
    fn a_session_ends_after_twelve_hours() {
        let mut session = begun(0, &mut MemoryHost::default());
        session.touch(LONGEST_MS - 1);
        assert!(session.runs(LONGEST_MS - 1));
        assert!(!session.runs(LONGEST_MS));
    }

    #[test]
    fn a_session_is_not_stored_for_every_batch() {
        let host = &mut MemoryHost::default();
        let mut session = begun(0, host);
        let before = host.writes;
        for at in (0..120_000).step_by(5_000) {
            session.touch(at);
            session.save(SAVE_EVERY_MS, &scope(), host);
        }
        assert_eq!(host.writes - before, 3);
    }

    #[test]
    fn a_stored_session_continues_for_its_user_also_after_identification() {
        let host = &mut MemoryHost::default();
        let session = begun(1_000, host);
        assert_eq!(resumed(2_000, "7", None, host), Some(session.clone()));
        assert_eq!(resumed(1_000 + IDLE_MS, "7", None, host), None);
        assert_eq!(resumed(2_000, "8", None, host), None);
        assert_eq!(resumed(2_000, "8", Some("7"), host).unwrap().id, session.id);
    }

    #[test]
    fn a_damaged_session_does_not_continue() {
        let host = &mut MemoryHost::default();
        let session = begun(1_000, host);
        let whole = host.stored[&scope().name(Key::SESSION)].clone();
        let (short, other) = (whole.replace(&session.id, "a"), whole.replace(r#""v":1"#, r#""v":2"#));
        for damaged in ["", "x", "{}", &whole[..whole.len() - 1], &short, &other] {
            host.stored.insert(scope().name(Key::SESSION), damaged.to_owned());
            assert_eq!(resumed(2_000, "7", None, host), None, "{damaged}");
        }
        host.stored.insert(scope().name(Key::SESSION), whole);
        assert!(resumed(2_000, "7", None, host).is_some());
    }
}
