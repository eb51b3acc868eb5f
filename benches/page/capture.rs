//! A click at level 2 on a page of 10,000 nodes, 60 deep: the time in the listeners of `pointerdown` and `click`.

use support::browser::Browser;
use support::world::World;

use crate::run::{Mode, browser};

/// The first clicks warm up.
const CLICKS: usize = 220;
const WARM_UP: usize = 20;

pub async fn measure(world: &World) {
    world.set_site("level = 2").await;
    world.add_page("bench-capture.html", include_str!("../capture.html"));
    let browser = browser().await;
    println!(
        "\n| {} clicks on a page of 10,000 nodes; ms, rounded to 0.1 | 50 % | 95 % | 99 % | longest |",
        CLICKS - WARM_UP
    );
    println!("|---|---:|---:|---:|---:|");
    for mode in [Mode::Floor, Mode::Waymark] {
        let address = format!("pages/bench-capture.html?{}", mode.name());
        browser.goto(&world.page(&address)).await;
        browser.wait_for("document.readyState === 'complete' && (window.waymark === undefined || !waymark.q)").await;
        assert_eq!(browser.promised("ready()").await, true, "{mode:?} does not capture");
        for click in 0..CLICKS {
            browser.click_at(&format!("document.getElementsByTagName('b')[{}]", click % 20)).await;
        }
        for kind in ["pointerdown", "click"] {
            report(&browser, mode, kind).await;
        }
    }
}

async fn report(browser: &Browser, mode: Mode, kind: &str) {
    let took = browser.run("return took[arguments[0]]", &[kind.into()]).await;
    let took: Vec<f64> = serde_json::from_value(took).unwrap();
    // The pattern listens to clicks only.
    if took.is_empty() {
        return;
    }
    assert_eq!(took.len(), CLICKS, "{kind} in {mode:?}");
    let mut took = took[WARM_UP..].to_vec();
    took.sort_by(f64::total_cmp);
    let at = |percent: usize| took[(took.len() * percent).div_ceil(100) - 1];
    println!("| {}, `{kind}` | {:.1} | {:.1} | {:.1} | {:.1} |", mode.title(), at(50), at(95), at(99), at(100));
}
