//! Funnels.

use super::data::*;
use std::time::Duration;
use waymark_collector::insights::{Answer, Funnel, FunnelStep, Order, Unit, View};
use waymark_collector::store::{Column, TextFilter};

fn step(kind: &str, path: Option<&str>) -> FunnelStep {
    let filter = |path: &str| TextFilter { column: Column::Path, is: true, values: vec![Some(path.to_owned())] };
    FunnelStep {
        text: kind.to_owned(),
        kind: kind.to_owned(),
        filters: path.map(filter).into_iter().collect(),
        properties: Vec::new(),
        step: None,
    }
}

fn ask(stores: &Stores, unit: Unit, order: Order, minutes: i64) -> Answer {
    let steps = vec![step("pageView", Some("/p*")), step("play", None), step("goal", None)];
    let window = Duration::from_millis((minutes * MINUTE) as u64);
    stores.ask(&question(View::Funnel(Funnel { steps, unit, order, window })))
}

/// - s1 of user a: price page, play, noise, goal. Reaches 3.
/// - s2 of user a: price page, another page, play. Reaches 2; strictly 2 as well: the other page is no step.
/// - s3 of user b: play, price page, price page, play. In order 2; strictly 1: the next event of a step is a page again.
/// - s4 of user c: a page that is no step, play, goal. Does not enter.
/// - s5 of user b: goal an hour after s3's play. Only as a user does b reach 3.
fn stores() -> Stores {
    Stores::of(&[
        made(0, "pageView", "s1", "a").path("/p/1"),
        made(MINUTE, "play", "s1", "a").of_play("p1"),
        made(MINUTE + 1, "noise", "s1", "a"),
        made(2 * MINUTE, "goal", "s1", "a"),
        made(10 * MINUTE, "pageView", "s2", "a").path("/p/1"),
        made(11 * MINUTE, "pageView", "s2", "a").path("/other"),
        made(12 * MINUTE, "play", "s2", "a").of_play("p2"),
        made(20 * MINUTE, "play", "s3", "b").of_play("p3"),
        made(21 * MINUTE, "pageView", "s3", "b").path("/p/2"),
        made(22 * MINUTE, "pageView", "s3", "b").path("/p/2"),
        made(23 * MINUTE, "play", "s3", "b").of_play("p4"),
        made(30 * MINUTE, "pageView", "s4", "c").path("/other"),
        made(31 * MINUTE, "play", "s4", "c").of_play("p5"),
        made(32 * MINUTE, "goal", "s4", "c"),
        made(83 * MINUTE, "goal", "s5", "b"),
    ])
}

#[test]
fn each_unit_counts_once_at_each_step() {
    let stores = stores();
    let answer = ask(&stores, Unit::Session, Order::InOrder, 12 * 60);
    // Times from the page to the play: 1, 2 and 2 minutes; from the play to the goal: 1 minute.
    assert_eq!(rows(&answer, "funnel", "place reached median_time"), ["1 3 -", "2 3 120000", "3 1 60000"]);
    // The newest first.
    assert_eq!(rows(&answer, "stopped", "place session"), ["2 s3", "2 s2"]);
    let strict = ask(&stores, Unit::Session, Order::Strict, 12 * 60);
    assert_eq!(rows(&strict, "funnel", "place reached"), ["1 3", "2 2", "3 1"]);
    // Users a and b enter; b's goal is 62 minutes after the first page.
    assert_eq!(rows(&ask(&stores, Unit::User, Order::InOrder, 62), "funnel", "reached"), ["2", "2", "2"]);
    assert_eq!(rows(&ask(&stores, Unit::User, Order::InOrder, 61), "funnel", "reached"), ["2", "2", "1"]);
    // No play has a page view.
    assert_eq!(
        rows(&ask(&stores, Unit::Play, Order::InOrder, 60), "funnel", "reached of_first"),
        ["0 -", "0 -", "0 -"]
    );
}

// I2
#[test]
fn a_unit_that_entered_before_the_range_is_not_in_it() {
    let stores = Stores::of(&[
        made(-MINUTE, "pageView", "s1", "a").path("/p"),
        made(0, "pageView", "s1", "a").path("/p"),
        made(MINUTE, "play", "s1", "a"),
        // This one enters in the range and goes on beyond it.
        made(2 * DAY - MINUTE, "pageView", "s2", "b").path("/p"),
        made(2 * DAY + MINUTE, "play", "s2", "b"),
    ]);
    assert_eq!(rows(&ask(&stores, Unit::Session, Order::InOrder, 60), "funnel", "reached"), ["1", "1", "0"]);
}
