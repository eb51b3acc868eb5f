//! The browser edge: the only code that knows a browser. It turns what the page calls and what the browser does into
//! inputs, and carries out what the recorder asks for.
//!
//! `api` is what the loader calls, `runtime` hands one input at a time to the recorder, `host` answers the recorder from the
//! facilities of the browser, one a file, and `effect` carries out what is to be done outside. What the facilities have to
//! tell goes through `signal`.

// What every facility stands on.
pub mod bindings;
pub mod contain;
pub mod listener;
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
// What happens, and what is done.
pub mod compression;
pub mod host_page;
pub mod idle;
pub mod lease;
pub mod lifecycle;
pub mod locks;
pub mod navigation;
pub mod request;
pub mod site_settings;
pub mod timer;
pub mod transport;
// What holds them together.
pub mod api;
pub mod command;
pub mod effect;
pub mod host;
pub mod runtime;
pub mod shown;

#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
