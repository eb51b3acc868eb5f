//! axe-core finds nothing on any page of ours, light and dark, wide and narrow: it knows the rules of WCAG that a
//! program can check, contrast, names and landmarks among them.

use crate::overlay;
use serde_json::json;
use support::browser::Browser;
use support::world::World;
use support::{in_chromium, project};

in_chromium![
    axe_finds_nothing_on_insights,
    axe_finds_nothing_on_the_inspector,
    axe_finds_nothing_on_the_demo,
    axe_finds_nothing_on_the_panel,
    axe_finds_nothing_on_the_overlay,
];

/// Views of a full store, and one of an empty one. `ITEM`, `SESSION` and `USER` are put in place.
const VIEWS: [&str; 17] = [
    "site=demo",
    "site=demo-month",
    "site=demo-month&view=contents",
    "site=demo-month&view=steps&item=124902",
    "site=demo-month&view=funnel&step=pageView&step=play&step=goal",
    "site=demo-month&view=goals&goal=goal&goal=complete&item=124902",
    "site=demo-month&view=sessions",
    "site=demo-month&view=session&id=SESSION",
    "site=demo-month&view=users&country=DE",
    "site=demo-month&view=user&user=USER",
    "site=demo-month&view=retention",
    "site=demo-month&view=pages",
    "site=demo-month&view=flow&page=/demo/cart/",
    "site=demo-month&view=progress",
    "site=demo-month&view=autoplay",
    "site=demo-month&view=friction",
    "site=demo-month&view=health",
];

