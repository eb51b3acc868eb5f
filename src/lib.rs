//! The recorder: what a page does becomes events, events become batches, batches go to the collector.
//!
//! The logic is plain Rust that knows no browser: [`Recorder::on`] takes an [`Input`], changes its state and asks the
//! [`Host`] for effects. `browser/` is the only code that knows a browser; [`testing::MemoryHost`] stands beside it
//! for tests. The modules in the order the data takes:

// What comes in.
pub mod call_error;
pub mod call_queue;
pub mod command;
pub mod facts;
pub mod host;
// Who it is about, where it is kept, and what may be collected.
pub mod consent;
pub mod identity;
pub mod scope;
pub mod session;
pub mod settings;
pub mod stored;
// What happens.
pub mod context;
pub mod state;
// What goes out.
pub mod delivery;
// What conducts them.
pub mod recorder;
pub mod testing;

#[cfg(target_arch = "wasm32")]
pub mod browser;

pub use call_error::CallError;
pub use command::Input;
pub use host::Host;
pub use recorder::Recorder;
pub use settings::ActiveSettings;
/// What may be collected at which level: the table that recorder and collector share.
pub use waymark_wire::level;

/// The recorder's build, `<date>-<time>-<commit>` of the sources it was made from: the event's `version.lib`.
pub const BUILD: &str = match option_env!("WAYMARK_BUILD") {
    Some(build) => build,
    None => env!("CARGO_PKG_VERSION"),
};
