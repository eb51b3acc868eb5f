//! The start of the recorder on a page, from the snippet to the recorder that has taken over its calls. Each run has a
//! browser of its own.

use support::world::World;

use crate::figures::spread;
use crate::run::{Mode, browser, measured, open, shuffled};

const ROUNDS: usize = 9;
const LASTS_MS: u32 = 1_000;

pub async fn measure(world: &World) {
    let (mut idle, mut waymark, mut waits) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        for mode in shuffled([Mode::Idle, Mode::Waymark]) {
            let browser = browser().await;
            open(&browser, world, "idle", "start").await;
            let (took, task_ms) = measured(&browser, &format!("begin('{}', {LASTS_MS})", mode.name())).await;
            eprintln!("start, round {round}, {mode:?}: {task_ms:.0} ms of tasks, ready after {took} ms");
            if mode == Mode::Idle {
                idle.push(task_ms);
            } else {
                waymark.push(task_ms);
                waits.push(took.as_f64().unwrap());
            }
        }
    }
    let main_thread = waymark.iter().zip(&idle).map(|(waymark, idle)| waymark - idle).collect();
    println!("\n| start of the recorder, {ROUNDS} rounds; median (quartiles) | ms |");
    println!("|---|---:|");
    println!("| main thread, beyond a page without the recorder | {} |", spread(main_thread));
    println!("| from the script's arrival until the recorder is ready | {} |", spread(waits));
}
