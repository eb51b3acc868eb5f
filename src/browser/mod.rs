//! The browser edge: the only code that knows a browser. It turns calls of the page and events of the browser into
//! inputs of the recorder, and carries out the recorder's effects.
//!
//! `api` has a function for each command, `arguments` reads the arguments, `runtime` gives one input at a time to the
//! recorder, `host` implements [`crate::Host`] with the browser's facilities (one file each), `effect` carries out
//! effects, and `answer` settles the promise of a call. The facilities report events through `signal`.

// Used by all facilities.
pub mod bindings;
pub mod contain;
pub mod listener;
pub mod members;
pub mod signal;
// Facts.
pub mod clock;
pub mod console;
pub mod cookies;
pub mod id_token;
pub mod page;
pub mod provider;
pub mod signals;
pub mod storage;
pub mod user_agent;
// Events and effects.
pub mod capture;
pub mod compression;
pub mod idle;
pub mod lease;
pub mod lifecycle;
pub mod locks;
pub mod navigation;
pub mod request;
pub mod site_settings;
pub mod timer;
pub mod transport;
// A call of the page, from its arguments to its outcome.
pub mod answer;
pub mod arguments;
pub mod call;
pub mod command;
pub mod event_data;
pub mod flushes;
pub mod listeners;
pub mod outcome;
pub mod page_function;
pub mod refusal;
pub mod shown;
// The wiring.
pub mod api;
pub mod effect;
pub mod host;
pub mod runtime;
pub mod types;

#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
