//! The page of a user, and the made-up month of the demo.

use super::*;

pub async fn a_user_is_erased_after_a_word_about_what_goes(browser: &Browser, world: &World) {
    fill(world).await;
    open(browser, world, &format!("{RANGE}&tz=UTC&view=users")).await;
    let press = "[...document.querySelectorAll('table[aria-labelledby=table-users] td:first-child button')]
        .find((button) => button.textContent === 'alice').click()";
    browser.run(press, &[]).await;
    browser
        .wait_for(
            "document.querySelector('#title').textContent === 'User alice' && document.querySelector('#table-user')",
        )
        .await;
    shown(browser).await;
    assert_eq!(card(browser, "Events").await[0], "6");
    assert_eq!(card(browser, "Sessions").await[0], "2");
    assert_eq!(cells(browser, "user").await[0][1], "pageView", "the newest is first");
    let stored = world.events().await.len();

    browser.click("#answer .danger").await;
    browser.wait_for("document.querySelector('#erase').open").await;
    let question = browser.run("return document.querySelector('#erase-text').textContent", &[]).await;
    assert!(
        question.as_str().unwrap().starts_with(
            "This erases 6 events (2 pageView, 2 step, 1 complete, 1 play) and 0 entries of kept state of alice at the"
        ),
        "{question}"
    );
    browser.click("#erase [value=no]").await;
    browser.wait_for("!document.querySelector('#erase').open").await;
    assert_eq!(world.events().await.len(), stored);

    browser.click("#answer .danger").await;
    browser.wait_for("document.querySelector('#erase').open").await;
    browser.click("#erase-yes").await;
    browser.wait_for("document.querySelector('#notes').textContent.includes('6 events are erased')").await;
    assert_eq!(world.events().await.len(), stored - 6);
    assert_eq!(card(browser, "Events").await[0], "0");
    open(browser, world, &format!("{RANGE}&tz=UTC")).await;
    assert_eq!(card(browser, "Users").await[0], "1");
}

pub async fn one_click_fills_the_demo_with_a_month(browser: &Browser, world: &World) {
    open(browser, world, "site=demo&tz=UTC").await;
    browser.click("#fill-month").await;
    browser.wait_for("location.search.includes('site=demo-month') && document.querySelector('.card')").await;
    shown(browser).await;
    let says = browser.run("return document.querySelector('#notes').textContent", &[]).await;
    assert!(says.as_str().unwrap().starts_with("All data of this site is made up."), "{says}");
    let answer = ask(world, "overview", "site=demo-month&tz=UTC").await;
    for number in answer["numbers"].as_array().unwrap().iter().filter(|number| number["name"] != "users_now") {
        assert!(number["value"].as_i64().unwrap() > 100, "{number}");
    }
    browser.wait_for("document.querySelector('.plot')?.dataset.points === '30'").await;
    assert_eq!(browser.run("return document.querySelector('#demo').hidden", &[]).await, true);
}
