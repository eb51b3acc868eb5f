//! What does recording an event cost the main thread of a host page, delivery included?
//!
//! A real Chromium records the same events through Waymark and through the least JavaScript that does the same, beside
//! a page that records nothing. Rounds are interleaved and shuffled; every event must have arrived.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[cfg(not(target_arch = "wasm32"))]
#[path = "page/rounds.rs"]
mod rounds;

fn main() {
    #[cfg(not(target_arch = "wasm32"))]
    rounds::run();
}
