//! Sessions, and the stream of one.

use super::data::*;
use waymark_collector::insights::{Cell, View};

// I2: s1 goes over midnight, s2 began before the range, s3 goes on beyond it.
#[test]
fn a_session_counts_where_it_began_and_whole() {
    let stores = Stores::of(&[
        made(DAY - MINUTE, "pageView", "s1", "a"),
        made(DAY + 3 * MINUTE, "pageView", "s1", "a"),
        made(-MINUTE, "pageView", "s2", "b"),
        made(MINUTE, "pageView", "s2", "b"),
        made(2 * DAY - MINUTE, "pageView", "s3", "c"),
        made(2 * DAY + 9 * MINUTE, "pageView", "s3", "c"),
        made(HOUR, "play", "s4", "a").of_play("p1"),
    ]);
    let answer = stores.ask(&question(View::Sessions));
    // s1 has 4 minutes, s3 10, s4 one moment: the median is 4, the mean 14 / 3. a and c are the users.
    assert_eq!(numbers(&answer, "sessions users total_duration"), counts(&[3, 2, 14 * MINUTE]));
    let minute = MINUTE as f64;
    assert_eq!(
        numbers(&answer, "sessions_per_user mean_duration mean_duration_per_user median_duration one_event_share"),
        [1.5, 14.0 * minute / 3.0, 7.0 * minute, 4.0 * minute, 1.0 / 3.0].map(Cell::Real)
    );
    assert_eq!(rows(&answer, "trend", "time sessions users"), ["+0 2 1", "+1440 1 1"]);
    let list = rows(&answer, "sessions", "start session running events page_views plays");
    assert_eq!(list, ["+2879 s3 running 2 2 0", "+1439 s1 ended 2 2 0", "+60 s4 ended 1 0 1"]);
    let lengths = rows(&answer, "lengths", "sessions");
    assert_eq!(lengths, ["1", "0", "0", "1", "1", "0", "0"]);
}

// I4
#[test]
fn the_tabs_of_a_session_are_lanes_with_their_own_gaps() {
    let stores = Stores::of(&[
        made(1_000, "pageView", "s1", "a").tab("t1", 0),
        made(1_000, "pageView", "s1", "a").tab("t2", 5),
        made(2_000, "play", "s1", "a").tab("t1", 1).of_play("p1"),
        made(2_000, "goal", "s1", "a").tab("t1", 3),
        made(3_000, "pageView", "s1", "a").tab("t2", 6),
        made(3_000, "pageView", "s2", "a").tab("t2", 7),
    ]);
    let answer = stores.ask(&question(View::Session { id: "s1".to_owned() }));
    assert_eq!(numbers(&answer, "events duration lanes users gaps"), counts(&[5, 2_000, 2, 1, 1]));
    let stream = rows(&answer, "stream", "lane type lost_before");
    assert_eq!(stream, ["1 pageView 0", "2 pageView 0", "1 play 0", "1 goal 1", "2 pageView 0"]);
    assert_eq!(rows(&answer, "stream", "event")[2], "00000000-0000-0000-0000-000000000002");
    let none = stores.ask(&question(View::Session { id: "s9".to_owned() }));
    assert_eq!(numbers(&none, "events duration"), [Cell::Whole(0), Cell::None]);
}

#[test]
fn pages_have_entries_exits_and_times() {
    // s1: / for 10 s, /a for 20 s, /. s2: /a only.
    let stores = Stores::of(&[
        made(0, "pageView", "s1", "a").path("/"),
        made(10_000, "pageView", "s1", "a").path("/a"),
        made(30_000, "pageView", "s1", "a").path("/"),
        made(40_000, "pageView", "s2", "b").path("/a"),
    ]);
    let answer = stores.ask(&question(View::Pages));
    let table = rows(&answer, "pages", "path page_views users entries exits median_time");
    assert_eq!(table, ["/ 2 1 1 1 10000", "/a 2 2 1 1 20000"]);
    let flow = stores.ask(&question(View::Flow { path: "/a".to_owned() }));
    assert_eq!(rows(&flow, "before", "path page_views"), ["(session begins) 1", "/ 1"]);
    assert_eq!(rows(&flow, "after", "path page_views"), ["(session ends) 1", "/ 1"]);
}
