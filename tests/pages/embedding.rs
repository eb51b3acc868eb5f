//! The ways in which the snippet and the one tag come into a page: pasted, in a file of the site's, in a module, by `eval`,
//! from the collector, and where the page has Trusted Types.

use super::*;
use std::fs;
use support::project;
use waymark::CallError;

/// What stands in a page's head before all else: what goes wrong, and what the console says.
const WATCH: &str = "<script src=\"watch.js\"></script><script>
    window.said = [];
    const say = console.warn;
    console.warn = (...line) => (said.push(line.join(' ')), say.apply(console, line));
</script>";

const INIT: &str = "waymark('init', { site: 'demo', collector: 'http://127.0.0.1:8787' });";

/// A file of target/dist.
pub fn built(name: &str) -> String {
    fs::read_to_string(project().join("target/dist").join(name)).unwrap()
}

/// The snippet's text, with an address in it.
pub fn snippet(collector: &str) -> String {
    built("snippet.js").replace("https://collect.example.com", collector)
}

/// Opens a page with that head.
pub async fn open_page(browser: &Browser, world: &World, name: &str, head: &str) {
    let page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>{name}</title>{WATCH}{head}</head>
         <body></body></html>"
    );
    world.add_page(&format!("{name}.html"), &page);
    browser.goto(&world.page(&format!("pages/{name}.html"))).await;
}

/// What the recorder and the snippet have written to the console.
pub async fn said(browser: &Browser) -> Vec<String> {
    let said = texts(&browser.run("return said", &[]).await);
    said.into_iter().filter(|line| line.starts_with("waymark")).collect()
}

/// On each page the recorder starts, and its view arrives.
pub async fn assert_all_arrive(browser: &Browser, world: &World, pages: &[(&str, &str)]) {
    let mut names = Vec::new();
    for (name, head) in pages {
        open_page(browser, world, name, head).await;
        browser.wait_for("window.waymark && !waymark.q").await;
        flush(browser).await;
        assert_eq!(wrong(browser).await, json!([]), "{name}");
        assert_eq!(said(browser).await, [""; 0], "{name}");
        names.push(*name);
        world.wait_for(|events| each(events, "/ctx/title") == names).await;
    }
}

pub async fn the_snippet_works_wherever_a_site_puts_it(browser: &Browser, world: &World) {
    let snippet = snippet(&world.collector());
    world.add_page("site.js", &format!("window.site = 1;\n{snippet}\n{INIT}"));
    let escaped = serde_json::to_string(&format!("{snippet}\n{INIT}")).unwrap();
    world.add_page("text.js", &format!("window.text = {escaped};"));
    world.add_page("site-module.js", &format!("export const site = 1;\n{snippet}\n{INIT}"));
    assert_all_arrive(
        browser,
        world,
        &[
            ("merged", "<script src=\"site.js\"></script>"),
            ("merged-late", "<script defer src=\"site.js\"></script>"),
            ("module", &format!("<script type=\"module\">{snippet}\n{INIT}</script>")),
            ("module-file", "<script type=\"module\" src=\"site-module.js\"></script>"),
            ("eval", "<script src=\"text.js\"></script><script>(0, eval)(text)</script>"),
            ("eval-later", "<script src=\"text.js\"></script><script>setTimeout(() => Function(text)())</script>"),
        ],
    )
    .await;
}

pub async fn the_snippet_of_the_collector_finds_its_address(browser: &Browser, world: &World) {
    // Quotes of the other kind: these are not the tags that stand for the pasted snippet.
    let file = "<script src='http://127.0.0.1:8787/snippet.js'></script>";
    let module = "<script type='module' src='http://127.0.0.1:8787/snippet.js'></script>";
    assert_all_arrive(
        browser,
        world,
        &[
            ("file", &format!("{file}<script>{INIT}</script>")),
            ("file-module", &format!("{module}<script type='module'>{INIT}</script>")),
        ],
    )
    .await;
}

