use crate::script::{Replaced, js, text, until};
use js_sys::Promise;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use waymark::browser::signal::{self, Signal};
use waymark::browser::site_settings::{SiteSettings, current, drop_refusal, fetch, prefetched, select};

fn answering(answer: &str) -> Replaced {
    js("window.asked = []; window.refreshed = 0");
    signal::connect(|signal| {
        if matches!(signal, Signal::Refresh) {
            js("refreshed++");
        }
    });
    Replaced::new(
        "window",
        "fetch",
        &format!("async (url, init) => {{ asked.push([url, init.credentials, init.cache].join(' ')); {answer} }}"),
    )
}

const LEVEL_1: &str = r#"{"settings": {"level":1}, "sampling":50, "region":"eu"}"#;

fn found(body: &str) -> Option<SiteSettings> {
    Some(SiteSettings::Found(body.to_owned()))
}

#[wasm_bindgen_test]
async fn what_the_collector_tells_holds_while_it_does_not_answer() {
    let first = answering(&format!("return new Response('{LEVEL_1}')"));
    assert!(select("https://collect.example.com/", "first"), "not known yet");
    assert!(!select("https://collect.example.com/", "first"), "the same");
    assert_eq!(current(), None);
    fetch(false);
    until("refreshed == 1").await;
    assert_eq!(text("return asked[0]"), "https://collect.example.com/v1/sites/first/settings omit default");
    assert_eq!(current(), found(LEVEL_1));
    drop(first);

    let down = answering("if (asked.length == 2) window.isOver = true; throw new Error('mine')");
    fetch(true);
    fetch(false);
    until("window.isOver").await;
    assert_eq!(text("return asked[0]"), "https://collect.example.com/v1/sites/first/settings omit no-cache");
    assert_eq!(current(), found(LEVEL_1));
    drop(down);

    let refused = answering("return new Response('', { status: 404 })");
    fetch(false);
    until("refreshed == 1").await;
    assert_eq!(current(), Some(SiteSettings::Failed(404)));
    drop(refused);
}

#[wasm_bindgen_test]
async fn an_answer_is_told_as_it_came() {
    let _fetch = answering("return new Response('<html>')");
    select("https://collect.example.com/", "second");
    fetch(false);
    until("refreshed == 1").await;
    assert_eq!(current(), found("<html>"), "whether it can be read the recorder says");
}

#[wasm_bindgen_test]
async fn a_refusal_is_forgotten_when_it_is_asked_about_again() {
    for (status, is_refusal) in [(401, true), (403, true), (404, true), (421, true), (429, false), (500, false)] {
        select("https://collect.example.com/", &format!("refused-{status}"));
        let _fetch = answering(&format!("return new Response('', {{ status: {status} }})"));
        fetch(false);
        until("refreshed == 1").await;
        assert_eq!(current(), Some(SiteSettings::Failed(status)));
        drop_refusal();
        assert_eq!(current().is_none(), is_refusal, "{status}");
    }
}

#[wasm_bindgen_test]
async fn a_prefetched_response_is_used_only_for_its_address() {
    let _fetch = answering("throw new Error('mine')");
    let response = || js(&format!("return Promise.resolve(new Response('{LEVEL_1}'))")).unchecked_into::<Promise>();
    prefetched("https://collect.example.com/v1/sites/other/settings".to_owned(), response());
    assert!(select("https://collect.example.com/", "prefetched"), "another site's response is dropped");
    prefetched("https://collect.example.com/v1/sites/a%20b/settings".to_owned(), response());
    assert!(!select("https://collect.example.com/", "a b"), "the response is awaited");
    until("refreshed == 1").await;
    assert_eq!(current(), found(LEVEL_1));
    assert_eq!(text("return asked.join()"), "", "no other request was sent");
}
