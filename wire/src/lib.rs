//! What crosses the network between the recorder and the collector, and nothing else.
//!
//! In: the recorder's events and the context they share. Out: one compact batch ([`Envelope::body`]), read again as the
//! canonical events that are stored, exported and shown ([`Batch::read`], [`Event`]).
//! Never here: clocks, randomness, browsers, sockets, stores.
//!
//! The modules in the order of the data: [`settings`] are the recorder's settings, [`level`] says what may be collected at
//! all, [`context`] says what events share, [`batch`] fills and writes a batch, [`expand`] reads one, [`event`] is what comes
//! out, [`reply`] is what the collector answers, [`code`] says why it refuses. [`forget`] asks for what was stored to be
//! erased, [`state`] is what is remembered of a user.

pub mod batch;
pub mod code;
pub mod context;
pub mod event;
pub mod expand;
pub mod forget;
pub mod id;
pub mod level;
pub mod limits;
pub mod loss;
pub mod reply;
mod sanitize;
pub mod settings;
pub mod state;

pub use batch::{BatchBuilder, Contents, Envelope};
pub use code::{EntryRejectReason, EventError, RefusalCode, RejectReason};
pub use context::{Browser, Context, Ctx, Env, IdSource, Location, Os, Screen, User, Version, Visions};
pub use event::{Event, Place, Server, Wm};
pub use expand::{Batch, Expanded, Rejected, Unreadable};
pub use forget::{Erased, Forget};
pub use id::event_id;
pub use level::{Allowed, Field, Level};
pub use loss::{Lost, Reason};
pub use reply::{Refusal, Reply};
pub use settings::{PageSettings, Settings, SiteSettings};

/// The version of the batch format that this crate writes. Older ones stay readable (`fixtures/`, a folder a version).
pub const VERSION: u32 = 1;

/// The version of the event's shape: the event's `version.pe`.
pub const SCHEMA: &str = "1.0.0";
