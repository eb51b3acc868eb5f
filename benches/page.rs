//! What does a recorder cost the main thread of a host page, delivery included?
//!
//! A real Chromium records the same events through Waymark and through the least JavaScript that does the same, beside
//! a page that records nothing: many events of a warm page, and the first events of a fresh page in a fresh browser.
//! Every event must have arrived. The start of the recorder is measured in fresh browsers too, and a click at level 2
//! beside the pattern of an autocapture. With the word `level2` only that is measured.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[cfg(not(target_arch = "wasm32"))]
#[path = "page/capture.rs"]
mod capture;
#[cfg(not(target_arch = "wasm32"))]
#[path = "page/cold.rs"]
mod cold;
#[cfg(not(target_arch = "wasm32"))]
#[path = "page/events.rs"]
mod events;
#[cfg(not(target_arch = "wasm32"))]
#[path = "page/figures.rs"]
mod figures;
#[cfg(not(target_arch = "wasm32"))]
#[path = "page/run.rs"]
mod run;
#[cfg(not(target_arch = "wasm32"))]
#[path = "page/start.rs"]
mod start;
#[cfg(not(target_arch = "wasm32"))]
#[path = "page/warm.rs"]
mod warm;

fn main() {
    #[cfg(not(target_arch = "wasm32"))]
    support::runtime().block_on(async {
        let world = run::world().await;
        if !std::env::args().any(|word| word == "level2") {
            warm::measure(&world).await;
            cold::measure(&world).await;
            start::measure(&world).await;
        }
        capture::measure(&world).await;
    });
}
