use crate::script::{Replaced, js, text, until};
use std::cell::RefCell;
use wasm_bindgen_test::wasm_bindgen_test;
use waymark::browser::signal::{self, Response, Signal};
use waymark::browser::{request, transport};
use waymark_wire::forget::Forget;

thread_local! {
    static REPLIES: RefCell<Vec<(u32, Response)>> = const { RefCell::new(Vec::new()) };
}

/// Replaces `fetch`; answers are heard from here on.
fn answering(answer: &str) -> Replaced {
    REPLIES.take();
    js("window.posted = []; window.replies = 0");
    signal::connect(|signal| {
        if let Signal::BatchResponse(number, reply) | Signal::StateResponse(number, reply) = signal {
            REPLIES.with_borrow_mut(|replies| replies.push((number, reply)));
            js("replies++");
        }
    });
    request::set_address("https://collect.example.com/", "a site");
    Replaced::new("window", "fetch", &format!("(url, init) => {{ posted.push([url, init]); {answer} }}"))
}

fn replies() -> Vec<(u32, Response)> {
    REPLIES.with_borrow(Clone::clone)
}

fn status(number: usize) -> u16 {
    replies()[number].1.status
}

const OK: &str = "return Promise.resolve(new Response('fine', { headers: { 'retry-after': '7' } }))";

#[wasm_bindgen_test]
async fn a_batch_is_posted_without_cookies_and_its_answer_told() {
    let _fetch = answering(OK);
    transport::send(3, "the body".to_owned(), false);
    assert_eq!(text("return posted[0][0]"), "https://collect.example.com/v1/events?site=a%20site", "at once");
    assert_eq!(
        text(
            "const { method, body, keepalive, credentials, referrerPolicy } = posted[0][1];
              return [method, body, keepalive, credentials, referrerPolicy].join()"
        ),
        "POST,the body,true,omit,no-referrer"
    );
    until("replies == 1").await;
    let (number, reply) = replies().remove(0);
    assert_eq!((number, reply.status, reply.retry_after_s, &*reply.body), (3, 200, 7, "fine"));
    let last = transport::batches().pop().unwrap();
    assert_eq!((&*last.body, last.response.borrow().status), ("the body", 200));
}

#[wasm_bindgen_test]
async fn whatever_a_pages_own_fetch_does_the_batch_is_answered() {
    for (answer, expected) in [
        ("throw new Error('mine')", 0),
        ("return Promise.reject(new Error('mine'))", 0),
        ("return undefined", 0),
        ("return 7", 0),
        ("return { status: 200 }", 0),
        ("return { get status() { throw new Error('mine') }, text: () => '' }", 0),
        ("return { status: 200, text: () => { throw new Error('mine') } }", 0),
        ("return { status: 202, text: async () => 'a look-alike' }", 202),
        ("return { status: 202, text: () => 'a look-alike', headers: { get() { throw new Error('mine') } } }", 202),
        ("return { then(settle) { settle({ status: 202, text: () => 'a thenable' }) } }", 202),
    ] {
        let _fetch = answering(answer);
        transport::send(1, "the body".to_owned(), false);
        until("replies == 1").await;
        assert_eq!(status(0), expected, "{answer}");
    }
}

