use super::*;
use serde_json::json;

/// Clicks of the element with some time between them, and all events but the clicks that come of them.
fn clicks(scene: &mut Scene, selector: &str, count: usize, apart_ms: i64) -> Vec<Value> {
    let mut events = Vec::new();
    for _ in 0..count {
        events.extend(scene.click(selector));
        scene.capture.answer();
        events.extend(scene.wait(apart_ms));
    }
    events.extend(scene.wait(2_000));
    events.retain(|event| event["type"] != "elementClick");
    events
}

#[test]
fn t42_four_clicks_are_rage_unless_that_is_what_the_element_is_for() {
    let mut scene = Scene::new("<button id=x>Pay</button>");
    let event = one(clicks(&mut scene, "#x", 5, 300));
    assert_eq!(
        (&event["type"], &event["count"], &event["ms"], &event["text"]),
        (&json!("rageClick"), &json!(5), &json!(1_200), &json!("Pay"))
    );
    assert_eq!(clicks(&mut scene, "#x", 3, 300), Vec::<Value>::new());
    assert_eq!(clicks(&mut scene, "#x", 6, 1_001), Vec::<Value>::new());
    for html in [
        "<button id=x>+</button>",
        "<button id=x>›</button>",
        "<button id=x>Next</button>",
        "<button id=x aria-label=previous><i></i></button>",
        "<canvas id=x></canvas>",
        "<input id=x type=number>",
        "<textarea id=x></textarea>",
        "<div contenteditable id=x></div>",
        "<div role=slider id=x tabindex=0></div>",
        "<section data-wm-rage=off><button id=x>Hit</button></section>",
        "<div class=shepherd-element><button id=x>Hit</button></div>",
    ] {
        assert_eq!(clicks(&mut Scene::new(html), "#x", 6, 100), Vec::<Value>::new(), "{html}");
    }
    let mut scene = Scene::new("<button id=a>1</button><button id=b>2</button>");
    let events: Vec<Value> = (0..8).flat_map(|at| scene.click(if at % 2 == 0 { "#a" } else { "#b" })).collect();
    assert!(events.iter().all(|event| event["type"] == "elementClick"), "keys of a calculator");
}

#[test]
fn t17_a_triple_click_that_selects_a_text_and_a_scroll_are_no_rage() {
    let mut scene = Scene::new("<p id=x>A text</p>");
    for _ in 0..4 {
        scene.click("#x");
        scene.capture.interrupt();
    }
    assert_eq!(scene.wait(5_000), Vec::<Value>::new());
    assert_eq!(clicks(&mut scene, "#x", 2, 100), Vec::<Value>::new(), "a double click");
}

#[test]
fn clicks_that_lead_on_each_time_are_no_rage() {
    let mut scene = Scene::new("<button id=x>Page</button>");
    for page in 0..6 {
        scene.href = format!("https://shop.example/{page}");
        scene.click("#x");
    }
    scene.capture.answer();
    assert_eq!(scene.wait(5_000), Vec::<Value>::new());
}

#[test]
fn an_element_that_is_replaced_by_its_like_is_the_same() {
    let mut scene = Scene::new("<div id=out><button class=pay>Pay</button></div>");
    for _ in 0..4 {
        scene.click("button");
        scene.body.find("button").remove();
        scene.body.find("#out").read("<button class=pay>Pay</button>");
    }
    scene.capture.answer();
    assert_eq!(one(scene.wait(5_000))["type"], "rageClick");
}

#[test]
fn t41_a_click_after_which_nothing_happens_is_dead() {
    let mut scene = Scene::new("<button id=x>Buy</button>");
    scene.click("#x");
    assert_eq!(scene.wait(2_999), Vec::<Value>::new());
    let event = one(scene.wait(1));
    assert_eq!(
        (&event["type"], &event["why"], &event["text"], &event["x"]),
        (&json!("deadClick"), &json!("nothing"), &json!("Buy"), &json!(10))
    );
    scene.click("#x");
    assert_eq!(scene.wait(10_000), Vec::<Value>::new(), "once in five seconds");
    // An answer between press and click, or after the click.
    scene.press("#x");
    scene.capture.answer();
    scene.release("#x");
    assert_eq!(scene.wait(10_000), Vec::<Value>::new());
    scene.click("#x");
    scene.wait(2_500);
    scene.capture.answer();
    assert_eq!(scene.wait(10_000), Vec::<Value>::new());
}

