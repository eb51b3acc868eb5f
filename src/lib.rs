//! The recorder: records what happens on a page as events, collects events in batches, and sends batches to the
//! collector.
//!
//! The logic is plain Rust without browser code: [`Recorder::on`] takes an [`Input`], changes its state and asks the
//! [`Host`] for effects. Only `browser/` uses browser APIs. Tests use [`testing::MemoryHost`] instead. The modules
//! follow the flow of the data:

// Input.
pub mod address;
pub mod call_error;
pub mod call_queue;
pub mod command;
pub mod facts;
pub mod host;
// The user, storage, and the permission to collect.
pub mod consent;
pub mod identity;
pub mod scope;
pub mod session;
pub mod settings;
pub mod stored;
// The content of events.
pub mod capture;
pub mod context;
pub mod state;
// Output.
pub mod delivery;
// The conductor of all components.
pub mod recorder;
pub mod testing;

#[cfg(target_arch = "wasm32")]
pub mod browser;

pub use call_error::CallError;
pub use command::Input;
pub use host::Host;
pub use recorder::Recorder;
pub use settings::ActiveSettings;
/// The level table, which recorder and collector share: what may be collected at which level.
pub use waymark_wire::level;

/// The recorder's build, `<date>-<time>-<commit>` of its sources: the event's `version.lib`.
pub const BUILD: &str = match option_env!("WAYMARK_BUILD") {
    Some(build) => build,
    None => env!("CARGO_PKG_VERSION"),
};
