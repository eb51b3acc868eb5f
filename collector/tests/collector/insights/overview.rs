//! The overview, its trend and its filters.

use super::data::*;
use serde_json::Value;
use std::time::Duration;
use waymark_collector::insights::{Cell, InsightError, Limits, Question, View};
use waymark_collector::store::{
    BatchLimit, BotFilter, Column, ErasureSource, Expiry, KeepFacts, Selection, Subject, TextFilter,
};

const NUMBERS: &str = "users sessions page_views plays completed_plays goals events";

/// - Session s1, user a, day 1: two page views, a play of content 7 that completes.
/// - Session s2, user b, day 1: one page view.
/// - Session s3, user a, day 2: a page view and a goal.
///
/// 2 users, 3 sessions, 4 page views, 1 play, 1 completed, 1 goal, 7 events.
fn events() -> Vec<Made> {
    vec![
        made(HOUR, "pageView", "s1", "a").path("/a"),
        made(HOUR + 1_000, "play", "s1", "a").of_play("p1").step(1),
        made(HOUR + 61_000, "complete", "s1", "a").of_play("p1").step(2),
        made(HOUR + 2 * MINUTE, "pageView", "s1", "a").path("/b"),
        made(5 * HOUR, "pageView", "s2", "b").path("/a").with("env.browser.name", "Firefox"),
        made(DAY + HOUR, "pageView", "s3", "a").path("/a"),
        made(DAY + 2 * HOUR, "goal", "s3", "a").with("env.browser.name", Value::Null),
    ]
}

fn filtered(filters: Vec<TextFilter>) -> Question {
    let question = question(View::Overview);
    Question { selection: Selection { filters, ..question.selection }, ..question }
}

fn filter(column: Column, is: bool, values: &[Option<&str>]) -> TextFilter {
    TextFilter { column, is, values: values.iter().map(|value| value.map(str::to_owned)).collect() }
}

#[test]
fn the_numbers_the_trend_and_the_lists() {
    let stores = Stores::of(&events());
    let answer = stores.ask(&question(View::Overview));
    assert_eq!(numbers(&answer, NUMBERS), counts(&[2, 3, 4, 1, 1, 1, 7]));
    let trend = rows(&answer, "trend", "time users sessions page_views plays completed_plays goals events");
    assert_eq!(trend, ["+0 2 2 3 1 1 0 5", "+1440 1 1 1 0 0 1 2"]);
    assert_eq!(rows(&answer, "top_contents", "content name plays users"), ["7 Tour 1 1"]);
    assert_eq!(rows(&answer, "top_pages", "path page_views users"), ["/a 3 2", "/b 1 1"]);
    // Two users with one browser each, and one event without.
    let browsers = rows(&answer, "browsers", "browser events users");
    assert_eq!(browsers, ["Chrome 5 1", "- 1 1", "Firefox 1 1"]);
    // In the two days before there was nothing: 0 of each, and no data in the trend.
    assert!(
        answer.report.numbers.iter().all(|number| number.before.is_none() || number.before == Some(Cell::Whole(0)))
    );
}

#[test]
fn the_period_before_is_counted_alike() {
    let stores = Stores::of(&events());
    let mut question = question(View::Overview);
    (question.selection.from, question.selection.to) = (START + DAY, START + 2 * DAY);
    let answer = stores.ask(&question);
    assert_eq!(numbers(&answer, NUMBERS), counts(&[1, 1, 1, 0, 0, 1, 2]));
    let before: Vec<_> = answer.report.numbers.iter().filter_map(|number| number.before.clone()).collect();
    assert_eq!(before, counts(&[2, 2, 3, 1, 1, 0, 5]));
}

