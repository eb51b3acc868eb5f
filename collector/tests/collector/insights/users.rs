//! Users, and in which weeks they come back.

use super::data::*;
use waymark_collector::insights::{Cell, View};

// I3
#[test]
fn an_identified_user_is_one_and_a_shared_browser_is_nobody_s() {
    // a1 becomes eve in the middle of s1. On b1 first bob and then eve are identified: b1 is a user of its own.
    let stores = Stores::of(&[
        made(0, "pageView", "s1", "a1"),
        made(1_000, "identify", "s1", "").known("eve").linked("a1"),
        made(2_000, "pageView", "s1", "").known("eve"),
        made(3_000, "pageView", "s2", "b1"),
        made(4_000, "identify", "s2", "").known("bob").linked("b1"),
        made(5_000, "identify", "s3", "").known("eve").linked("b1"),
    ]);
    let answer = stores.ask(&question(View::Users));
    let table = rows(&answer, "users", "user identified sessions events");
    assert_eq!(table, ["eve identified 2 4", "bob identified 1 1", "b1 anonymous 1 1"]);
    assert_eq!(
        numbers(&answer, "users identified_share active_day"),
        [Cell::Whole(3), Cell::Real(2.0 / 3.0), Cell::Whole(0)]
    );
    assert_eq!(numbers(&stores.ask(&question(View::Overview)), "users sessions"), counts(&[3, 3]));
}

#[test]
fn users_come_back_in_later_weeks() {
    // The range has the weeks from Monday 30 November, 7 and 14 December. a was here before. b comes in all three, c in
    // the first and the third, d in the second only.
    let monday = 5 * DAY;
    let stores = Stores::of(&[
        made(0, "pageView", "s1", "a"),
        made(monday, "pageView", "s2", "a"),
        made(monday, "pageView", "s3", "b"),
        made(monday + 8 * DAY, "pageView", "s4", "b"),
        made(monday + 15 * DAY, "pageView", "s5", "b"),
        made(monday + DAY, "pageView", "s6", "c"),
        made(monday + 14 * DAY, "pageView", "s7", "c"),
        made(monday + 13 * DAY, "pageView", "s8", "d"),
    ]);
    let mut question = question(View::Retention);
    (question.selection.from, question.selection.to) = (START + monday, START + monday + 21 * DAY);
    let answer = stores.ask(&question);
    let table = rows(&answer, "cohorts", "new_users week_0 week_1 week_2");
    assert_eq!(table, ["2 1 0.5 1", "1 1 0 -", "0 - - -"]);
    // Of the three new users of the first two weeks one came back a week later.
    assert_eq!(numbers(&answer, "new_users back_after_a_week"), [Cell::Whole(3), Cell::Real(1.0 / 3.0)]);
}
