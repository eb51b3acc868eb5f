//! The browser edge: the only code that knows a browser. It turns what the page calls and what the browser does into
//! inputs, and carries out what the recorder asks for.
//!
//! `api` has a function for each command of the page's, `arguments` reads what the page gave, `runtime` hands one input
//! at a time to the recorder, `host` answers the recorder from the facilities of the browser, one a file, `effect`
//! carries out what is to be done outside, and `answer` settles the promise of the call. What the facilities have to
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
pub mod idle;
pub mod lease;
pub mod lifecycle;
pub mod locks;
pub mod navigation;
pub mod request;
pub mod site_settings;
pub mod timer;
pub mod transport;
// A call of the page's, from its arguments to its outcome.
pub mod answer;
pub mod arguments;
pub mod call;
pub mod command;
pub mod flushes;
pub mod listeners;
pub mod outcome;
pub mod page_function;
pub mod refusal;
pub mod shown;
// What holds them together.
pub mod api;
pub mod effect;
pub mod host;
pub mod runtime;
pub mod types;

#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
