//! The session: what a user does without a long pause, across the pages and tabs of a site.

use crate::host::Host;
use uuid::Uuid;

/// Where the session is kept: `<session GUID> <visions GUID> <start> <last event>`, times in epoch ms.
pub const SESSION_KEY: &str = "wm-session";

/// A session ends after so long without an event,
pub const IDLE_MS: i64 = 30 * 60 * 1_000;

/// or after so long in all.
pub const MOST_MS: i64 = 12 * 60 * 60 * 1_000;

/// A running session.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// The event's `sId`.
    pub id: String,
    /// The event's `visions.sId`.
    pub visions: String,
    start: i64,
    last: i64,
}

impl Session {
    /// A session that begins now.
    pub fn begin(at: i64, host: &mut impl Host) -> Self {
        Session { id: host.guid().to_string(), visions: host.guid().to_string(), start: at, last: at }
    }

    /// The kept session if it still runs at `at`; another tab may have begun it.
    pub fn load(at: i64, host: &mut impl Host) -> Option<Self> {
        let kept = host.load(SESSION_KEY)?;
        let mut parts = kept.split(' ');
        let guid = |part: Option<&str>| part.filter(|part| Uuid::try_parse(part).is_ok()).map(str::to_owned);
        let session = Session {
            id: guid(parts.next())?,
            visions: guid(parts.next())?,
            start: parts.next()?.parse().ok()?,
            last: parts.next()?.parse().ok()?,
        };
        session.runs(at).then_some(session)
    }

    /// Keeps it for later pages and other tabs.
    pub fn save(&self, host: &mut impl Host) {
        let mut kept = String::with_capacity(104);
        kept.push_str(&self.id);
        kept.push(' ');
        kept.push_str(&self.visions);
        for time in [self.start, self.last] {
            kept.push(' ');
            waymark_wire::json::push_int(&mut kept, time);
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

    #[test]
    fn a_session_ends_after_half_an_hour_of_nothing() {
        let host = &mut MemoryHost::default();
        let mut session = Session::begin(0, host);
        session.touch(60_000);
        assert!(session.runs(60_000 + IDLE_MS - 1));
        assert!(!session.runs(60_000 + IDLE_MS));
    }

    #[test]
    fn a_session_ends_after_twelve_hours_however_busy() {
        let host = &mut MemoryHost::default();
        let mut session = Session::begin(0, host);
        session.touch(MOST_MS - 1);
        assert!(session.runs(MOST_MS - 1));
        assert!(!session.runs(MOST_MS));
    }

    #[test]
    fn a_kept_session_goes_on_and_an_ended_or_damaged_one_does_not() {
        let host = &mut MemoryHost::default();
        let session = Session::begin(1_000, host);
        session.save(host);
        assert_eq!(Session::load(2_000, host), Some(session));
        assert_eq!(Session::load(1_000 + IDLE_MS, host), None);
        for damaged in ["", "x", "a b 1 2", "9ef11e58-809f-4d93-855d-22f12c3fd401 "] {
            host.save(SESSION_KEY, damaged);
            assert_eq!(Session::load(2_000, host), None, "{damaged}");
        }
    }
}
