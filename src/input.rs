//! What the recorder is told: the page's calls and the browser's happenings, one by one.

use crate::outbox::Answer;

/// Something that the recorder must know. Times are epoch ms.
#[derive(Debug)]
pub enum Input<'a> {
    /// The page recorded an event.
    Record(Record<'a>),
    /// The page says who the user is.
    Identify(&'a str),
    /// The user left; whoever comes is another.
    Reset,
    /// The page wants everything sent now. The host is told when that is done ([`crate::Host::settle`]).
    Flush,
    /// The document's address may have changed.
    Navigated,
    /// The viewport changed.
    Resized,
    /// The page is hidden or being left: it may never run again.
    Leaving,
    /// The time that was asked for by [`crate::Host::wake_at`] has come.
    Woken,
    /// The collector answered a batch, or could not be reached.
    Answered(u32, Answer),
}

/// An event as the page tells it.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// When it happened.
    pub at: i64,
    /// The verb.
    pub kind: &'a str,
    /// Its data: the text of a JSON object.
    pub data: &'a str,
    /// For guidance content `<data.type>:<data.oId>`, so that its play can be told; else empty.
    pub content: &'a str,
}
