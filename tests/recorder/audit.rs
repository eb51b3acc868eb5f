//! Whatever happens, in whatever order: what was recorded is delivered once or declared lost.

use crate::page::{Browse, OK, Page, envelope, expand};
use proptest::prelude::*;
use serde_json::json;
use waymark::input::Input;
use waymark::outbox::Answer;
use waymark::session;

#[derive(Clone, Debug)]
enum Step {
    Record(String),
    Content(String, u8),
    Go(u8),
    Identify(String),
    Reset,
    Flush,
    Leave,
    Wait(i64),
    /// The oldest body on its way is answered.
    Answer(u16),
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => ".{0,200}".prop_map(Step::Record),
        3 => ("play|step|complete|close", 0..4u8).prop_map(|(kind, object)| Step::Content(kind, object)),
        2 => (0..4u8).prop_map(Step::Go),
        1 => ".{0,8}".prop_map(Step::Identify),
        1 => Just(Step::Reset),
        1 => Just(Step::Flush),
        1 => Just(Step::Leave),
        2 => prop_oneof![0..200i64, 0..10_000i64, Just(session::IDLE_MS)].prop_map(Step::Wait),
        3 => prop_oneof![3 => Just(200u16), 1 => Just(0), 1 => Just(503), 1 => Just(400)].prop_map(Step::Answer),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// The audit: every event that was recorded is delivered exactly once or declared lost, in order, under one number.
    #[test]
    fn every_event_is_delivered_once_or_declared_lost(steps in prop::collection::vec(any_step(), 1..120)) {
        let mut page = Page::open("batch.events n 7\nbatch.bytes n 3000\nidentity.link b false");
        let mut recorded = 1;
        let (mut delivered, mut refused) = (Vec::new(), 0);
        for step in steps {
            let now = page.host.now;
            match step {
                Step::Record(text) => {
                    page.record("r", &json!({ "text": text }).to_string());
                    recorded += 1;
                }
                Step::Content(kind, object) => {
                    page.content(&kind, &format!("wt:{object}"));
                    recorded += 1;
                }
                Step::Go(to) => {
                    let path = format!("/{to}");
                    recorded += u64::from(page.host.page.pathname != path);
                    page.host.go(&path, "title");
                    page.on(Input::Navigated);
                }
                Step::Identify(id) => drop(page.recorder.on(Input::Identify(&id), &mut page.host)),
                Step::Reset => page.on(Input::Reset),
                Step::Flush => page.on(Input::Flush),
                Step::Leave => page.on(Input::Leaving(true)),
                Step::Wait(ms) => page.wait(ms),
                Step::Answer(status) if !page.host.posts.is_empty() => {
                    let (number, body) = page.host.posts.remove(0);
                    if status == 200 {
                        delivered.push(body);
                    } else if status == 400 {
                        refused += envelope(&body)["events"].as_array().unwrap().len() as u64;
                    }
                    page.on(Input::Answered(number, Answer { status, retry_after: 0 }));
                }
                Step::Answer(_) => {}
            }
            prop_assert!(page.host.now >= now);
        }
        // The collector is there in the end, and everything still waiting arrives.
        for _ in 0..200 {
            page.on(Input::Flush);
            for (number, body) in std::mem::take(&mut page.host.posts) {
                delivered.push(body);
                page.on(Input::Answered(number, OK));
            }
            page.wait(600_000);
        }
        let mut seen: Vec<u64> = Vec::new();
        for body in &delivered {
            let envelope = envelope(body);
            let first = envelope["seq"].as_u64().unwrap();
            seen.extend((first..).take(expand(body).len()));
        }
        let count = seen.len() as u64;
        seen.sort_unstable();
        seen.dedup();
        prop_assert_eq!(seen.len() as u64, count, "nothing twice");
        prop_assert_eq!(count + refused, recorded, "nothing missing");
    }
}
