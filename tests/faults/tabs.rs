//! Many tabs of one site, opened, used, closed and killed in an order that a seed decides.

use std::collections::HashSet;

use support::browser::WindowHandle;

use crate::kill::process_of_page;
use crate::process;
use crate::proxy::Fault;
use crate::stage::{PATIENCE, Stage};
use support::browser::Browser;
use support::engine::Engine;

const TABS: usize = 10;
const STEPS: usize = 60;
/// What is younger than this when its page is killed may be lost (`kill.rs` measures it).
const UNSAVED_MS: i64 = 1_000;

/// Numbers that look random; the same for the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        // xorshift64*
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % most
    }
}

struct Tab {
    window: WindowHandle,
    pid: u32,
    /// Its marks and when they were made.
    marks: Vec<(u32, i64)>,
}

pub async fn ten_tabs_come_and_go(stage: &Stage) {
    let given = std::env::var("WAYMARK_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed: u64 = given.unwrap_or_else(|| process::now() as u64);
    println!("WAYMARK_SEED={seed}");
    let mut dice = Dice(seed | 1);

    let browser = Browser::open(stage.engine).await;
    let mut home = browser.window().await;
    let mut tabs: Vec<Tab> = Vec::new();
    let (mut made, mut closed, mut killed) = (0, 0, 0);
    let mut may_be_lost = HashSet::new();
    for _ in 0..STEPS {
        let chosen = dice.below(TABS);
        if chosen >= tabs.len() {
            browser.switch_to(home.clone()).await;
            browser.new_tab().await;
            stage.open(&browser, "marks", "").await;
            let (window, pid) = (browser.window().await, process_of_page(&browser).await);
            tabs.push(Tab { window, pid, marks: Vec::new() });
            continue;
        }
        match dice.below(8) {
            // WebKit's driver ends with a page that is killed.
            0 if stage.engine != Engine::Webkit => {
                let pid = tabs[chosen].pid;
                let at = process::kill(&[pid]);
                killed += 1;
                // Pages may share a process.
                let (dead, alive) = tabs.into_iter().partition(|tab| tab.pid == pid);
                tabs = alive;
                let dead: Vec<Tab> = dead;
                for tab in dead {
                    let young = tab.marks.iter().filter(|(_, made_at)| at - made_at < UNSAVED_MS);
                    may_be_lost.extend(young.map(|(number, _)| *number));
                    if browser.try_switch_to(tab.window).await {
                        browser.leave_dead_tab(home.clone()).await;
                    }
                }
                if !browser.try_switch_to(home.clone()).await {
                    browser.leave_dead_tab(home.clone()).await;
                    home = browser.window().await;
                }
            }
            0 | 1 => {
                let tab = tabs.remove(chosen);
                browser.switch_to(tab.window).await;
                browser.close_tab(home.clone()).await;
                closed += 1;
            }
            2 => stage.net.set([Fault::None, Fault::Reset, Fault::LoseAnswer][dice.below(3)]).await,
            _ => {
                let tab = &mut tabs[chosen];
                browser.switch_to(tab.window.clone()).await;
                let more = 1 + dice.below(10) as u32;
                stage.mark(&browser, made, made + more).await;
                tab.marks.extend((made..made + more).map(|number| (number, process::now())));
                made += more;
            }
        }
    }
    browser.switch_to(home).await;
    stage.net.set(Fault::None).await;
    stage.open(&browser, "marks", "").await;
    stage.settle(stage.scenario, made, 2 * PATIENCE).await;
    stage.empty(&browser).await;
    let tally = stage.tally(stage.scenario, made).await;
    let unexcused = tally.missing.iter().filter(|number| !may_be_lost.contains(number)).count();
    let is_met = unexcused == 0 && tally.twice == 0;
    let remark =
        format!("{closed} closed, {killed} killed; seed {seed}; {unexcused} lost that were older than {UNSAVED_MS} ms");
    stage.conclude_as(&tally, is_met, &remark);
}