pub async fn one_tag_works_wherever_a_site_puts_it(browser: &Browser, world: &World) {
    let script = built("waymark.js");
    world.add_page("own.js", &script);
    world.add_page("waymark.js", &script);
    let text = "<script>fetch('own.js').then((file) => file.text()).then((text) => (0, eval)(text))</script>";
    let by_text = format!(
        "<script type=\"text/plain\" data-site=\"demo\" data-collector=\"http://127.0.0.1:8787\"></script>{text}"
    );
    assert_all_arrive(
        browser,
        world,
        &[
            ("tag", "<script async src=\"http://127.0.0.1:8787/waymark.js\" data-site=\"demo\"></script>"),
            (
                "tag-of-the-site",
                "<script async src=\"waymark.js\" data-site=\"demo\" data-collector=\"http://127.0.0.1:8787\"></script>",
            ),
            (
                "tag-renamed",
                "<script src=\"own.js\" data-site=\"demo\" data-collector=\"http://127.0.0.1:8787\"></script>",
            ),
            (
                "tag-module",
                "<script type=\"module\" src=\"own.js\" data-site=\"demo\"
                    data-collector=\"http://127.0.0.1:8787\"></script>",
            ),
            ("tag-text", &by_text),
        ],
    )
    .await;
}

pub async fn a_tag_that_lacks_something_says_so(browser: &Browser, world: &World) {
    open_page(browser, world, "bare", "<script src=\"http://127.0.0.1:8787/waymark.js\"></script>").await;
    browser.wait_for("window.waymark && !waymark.q").await;
    let line = "waymark: the script's tag has no data-site: nothing is recorded before waymark('init', ...) is called";
    assert_eq!(said(browser).await, [line]);
    call(browser, &INIT.replace("http://127.0.0.1:8787", &world.collector()).replace(';', "")).await;
    flush(browser).await;
    world.wait_for_kinds(&["pageView"]).await;

    world.add_page("own.js", &built("waymark.js"));
    open_page(browser, world, "no-collector", "<script src=\"own.js\" data-site=\"demo\"></script>").await;
    browser.wait_for("said.length > 0").await;
    let said = said(browser).await;
    assert!(said.len() == 1 && said[0].contains("collector must be"), "{said:?}");
    assert_eq!(wrong(browser).await, json!([]));
}

fn trusting(policies: &str) -> String {
    format!(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"require-trusted-types-for 'script'; {policies}\">
         <script>window.has = !!window.trustedTypes;</script>"
    )
}

pub async fn a_page_with_trusted_types_is_recorded(browser: &Browser, world: &World) {
    let snippet = snippet(&world.collector());
    let tag = "<script async src=\"http://127.0.0.1:8787/waymark.js\" data-site=\"demo\"></script>";
    let default = "<script>window.trustedTypes &&
        trustedTypes.createPolicy('default', { createScriptURL: (url) => url })</script>";
    assert_all_arrive(
        browser,
        world,
        &[
            ("policy", &format!("{}<script>{snippet}\n{INIT}</script>", trusting("trusted-types waymark"))),
            ("any-policy", &format!("{}<script>{snippet}\n{INIT}</script>", trusting(""))),
            ("default", &format!("{}{default}<script>{snippet}\n{INIT}</script>", trusting("trusted-types default"))),
            ("trusted-tag", &format!("{}{tag}", trusting("trusted-types 'none'"))),
        ],
    )
    .await;
}

pub async fn a_page_that_trusts_no_policy_of_ours_hears_so(browser: &Browser, world: &World) {
    let snippet = snippet(&world.collector());
    let head = format!("{}<script>{snippet}\nwindow.early = {INIT}</script>", trusting("trusted-types other"));
    open_page(browser, world, "other-policy", &head).await;
    if browser.run("return has", &[]).await == false {
        return;
    }
    for call in ["early", "waymark('record', 'a', {})"] {
        assert_eq!(browser.promised(call).await, json!({ "ok": false, "error": CallError::NotLoaded.message() }));
    }
    assert_eq!(said(browser).await, [String::from("waymark: ") + CallError::NotLoaded.message()]);
    assert_eq!(wrong(browser).await, json!([]));
}
