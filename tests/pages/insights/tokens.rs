//! The tokens: the admin token opens all of the page, a site's read token the numbers of its site.

use super::*;

const ADMIN: &str = "opens everything";
const READ: &str = "reads one site";

pub async fn a_read_token_reads_its_site_and_offers_nothing_else(browser: &Browser, world: &World) {
    fill(world).await;
    world.set_tokens(ADMIN, READ).await;
    browser.goto(&format!("{}/insights?{RANGE}&tz=UTC&view=users", world.collector())).await;
    enter(browser, "a guess").await;
    browser.wait_for("document.querySelector('#wrong').textContent === 'That is not the token.'").await;
    enter(browser, READ).await;
    shown(browser).await;
    assert_eq!(sites(browser).await, json!(["demo"]));
    assert_eq!(card(browser, "Users").await[0], "2");
    assert_eq!(offered(browser).await, json!([["CSV", "NDJSON", "Parquet"], true]));
    browser.click("#views a[href*='view=pages']").await;
    browser.wait_for("document.querySelector('#table-pages')").await;
    assert_eq!(browser.run("return document.querySelector('#share').hidden", &[]).await, true);
    // A session opens, and what leads beyond insights does not.
    browser.click("#views a[href*='view=sessions']").await;
    browser.wait_for("document.querySelector('#table-sessions')").await;
    browser
        .run(
            "[...document.querySelectorAll('table[aria-labelledby=table-sessions] button')]
                .find((button) => button.textContent === 's1').click()",
            &[],
        )
        .await;
    browser.wait_for("document.querySelector('#table-stream')").await;
    let events = "return document.querySelectorAll('table[aria-labelledby=table-stream] td:last-child button').length";
    assert_eq!(browser.run(events, &[]).await, 0);
    for refused in ["site=site-a&view=overview", "site=demo&view=user&user=alice"] {
        browser.goto(&format!("{}/insights?tz=UTC&{refused}", world.collector())).await;
        browser.wait_for("document.querySelector('#notes [data-kind=bad]')").await;
        let says = browser.run("return document.querySelector('#notes').textContent", &[]).await;
        assert!(says.as_str().unwrap().contains("reads the insights of the site `demo`"), "{says}");
        assert_eq!(browser.run("return document.querySelectorAll('#answer *').length", &[]).await, 0);
    }
}

pub async fn the_admin_token_opens_every_site(browser: &Browser, world: &World) {
    fill(world).await;
    world.set_tokens(ADMIN, READ).await;
    browser.goto(&format!("{}/insights?{RANGE}&tz=UTC&view=users", world.collector())).await;
    enter(browser, ADMIN).await;
    shown(browser).await;
    assert_eq!(sites(browser).await, json!(["demo", "site-a", "site-b"]));
    assert_eq!(
        offered(browser).await,
        json!([["CSV", "NDJSON", "Parquet", "alice", "Export", "Erase", "bob", "Export", "Erase"], false])
    );
}

/// Enters a token when the page asks for it.
async fn enter(browser: &Browser, token: &str) {
    browser.wait_for("document.querySelector('#ask').open").await;
    browser.type_into("#token", token).await;
    browser.click("#ask .primary").await;
}

async fn sites(browser: &Browser) -> Value {
    browser.run("return [...document.querySelectorAll('#site option')].map(({ value }) => value)", &[]).await
}

/// What is offered of the table and of its users, and whether the link to the inspector is hidden.
async fn offered(browser: &Browser) -> Value {
    let seen = "const offers = '.block header button, td:first-child button, .actions button';
        return [[...document.querySelectorAll(offers)].map(({ textContent }) => textContent),
            document.querySelector('#inspector').hidden]";
    browser.run(seen, &[]).await
}
