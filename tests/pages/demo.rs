//! The demo shop: its tours, its question about consent, and the panel that any site can have.

use crate::flush;
use serde_json::Value;
use support::browser::Browser;
use support::shape::same_shape;
use support::world::{World, kind};

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
    assert_eq!(kinds, ["play", "step", "step", "complete"], "`play` stands for the first step");

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

pub async fn a_denial_in_the_panel_ends_recording(browser: &Browser, world: &World) {
    browser.goto(&world.demo("privacy/")).await;
    flush(browser).await;
    let shows =
        |text: &str| format!("document.querySelector('waymark-panel')?.shadowRoot?.textContent.includes('{text}')");
    browser.wait_for(&shows("Something is collected")).await;
    browser.wait_for(&shows("wm-euid")).await;
    browser.run(&press("Stop collecting"), &[]).await;
    browser.wait_for(&shows("Nothing is collected about you")).await;
    let kept = "return [document.cookie, ...Object.keys(localStorage), ...Object.keys(sessionStorage)].join(' ')";
    assert!(!browser.run(kept, &[]).await.as_str().unwrap().contains("wm-"));
    // The shop remembers it, and says so on its next page.
    let before = world.events().await.len();
    browser.goto(&world.demo("products/")).await;
    browser.wait_for("window.waymark && !waymark.q").await;
    assert_eq!(browser.promised("waymark('inspect')").await["value"]["consent"], "denied");
    flush(browser).await;
    assert_eq!(world.events().await.len(), before);
}

pub async fn the_question_of_the_demo_is_asked_until_it_is_answered(browser: &Browser, world: &World) {
    browser.goto(&world.demo("")).await;
    browser.click("shop-consent [data-answer=all]").await;
    browser.wait_for("document.querySelector('shop-consent section').hidden").await;
    flush(browser).await;
    world.wait_for(|events| events.iter().any(|event| kind(event) == "consent")).await;
    browser.goto(&world.demo("privacy/")).await;
    browser.wait_for("document.querySelector('shop-consent section')?.hidden").await;
    browser.click("#ask-again").await;
    browser.click("shop-consent [data-answer=none]").await;
    browser.wait_for("document.querySelector('waymark-panel')?.shadowRoot?.textContent.includes('Nothing is collected about you')").await;
}

pub async fn the_form_of_the_demo_tells_nothing_that_is_written_in_it(browser: &Browser, world: &World) {
    world.set_site("level = 2").await;
    browser.goto(&world.demo("join/")).await;
    browser.click("shop-consent [data-answer=all]").await;
    browser.wait_for("document.querySelector('shop-consent section').hidden").await;
    flush(browser).await;
    // The page scrolls softly, and a click does not wait for that.
    browser.run("document.documentElement.style.scrollBehavior = 'auto'", &[]).await;
    for field in ["#full-name", "#new-password", "#street", "#card-number", "#card-code"] {
        browser.type_into(field, "zebra").await;
    }
    browser.type_into("#join-email", "zebra@example.org").await;
    browser.click("#letters span").await;
    browser.run("document.querySelector('shop-glaze').scrollIntoView({ block: 'center' })", &[]).await;
    browser.click_at("document.querySelector('shop-glaze').shadowRoot.querySelector('button')").await;
    browser.click("#join").await;
    browser.wait_for("document.querySelector('[data-task=\"124921\"]').className === 'done'").await;
    flush(browser).await;
    let events = world.wait_for(|events| events.iter().any(|event| event["data"]["oId"] == 124921)).await;
    let of = |kind: &str, path: &str| {
        let is_one = |event: &&Value| event["type"] == kind && event["data"]["el"]["path"] == path;
        events.iter().find(is_one).unwrap_or_else(|| panic!("no {kind} of {path}: {events:#?}"))["data"].clone()
    };
    for field in ["input#new-password", "input#card-number", "input#card-code"] {
        assert_eq!(of("elementChange", field)["censored"], true, "{field}");
    }
    let letters = of("elementClick", "label#letters>input");
    assert_eq!((&letters["via"], letters["label"].as_str().unwrap().len()), (&"label".into(), 32));
    let glaze = events.iter().find(|event| event["data"]["text"] == "Mud").expect("a click in the shadow tree");
    assert!(glaze["data"]["el"]["path"].as_str().unwrap().contains("shop-glaze >> div>button"), "{glaze}");
    assert_eq!(of("formSubmit", "button#join")["prevented"], true);
    assert!(!world.is_stored("zebra"));
}

/// Presses a button of the panel by its words.
fn press(words: &str) -> String {
    format!(
        "[...document.querySelector('waymark-panel').shadowRoot.querySelectorAll('button')]
            .find((button) => button.textContent === '{words}').click()"
    )
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