#[test]
fn t41_focus_that_goes_elsewhere_is_an_answer_and_that_of_the_press_is_none() {
    let mut scene = Scene::new("<button id=x>Buy</button><input id=i>");
    for (focused, dead) in [("#x", 1), ("#i", 0)] {
        scene.wait(10_000);
        scene.press("#x");
        let (node, now) = (scene.body.find(focused), scene.now);
        scene.capture.focus(&node, now);
        scene.release("#x");
        scene.capture.focus(&node, now);
        assert_eq!(scene.wait(4_000).len(), dead, "{focused}");
    }
}

#[test]
fn t41_only_what_looks_as_if_it_did_something_can_be_dead() {
    for (html, is_one) in [
        ("<div class=my-btn id=x>A</div>", true),
        ("<div role=presentation id=x>A</div>", true),
        ("<div onclick=a() id=x>A</div>", true),
        ("<div id=x>A</div>", false),
        ("<a href=/><b id=x>A</b></a>", false),
        ("<a href=/><button id=x>A</button></a>", false),
        ("<input id=x>", false),
        ("<select id=x></select>", false),
        ("<summary id=x>A</summary>", false),
        ("<label id=x>A</label>", false),
        ("<input type=file id=x>", false),
        ("<canvas tabindex=0 id=x></canvas>", false),
        ("<button target=a id=x>A</button>", false),
        ("<p data-wm-dead=off><button id=x>A</button></p>", false),
        ("<div contenteditable id=x></div>", false),
        ("<div class=introjs-tooltip><button id=x>A</button></div>", false),
    ] {
        let mut scene = Scene::new(html);
        scene.click("#x");
        assert_eq!(scene.wait(5_000).len(), usize::from(is_one), "{html}");
        scene.key("#x");
        assert_eq!(scene.wait(5_000), Vec::<Value>::new(), "a key: {html}");
    }
}

#[test]
fn t41_a_disabled_control_is_dead_at_once() {
    for html in ["<button disabled id=x>A</button>", "<fieldset disabled><input type=checkbox id=x></fieldset>"] {
        let mut scene = Scene::new(html);
        scene.press("#x");
        let pointer = scene.pointer("#x");
        let event = scene.capture.release(&pointer).into_iter().collect();
        assert_eq!(one(values(event))["why"], "disabled", "{html}");
        scene.press("#x");
        scene.capture.cancel();
        assert_eq!(scene.capture.release(&pointer), None, "it was a scroll");
    }
    let mut scene = Scene::new("<button aria-disabled=true id=x>A</button>");
    assert_eq!(one(scene.click("#x"))["el"]["attrs"], json!({ "aria-disabled": "true" }));
}

#[test]
fn t43_of_a_page_that_was_away_nothing_is_known() {
    let mut scene = Scene::new("<button id=x>A</button>");
    scene.click("#x");
    scene.now += 3_000 + 5_001;
    assert_eq!(values(scene.capture.settled(scene.now)), Vec::<Value>::new(), "a timer that came late");
    scene.click("#x");
    let now = scene.now;
    assert_eq!(scene.capture.leave(now), [], "a page that is hidden");
    assert_eq!(scene.wait(10_000), Vec::<Value>::new());
}

#[test]
fn dead_clicks_are_few() {
    let mut scene = Scene::new(&(0..30).map(|at| format!("<button id=b{at}>A</button>")).collect::<String>());
    let mut dead = 0;
    for at in 0..30 {
        scene.click(&format!("#b{at}"));
        dead += scene.wait(3_000).iter().filter(|event| event["type"] == "deadClick").count();
    }
    assert_eq!(dead, 10);
}
