//! Goals, and filters of members of the events' data.

use super::data::*;
use waymark_collector::insights::{Cell, FunnelStep, Goals, View};
use waymark_collector::store::PropertyFilter;

fn property(name: &str, is: bool, value: Option<&str>) -> PropertyFilter {
    PropertyFilter { name: name.to_owned(), is, values: vec![value.map(str::to_owned)] }
}

fn goal(kind: &str, properties: Vec<PropertyFilter>) -> FunnelStep {
    FunnelStep { text: kind.to_owned(), kind: kind.to_owned(), filters: Vec::new(), properties, step: None }
}

/// - a sees the tour, then reaches both: after 2 minutes the milestone, after 5 the order, and again after 9.
/// - b sees the tour and reaches nothing.
/// - c reaches the milestone, and sees the tour after it.
/// - d never sees it, and reaches the milestone. Its order is of another kind.
/// - e is only here.
fn stores() -> Stores {
    Stores::of(&[
        made(0, "play", "s1", "a").of_play("p1"),
        made(2 * MINUTE, "signUp", "s1", "a"),
        made(5 * MINUTE, "goal", "s1", "a").with("data.kind", "order"),
        made(9 * MINUTE, "goal", "s1", "a").with("data.kind", "order"),
        made(HOUR, "play", "s2", "b").of_play("p2"),
        made(HOUR, "signUp", "s3", "c"),
        made(2 * HOUR, "play", "s3", "c").of_play("p3"),
        made(HOUR, "signUp", "s4", "d"),
        made(2 * HOUR, "goal", "s4", "d").with("data.kind", "gift"),
        made(HOUR, "pageView", "s5", "e"),
    ])
}

const COLUMNS: &str = "goal users of_users after_content of_content without_content of_others median_time";

#[test]
fn users_reach_goals_with_and_without_the_content() {
    let goals = vec![goal("signUp", vec![]), goal("goal", vec![property("kind", true, Some("order"))])];
    let ask = |content: Option<&str>| {
        let content = content.map(str::to_owned);
        stores().ask(&question(View::Goals(Goals { goals: goals.clone(), content })))
    };
    let answer = ask(Some("7"));
    assert_eq!(numbers(&answer, "users content_users"), counts(&[5, 3]));
    // Of a, b and c, who saw the tour, a reached both after it. Of d and e, who did not, d reached the milestone.
    let third = 1.0 / 3.0;
    let expected = [format!("signUp 3 0.6 1 {third} 2 0.5 120000"), format!("goal 1 0.2 1 {third} 0 0 300000")];
    assert_eq!(rows(&answer, "goals", COLUMNS), expected);
    let answer = ask(None);
    assert_eq!(rows(&answer, "goals", COLUMNS), ["signUp 3 0.6 - - - - -", "goal 1 0.2 - - - - -"]);
    assert_eq!(numbers(&answer, "content_users"), [Cell::None]);
}

#[test]
fn filters_of_data_narrow_every_view() {
    let stores = stores();
    let events = |properties: Vec<PropertyFilter>| {
        let mut asked = question(View::Overview);
        asked.selection.properties = properties;
        numbers(&stores.ask(&asked), "events")
    };
    // Three goals have a kind, two of them order. The other seven events have none.
    assert_eq!(events(vec![property("kind", true, Some("order"))]), counts(&[2]));
    assert_eq!(events(vec![property("kind", false, Some("order"))]), counts(&[8]));
    assert_eq!(events(vec![property("kind", true, None)]), counts(&[7]));
    assert_eq!(events(vec![property("kind", false, None), property("kind", false, Some("gift"))]), counts(&[2]));
}
