//! What events wait for before they are sent.

/// The phases of the start-up, one after the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Phase {
    /// Events are sent, or nothing is recorded.
    #[default]
    Done,
    /// The user has not answered the question of consent yet.
    Consent,
    /// No provider has named the user yet.
    User,
    /// Another tab may be beginning the session.
    Session,
}

/// How far the start-up is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Startup {
    pub(super) phase: Phase,
    /// When the phase ends at the latest, epoch ms.
    pub(super) until: i64,
}

impl Startup {
    /// Whether user and session are known, or nothing is recorded.
    pub(super) fn is_done(&self) -> bool {
        self.phase == Phase::Done
    }

    /// When the phase ends at the latest, epoch ms. The user may take any time to answer.
    pub(super) fn due_at(&self) -> Option<i64> {
        matches!(self.phase, Phase::User | Phase::Session).then_some(self.until)
    }

    /// The next phase begins.
    pub(super) fn enter(&mut self, phase: Phase, until: i64) {
        *self = Startup { phase, until };
    }
}
