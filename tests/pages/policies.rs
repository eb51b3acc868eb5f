//! Pages that restrict what runs on them, or run scripts in their own way: policies, nonces, XML, written documents,
//! optimisers. Each is a page of www/pages.

use super::*;

/// Opens the page, on which the recorder starts; its view arrives, and nothing goes wrong.
async fn assert_recorded(browser: &Browser, world: &World, page: &str, title: &str) {
    browser.goto(&world.page(&format!("pages/{page}"))).await;
    browser.wait_for("window.waymark && !waymark.q").await;
    flush(browser).await;
    let events = world.wait_for_kinds(&["pageView"]).await;
    assert_eq!(events[0]["ctx"]["title"], title);
    assert_eq!(wrong(browser).await, json!([]), "{page}");
}

pub async fn the_snippet_hands_its_nonce_on(browser: &Browser, world: &World) {
    assert_recorded(browser, world, "nonce.html", "Only with a nonce").await;
}

pub async fn a_nonce_is_all_that_every_script_needs(browser: &Browser, world: &World) {
    assert_recorded(browser, world, "nonce-alone.html", "A nonce is not handed on by itself").await;
}

pub async fn another_base_changes_no_address(browser: &Browser, world: &World) {
    assert_recorded(browser, world, "base.html", "Another base").await;
}

pub async fn a_page_that_is_xml_is_recorded(browser: &Browser, world: &World) {
    assert_recorded(browser, world, "strict-xml.xhtml", "XHTML").await;
}

pub async fn a_page_without_a_current_script_is_recorded(browser: &Browser, world: &World) {
    assert_recorded(browser, world, "merged.html", "Merged").await;
}

pub async fn scripts_that_an_optimiser_reorders_are_found(browser: &Browser, world: &World) {
    browser.goto(&world.page("pages/reordered.html")).await;
    browser.wait_for("window.isReordered").await;
    assert_eq!(browser.promised("early").await["ok"], true);
    flush(browser).await;
    world.wait_for_kinds(&["pageView", "early"]).await;
    assert_eq!(wrong(browser).await, json!([]));
}

pub async fn a_document_that_is_written_is_recorded_and_may_be_written_anew(browser: &Browser, world: &World) {
    assert_recorded(browser, world, "written.html", "Written").await;
    browser.run("rewrite()", &[]).await;
    call(browser, "waymark('record', 'after', {})").await;
    flush(browser).await;
    let events = world.wait_for_kinds(&["pageView", "after"]).await;
    assert_eq!(events[1]["ctx"]["title"], "Written anew");
}

pub async fn a_frame_without_permissions_is_recorded(browser: &Browser, world: &World) {
    browser.goto(&world.page("pages/permissions.html")).await;
    let events = world.wait_for_kinds(&["pageView"]).await;
    assert_eq!((&events[0]["ctx"]["title"], &events[0]["ctx"]["isIframe"]), (&json!("One tag"), &json!(true)));
    assert_eq!(wrong(browser).await, json!([]));
}
