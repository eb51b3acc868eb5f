//! Guidance content beside the table of tours: surveys, tasks, DOM events, pages that are left, clicks at level 2.

use crate::adapters::{open_library, verbs};
use crate::{flush, open, wrong};
use serde_json::{Value, json};
use support::browser::Browser;
use support::world::World;

pub async fn surveys_are_recorded_without_their_answers(browser: &Browser, world: &World) {
    open_library(browser, world, "survey", "{}").await;
    for (place, acts) in
        ["start answer! next back next done", "start close", "start next done again next close"].into_iter().enumerate()
    {
        let setup = json!({ "acts": acts, "strict": place == 0, "content": { "id": place, "name": "A survey" } });
        browser.promised(&format!("play({setup})")).await;
    }
    flush(browser).await;
    let guidance = |events: &[Value]| events.iter().filter(|event| event["data"]["type"] == "survey").count();
    let events = world.wait_for(|events| guidance(events) >= 13).await;
    let of = |place: usize| verbs(events.iter().filter(|event| event["data"]["oId"] == place));
    assert_eq!(of(0), "play 1/1, step 2/2, step 1/1, step 2/2, submit 2/2");
    assert_eq!(of(1), "play 1/1, close 1/1");
    assert_eq!(of(2), "play 1/1, step 2/2, submit 2/2, play 1/1, step 2/2, close 2/2");
    let submits: Vec<&Value> = events.iter().filter(|event| event["type"] == "submit").collect();
    assert_eq!(submits[0]["data"]["type"], "survey");
    assert_eq!(submits[0]["data"]["answered"], 1);
    // The answer and the text of the question.
    assert!(!world.is_stored("zebra"));
    assert_eq!(wrong(browser).await, json!([]));
}

pub async fn a_task_is_complete_once_for_its_user(browser: &Browser, world: &World) {
    let begin = "import('/adapters/tasks.js').then(async ({ recordTasks }) => {
        const tasks = [{ id: 2, name: 'Choose' }, { id: 3, name: 'Pay' }];
        const list = recordTasks({ id: 1, name: 'First steps', tasks });
        list.open();
        list.open();
        list.start(2);
        const done = await Promise.all([list.done(2), list.done(2)]);
        const is = [await list.isDone(2), await list.isDone(3)];
        list.close();
        return { done, is };
    })";
    open(browser, world, "tours.html", "{}").await;
    assert_eq!(browser.promised(begin).await, json!({ "done": [true, false], "is": [true, false] }));
    flush(browser).await;
    // The next page knows it.
    open(browser, world, "tours.html", "{}").await;
    assert_eq!(browser.promised(begin).await, json!({ "done": [false, false], "is": [true, false] }));
    flush(browser).await;
    let events = world.wait_for(|events| events.len() >= 9).await;
    let told = |event: &Value| {
        let data = &event["data"];
        format!("{} {} {} {}", event["type"], data["type"], data["oId"], data["oName"]).replace('"', "")
    };
    let told: Vec<String> = events.iter().filter(|event| event["type"] != "pageView").map(told).collect();
    let [list, start] = ["play tasks 1 First steps", "play task 2 Choose"];
    let close = "close tasks 1 First steps";
    assert_eq!(told, [list, start, "complete task 2 Choose", close, list, start, close]);
}

pub async fn tours_that_are_told_by_dom_events_are_recorded(browser: &Browser, world: &World) {
    open(browser, world, "tours.html", "{}").await;
    let tell = "import('/adapters/events.js').then(({ recordTourEvents }) => {
        const tell = (detail) => document.dispatchEvent(new CustomEvent('waymark:tour', { detail }));
        tell({ id: 1, verb: 'play', step: 1 });
        const recording = recordTourEvents({ ids: [1] });
        const odd = [undefined, null, 'play', {}, { id: 1 }, { id: '1', verb: 'play' }, { id: 1, verb: 'pageView' },
            { id: 2, verb: 'play' }, { get id() { throw new Error('odd'); } }];
        odd.forEach(tell);
        tell({ id: 1, name: 'A tour', verb: 'play', step: 1 });
        tell({ id: 1, name: 7, verb: 'step', step: 2, answer: 'zebra' });
        tell({ id: 1, name: 'n'.repeat(1000), verb: 'complete' });
        tell({ id: 1, verb: 'playFailed', step: 4 });
        recording.stop();
        tell({ id: 1, verb: 'play', step: 1 });
    })";
    browser.promised(tell).await;
    flush(browser).await;
    let events = world.wait_for(|events| events.len() > 4).await;
    let tours = || events.iter().filter(|event| event["type"] != "pageView");
    assert_eq!(verbs(tours()), "play 1/1, step 2/2, complete -/-, playFailed 4/-");
    let names: Vec<usize> = tours().map(|event| event["data"]["oName"].as_str().map_or(0, str::len)).collect();
    assert_eq!(names, [6, 0, 200, 0]);
    assert!(!world.is_stored("zebra"));
    assert_eq!(wrong(browser).await, json!([]));
}

pub async fn a_tour_that_its_page_leaves_has_no_end(browser: &Browser, world: &World) {
    for library in ["driver", "shepherd", "intro", "joyride", "reactour"] {
        open_library(browser, world, library, "{}").await;
        let setup = json!({ "acts": "start next", "keep": true, "content": { "id": 7, "name": library } });
        browser.promised(&format!("play({setup})")).await;
    }
    open(browser, world, "tours.html", "{}").await;
    flush(browser).await;
    let is_last = |event: &&Value| event["data"]["oName"] == "reactour";
    let events = world.wait_for(|events| events.iter().filter(is_last).count() >= 2).await;
    let tours = events.iter().filter(|event| event["type"] != "pageView");
    assert_eq!(verbs(tours), ["play 1/1, step 2/2"; 5].join(", "));
}

pub async fn clicks_in_a_tour_are_clicks_in_guidance(browser: &Browser, world: &World) {
    world.set_site("level = 2").await;
    for (library, next) in [
        ("driver", ".driver-popover-next-btn"),
        ("shepherd", ".shepherd-element:not([hidden]) .next"),
        ("intro", ".introjs-nextbutton"),
        ("intro7", ".introjs-nextbutton"),
        ("joyride", "[data-action=primary]"),
        ("joyride2", "[data-action=primary]"),
        ("reactour", ".reactour__popover button[aria-label='Go to next step']"),
    ] {
        open_library(browser, world, library, "{}").await;
        flush(browser).await;
        let before = world.events().await.len();
        browser.promised("play({ acts: 'start', keep: true, content: { id: 7 } })").await;
        let button = format!("document.querySelector(\"{next}\")");
        // Pop-overs move to their place.
        let is_at_rest = format!(
            "(() => {{
                const box = {button}?.getBoundingClientRect() ?? {{ x: -1, y: -1, width: 0, height: 0 }};
                const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
                const was = window.place;
                window.place = `${{x}} ${{y}}`;
                return was === place && {button}?.contains(document.elementFromPoint(x, y));
            }})()"
        );
        browser.wait_for(&is_at_rest).await;
        browser.click_at(&button).await;
        flush(browser).await;
        let is_click = |event: &&Value| event["type"] == "elementClick";
        let events = world.wait_for(|events| events[before..].iter().any(|event| is_click(&event))).await;
        let clicks: Vec<&Value> = events[before..].iter().filter(is_click).map(|event| &event["data"]["in"]).collect();
        assert_eq!(clicks, [&json!("guidance")], "{library}");
    }
}
