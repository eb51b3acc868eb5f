//! Pages where wasm is refused, or is not there: the recorder runs as JavaScript. The other tests of identity, consent,
//! delivery and level 2 hold there too.

use super::*;

/// The recorder on the page is the one that is JavaScript.
async fn assert_javascript(browser: &Browser) {
    let found = browser.run("return !!document.querySelector('script[src*=\"waymark-compat.js\"]')", &[]).await;
    assert_eq!(found, true, "the page runs wasm");
}

macro_rules! where_wasm_is_refused {
    ($($name:ident $test:ident)*) => {
        $(pub async fn $name(browser: &Browser, world: &World) {
            world.forbid_wasm();
            $test(browser, world).await;
            assert_javascript(browser).await;
        })*
    };
}

where_wasm_is_refused! {
    without_wasm_an_unknown_user_is_the_same_on_the_next_page an_unknown_user_is_the_same_on_the_next_page
    without_wasm_a_hashed_id_is_never_sent_or_stored_in_plain a_hashed_id_is_never_sent_or_stored_in_plain
    without_wasm_before_an_answer_nothing_is_kept_or_sent before_an_answer_nothing_is_kept_or_sent
    without_wasm_a_denial_after_consent_removes_everything a_denial_after_consent_removes_everything
    without_wasm_long_batches_are_compressed long_batches_are_compressed_and_short_ones_are_not
    without_wasm_unsent_events_are_sent_by_the_next_page unsent_events_are_sent_by_the_next_page
    without_wasm_clicks_are_recorded_as_they_were_pressed clicks_are_recorded_as_they_were_pressed
    without_wasm_no_secret_of_the_page_leaves_it no_secret_of_the_page_leaves_it
}

pub async fn a_page_that_forbids_wasm_is_recorded(browser: &Browser, world: &World) {
    browser.goto(&world.page("pages/strict.html")).await;
    browser.wait_for("window.waymark && !waymark.q").await;
    flush(browser).await;
    world.wait_for_kinds(&["pageView"]).await;
    assert_javascript(browser).await;
    assert_eq!(wrong(browser).await, json!([]));
}

pub async fn a_page_without_wasm_is_recorded(browser: &Browser, world: &World) {
    let snippet = snippet(&world.collector());
    let init = "waymark('init', { site: 'demo', collector: 'http://127.0.0.1:8787' });";
    let page = |before: &str| format!("{before}<script>{snippet}\n{init}</script>");
    let policy = |policy: &str| format!("<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">");
    let scripts = "script-src 'self' 'unsafe-inline' http:";
    let trusted = policy(&format!("{scripts}; require-trusted-types-for 'script'; trusted-types waymark"));
    let tag = |name: &str| format!("<script async src=\"http://127.0.0.1:8787/{name}\" data-site=\"demo\"></script>");
    assert_all_arrive(
        browser,
        world,
        &[
            ("no-wasm", &page("<script>delete window.WebAssembly</script>")),
            ("wasm-shadowed", &page("<script>var WebAssembly = undefined</script>")),
            ("no-compile", &page("<script>WebAssembly.compile = async () => { throw new Error('no') }</script>")),
            ("no-text", &page("<script>WebAssembly.compile = async () => { throw Object.create(null) }</script>")),
            ("no-instance", &page("<script>WebAssembly.Instance = function () { throw new Error('no') }</script>")),
            ("trusted", &page(&trusted)),
            ("tag", &format!("{}{}", policy(scripts), tag("waymark.js"))),
            ("trusted-tag", &format!("{trusted}{}", tag("waymark.js"))),
            ("own-tag", &format!("{}{}", policy(scripts), tag("waymark-compat.js"))),
        ],
    )
    .await;
}
