//! The collector answers everything that strangers send, and goes on.

use crate::harness::running::*;
use proptest::prelude::*;
use proptest::test_runner::{Config as Cases, TestRunner};

/// Sends each body to one collector; every answer is one of those that a body can have.
fn every_answer_is_in_order(bodies: impl Strategy<Value = Vec<u8>>) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let collector = runtime.block_on(Home::in_memory().start());
    let mut cases = TestRunner::new(Cases { cases: 512, failure_persistence: None, ..Cases::default() });
    let outcome = cases.run(&bodies, |body| {
        let answer = runtime.block_on(collector.post(body));
        prop_assert!([200, 400, 401, 413].contains(&answer.status.as_u16()), "{} {}", answer.status, answer.text());
        prop_assert!(answer.json().is_object());
        Ok(())
    });
    outcome.unwrap();
    assert_eq!(runtime.block_on(collector.post(views(7, 5, 1).to_string())).status, 200);
    runtime.block_on(collector.stop());
}

#[test]
fn bytes_from_a_stranger_are_answered() {
    every_answer_is_in_order(any::<Vec<u8>>());
}

#[test]
fn bytes_that_begin_like_gzip_are_answered() {
    let gzip = any::<Vec<u8>>().prop_map(|rest| [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3], &rest[..]].concat());
    every_answer_is_in_order(gzip);
}

#[test]
fn a_damaged_batch_is_answered() {
    let damaged = (0..BATCH.len(), any::<u8>()).prop_map(|(at, byte)| {
        let mut body = BATCH.as_bytes().to_vec();
        body[at] = byte;
        body
    });
    every_answer_is_in_order(damaged);
}
