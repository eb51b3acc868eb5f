//! Level 2 on pages and with users that make it hard. Numbers are those of the traps in the specification.

use crate::embedding::snippet;
use crate::{call, flush, open, wrong};
use serde_json::{Value, json};
use support::browser::Browser;
use support::in_chromium;
use support::project;
use support::world::World;

/// Opens the page of the traps. Its capture has begun.
async fn open_traps(browser: &Browser, world: &World) {
    world.set_site("level = 2").await;
    open(browser, world, "traps.html", "{}").await;
    captures(browser).await;
}

async fn captures(browser: &Browser) {
    flush(browser).await;
    call(browser, "waymark('explain', 'p, button')").await;
}

/// The events of level 2 so far: type, element's ID, and the text.
async fn captured(browser: &Browser, world: &World, count: usize) -> Vec<Value> {
    flush(browser).await;
    let is_one = |event: &&Value| event["data"]["el"].is_object();
    let events = world.wait_for(|events| events.iter().filter(is_one).count() >= count).await;
    events.iter().filter(is_one).cloned().collect()
}

fn brief(events: &[Value]) -> Vec<Value> {
    let data = events.iter().map(|event| (&event["type"], &event["data"]));
    data.map(|(kind, data)| json!([kind, data["el"]["id"], data["text"]])).collect()
}

/// T4, T5: what the page replaces, and how its elements are named, changes no event.
pub async fn a_page_that_replaces_functions_later_changes_no_event(browser: &Browser, world: &World) {
    open_traps(browser, world).await;
    assert_eq!(browser.run("return document.body.tagName", &[]).await, "IMG");
    // The page replaces functions when the pointer is over the other button, and puts them back after the click.
    browser.click_at("press").await;
    browser.click_at("twin").await;
    assert_eq!(browser.run("return replaced", &[]).await, 1);
    let events = captured(browser, world, 2).await;
    let seen: Vec<Value> = events
        .iter()
        .map(|event| {
            let mut event = json!([event["type"], event["data"]]);
            for place in ["x", "y"] {
                event[1].as_object_mut().unwrap().remove(place);
            }
            event
        })
        .collect();
    let element = |id: &str| {
        let el = json!({ "tag": "button", "id": id, "classes": ["primary"], "path": format!("button#{id}") });
        json!(["elementClick", { "el": el, "text": "Press", "title": "A title", "by": "mouse" }])
    };
    assert_eq!(seen, [element("press"), element("twin")]);
    assert_eq!(wrong(browser).await, json!([]));
}

/// T11: what docs/experience.md says is not seen.
pub async fn a_click_that_a_first_listener_keeps_is_not_recorded(browser: &Browser, world: &World) {
    open_traps(browser, world).await;
    browser.click_at("first").await;
    browser.click_at("press").await;
    assert_eq!(brief(&captured(browser, world, 1).await), [json!(["elementClick", "press", "Press"])]);
}

/// T9: a user drags over a button to select what stands beside it.
pub async fn a_text_that_is_selected_across_a_button_is_no_frustration(browser: &Browser, world: &World) {
    open_traps(browser, world).await;
    let mut selected = 0;
    for _ in 0..4 {
        // What is selected would be dragged away.
        browser.run("window.getSelection().removeAllRanges()", &[]).await;
        browser.drag("text", "over").await;
        selected += u32::from(browser.run("return !window.getSelection().isCollapsed", &[]).await == true);
    }
    browser.promised("new Promise((done) => setTimeout(done, 3300))").await;
    let mut events = captured(browser, world, 4).await;
    // A browser whose driver selects nothing drags for nothing.
    events.retain(|event| selected == 4 || event["type"] == "elementClick");
    assert_eq!(brief(&events), vec![json!(["elementClick", "around", null]); 4]);
}

