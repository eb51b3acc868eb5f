//! What a question reads of each row. A row has some thirty members, and most of the time of a question goes by in
//! reading them.

use super::row::Texts;

/// A text that is read.
pub const READ: Option<()> = Some(());

/// What a question reads of each row, beside time, whether the user is identified, and whether it is a bot.
/// A store may leave out everything else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reads {
    /// [`READ`] for each text that is read.
    pub texts: Texts<()>,
    /// The position.
    pub position: bool,
    /// The number among the events of the tab.
    pub seq: bool,
    /// When it arrived.
    pub received: bool,
    /// Whether the browser is a phone's.
    pub mobile: bool,
    /// Who started the play.
    pub started_by: bool,
    /// The event's `data`, which is no member of a fact: it is asked of each row while that is visited.
    pub data: bool,
}

impl Reads {
    /// Everything that a fact has.
    pub const ALL: Reads = Reads {
        texts: Texts::ALL,
        position: true,
        seq: true,
        received: true,
        mobile: true,
        started_by: true,
        data: false,
    };

    /// These texts.
    pub fn texts(texts: Texts<()>) -> Self {
        Reads { texts, ..Reads::default() }
    }

    /// These and the data, which is found by position.
    pub fn data(self) -> Self {
        Reads { position: true, data: true, ..self }
    }

    /// These and the session.
    pub fn session(mut self) -> Self {
        self.texts.session = READ;
        self
    }
}
