//! The inputs of the recorder: the page's calls and the browser's signals.

use crate::delivery::Response;
use uuid::Uuid;

/// Something that the recorder must know. Times are epoch ms.
#[derive(Debug)]
pub enum Input<'a> {
    /// The page recorded an event.
    Record(Record<'a>),
    /// The page says who the user is, and with what the site's server has signed that, else with nothing.
    Identify(&'a str, &'a str),
    /// The call of `identify` was answered with [`crate::CallError::Busy`]: whether the user's state is there now.
    AwaitState,
    /// The user left. The next user is another one.
    Reset,
    /// The page wants everything sent now. [`crate::host::Effect::ResolveFlushes`] says when that is done.
    Flush,
    /// The user agreed to these purposes ([`waymark_wire::level::purpose`]); to none: denied.
    Consent(u8),
    /// The page wants no more than this level. It can only lower the site's.
    Level(u8),
    /// In manual mode: levels 2 and 3 may begin, or must end.
    Experience(bool),
    /// What is held here, and why: answered with a [`crate::recorder::Report`].
    Inspect,
    /// Erase everything here, and have the collector erase what it knows of the anonymous user.
    Forget,
    /// The kept state is asked for or changed.
    State(State<'a>),
    /// The recorder is taken off the page: what is queued is sent, and nothing is done any more.
    Stop,
    /// The document's address may have changed.
    Navigated,
    /// The path was replaced, in the same view.
    Replaced,
    /// The viewport changed.
    Resized,
    /// The user, the page or another tab's entries may have changed.
    Refresh,
    /// The page is hidden, and may never run again.
    Hidden,
    /// The page is closing.
    Unload,
    /// The page was restored from the back-forward cache.
    PageRestored,
    /// The lock that [`crate::host::Effect::LockSession`] asked for is held.
    SessionLockAcquired,
    /// The lock that [`crate::host::Effect::LockSession`] asked for was released.
    SessionLockReleased,
    /// The time that [`crate::host::Effect::WakeAt`] set has come.
    TimerFired,
    /// The response to the batch of this number.
    BatchResponse(u32, Response<'a>),
    /// The response to the state request of this number. Its body is a [`waymark_wire::state::Reply`].
    StateResponse(u32, Response<'a>),
    /// The network is back.
    Online,
    /// The page is idle, as asked for by [`crate::host::Effect::WhenIdle`].
    Idle,
    /// The lock of this tab is held, as asked for by [`crate::host::Effect::LockTab`].
    TabLockAcquired(Uuid),
    /// Another tab stored or removed the entry of this name, a name of [`waymark_wire::level::Key::OUTBOX`].
    OtherTabWrote(&'a str),
}

impl Input<'_> {
    /// Whether it may change the user's state, or whose state that is.
    pub fn may_change_state(&self) -> bool {
        !matches!(
            self,
            Input::Record(_)
                | Input::Inspect
                | Input::AwaitState
                | Input::State(State::Get(_) | State::All)
                | Input::Navigated
                | Input::Replaced
                | Input::Resized
                | Input::BatchResponse(..)
                | Input::Online
                | Input::Idle
                | Input::TabLockAcquired(_)
                | Input::OtherTabWrote(_)
        )
    }
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
    /// For guidance content `<data.type>:<data.oId>`, so that its play can be found; else empty.
    pub content: &'a str,
}

/// What is to be done with the kept state.
#[derive(Clone, Copy, Debug)]
pub enum State<'a> {
    /// What is kept under a kind and a name.
    Get(Entry<'a>),
    /// Keeps a value under them.
    Set(Entry<'a>, Change<'a>),
    /// Forgets it.
    Remove(Entry<'a>),
    /// All that is kept.
    All,
}

/// An entry of the kept state, as the page names it.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// Such as `task`.
    pub kind: &'a str,
    /// A number of guidance content, else the site's own name.
    pub name: &'a str,
}

/// What an entry becomes.
#[derive(Clone, Copy, Debug)]
pub struct Change<'a> {
    /// The value as JSON; empty where the page gave none.
    pub value: &'a str,
    /// For so many days. Those that are out of range are refused.
    pub days: i64,
    /// Whether it is recorded as an event.
    pub record: bool,
}
