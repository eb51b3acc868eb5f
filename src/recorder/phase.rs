//! The phases of the start-up, in which events wait before they are sent.

/// A phase of the start-up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Phase {
    /// The start-up is done, or nothing is recorded.
    #[default]
    Done,
    /// Events wait for the user's answer to the question of consent.
    Consent,
    /// Events wait for a provider to name the user.
    User,
    /// Events wait for the session's lock, because another tab may be beginning the session.
    Session,
}

/// The progress of the start-up.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Startup {
    pub(super) phase: Phase,
    /// The latest end of the phase, epoch ms.
    pub(super) until: i64,
}

impl Startup {
    /// Whether user and session are known, or nothing is recorded.
    pub(super) fn is_done(&self) -> bool {
        self.phase == Phase::Done
    }

    /// The latest end of the phase, epoch ms. `None` in phase `Consent`, which has no time limit.
    pub(super) fn due_at(&self) -> Option<i64> {
        matches!(self.phase, Phase::User | Phase::Session).then_some(self.until)
    }

    /// Begins `phase`, which ends at `until`, epoch ms, at the latest.
    pub(super) fn enter(&mut self, phase: Phase, until: i64) {
        *self = Startup { phase, until };
    }
}