/// T21 and T52: a frame records by a snippet of its own, or not at all. Its restrictions do not matter.
pub async fn a_frame_is_recorded_by_its_own_snippet_only(browser: &Browser, world: &World) {
    world.set_site("level = 2").await;
    let button = "<button style='width:100%;height:100px'>Inside</button>";
    world.add_page("bare.html", &format!("<!doctype html><title>Bare</title>{button}"));
    let page = format!(
        "<!doctype html><html lang=en><head><title>Frames</title><script src=watch.js></script>
         <script src=\"http://127.0.0.1:8787/snippet.js\"></script>
         <script>waymark('init', {{ site: 'demo', collector: 'http://127.0.0.1:8787' }})</script></head><body>
         <button id=outer>Outer</button>
         <iframe id=own src='traps.html?settings={{}}' allow=\"deferred-fetch 'none'; unload 'none'; storage-access 'none'\">
         </iframe><iframe id=bare src=bare.html></iframe>
         <iframe id=foreign sandbox=allow-scripts srcdoc=\"{button}\"></iframe></body></html>"
    );
    world.add_page("frames.html", &page);
    browser.goto(&world.page("pages/frames.html")).await;
    captures(browser).await;
    browser.wait_for("own.contentWindow.waymark && !own.contentWindow.waymark.q").await;
    call(browser, "own.contentWindow.waymark('explain', 'button')").await;
    let inside = "({ getBoundingClientRect() {
        const [frame, button] = [own, own.contentDocument.getElementById('press')].map((one) => one.getBoundingClientRect());
        return { x: frame.x + button.x, y: frame.y + button.y, width: button.width, height: button.height };
    } })";
    for part in ["bare", "foreign", inside, "outer"] {
        browser.click_at(part).await;
    }
    call(browser, "own.contentWindow.waymark('flush')").await;
    let events = captured(browser, world, 2).await;
    let mut seen: Vec<Value> =
        events.iter().map(|event| json!([event["data"]["text"], event["ctx"]["isIframe"]])).collect();
    seen.sort_by_key(Value::to_string);
    assert_eq!(seen, [json!(["Outer", false]), json!(["Press", true])]);
    assert_eq!(wrong(browser).await, json!([]));
}

/// T52: the strictest policy that docs/deploy.md knows.
pub async fn a_page_with_a_strict_policy_is_captured(browser: &Browser, world: &World) {
    world.set_site("level = 2").await;
    let policy = "default-src 'none'; script-src 'self' 'nonce-abc' 'wasm-unsafe-eval' http://127.0.0.1:8787;
        connect-src http://127.0.0.1:8787; img-src 'self'; base-uri 'none'; form-action 'none';
        require-trusted-types-for 'script'; trusted-types waymark";
    let page = format!(
        "<!doctype html><html lang=en><head><meta http-equiv=Content-Security-Policy content=\"{policy}\"><title>Strict</title>
         <script src=watch.js></script>
         <script nonce=abc>window.violations = [];
            addEventListener('securitypolicyviolation', ({{ violatedDirective }}) => violations.push(violatedDirective));
            {}
            waymark('init', {{ site: 'demo', collector: 'http://127.0.0.1:8787' }})</script></head>
         <body><button id=press>Press</button></body></html>",
        snippet(&world.collector())
    );
    world.add_page("strict-capture.html", &page);
    browser.goto(&world.page("pages/strict-capture.html")).await;
    captures(browser).await;
    browser.click("#press").await;
    assert_eq!(brief(&captured(browser, world, 1).await), [json!(["elementClick", "press", "Press"])]);
    assert_eq!(browser.run("return violations", &[]).await, json!([]));
    assert_eq!(wrong(browser).await, json!([]));
}

/// T51: what is captured too fast is counted, and the sums agree.
pub async fn what_is_captured_too_fast_is_told_and_counted(browser: &Browser, world: &World) {
    open_traps(browser, world).await;
    let submits = "for (let n = 0; n < 200; n++) form.requestSubmit(send)";
    browser.run(submits, &[]).await;
    let outcome = browser.promised("waymark('flush')").await;
    let error = outcome["error"].as_str().unwrap_or_default();
    assert!(
        error.starts_with("events were lost; lost for good: 1") && error.ends_with(" captured too fast"),
        "{error}"
    );
    let audit = world.wait_for_audit(|row| row["lost"]["rate"].as_u64().is_some_and(|lost| lost > 100)).await;
    let stored = world.events().await.len() as u64;
    assert_eq!(
        (&audit["created"], &audit["missing"]),
        (&json!(stored + audit["lost"]["rate"].as_u64().unwrap()), &json!(0))
    );
    assert!((50..80).contains(&stored), "{stored}");
    assert_eq!(wrong(browser).await, json!([]));
}

