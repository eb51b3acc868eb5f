//! The examples, each as a site would run it: those that use the npm package as `cargo xtask examples` built them with
//! its tarball. Something is bought on each, and is found in the store.

mod playwright;
mod server;

use crate::{each, embedding::built, flush};
use serde_json::{Value, json};
use server::Server;
use sha2::{Digest as _, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use support::browser::Browser;
use support::world::{World, kind};
use support::{http, in_chromium, project};
use waymark::CallError;

in_chromium![
    plain_html,
    one_tag,
    modules_without_a_bundler,
    the_package_loads_one_build_into_a_page_with_a_strict_policy,
    vite_and_react,
    react_in_strict_mode_counts_once,
    vite_and_vue,
    next_with_a_first_party_path,
    wordpress,
    google_tag_manager,
    nginx_with_a_first_party_path,
];

fn example(path: &str) -> PathBuf {
    project().join("examples").join(path)
}

fn text(path: &str) -> String {
    let path = example(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Serves a folder of built files below `pages/`, to report to this world.
fn serve(world: &World, from: &Path, to: &str) {
    assert!(from.is_dir(), "there is no {}: run `cargo xtask examples` first", from.display());
    fs::create_dir_all(world.pages().join(to)).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{to}/{}", path.file_name().unwrap().to_str().unwrap());
        match path.is_dir() {
            true => serve(world, &path, &name),
            false => world.add_page(&name, &fs::read_to_string(&path).unwrap()),
        }
    }
}

/// Opens a page, which is viewed once, and buys on it.
async fn buy(browser: &Browser, world: &World, url: &str) {
    browser.goto(url).await;
    browser.wait_for("window.waymark && !waymark.q").await;
    browser.click("#buy").await;
    flush(browser).await;
    let events = world.wait_for(|events| events.iter().any(|event| kind(event) == "purchase")).await;
    assert_eq!(each(&events, "/type"), ["pageView", "purchase"]);
    assert_eq!(events[1]["data"], json!({ "sku": "mug", "total": 12 }));
}

async fn plain_html(browser: &Browser, world: &World) {
    world.add_page("shop.html", &text("html/index.html"));
    buy(browser, world, &world.page("pages/shop.html")).await;
}

async fn one_tag(browser: &Browser, world: &World) {
    world.add_page("shop.html", &text("html/one-tag.html"));
    buy(browser, world, &world.page("pages/shop.html")).await;
}

async fn modules_without_a_bundler(browser: &Browser, world: &World) {
    world.add_page("shop.html", &text("html/modules.html"));
    let package = "node_modules/@waymark/recorder";
    serve(world, &example(package), package);
    buy(browser, world, &world.page("pages/shop.html")).await;
}

async fn the_package_loads_one_build_into_a_page_with_a_strict_policy(browser: &Browser, world: &World) {
    const POLICY: &str = "script-src 'nonce-a1' 'wasm-unsafe-eval'; require-trusted-types-for 'script'; \
                          trusted-types waymark";
    serve(world, &example("node_modules/@waymark/recorder"), "node_modules/@waymark/recorder");
    let address = format!("http://127.0.0.1:8787/v/{}/waymark.js", hash(built("waymark.js").as_bytes()));
    let hashes: Value = serde_json::from_str(&built("integrity.json")).unwrap();
    let open = |policy: &str, file: &str| {
        let head = format!("charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">");
        let page = text("html/modules.html").replace("charset=\"utf-8\">", &head);
        let integrity = hashes[file].as_str().unwrap();
        let loading = format!("8787' }}, {{ script: '{address}', integrity: '{integrity}', nonce: 'a1' }})");
        world.add_page("shop.html", &page.replace("<script", "<script nonce=\"a1\"").replace("8787' })", &loading));
        world.page("pages/shop.html")
    };
    buy(browser, world, &open(POLICY, "waymark.js")).await;

    // Another file than the hash says.
    browser.goto(&open(POLICY, "snippet.js")).await;
    browser.wait_for("window.waymark").await;
    let outcome = browser.promised("waymark('flush')").await;
    assert_eq!(outcome, json!({ "ok": false, "error": CallError::NotLoaded.message() }));

    // Without wasm: the recorder's other file comes by the same nonce and the same policy.
    browser.goto(&open(&POLICY.replace("'wasm-unsafe-eval'", ""), "waymark.js")).await;
    browser.wait_for("window.waymark && !waymark.q").await;
    browser.wait_for("document.querySelector('script[src*=\"waymark-compat.js\"]')").await;
    flush(browser).await;
    world.wait_for(|events| events.len() == 3).await;
}

/// As it stands in the addresses of one build's files.
fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

async fn vite_and_react(browser: &Browser, world: &World) {
    serve(world, &example("react/dist"), "react");
    buy(browser, world, &world.page("pages/react/index.html")).await;
    browser.wait_for("document.querySelector('#level').textContent === 'Recorded at level 1'").await;
}

async fn react_in_strict_mode_counts_once(browser: &Browser, world: &World) {
    serve(world, &example("react/dist/dev"), "react");
    buy(browser, world, &world.page("pages/react/index.html")).await;
    browser.wait_for("document.querySelector('#level').textContent === 'Recorded at level 1'").await;
}

async fn vite_and_vue(browser: &Browser, world: &World) {
    serve(world, &example("vue/dist"), "vue");
    buy(browser, world, &world.page("pages/vue/index.html")).await;
    browser.wait_for("document.querySelector('#level').textContent === 'Recorded at level 1'").await;
}

async fn next_with_a_first_party_path(browser: &Browser, world: &World) {
    assert!(example("next/.next").is_dir(), "the example is not built: run `cargo xtask examples` first");
    let next = Server::start(|port| {
        let mut next = Command::new("node");
        next.arg(example("node_modules/next/dist/bin/next")).args(["start", "--hostname", "127.0.0.1", "--port"]);
        next.arg(port.to_string()).current_dir(example("next"));
        next.env("NEXT_TELEMETRY_DISABLED", "1").env("WAYMARK_COLLECTOR", world.collector());
        next
    })
    .await;
    buy(browser, world, &next.page("")).await;
    browser.click("#next").await;
    browser.wait_for("location.pathname === '/about'").await;
    flush(browser).await;
    let events = world.wait_for(|events| events.len() == 3).await;
    assert_eq!(each(&events, "/ctx/location/pathname"), ["/", "/", "/about"]);
    only_what_pages_need(&next).await;
}

async fn wordpress(browser: &Browser, world: &World) {
    // What the plugin prints into the page's head.
    let plugin = text("wordpress/waymark.php");
    let printed = plugin.split_once("\t?>\n").unwrap().1.split_once("<?php").unwrap().0;
    world.add_page("shop.html", &page(&own(printed, world), ""));
    buy(browser, world, &world.page("pages/shop.html")).await;
}

async fn google_tag_manager(browser: &Browser, world: &World) {
    let tag = own(&text("google-tag-manager/tag.html"), world);
    let event = text("google-tag-manager/event.html");
    let event = event.replace("{{Event}}", "'purchase'").replace("{{DLV - sku}}", "'mug'");
    let event = event.replace("{{DLV - total}}", "12");
    // As Tag Manager runs a tag: its text becomes elements, and its scripts are made anew.
    let manager = format!(
        "<script>
            const run = (tag) => {{
                const body = document.createElement('body');
                body.innerHTML = tag;
                for (const old of body.querySelectorAll('script')) {{
                    const script = document.createElement('script');
                    script.text = old.text;
                    document.body.append(script);
                }}
            }};
            run({});
            document.querySelector('#buy').onclick = () => run({});
        </script>",
        in_script(&tag),
        in_script(&event)
    );
    world.add_page("shop.html", &page("", &manager));
    buy(browser, world, &world.page("pages/shop.html")).await;
}

/// What is not on this machine says nothing.
async fn nginx_with_a_first_party_path(browser: &Browser, world: &World) {
    if Command::new("nginx").arg("-v").output().is_err() {
        return;
    }
    let tag = text("html/one-tag.html").replace("http://127.0.0.1:8787/", "/wm/");
    world.add_page("shop.html", &tag);
    let home = world.pages();
    let first_party = text("nginx/first-party.conf").replace("http://127.0.0.1:8787", &world.collector());
    let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(|name| format!("{name}_temp_path tmp;\n"));
    let nginx = Server::start(|port| {
        let configuration = format!(
            "daemon off; master_process off; pid nginx.pid; error_log stderr;
             events {{}}
             http {{
                {} access_log off; types {{ text/html html; }}
                server {{ listen 127.0.0.1:{port}; root {}; {first_party} }}
             }}",
            temporary.concat(),
            home.display()
        );
        fs::write(home.join("nginx.conf"), configuration).unwrap();
        let mut nginx = Command::new("nginx");
        nginx.arg("-p").arg(&home).args(["-c", "nginx.conf", "-e", "stderr"]);
        nginx
    })
    .await;
    buy(browser, world, &nginx.page("shop.html")).await;
    only_what_pages_need(&nginx).await;
}

/// What a site's path to the collector does not open to visitors.
async fn only_what_pages_need(server: &Server) {
    for path in ["wm/v1/events", "wm/v1/audit", "wm/v1/sites/demo", "wm/metrics", "wm/live", "wm/v/..%2fv1/events"] {
        let status = http::get(&server.page(path)).await.unwrap().status;
        assert!([400, 403, 404].contains(&status), "{path}: {status}");
    }
    assert_eq!(http::get(&server.page("wm/waymark.js")).await.unwrap().body, built("waymark.js"));
}

/// A text with this world's site and collector in it.
fn own(text: &str, world: &World) -> String {
    text.replace("https://collect.example.com", &world.collector()).replace("SITE_KEY", "demo")
}

fn page(head: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Shop</title>{head}</head><body>
         <button id=\"buy\" onclick=\"waymark('record', 'purchase', {{ sku: 'mug', total: 12 }})\">Buy a mug</button>
         {body}</body></html>"
    )
}

/// The text as JavaScript writes it inside of a page.
fn in_script(text: &str) -> String {
    serde_json::to_string(text).unwrap().replace("</", "<\\/")
}

#[test]
fn the_first_party_path_is_that_of_the_documentation() {
    let page = fs::read_to_string(project().join("docs/deploy.md")).unwrap();
    assert!(page.contains(&format!("```nginx\n{}```", text("nginx/first-party.conf"))));
}
