//! A link shares one view. Everyone who has the link sees the view with rounded counts, until the link ends.

use super::*;

pub async fn a_shared_link_opens_its_view_until_it_is_revoked(browser: &Browser, world: &World) {
    open(browser, world, "site=demo&tz=UTC").await;
    browser.click("#fill-month").await;
    browser.wait_for("location.search.includes('site=demo-month') && document.querySelector('.card')").await;
    shown(browser).await;
    open(browser, world, "site=demo-month&view=pages&tz=UTC").await;

    browser.click("#share").await;
    browser
        .wait_for("document.querySelector('#share-dialog').open && !document.querySelector('#share-none').hidden")
        .await;
    browser.type_into("#share-name", "Agency").await;
    browser.click("#share-form .primary").await;
    browser.wait_for("document.querySelector('#share-link') && document.querySelector('#share-list li')").await;
    let link = browser.run("return document.querySelector('#share-link').textContent", &[]).await;
    let listed = browser.run("return document.querySelector('#share-list').textContent", &[]).await;
    assert!(listed.as_str().unwrap().starts_with("Agencypages, until "), "{listed}");
    let all = cells(browser, "pages").await;

    // A reader has no token. The page shows the view, and leads nowhere else.
    let owner = browser.new_tab().await;
    browser.goto(link.as_str().unwrap()).await;
    shown(browser).await;
    assert_eq!(browser.run("return document.querySelector('#title').textContent", &[]).await, "Agency: Pages");
    let rows = cells(browser, "pages").await;
    assert_eq!(rows[0][0], all[0][0], "the most viewed page is first");
    let views: u64 = rows[0][1].as_str().unwrap().replace(',', "").parse().unwrap();
    assert_eq!(views % 5, 0, "counts are rounded: {rows}");
    let offered = "return [...document.querySelectorAll('button, a')].map(({ textContent }) => textContent)";
    assert_eq!(browser.run(offered, &[]).await, json!(["CSV", "NDJSON", "Parquet"]));
    let notes = browser.run("return document.querySelector('#notes').textContent", &[]).await;
    assert!(notes.as_str().unwrap().starts_with("Counts are rounded to steps of 5."), "{notes}");

    let reader = browser.window().await;
    browser.switch_to(owner).await;
    browser.click("#share-list .danger").await;
    browser.wait_for("!document.querySelector('#share-none').hidden && !document.querySelector('#share-link')").await;
    browser.switch_to(reader).await;
    browser.run("location.reload()", &[]).await;
    browser
        .wait_for("document.querySelector('#notes [data-kind=bad]')?.textContent.startsWith('This link does not open')")
        .await;
    assert_eq!(browser.run("return document.querySelectorAll('#answer *').length", &[]).await, 0);
}

pub async fn what_cannot_be_shared_offers_no_link(browser: &Browser, world: &World) {
    fill(world).await;
    for (view, is_offered) in [("overview", true), ("users", false), ("pages", true), ("health", false)] {
        open(browser, world, &format!("{RANGE}&tz=UTC&view={view}")).await;
        assert_eq!(browser.run("return !document.querySelector('#share').hidden", &[]).await, is_offered, "{view}");
    }
    // A funnel of sessions is refused with its reason.
    open(browser, world, &format!("{RANGE}&tz=UTC&view=funnel&step=pageView&step=play")).await;
    browser.click("#share").await;
    browser.wait_for("document.querySelector('#share-dialog').open").await;
    browser.click("#share-form .primary").await;
    browser.wait_for("document.querySelector('#share-told [data-kind=bad]')").await;
    let says = browser.run("return document.querySelector('#share-told').textContent", &[]).await;
    assert!(says.as_str().unwrap().contains("unit"), "{says}");
}

pub async fn a_filter_can_ask_for_a_member_of_the_data(browser: &Browser, world: &World) {
    fill(world).await;
    open(browser, world, &format!("{RANGE}&tz=UTC&view=pages&data.oName=Tour")).await;
    let removal = "return document.querySelector('#ranges [aria-label^=Remove]').textContent";
    assert_eq!(browser.run(removal, &[]).await, "data.oName: Tour ×");
    browser.click("#ranges [aria-label^=Remove]").await;
    browser.wait_for("!location.search.includes('data.')").await;
    shown(browser).await;
    let choose =
        "document.querySelector('#column').value = 'data'; document.querySelector('#value').value = arguments[0]";
    browser.run(choose, &["nothing".into()]).await;
    browser.click("#ask-for .primary").await;
    assert_eq!(browser.run("return document.querySelector('#value').validity.customError", &[]).await, true);
    browser.run(choose, &["oName=Elsewhere".into()]).await;
    browser.run("document.querySelector('#value').dispatchEvent(new Event('input'))", &[]).await;
    browser.click("#ask-for .primary").await;
    browser.wait_for("location.search.includes('data.oName=Elsewhere')").await;
    shown(browser).await;
    assert_eq!(cells(browser, "pages").await, json!([]));
}
