//! The demo shop's tours.

use crate::flush;
use crate::support::browser::Browser;
use crate::support::shape::same_shape;
use crate::support::world::{World, kind};
use serde_json::Value;

pub async fn a_played_walk_thru_is_stored_as_the_example_is(browser: &Browser, world: &World) {
    browser.goto(&world.demo("sign-in/")).await;
    flush(browser).await;
    play_tour(browser, "log-in", 3).await;
    flush(browser).await;
    let of_the_tour =
        |events: &[Value]| events.iter().filter(|event| event["data"]["oId"] == 124909).cloned().collect();
    let events: Vec<Value> =
        of_the_tour(&world.wait_for(|events| events.iter().any(|event| kind(event) == "complete")).await);
    let kinds: Vec<&str> = events.iter().map(kind).collect();
    assert_eq!(kinds, ["play", "step", "step", "step", "complete"]);

    let example = include_str!("../../wire/fixtures/example-event.json");
    let example: Value = serde_json::from_str(example).unwrap();
    let play = &events[0];
    same_shape(&example, play, &["id", "server"]);
    assert_eq!(play["data"]["type"], "wt");
    assert_eq!(play["data"]["oName"], "Log in");
    assert_eq!(play["data"]["pInit"]["type"], 1);
    assert_eq!(play["data"]["oRequestedSubObject"], play["data"]["oActualSubObject"]);
    assert_eq!(play["wm"]["uId"], example["wm"]["uId"]);
    assert_eq!(play["wm"]["euIdSource"], "Cache");
    assert_eq!(play["wm"]["permId"], -1);
    assert_eq!(play["wm"]["env"], 0);
    assert_eq!(play["wm"]["platform"], 1);
    assert_eq!(play["ctx"]["location"]["protocol"], "http:");
    assert_eq!(play["ctx"]["location"]["hostname"], "127.0.0.1");
    assert_eq!(play["ctx"]["location"]["pathname"], "/demo/sign-in/");
    assert_eq!(play["ctx"]["isIframe"], false);
    assert_eq!(play["server"]["site"], "demo");

    let play_id = play["data"]["pId"].as_str().unwrap();
    let (started, rest) = play_id.split_once('-').unwrap();
    let before = play["time"].as_i64().unwrap() - started.parse::<i64>().unwrap();
    assert!((0..1000).contains(&before) && rest.starts_with("124909-"), "{play_id}");
    assert!(events.iter().all(|event| event["data"]["pId"] == play_id), "one play has one id");
    assert!(events.iter().all(|event| event["wm"]["interactionGuid"] == play["wm"]["interactionGuid"]));
}

/// Opens a tour from the help menu of the shop and clicks through its steps.
async fn play_tour(browser: &Browser, name: &str, steps: usize) {
    browser.click("#help").await;
    browser.click(&format!("[data-tour={name}]")).await;
    for step in 1..=steps {
        let shown =
            format!("document.querySelector('.driver-popover-progress-text')?.textContent === '{step} of {steps}'");
        browser.wait_for(&shown).await;
        browser.click(".driver-popover-next-btn").await;
    }
    browser.wait_for("!document.querySelector('.driver-popover')").await;
}