#[wasm_bindgen_test]
async fn a_large_batch_is_compressed() {
    let _fetch = answering(OK);
    transport::send(1, "a".repeat(5_000), false);
    until("replies == 1").await;
    assert_eq!(text("return posted[0][1].body.constructor.name"), "ArrayBuffer");
    js("window.unpacked = undefined;
        new Response(new Response(posted[0][1].body).body.pipeThrough(new DecompressionStream('gzip'))).text()
          .then((text) => (unpacked = text))");
    until("unpacked").await;
    assert_eq!(text("return unpacked"), "a".repeat(5_000));
}

#[wasm_bindgen_test]
async fn a_page_that_leaves_sends_a_large_batch_as_it_is() {
    let _fetch = answering(OK);
    transport::send(1, "a".repeat(5_000), true);
    assert_eq!(text("return '' + posted[0][1].body.length"), "5000");
    until("replies == 1").await;
}

#[wasm_bindgen_test]
async fn what_is_being_compressed_when_the_page_leaves_is_sent_once() {
    let _fetch = answering(OK);
    transport::send(1, "a".repeat(5_000), false);
    assert_eq!(text("return '' + posted.length"), "0");
    transport::send_uncompressed();
    assert_eq!(text("return posted.length + ' ' + posted[0][1].body.length"), "1 5000");
    until("replies == 1").await;
    transport::send(2, "a".repeat(5_000), false);
    until("replies == 2").await;
    assert_eq!(text("return '' + posted.length"), "2", "the first did not go again");
}

#[wasm_bindgen_test]
async fn a_browser_without_compression_sends_as_it_is() {
    for missing in ["undefined", "document.createElement('img')", "class { constructor() { throw new Error('mine') } }"]
    {
        let _fetch = answering(OK);
        let _replaced = Replaced::new("window", "CompressionStream", missing);
        transport::send(1, "a".repeat(5_000), false);
        assert_eq!(text("return '' + posted[0][1].body.length"), "5000", "{missing}");
        until("replies == 1").await;
    }
}

#[wasm_bindgen_test]
async fn a_request_to_erase_waits_for_every_answer() {
    let _fetch = answering("return new Promise((settle) => (window.settle = () => settle(new Response('{}'))))");
    transport::send(1, "the body".to_owned(), false);
    let eu_id = "9ef11e58-809f-4d93-855d-22f12c3fd401".to_owned();
    transport::forget(&Forget { site: "a site".to_owned(), eu_id });
    assert_eq!(text("return '' + posted.length"), "1");
    assert!(transport::batches().is_empty());
    js("settle()");
    until("posted.length == 2").await;
    assert_eq!(
        text("return posted[1][0] + ' ' + posted[1][1].body"),
        "https://collect.example.com/v1/forget?site=a%20site \
         {\"site\":\"a site\",\"euId\":\"9ef11e58-809f-4d93-855d-22f12c3fd401\"}"
    );
    js("settle()");
}

#[wasm_bindgen_test]
async fn an_answer_about_the_users_state_is_told_as_it_came() {
    for body in [r#"{"entries":[{"kind":"task","name":"7","value":{"a":[1,"b c"]}}]}"#, "<html>"] {
        let _fetch = answering(&format!("return Promise.resolve(new Response('{body}'))"));
        transport::sync_state(4, "the body");
        assert_eq!(
            text("return posted[0][0] + ' ' + posted[0][1].body"),
            "https://collect.example.com/v1/state?site=a%20site the body"
        );
        until("replies == 1").await;
        let (number, reply) = replies().remove(0);
        assert_eq!((number, reply.status, &*reply.body), (4, 200, body));
    }
}

#[wasm_bindgen_test]
async fn a_request_about_the_users_state_that_fails_has_no_answer() {
    let _fetch = answering("return Promise.reject(new Error('mine'))");
    transport::sync_state(4, "the body");
    until("replies == 1").await;
    assert_eq!(status(0), 0);
}

#[wasm_bindgen_test]
fn what_the_browser_sends_at_the_end_is_replaced_and_taken_back() {
    let _fetch = answering(OK);
    js("window.later = []");
    let _later = Replaced::new("window", "fetchLater", "(url, init) => { later.push([url, init]) }");
    transport::send_at_unload(Some("first"));
    transport::send_at_unload(Some("second"));
    assert_eq!(
        text("return later.map(([, { body, signal }]) => body + ' ' + signal.aborted).join()"),
        "first true,second false"
    );
    transport::send_at_unload(None);
    assert!(js("return later[1][1].signal.aborted").as_bool().unwrap());
    transport::send_at_unload(Some(&"a".repeat(9_000)));
    assert_eq!(text("return '' + later.length"), "2", "too large");
}

#[wasm_bindgen_test]
fn a_fetch_later_that_is_none_or_throws_does_no_harm() {
    let _fetch = answering(OK);
    for replacement in [crate::script::THROWS, "document.createElement('img')", "undefined"] {
        let _later = Replaced::new("window", "fetchLater", replacement);
        transport::send_at_unload(Some("the body"));
    }
}

#[wasm_bindgen_test]
fn an_address_stays_what_it_is_when_the_page_replaces_the_encoder() {
    request::set_address("https://collect.example.com/", "a site");
    let _encoder = Replaced::new("window", "encodeURIComponent", crate::script::THROWS);
    request::set_address("https://collect.example.com/", "a site");
    assert_eq!(request::address_of("events").unwrap(), "https://collect.example.com/v1/events?site=a%20site");
}
