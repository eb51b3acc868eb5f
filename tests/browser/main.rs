//! The browser edge in real browsers: what its facilities tell the recorder, and what the recorder's calls do to a
//! page.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod capture;
mod clock;
mod console;
mod event_data;
mod locks;
mod navigation;
mod page;
mod provider;
mod recorder;
mod script;
mod site_settings;
mod storage;
mod transport;
mod user_agent;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
