//! Many events, in one browser that has run the same page before.

use support::world::World;

use crate::events::{record, report};
use crate::run::{Mode, browser, shuffled};

const ROUNDS: usize = 9;
const FRAMES: u32 = 120;
/// Long enough for the frames and for the last reply.
const LASTS_MS: u32 = 7_000;

pub async fn measure(world: &World) {
    let browser = browser().await;
    let mut runs = Vec::new();
    // The first round warms up.
    for round in 0..=ROUNDS {
        for mode in shuffled(Mode::ALL) {
            let run = record(&browser, world, "warm", round, mode, FRAMES, LASTS_MS).await;
            if round > 0 {
                runs.push(run);
            }
        }
    }
    report(&format!("{ROUNDS} rounds of {FRAMES} frames; median (quartiles)"), &runs);
}