async fn axe_finds_nothing_on_insights(browser: &Browser, world: &World) {
    let insights = format!("{}/insights", world.collector());
    browser.goto(&insights).await;
    browser.click("#fill-month").await;
    browser.wait_for("location.search.includes('demo-month') && document.querySelector('.card')").await;
    let sessions = "fetch('/v1/insights/sessions?site=demo-month').then((answer) => answer.json())
        .then(({ tables }) => tables.find(({ name }) => name === 'sessions'))
        .then(({ columns, rows }) => ['session', 'user'].map((name) => rows[0][columns.indexOf(name)]))";
    let ids = browser.promised(sessions).await;
    let mut found = Vec::new();
    for view in VIEWS {
        let view = view.replace("SESSION", ids[0].as_str().unwrap()).replace("USER", ids[1].as_str().unwrap());
        browser.goto(&format!("{insights}?{view}")).await;
        browser.wait_for("document.querySelector('#state').dataset.state === 'live'").await;
        browser.run("for (const folded of document.querySelectorAll('details')) folded.open = true", &[]).await;
        found.extend(look(browser, &view).await);
    }
    browser.goto(&format!("{insights}?site=demo-month&view=users")).await;
    browser.click("#main td .danger").await;
    browser.wait_for("document.querySelector('#erase').open").await;
    found.extend(look(browser, "erasure").await);
    browser.goto(&format!("{insights}?site=demo-month&view=pages&country=DE")).await;
    browser.wait_for("!document.querySelector('#share').hidden").await;
    browser.run("[...document.querySelectorAll('#ranges button')].at(-1).click()", &[]).await;
    browser.wait_for("document.querySelector('#saved-dialog').open").await;
    browser.type_into("#saved-name", "Germany").await;
    browser.click("#saved-form .primary").await;
    browser.wait_for("document.querySelector('#saved-list li')").await;
    found.extend(look(browser, "saved").await);
    browser.click("#saved-close").await;
    browser.click("#share").await;
    browser.wait_for("document.querySelector('#share-dialog').open").await;
    browser.click("#share-form .primary").await;
    browser.wait_for("document.querySelector('#share-link') && document.querySelector('#share-list li')").await;
    found.extend(look(browser, "sharing").await);
    let link = browser.run("return document.querySelector('#share-link').textContent", &[]).await;
    browser.goto(link.as_str().unwrap()).await;
    browser.wait_for("document.querySelector('#state').dataset.state === 'live'").await;
    found.extend(look(browser, "a shared view").await);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

async fn axe_finds_nothing_on_the_inspector(browser: &Browser, world: &World) {
    let inspector = format!("{}/", world.collector());
    browser.goto(&inspector).await;
    browser.wait_for("document.querySelector('#link').dataset.state === 'live'").await;
    let mut found = look(browser, "empty").await;
    browser.goto(&world.demo("")).await;
    crate::flush(browser).await;
    browser.goto(&inspector).await;
    browser.wait_for("document.querySelector('#rows button') && document.querySelector('#audit .equation')").await;
    found.extend(look(browser, "events").await);
    browser
        .run("document.querySelector('#rows button').click(); document.querySelector('#audit').open = true", &[])
        .await;
    browser.wait_for("!document.querySelector('#detail').hidden").await;
    found.extend(look(browser, "an event").await);
    let link = "[...document.querySelectorAll('#detail dd button')].find(({ textContent }) => textContent.startsWith('See it'))";
    browser.run(&format!("{link}.click()"), &[]).await;
    found.extend(look(browser, "see it on your page").await);
    assert!(found.is_empty(), "{}", found.join("\n"));
}

async fn axe_finds_nothing_on_the_demo(browser: &Browser, world: &World) {
    let mut found = Vec::new();
    for path in ["", "products/", "products/tide-mug/", "cart/", "sign-in/", "app/"] {
        browser.goto(&world.demo(path)).await;
        browser.wait_for("window.waymark && !waymark.q && document.querySelector('shop-consent section')").await;
        found.extend(look(browser, path).await);
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

async fn axe_finds_nothing_on_the_panel(browser: &Browser, world: &World) {
    browser.goto(&world.demo("privacy/")).await;
    browser.wait_for("document.querySelector('waymark-panel')?.shadowRoot?.textContent.includes('wm-euid')").await;
    let opened = "for (const folded of document.querySelector('waymark-panel').shadowRoot.querySelectorAll('details'))
        folded.open = true";
    browser.run(opened, &[]).await;
    let found = look(browser, "panel").await;
    assert!(found.is_empty(), "{}", found.join("\n"));
}

async fn axe_finds_nothing_on_the_overlay(browser: &Browser, world: &World) {
    world.set_site("level = 2").await;
    let token = overlay::token(world, &overlay::origin(world)).await;
    browser.goto(&format!("{}#waymark-overlay={token}", world.demo("join/"))).await;
    let root = "document.querySelector('waymark-overlay')?.shadowRoot";
    browser.wait_for(&format!("{root}.querySelector('.frames > div')")).await;
    browser.run(&format!("{root}.querySelectorAll('button')[1].click()"), &[]).await;
    browser.wait_for(&format!("{root}.querySelector('.panel h3')")).await;
    let found = look(browser, "overlay").await;
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// What axe finds on the page as it is: a line for each rule and place.
async fn look(browser: &Browser, page: &str) -> Vec<String> {
    let axe =
        std::fs::read_to_string(project().join("node_modules/axe-core/axe.min.js")).expect("axe-core: run `npm ci`");
    browser.run(&axe, &[]).await;
    let mut found = Vec::new();
    for (name, scheme, width) in [("light", "light", 1280), ("dark", "dark", 1280), ("narrow", "light", 390)] {
        let still = json!({"name": "prefers-reduced-motion", "value": "reduce"});
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}, still]);
        browser.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).await;
        let size = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false});
        browser.devtools("Emulation.setDeviceMetricsOverride", size).await;
        // A change of colours that takes its time is over.
        browser.promised("Promise.allSettled(document.getAnimations().map((animation) => animation.finish()))").await;
        let violations = browser.promised("axe.run().then(({ violations }) => violations)").await;
        for violation in violations.as_array().unwrap() {
            for node in violation["nodes"].as_array().unwrap() {
                let (id, target, why) = (&violation["id"], &node["target"], &node["failureSummary"]);
                found.push(format!("{page} ({name}): {id} at {target}: {why}"));
            }
        }
        let overflow = "return document.documentElement.scrollWidth - innerWidth";
        let overflow = browser.run(overflow, &[]).await;
        if overflow.as_i64().unwrap() > 0 {
            found.push(format!("{page} ({name}): {overflow} px wider than the window"));
        }
    }
    browser.devtools("Emulation.clearDeviceMetricsOverride", json!({})).await;
    browser.devtools("Emulation.setEmulatedMedia", json!({ "features": [] })).await;
    found
}
