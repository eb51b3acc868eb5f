//! The protocol between the recorder and the collector.
//!
//! In: the recorder's events and their context. Out: one compact batch ([`Envelope::body`]), which is read again as the
//! canonical events that are stored, exported and shown ([`Batch::read`], [`Event`]). This crate has no clock,
//! randomness, browser, socket or store.
//!
//! The modules in the order of the data: [`settings`] has the recorder's settings, [`level`] the table of collected
//! data, [`context`] the shared context of events. [`batch`] writes a batch, [`expand`] reads one, [`event`] is the
//! result. [`reply`] is the collector's reply, [`code`] has the codes of its refusals. [`forget`] is the request to
//! erase data, and [`state`] the user's state.

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
pub use event::{Bot, Event, Place, Server, Wm};
pub use expand::{Batch, Expanded, InvalidBatch, Rejected};
pub use forget::{Erased, Forget};
pub use id::event_id;
pub use level::{Allowed, Field, Level};
pub use loss::{Lost, Reason};
pub use reply::{Refusal, Reply};
pub use settings::{PageSettings, Settings, SiteSettings};

/// The version of the batch format that this crate writes. Older versions stay readable (`fixtures/`, one folder per
/// version).
pub const VERSION: u32 = 1;

/// The version of the event's shape: the event's `version.pe`.
pub const SCHEMA: &str = "1.0.0";