/// T55: what a page sees of its user, its requests and itself is the same with the recorder and without.
pub async fn a_page_is_the_same_with_the_recorder_and_without(browser: &Browser, world: &World) {
    world.set_site("level = 2").await;
    let page = std::fs::read_to_string(project().join("www/pages/same.html")).unwrap();
    let mut parts = page.split("The recorder -->");
    let without = [parts.next().unwrap(), "-->", parts.nth(1).unwrap()].concat();
    world.add_page("without.html", &without);
    let mut both = Vec::new();
    for name in ["without", "same"] {
        browser.goto("about:blank").await;
        browser.goto(&world.page(&format!("pages/{name}.html?settings={{}}"))).await;
        assert_eq!(browser.run("return 'waymark' in window", &[]).await, name == "same");
        if name == "same" {
            captures(browser).await;
        }
        for selector in ["#link", "#button", "#label", "#editor", "#send"] {
            browser.click(selector).await;
        }
        browser.type_into("#field", "a").await;
        for _ in 0..3 {
            browser.press(TAB).await;
        }
        let mut seen = browser.run("return whatThePageSees()", &[]).await;
        // Each visit is one more.
        seen["length"].take();
        both.push(seen);
    }
    assert_eq!(both[0], both[1]);
    assert!(both[0]["seen"].as_array().unwrap().len() > 20, "{}", both[0]["seen"]);
    assert_eq!((&both[1]["blocking"], &both[1]["wrong"]), (&json!([]), &json!([])));
}

const TAB: char = '\u{e004}';

in_chromium![a_press_that_has_no_click_leaves_nothing, what_is_composed_is_one_change];

/// T18, T19: a scroll, a pinch, a long press, and a touch that the page answers itself. A browser without a window makes
/// no click of a tap, so that taps are not tried here.
async fn a_press_that_has_no_click_leaves_nothing(browser: &Browser, world: &World) {
    open_traps(browser, world).await;
    browser.devtools("Emulation.setTouchEmulationEnabled", json!({ "enabled": true })).await;
    browser
        .run(
            "window.pressed = 0; addEventListener('pointerdown', (event) => pressed += event.pointerType == 'touch')",
            &[],
        )
        .await;
    for (command, id, more) in [
        ("synthesizeTapGesture", "touch", json!({})),
        ("synthesizeTapGesture", "over", json!({ "duration": 1500 })),
        ("synthesizePinchGesture", "over", json!({ "scaleFactor": 2 })),
        ("synthesizePinchGesture", "over", json!({ "scaleFactor": 0.5 })),
        ("synthesizeScrollGesture", "over", json!({ "yDistance": -60 })),
    ] {
        let middle = format!(
            "const box = {id}.getBoundingClientRect();
             return {{ x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2), gestureSourceType: 'touch' }}"
        );
        let mut given = browser.run(&middle, &[]).await;
        given.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        browser.devtools(&format!("Input.{command}"), given).await;
    }
    assert!(browser.run("return pressed", &[]).await.as_u64().unwrap() >= 5);
    browser.devtools("Emulation.setTouchEmulationEnabled", json!({ "enabled": false })).await;
    browser.run("scrollTo(0, 0)", &[]).await;
    browser.click_at("press").await;
    assert_eq!(brief(&captured(browser, world, 1).await), [json!(["elementClick", "press", "Press"])]);
}

/// T28: a composition in an editor and in a field is one change each, without what was written.
async fn what_is_composed_is_one_change(browser: &Browser, world: &World) {
    open_traps(browser, world).await;
    for id in ["editor", "field"] {
        browser.run(&format!("{id}.focus()"), &[]).await;
        for text in ["z", "ze", "zebra"] {
            let composed = json!({ "text": text, "selectionStart": text.len(), "selectionEnd": text.len() });
            browser.devtools("Input.imeSetComposition", composed).await;
        }
        browser.devtools("Input.insertText", json!({ "text": "zebra" })).await;
    }
    browser.run("press.focus()", &[]).await;
    let events = captured(browser, world, 2).await;
    let seen: Vec<Value> = events.iter().map(|event| json!([event["type"], event["data"]["el"]["id"]])).collect();
    assert_eq!(seen, [json!(["elementChange", "editor"]), json!(["elementChange", "field"])]);
    assert!(!json!(events).to_string().contains("zebra"), "{events:?}");
}