// I12
#[test]
fn nothing_at_all_is_zero_or_no_data_and_never_not_a_number() {
    let stores = Stores::of(&events());
    for view in
        [View::Overview, View::Contents, View::Sessions, View::Users, View::Retention, View::Pages, View::Health]
    {
        let mut question = question(view);
        (question.selection.from, question.selection.to) = (START + 30 * DAY, START + 40 * DAY);
        let answer = stores.ask(&question);
        let text = serde_json::to_string(&answer).unwrap();
        assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
        if let Some(trend) = answer.report.table("trend") {
            assert!(trend.rows.iter().all(|row| row[1..].iter().all(|cell| *cell == Cell::None)));
        }
    }
    let mut elsewhere = question(View::Sessions);
    elsewhere.selection.site = "nowhere".to_owned();
    let answer = stores.ask(&elsewhere);
    assert_eq!(
        numbers(&answer, "sessions median_duration sessions_per_user"),
        [Cell::Whole(0), Cell::None, Cell::None]
    );
}

// I11
#[test]
fn an_absent_text_is_another_thing_than_an_empty_one() {
    let mut events = events();
    events.push(made(DAY + 3 * HOUR, "goal", "s3", "a").with("env.browser.name", ""));
    let stores = Stores::of(&events);
    let ask = |is, value| stores.ask(&filtered(vec![filter(Column::Browser, is, &[value])]));
    // One goal without a browser, one with an empty one, six events with a name.
    for (is, value, expected) in
        [(true, None, 1), (true, Some(""), 1), (false, None, 7), (false, Some("Chrome"), 3), (true, Some("Opera"), 0)]
    {
        assert_eq!(numbers(&ask(is, value), "events"), counts(&[expected]), "{is} {value:?}");
    }
}

#[test]
fn filters_of_one_column_add_up_and_those_of_several_narrow() {
    let stores = Stores::of(&events());
    let events = |filters| numbers(&stores.ask(&filtered(filters)), "events sessions");
    // /a has 3 page views in all 3 sessions; the play, completion and goal are on "/".
    assert_eq!(events(vec![filter(Column::Path, true, &[Some("/a")])]), counts(&[3, 3]));
    assert_eq!(events(vec![filter(Column::Path, true, &[Some("/a"), Some("/b")])]), counts(&[4, 3]));
    assert_eq!(events(vec![filter(Column::Path, true, &[Some("/?")])]), counts(&[0, 0]));
    assert_eq!(events(vec![filter(Column::Path, true, &[Some("/*")])]), counts(&[7, 3]));
    let path = filter(Column::Path, true, &[Some("/*b")]);
    assert_eq!(events(vec![path.clone(), filter(Column::Browser, true, &[Some("Firefox")])]), counts(&[0, 0]));
    assert_eq!(events(vec![path, filter(Column::Browser, false, &[Some("Firefox")])]), counts(&[1, 1]));
    // Sessions with a goal: s3, with its two events.
    let mut question = question(View::Overview);
    question.selection.has = vec!["goal".to_owned()];
    assert_eq!(numbers(&stores.ask(&question), "events sessions users"), counts(&[2, 1, 1]));
}

// I19
#[test]
fn environments_and_bots_are_never_mixed_in_silently() {
    let mut events = events();
    events.push(made(HOUR, "pageView", "t1", "tester").with("wm.env", 1));
    events.push(made(HOUR, "pageView", "r1", "bot").with("server.bot", true));
    let stores = Stores::of(&events);
    let answer = stores.ask(&question(View::Overview));
    assert_eq!((numbers(&answer, "events users"), answer.bots), (counts(&[7, 2]), 1));
    let mut test = question(View::Overview);
    test.selection.env = 1;
    assert_eq!(numbers(&stores.ask(&test), "events users"), counts(&[1, 1]));
    let mut bots = question(View::Overview);
    bots.selection.bots = BotFilter::Include;
    assert_eq!(numbers(&stores.ask(&bots), "events users"), counts(&[8, 3]));
    bots.selection.bots = BotFilter::Only;
    assert_eq!(numbers(&stores.ask(&bots), "events users"), counts(&[1, 1]));
}

