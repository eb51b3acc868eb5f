//! Segments and goals are saved by name, used in other views, and dropped.

use super::*;

pub async fn a_segment_is_saved_used_and_dropped(browser: &Browser, world: &World) {
    fill(world).await;
    open(browser, world, &format!("{RANGE}&tz=UTC&path=/shop")).await;
    open_saved(browser).await;
    save(browser, "In the shop").await;
    let listed = browser.run("return document.querySelector('#saved-list').textContent", &[]).await;
    assert!(listed.as_str().unwrap().starts_with("In the shopSegment: path /shop"), "{listed}");

    open(browser, world, &format!("{RANGE}&tz=UTC")).await;
    assert_eq!(card(browser, "Users").await[0], "2");
    open_saved(browser).await;
    assert_eq!(
        browser.run("return document.querySelector('#saved-form').hidden", &[]).await,
        true,
        "no filter to save"
    );
    browser.click("#saved-list button").await;
    browser.wait_for("location.search.includes('segment=In+the+shop')").await;
    shown(browser).await;
    assert_eq!(card(browser, "Users").await[0], "1");

    open_saved(browser).await;
    browser.click("#saved-list .danger").await;
    browser.wait_for("!document.querySelector('#saved-none').hidden").await;
    browser.click("#saved-close").await;
    browser.run("location.reload()", &[]).await;
    browser.wait_for("document.querySelector('#notes [data-kind=bad]')?.textContent.includes('In the shop')").await;
}

pub async fn goals_are_saved_and_used_from_another_view(browser: &Browser, world: &World) {
    fill(world).await;
    open(browser, world, &format!("{RANGE}&tz=UTC&view=goals&goal=complete&item=7")).await;
    let counted = cells(browser, "goals").await;
    open_saved(browser).await;
    save(browser, "Finished").await;
    open(browser, world, &format!("{RANGE}&tz=UTC")).await;
    open_saved(browser).await;
    browser.click("#saved-list button").await;
    browser.wait_for("document.querySelector('#table-goals')").await;
    shown(browser).await;
    assert_eq!(cells(browser, "goals").await, counted);
    assert_eq!(browser.run("return document.querySelector('#goal').value", &[]).await, "complete");
}

async fn open_saved(browser: &Browser) {
    let press = "[...document.querySelectorAll('#ranges button')].at(-1).click()";
    browser.run(press, &[]).await;
    browser
        .wait_for(
            "document.querySelector('#saved-dialog').open
                && (document.querySelector('#saved-list li') || !document.querySelector('#saved-none').hidden)",
        )
        .await;
}

async fn save(browser: &Browser, name: &str) {
    browser.type_into("#saved-name", name).await;
    browser.click("#saved-form .primary").await;
    browser.wait_for(&format!("document.querySelector('#saved-told').textContent === '{name} is saved.'")).await;
}
