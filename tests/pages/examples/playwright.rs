//! The example of a site's own test: Playwright plays the demo's tour against `waymark-collector micro`, and the helpers
//! of the npm package look at what it stored.

use super::example;
use std::fs;
use std::process::Command;
use support::world::World;
use support::{project, scratch};
use tokio::sync::oneshot;
use waymark_collector::cli::micro::{MicroOptions, MicroStarted, run};
use waymark_wire::Level;

/// How the test ended, and what it said.
fn test(world: &World, collector: &str) -> (bool, String) {
    let program = example("node_modules/.bin/playwright");
    assert!(program.exists(), "Playwright is not installed: run `cargo xtask examples` first");
    let chromium = ["chromium", "chromium-browser", "google-chrome"];
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let mut paths = std::env::split_paths(&paths).flat_map(|path| chromium.map(|name| path.join(name)));
    let mut playwright = Command::new(program);
    playwright.args(["test", "--reporter=line"]).current_dir(example("playwright"));
    playwright.env("BROWSER_PROGRAM", paths.find(|path| path.is_file()).expect("Chromium"));
    playwright.env("OUTPUT", scratch().join("playwright")).env("COLLECTOR", collector);
    let ended = playwright.env("SHOP", world.page("").trim_end_matches('/')).output().unwrap();
    (ended.status.success(), String::from_utf8_lossy(&[ended.stdout, ended.stderr].concat()).into_owned())
}

mod chromium {
    #[test]
    #[ignore = "needs a browser: cargo xtask test pages"]
    fn a_test_of_a_tour_fails_when_a_field_is_missing() {
        support::browser::alone(
            support::engine::Engine::Chromium,
            super::a_test_of_a_tour_fails_when_a_field_is_missing,
        );
    }
}

async fn a_test_of_a_tour_fails_when_a_field_is_missing() {
    let world = World::start().await;
    let (address, listens) = oneshot::channel();
    let (end, ended) = oneshot::channel::<()>();
    let options =
        MicroOptions { port: 0, assets: Some(project().join("target/dist")), level: Level::default(), config: None };
    let started = |started: &MicroStarted| {
        address.send(format!("http://{}", started.collector)).unwrap();
    };
    let running = tokio::spawn(run(options, started, async { drop(ended.await) }));
    let collector = listens.await.unwrap();

    let (is_ok, said) = test(&world, &collector);
    assert!(is_ok, "{said}");

    // The same shop, but its tours are recorded without their names.
    let tours = fs::read_to_string(project().join("www/demo/script/tours.js")).unwrap();
    assert!(tours.contains("{ id, name, startedBy }"));
    fs::create_dir_all(world.pages().join("../demo/script")).unwrap();
    let without = tours.replace("{ id, name, startedBy }", "{ id, startedBy }");
    fs::write(world.pages().join("../demo/script/tours.js"), without).unwrap();
    let (is_ok, said) = test(&world, &collector);
    assert!(!is_ok && said.contains("data.oName: expected \"Log in\", is missing"), "{said}");

    drop(end);
    running.await.unwrap().unwrap();
}