// I5: a clock that is a day behind is corrected for; a batch that arrives a week later counts when it happened.
#[test]
fn events_count_when_they_happened() {
    let stores = Stores::of(&[
        made(HOUR - DAY, "pageView", "s1", "a").with("server.corrected", START + HOUR).received(HOUR),
        made(2 * HOUR, "pageView", "s1", "a").received(7 * DAY),
    ]);
    let answer = stores.ask(&question(View::Overview));
    assert_eq!(rows(&answer, "trend", "time events sessions"), ["+0 2 1", "+1440 - -"]);
    let health = stores.ask(&question(View::Health));
    // One came at once, one after a week less two hours: the median of both is the lower, half is late.
    assert_eq!(
        numbers(&health, "median_lag lag_95 late_share"),
        [Cell::Whole(0), Cell::Whole(7 * DAY - 2 * HOUR), Cell::Real(0.5)]
    );
}

// I6
#[test]
fn an_event_that_comes_again_counts_once() {
    let stores = Stores::of(&events());
    stores.ask(&question(View::Overview));
    stores.append(0, &events());
    assert_eq!(numbers(&stores.ask(&question(View::Overview)), NUMBERS), counts(&[2, 3, 4, 1, 1, 1, 7]));
}

// I16
#[test]
fn an_erased_user_is_in_no_number() {
    let stores = Stores::of(&events());
    stores.ask(&question(View::Overview));
    let subject = Subject { id: "a".to_owned(), site: None };
    stores.each(|store| drop(store.erase(&subject, ErasureSource::Api, START + 2 * DAY).unwrap()));
    let answer = stores.ask(&question(View::Overview));
    assert_eq!(numbers(&answer, NUMBERS), counts(&[1, 1, 1, 0, 0, 0, 1]));
    stores.sqlite.drop_facts().unwrap();
    assert_eq!(stores.ask(&question(View::Overview)), answer);
}

// I17: what retention removed is in no number; the API says from when on events are kept.
#[test]
fn an_expired_half_of_a_range_is_in_no_number() {
    let stores = Stores::of(&events());
    stores.ask(&question(View::Overview));
    let expiry = Expiry { before: [("demo".to_owned(), START + DAY)].into(), time: 0 };
    stores.each(|store| assert!(store.expire(&expiry, 0, 100).unwrap().done));
    let answer = stores.ask(&question(View::Overview));
    assert_eq!(rows(&answer, "trend", "time events"), ["+0 -", "+1440 2"]);
}

// I18
#[test]
fn a_question_that_costs_too_much_is_refused_and_not_answered_in_part() {
    let events: Vec<_> = (0..9_000).map(|n| made(n * 1_000, "pageView", "s1", &format!("user {n}"))).collect();
    let stores = Stores::of(&events);
    let ask = |time, bytes| refused(&stores, &question(View::Users), Limits { time, bytes });
    assert!(matches!(ask(Duration::from_secs(20), 1_000), InsightError::TooLarge(0)));
    assert!(matches!(ask(Duration::ZERO, 1 << 30), InsightError::TooSlow(0)));
    let mut hours = question(View::Overview);
    (hours.bucket, hours.selection.to) = (waymark_collector::insights::Bucket::Hour, START + 60 * DAY);
    let refused = refused(&stores, &hours, Limits::DEFAULT);
    assert!(refused.to_string().contains("longer steps"), "{refused}");
}

#[test]
fn facts_say_how_far_they_are_behind() {
    let stores = Stores::of(&events());
    let limits = Limits::DEFAULT;
    let one = BatchLimit { events: 3, bytes: usize::MAX };
    stores.sqlite.follow(one).unwrap();
    let answer = waymark_collector::insights::answer(&stores.sqlite, &question(View::Overview), limits).unwrap();
    assert_eq!((answer.behind.events, answer.behind.since), (4, Some(START + HOUR + 2 * MINUTE)));
    assert_eq!(stores.ask(&question(View::Overview)).behind, Default::default());
}
