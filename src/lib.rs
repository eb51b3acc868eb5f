//! The recorder: what a page does becomes events, events become batches, batches go to the collector.
//!
//! The logic is plain Rust that knows no browser: [`Recorder::on`] takes an [`Input`], changes its state and asks the
//! [`Host`] for effects. `browser/` is the only code that knows a browser; [`testing::MemoryHost`] stands beside it
//! for tests. The modules in the order the data takes:

// What comes in.
pub mod config;
pub mod input;
// With whose leave, who, where, with what.
pub mod agent;
pub mod consent;
pub mod context;
pub mod hash;
pub mod identity;
pub mod play;
pub mod scope;
pub mod session;
pub mod state;
pub mod tab;
// What goes out.
pub mod outbox;
pub mod queue;
// What holds them together.
pub mod host;
pub mod recorder;
pub mod testing;

#[cfg(target_arch = "wasm32")]
pub mod browser;

pub use config::Config;
pub use host::Host;
pub use input::Input;
pub use recorder::Recorder;
/// What may be collected at which level: the table that recorder and collector share.
pub use waymark_wire::level;

/// The recorder's build, `<date>-<time>-<commit>` of the sources it was made from: the event's `version.lib`.
pub const BUILD: &str = match option_env!("WAYMARK_BUILD") {
    Some(build) => build,
    None => env!("CARGO_PKG_VERSION"),
};
