//! Content, and the steps of a walk-thru.

use super::data::*;
use waymark_collector::insights::{Cell, View};

fn play(time: i64, kind: &'static str, session: &'static str, play: &str) -> Made {
    made(time, kind, session, session).of_play(play)
}

fn steps() -> View {
    View::Steps { content: "7".to_owned() }
}

// I8
#[test]
fn plays_are_told_apart_by_their_id() {
    // Two plays at once: p1 completes twice, which counts once; p2 is closed. p3 has no end. p4 completed and never
    // began, as a task does. p5 failed.
    let stores = Stores::of(&[
        play(0, "play", "s1", "p1").with("data.pInit.type", 1),
        play(1_000, "play", "s1", "p2").with("data.pInit.type", 2),
        play(4_000, "complete", "s1", "p1"),
        play(5_000, "complete", "s1", "p1"),
        play(6_000, "close", "s1", "p2"),
        play(7_000, "play", "s2", "p3"),
        play(8_000, "complete", "s3", "p4"),
        play(9_000, "playFailed", "s3", "p5"),
    ]);
    let answer = stores.ask(&question(View::Contents));
    let columns = "content plays users sessions completed_plays completed_users without_play closed failed";
    // Users who completed: s1 and s3.
    assert_eq!(rows(&answer, "contents", columns), ["7 3 2 2 1 2 1 1 1"]);
    assert_eq!(rows(&answer, "contents", "median_time by_user by_rule by_code"), ["4000 1 1 0"]);
    assert_eq!(numbers(&answer, "completion_rate"), [Cell::Real(1.0 / 3.0)]);
}

// I9
#[test]
fn content_has_its_newest_name() {
    let stores = Stores::of(&[
        play(2_000, "play", "s1", "p2").with("data.oName", "New"),
        play(1_000, "play", "s1", "p1").with("data.oName", "Old"),
        // Content without a name keeps the one it had.
        play(3_000, "play", "s1", "p3").with("data.oName", serde_json::Value::Null),
    ]);
    assert_eq!(rows(&stores.ask(&question(View::Contents)), "contents", "content name plays"), ["7 New 3"]);
    assert_eq!(numbers(&stores.ask(&question(steps())), "name"), [Cell::Text("New".to_owned())]);
}

// I2: a play belongs to the range in which it began.
#[test]
fn a_play_over_the_edge_of_the_range_counts_where_it_began() {
    let stores = Stores::of(&[
        play(-1_000, "play", "s1", "p1"),
        play(1_000, "complete", "s1", "p1"),
        play(2 * DAY - 1_000, "play", "s1", "p2"),
        play(2 * DAY + 1_000, "complete", "s1", "p2"),
    ]);
    let answer = stores.ask(&question(View::Contents));
    assert_eq!(rows(&answer, "contents", "plays completed_plays without_play"), ["1 1 0"]);
}

// I7
#[test]
fn a_step_that_comes_again_in_a_session_counts_once() {
    // s1 sees step 1 three times and step 2 once, and completes. s2 sees step 1 and closes. s3 begins at step 2, which
    // was shown in place of step 5, and leaves.
    let stores = Stores::of(&[
        play(0, "play", "s1", "p1").step(1),
        play(0, "step", "s1", "p1").step(1).tab("t1", 1),
        play(10_000, "step", "s1", "p1").step(2),
        play(14_000, "step", "s1", "p1").step(1),
        play(16_000, "step", "s1", "p1").step(2),
        play(20_000, "complete", "s1", "p1").step(2),
        play(30_000, "play", "s2", "p2").step(1),
        play(31_000, "close", "s2", "p2").step(1),
        play(40_000, "play", "s3", "p3").step(2).with("data.oRequestedSubObject", 5),
    ]);
    let answer = stores.ask(&question(steps()));
    let columns = "step sessions users went_on ended_completed ended_closed ended_failed ended_left entries replaced";
    // Places: step 1 is first in p1 and p2 (mean 1); step 2 is second in p1 and first in p3 (mean 1.5).
    assert_eq!(rows(&answer, "steps", columns), ["1 2 2 1 0 1 0 0 2 0", "2 2 2 0 1 0 0 1 1 1"]);
    // Step 1: 0, 10, 2 and 1 s, whose median is 1.5 s. Step 2: 4 and 4 s.
    assert_eq!(rows(&answer, "steps", "median_time"), ["1500", "4000"]);
    assert_eq!(numbers(&answer, "sessions completed_sessions"), counts(&[3, 1]));
    assert_eq!(rows(&answer, "versions", "content_version events sessions"), ["- 7 3"]);
}
