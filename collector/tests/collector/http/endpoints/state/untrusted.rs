//! Every body is answered.

use super::{ADAM, SECRET, body, secret, send, start, task};
use crate::harness::running::*;
use proptest::prelude::*;
use proptest::test_runner::{Config as Cases, TestRunner};
use serde_json::{Value, json};

/// Sends each body to one collector; every answer is one of those that a body can have.
fn every_answer_is_in_order(bodies: impl Strategy<Value = Vec<u8>>) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let collector = runtime.block_on(start(&Home::in_memory()));
    let mut cases = TestRunner::new(Cases { cases: 512, failure_persistence: None, ..Cases::default() });
    let outcome = cases.run(&bodies, |body| {
        let answer = runtime.block_on(send(&collector, &[], body));
        prop_assert!([200, 400, 401, 413].contains(&answer.status.as_u16()), "{} {}", answer.status, answer.text());
        prop_assert!(answer.json().is_object());
        Ok(())
    });
    outcome.unwrap();
    runtime.block_on(collector.stop());
}

#[test]
fn bytes_from_a_stranger_are_answered() {
    every_answer_is_in_order(any::<Vec<u8>>());
}

#[test]
fn a_damaged_request_is_answered() {
    let whole =
        body("demo", ADAM, &secret(SECRET).sign("demo", ADAM), &json!([task("7", 0, 5, 2), task("8", 1, 5, 1)]));
    let damaged = (0..whole.len(), any::<u8>()).prop_map(move |(at, byte)| {
        let mut body = whole.clone().into_bytes();
        body[at] = byte;
        body
    });
    every_answer_is_in_order(damaged);
}

#[test]
fn whatever_a_signed_user_makes_up_is_answered() {
    let number = prop_oneof![any::<i64>().prop_map(Value::from), any::<f64>().prop_map(Value::from), Just(json!(-1))];
    let text = prop_oneof!["task|data|goal|walkthru", "[0-9]{1,20}", ".*"].prop_map(Value::from);
    let any = prop_oneof![number, text, Just(Value::Null), Just(json!({"a": [[[]]]}))];
    let members = ["kind", "name", "version", "at", "expires", "value"];
    let entry = prop::collection::vec((0..members.len(), any), 0..8)
        .prop_map(move |all| Value::from_iter(all.into_iter().map(|(member, value)| (members[member], value))));
    let good = Just(task("7", 4_294_967_295, i64::MIN, 1));
    let entries = prop::collection::vec(prop_oneof![entry, good], 0..4);
    let signature = secret(SECRET).sign("demo", "\u{0}");
    every_answer_is_in_order(
        entries.prop_map(move |entries| body("demo", "\u{0}", &signature, &entries.into()).into_bytes()),
    );
}
