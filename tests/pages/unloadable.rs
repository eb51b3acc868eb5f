//! The ways in which the recorder cannot be loaded or started. Each call of the page is answered with the reason, and the
//! console says it once.

use super::*;
use waymark::CallError::{self, CannotStart, NotLoaded};

/// Calls before the script is there, and calls that the page makes later by the function that it had first.
async fn assert_answered(browser: &Browser, name: &str, error: CallError) {
    let calls = "Promise.all([early, waymark('record', 'a', {}), first('flush'), waymark('no such')])";
    let outcomes = browser.promised(calls).await;
    for outcome in outcomes.as_array().unwrap() {
        let text = outcome["error"].as_str().unwrap_or_default();
        assert!(outcome["ok"] == false && text.starts_with(error.message()), "{name}: {outcome}");
    }
    let said = said(browser).await;
    assert!(said.len() == 1 && said[0].starts_with(&format!("waymark: {}", error.message())), "{name}: {said:?}");
}

fn page(before: &str, snippet: &str, collector: &str) -> String {
    format!(
        "{before}<script>{snippet}
         window.first = waymark;
         window.early = waymark('init', {{ site: 'demo', collector: '{collector}' }});</script>"
    )
}

pub async fn a_script_that_does_not_come_answers_every_call(browser: &Browser, world: &World) {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let site = world.page("pages");
    std::fs::create_dir_all(world.pages().join("empty")).unwrap();
    world.add_page("empty/waymark.js", "");
    let policy = "<meta http-equiv=\"Content-Security-Policy\" content=\"script-src 'self' 'unsafe-inline'\">";
    for (name, before, collector) in [
        ("unreachable", "", format!("http://{closed}")),
        ("missing", "", format!("{site}/nowhere")),
        ("empty", "", format!("{site}/empty")),
        ("forbidden", policy, world.collector()),
    ] {
        open_page(browser, world, name, &page(before, &snippet(&collector), &collector)).await;
        assert_answered(browser, name, NotLoaded).await;
    }
    assert!(world.events().await.is_empty());
}

pub async fn a_recorder_that_cannot_start_answers_every_call(browser: &Browser, world: &World) {
    let snippet = snippet(&world.collector());
    for (name, before) in [
        ("no-decoder", "<script>window.TextDecoder = undefined</script>"),
        ("json-of-old", "<script>const write = JSON.stringify; JSON.stringify = (value) => write(value)</script>"),
    ] {
        open_page(browser, world, name, &page(before, &snippet, &world.collector())).await;
        assert_answered(browser, name, CannotStart).await;
        assert_eq!(wrong(browser).await, json!([]), "{name}");
    }
    assert!(world.events().await.is_empty());
}

pub async fn a_script_that_is_damaged_answers_every_call(browser: &Browser, world: &World) {
    let site = world.page("pages");
    let script = built("waymark.js");
    for (name, text, error) in [
        ("half", &script[..1_000], NotLoaded),
        ("page", "<!doctype html><title>Sign in</title>", NotLoaded),
        ("damaged", &script.replace("\0asm", "\0ass"), CannotStart),
    ] {
        std::fs::create_dir_all(world.pages().join(name)).unwrap();
        world.add_page(&format!("{name}/waymark.js"), text);
        let collector = format!("{site}/{name}");
        open_page(browser, world, name, &page("", &snippet(&collector), &collector)).await;
        // The browser itself tells the page of a script that is none.
        assert_answered(browser, name, error).await;
    }
}
