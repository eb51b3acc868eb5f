//! Onboarding tasks, courses, and what auto-play rules start.

use super::data::*;
use waymark_collector::insights::View;

/// An event of content, by its kind code, number and name.
fn of(time: i64, kind: &'static str, user: &str, content: (&str, u64, &str)) -> Made {
    let (code, number, name) = content;
    made(time, kind, "s1", user).with("data.type", code).with("data.oId", number).with("data.oName", name)
}

const PROFILE: (&str, u64, &str) = ("task", 1, "Profile");
const INVITE: (&str, u64, &str) = ("task", 2, "Invite");
const BASICS: (&str, u64, &str) = ("course", 3, "Basics");

/// - Profile: a begins it and completes it after 10 minutes, b begins it only, c completes it without a beginning.
/// - Invite: b completes it, and again.
/// - d does nothing of it, and e is of no task.
#[test]
fn tasks_are_completed_with_and_without_a_play() {
    let stores = Stores::of(&[
        of(0, "play", "a", PROFILE),
        of(10 * MINUTE, "complete", "a", PROFILE),
        of(HOUR, "play", "b", PROFILE),
        of(HOUR, "complete", "c", PROFILE),
        of(2 * HOUR, "complete", "b", INVITE),
        of(3 * HOUR, "complete", "b", INVITE),
        made(HOUR, "pageView", "s4", "d"),
        made(HOUR, "play", "s5", "e").of_play("p1"),
    ]);
    let answer = stores.ask(&question(View::Progress));
    // Of five users three have tasks, and three times a task was completed by a user for the first time.
    let names = "users task_users tasks_completed course_users courses_completed";
    assert_eq!(numbers(&answer, names), counts(&[5, 3, 3, 0, 0]));
    let columns = "content name users started_users completed_users without_play of_users median_time";
    // Profile: 2 of 5 completed it, one of them after a play. Invite: 1 of 5, without a play.
    assert_eq!(rows(&answer, "tasks", columns), ["1 Profile 3 2 2 1 0.4 600000", "2 Invite 1 0 1 1 0.2 -"]);
    assert!(rows(&answer, "courses", "content").is_empty());
}

/// Basics: a comes to 40, then 20 of a second attempt; b to 80; c to 10 and completes it an hour later; d completes it at
/// once; e has an event of it that says no value.
#[test]
fn courses_have_users_by_how_far_they_came() {
    let stores = Stores::of(&[
        of(0, "progress", "a", BASICS).with("data.value", 40),
        of(HOUR, "progress", "a", BASICS).with("data.value", 20),
        of(0, "progress", "b", BASICS).with("data.value", 75.5),
        of(0, "progress", "c", BASICS).with("data.value", 10),
        of(HOUR, "complete", "c", BASICS).with("data.value", 100),
        of(HOUR, "complete", "d", BASICS),
        of(HOUR, "progress", "e", BASICS).with("data.value", "far"),
    ]);
    let answer = stores.ask(&question(View::Progress));
    assert_eq!(numbers(&answer, "course_users courses_completed"), counts(&[5, 2]));
    let columns =
        "content name users below_25 below_50 below_75 below_100 completed_users completed_share of_users median_time";
    assert_eq!(rows(&answer, "courses", columns), ["3 Basics 5 1 1 0 1 2 0.4 0.4 3600000"]);
}

/// Content 7, "Tour":
/// - p1: a rule starts it for a in session s1, and it completes.
/// - p2: a rule starts it for a in s1 again, and a closes it after 2 minutes.
/// - p3: a rule starts it for b in s2; it stays open.
/// - p4: c starts it in s3, and it completes. p5: the page's code starts it for c.
/// - A rule was evaluated for a, b and d.
#[test]
fn what_a_rule_starts_is_compared_with_what_users_start() {
    let play = |time, session, user, play, by: u64| {
        made(time, "play", session, user).of_play(play).with("data.pInit", serde_json::json!({ "type": by }))
    };
    let evaluated = |user| of(0, "autoplay", user, ("autoplay", 7, "Tour"));
    let stores = Stores::of(&[
        evaluated("a"),
        evaluated("b"),
        evaluated("d"),
        play(0, "s1", "a", "p1", 2),
        made(MINUTE, "complete", "s1", "a").of_play("p1"),
        play(HOUR, "s1", "a", "p2", 2),
        made(HOUR + 2 * MINUTE, "close", "s1", "a").of_play("p2"),
        play(HOUR, "s2", "b", "p3", 2),
        play(DAY, "s3", "c", "p4", 1),
        made(DAY + MINUTE, "complete", "s3", "c").of_play("p4"),
        play(DAY + HOUR, "s3", "c", "p5", 3),
    ]);
    let answer = stores.ask(&question(View::Autoplay));
    assert_eq!(numbers(&answer, "plays users completed_plays"), counts(&[3, 2, 1]));
    assert_eq!(rows(&answer, "trend", "time plays completed_plays"), ["+0 3 1", "+1440 0 0"]);
    let third = 1.0 / 3.0;
    let columns = "content name evaluated_users plays users sessions per_user completed_plays completion_rate closed \
                   close_rate median_close other_plays other_rate";
    let expected = format!("7 Tour 3 3 2 2 1.5 1 {third} 1 {third} 120000 2 0.5");
    assert_eq!(rows(&answer, "autoplay", columns), [expected]);
}
