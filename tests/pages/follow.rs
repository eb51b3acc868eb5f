//! A page that hears of changes instead of asking.

use crate::{call, flush, open, wrong};
use serde_json::{Value, json};
use support::browser::Browser;
use support::world::World;

async fn heard(browser: &Browser, name: &str) -> Vec<Value> {
    let heard = browser.run("return heard[arguments[0]]", &[json!(name)]).await;
    heard.as_array().unwrap().clone()
}

pub async fn a_page_hears_of_changes(browser: &Browser, world: &World) {
    world.set_site("level = 2").await;
    open(browser, world, "follow.html", "{}").await;
    // What holds comes first, though the listeners were put on before the recorder was there.
    flush(browser).await;
    browser.wait_for("heard.level.length && heard.user.length && heard.state.length").await;
    browser.wait_for("heard.delivery.length && !heard.delivery.at(-1).held && !heard.delivery.at(-1).unsent").await;
    assert_eq!(heard(browser, "level").await, [json!(2)]);
    assert_eq!(heard(browser, "user").await.last().unwrap()["identified"], false);
    assert_eq!(heard(browser, "state").await, [json!([])]);

    call(browser, "waymark('level', 1)").await;
    call(browser, "waymark('identify', 'ann')").await;
    call(browser, "waymark('state.set', 'task', 7, 2)").await;
    call(browser, "waymark('state.set', 'data', 'colour', { r: 1 })").await;
    browser.wait_for("heard.level.length == 2 && heard.user.at(-1).identified && heard.state.flat().length == 2").await;
    assert_eq!(heard(browser, "level").await, [json!(2), json!(1)]);
    assert_eq!(heard(browser, "user").await.last(), Some(&json!({ "id": "ann", "identified": true })));
    let entries: Vec<Value> = browser.run("return heard.state.flat()", &[]).await.as_array().unwrap().clone();
    assert!(entries.contains(&json!({ "kind": "data", "name": "colour", "value": { "r": 1 } })), "{entries:?}");
    browser.wait_for("heard.delivery.at(-1).queued > 0").await;
    flush(browser).await;
    browser.wait_for("heard.delivery.at(-1).queued == 0 && heard.delivery.at(-1).unsent == 0").await;

    // Another tab changes the state.
    let before = browser.new_tab().await;
    open(browser, world, "state.html", "{}").await;
    call(browser, "waymark('identify', 'ann')").await;
    call(browser, "waymark('state.remove', 'task', 7)").await;
    browser.close_tab(before).await;
    browser.wait_for("heard.state.flat().some(({ name, value }) => name == '7' && value === undefined)").await;

    // Who has been taken off hears nothing more; what a listener throws is no error of the page.
    browser.run("ends.level()", &[]).await;
    call(browser, "waymark('level', 0)").await;
    browser.wait_for("heard.user.at(-1).id === undefined").await;
    assert_eq!(heard(browser, "level").await.len(), 2);
    assert_eq!(wrong(browser).await, json!([]));
}

pub async fn a_reference_to_the_stub_works_after_loading(browser: &Browser, world: &World) {
    open(browser, world, "follow.html", "{}").await;
    flush(browser).await;
    assert_eq!(browser.run("return before !== waymark", &[]).await, true);
    assert_eq!(browser.promised("before('record', 'after', {})").await, json!({ "ok": true }));
    flush(browser).await;
    world.wait_for_kinds(&["pageView", "after"]).await;
}
