//! The first 200 events of a fresh page. Each run has a browser of its own: a browser that has run the page before has
//! compiled its code.

use support::world::World;

use crate::events::{record, report};
use crate::run::{Mode, browser, shuffled};

const ROUNDS: usize = 9;
/// Frames of 20 events each.
const FRAMES: u32 = 10;
const LASTS_MS: u32 = 2_000;

pub async fn measure(world: &World) {
    let mut runs = Vec::new();
    for round in 0..ROUNDS {
        for mode in shuffled(Mode::ALL) {
            let browser = browser().await;
            runs.push(record(&browser, world, "cold", round, mode, FRAMES, LASTS_MS).await);
        }
    }
    report(&format!("the first 200 events of a fresh page, {ROUNDS} rounds; median (quartiles)"), &runs);
}
