//! The browser edge: the only code that knows a browser. It turns what the page calls and what the browser does into
//! inputs, and carries out what the recorder asks for.
//!
//! The modules in the order the data takes: `api` is what the loader and the glue call, `intake` hands one input at a
//! time to the recorder, `host` answers the recorder from `page` and `storage`, `sender` and `timer` carry out. `glue.js`
//! holds what has no binding, or none that is worth its bytes (docs/size.md).

pub mod api;
pub mod host;
pub mod intake;
pub mod page;
pub mod sender;
pub mod storage;
pub mod timer;

#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
