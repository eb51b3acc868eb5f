use crate::script::{Replaced, js, text, until};
use wasm_bindgen_test::wasm_bindgen_test;
use waymark::browser::settings_text::lines;
use waymark::browser::signal::{self, Signal};
use waymark::browser::site_settings::{SiteSettings, current, fetch, select};

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

const LEVEL_1: &str = "return new Response(JSON.stringify({ settings: { level: 1 }, sampling: 50, region: 'eu' }))";

fn found(lines: &str) -> Option<SiteSettings> {
    Some(SiteSettings::Found(lines.to_owned()))
}

#[wasm_bindgen_test]
async fn what_the_collector_tells_holds_while_it_does_not_answer() {
    let first = answering(LEVEL_1);
    assert!(select("https://collect.example.com/", "first"), "not known yet");
    assert!(!select("https://collect.example.com/", "first"), "the same");
    assert_eq!(current(), None);
    fetch(false);
    until("refreshed == 1").await;
    assert_eq!(text("return asked[0]"), "https://collect.example.com/v1/sites/first/settings omit default");
    assert_eq!(current(), found("level n 1\nsampling n 50\nregion s eu"));
    drop(first);

    let down = answering("if (asked.length == 2) window.isOver = true; throw new Error('mine')");
    fetch(true);
    fetch(false);
    until("window.isOver").await;
    assert_eq!(text("return asked[0]"), "https://collect.example.com/v1/sites/first/settings omit no-cache");
    assert_eq!(current(), found("level n 1\nsampling n 50\nregion s eu"));
    drop(down);

    let refused = answering("return new Response('', { status: 404 })");
    fetch(false);
    until("refreshed == 1").await;
    assert_eq!(current(), Some(SiteSettings::Failed(404)));
    drop(refused);
}

#[wasm_bindgen_test]
async fn an_answer_that_is_no_json_is_a_failure() {
    let _fetch = answering("return new Response('<html>')");
    select("https://collect.example.com/", "second");
    fetch(false);
    until("refreshed == 1").await;
    assert_eq!(current(), Some(SiteSettings::Failed(200)));
}

#[wasm_bindgen_test]
fn settings_are_lines() {
    let settings = js(
        "return { site: 'demo', level: 1, consent: null, none: undefined, user: { cookie: ['a', 'b'], hash: true }, text: 'a\\nb' }",
    );
    let expected =
        "site s demo\nlevel n 1\nconsent o null\nuser.cookie s a\nuser.cookie s b\nuser.hash b true\ntext s a b";
    assert_eq!(lines(&settings).unwrap(), expected);
}

#[wasm_bindgen_test]
fn functions_among_the_settings_are_kept_by_their_number() {
    let text = lines(&js("return { user: { function: [() => 'a', () => 'b'] } }")).unwrap();
    let numbers: Vec<u32> =
        text.lines().map(|line| line.strip_prefix("user.function s #").unwrap().parse().unwrap()).collect();
    assert_eq!(numbers[1], numbers[0] + 1);
}

#[wasm_bindgen_test]
fn a_getter_among_the_settings_that_throws_is_an_error() {
    assert!(lines(&js("return { get level() { throw new Error('mine') } }")).is_err());
    assert!(
        lines(&js("return { level: { toString() { throw new Error('mine') } } }")).is_ok(),
        "an object without members"
    );
}
