//! What crosses the network between the recorder and the collector, and nothing else.
//!
//! In: the recorder's events and the context they share. Out: one compact batch ([`Encoder`]), read again as the
//! canonical events that are stored, exported and shown ([`Batch::read`], [`Event`]).
//! Never here: clocks, randomness, browsers, sockets, stores.
//!
//! The modules in the order the data takes: [`level`] says what may be collected at all, [`context`] and [`content`] say
//! what an event carries, [`encode`] packs a batch, [`decode`] unpacks it, [`event`] is what comes out, [`reply`] is what
//! the collector answers, [`code`] says why it refuses; [`forget`] asks for what was stored to be erased. [`settings`]
//! are the recorder's settings, [`state`] what is remembered of a user.

pub mod code;
pub mod content;
pub mod context;
pub mod decode;
pub mod encode;
pub mod event;
pub mod forget;
pub mod id;
pub mod json;
pub mod level;
pub mod limits;
pub mod loss;
pub mod reply;
pub mod settings;
pub mod state;
pub mod text;

pub use code::{EntryRejectReason, EventError, RefusalCode, RejectReason};
pub use content::Content;
pub use context::{Browser, Ctx, Env, IdSource, Location, Os, Screen, Shared, User, Values, Version, Visions};
pub use decode::{Batch, Expanded, Rejected, Unreadable};
pub use encode::{Encoder, Envelope};
pub use event::{Event, Place, Server, Wm};
pub use forget::{Erased, Forget};
pub use id::event_id;
pub use level::{Allowed, Field, Level};
pub use loss::{Lost, Reason};
pub use reply::{Refusal, Reply};
pub use settings::{PageSettings, Settings, SiteSettings};

/// The version of the batch format that this crate writes. Older ones stay readable (`fixtures/`, a folder a version).
pub const VERSION: u32 = 2;

/// The version of the event's shape: the event's `version.pe`.
pub const SCHEMA: &str = "1.0.0";
