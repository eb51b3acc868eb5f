//! Answers from packed facts equal answers from facts, and those from the events themselves, after events
//! came late, were erased or were kept too long in between, in any time zone.

use super::data::*;
use proptest::prelude::*;
use std::time::Duration;
use waymark_collector::insights::{Bucket, Funnel, FunnelStep, Order, Question, Unit, View};
use waymark_collector::store::{
    BotFilter, Column, ErasureSource, Expiry, KeepFacts, Packing, Selection, Subject, TextFilter,
};

/// 25 October 2026, 00:00 UTC: an hour before Berlin's clocks are put back.
const AUTUMN: i64 = -31 * DAY;

/// When the first events arrive.
const ARRIVAL: i64 = AUTUMN + 3 * DAY;

const SESSIONS: [&str; 5] = ["s1", "s2", "s3", "s4", "s5"];
const USERS: [&str; 4] = ["anna", "bert", "anna@example.com", "bert@example.com"];
const KINDS: [&str; 6] = ["pageView", "pageView", "play", "step", "complete", "goal"];
const ZONES: [&str; 4] = ["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns"];

#[derive(Clone, Debug)]
enum Step {
    /// Events, by minutes after the beginning, session, user, type and shape.
    Append(Vec<(i64, usize, usize, usize, u8)>),
    Erase(usize),
    Expire(i64),
    Pack(usize),
    Ask(Asked),
}

/// The first and the last hour, zone, view, steps of the trend, and a filter.
type Asked = (i64, i64, usize, usize, usize, u8);

fn step() -> impl Strategy<Value = Step> {
    let event = (0..4_320_i64, 0..SESSIONS.len(), 0..USERS.len(), 0..KINDS.len(), 0..12_u8);
    let asked = (0..48_i64, 1..48_i64, 0..ZONES.len(), 0..7_usize, 0..3_usize, 0..6_u8);
    prop_oneof![
        5 => prop::collection::vec(event, 1..24).prop_map(Step::Append),
        1 => (0..USERS.len()).prop_map(Step::Erase),
        1 => (0..20_i64).prop_map(Step::Expire),
        2 => (1..20_usize).prop_map(Step::Pack),
        4 => asked.prop_map(Step::Ask),
    ]
}

/// Events arrive in the order in which they are appended, hours or days after they happened.
fn event((minutes, session, user, kind, shape): (i64, usize, usize, usize, u8), arrival: i64) -> Made {
    let time = AUTUMN + minutes * MINUTE;
    let made = made(time, KINDS[kind], SESSIONS[session], USERS[user]).path(&format!("/{}", minutes % 3));
    let mut made = made.received(ARRIVAL + arrival * HOUR);
    made = match kind {
        2..=4 => made.of_play(&format!("p{session}")).step(u64::from(shape)),
        _ => made,
    };
    made = if user >= 2 { made.known(USERS[user]) } else { made };
    match shape {
        0 if user >= 2 => made.linked(USERS[user - 2]),
        1 => made.with("wm.env", 1),
        2 => made.with("server.bot", true),
        3 => made.with("env.browser.name", "Firefox"),
        _ => made,
    }
}

fn question_of(&(from, hours, zone, view, bucket, filter): &Asked) -> Question {
    let step = |kind: &str| FunnelStep {
        text: kind.to_owned(),
        kind: kind.to_owned(),
        filters: Vec::new(),
        properties: Vec::new(),
        step: None,
    };
    let funnel = Funnel {
        steps: vec![step("pageView"), step("play"), step("goal")],
        unit: Unit::User,
        order: Order::InOrder,
        window: Duration::from_secs(3_600),
    };
    let views = [
        View::Overview,
        View::Overview,
        View::Sessions,
        View::Contents,
        View::Pages,
        View::Users,
        View::Funnel(funnel),
    ];
    let mut asked = question(views[view].clone());
    asked.zone = ZONES[zone].parse().unwrap();
    asked.bucket = [Bucket::Hour, Bucket::Day, Bucket::Week][bucket];
    let from = START + AUTUMN + from * HOUR + 60_000;
    let is = |column, value: &str| TextFilter { column, is: true, values: vec![Some(value.to_owned())] };
    let mut selection = Selection { from, to: from + hours * HOUR, ..asked.selection };
    match filter {
        0 => selection.filters = vec![is(Column::Path, "/*1")],
        1 => selection.filters = vec![is(Column::Browser, "Firefox")],
        2 => selection.bots = BotFilter::Include,
        3 => selection.env = 1,
        4 => selection.has = vec!["goal".to_owned()],
        _ => {}
    }
    Question { selection, ..asked }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn packed_facts_answer_as_the_events_do(steps in prop::collection::vec(step(), 4..20)) {
        let stores = Stores::of(&[]);
        let mut next = 1;
        for (arrival, step) in (0..).zip(&steps) {
            match step {
                Step::Append(events) => {
                    let events: Vec<_> = events.iter().map(|of| event(*of, arrival)).collect();
                    stores.append(next, &events);
                    next += events.len() as u128;
                }
                Step::Erase(user) => {
                    let subject = Subject { id: USERS[*user].to_owned(), site: None };
                    // All that has arrived, and nothing that is to come.
                    let time = START + ARRIVAL + arrival * HOUR;
                    stores.each(|store| drop(store.erase(&subject, ErasureSource::Api, time).unwrap()));
                }
                Step::Expire(hour) => {
                    let before = START + ARRIVAL + hour * HOUR;
                    let expiry = Expiry { before: [("demo".to_owned(), before)].into(), time: 0 };
                    stores.each(|store| assert!(store.expire(&expiry, 0, 10_000).unwrap().done));
                }
                Step::Pack(rows) => {
                    while stores.sqlite.pack(Packing { rows: *rows, before: i64::MAX }).unwrap() {}
                }
                Step::Ask(asked) => compare(&stores, &question_of(asked)),
            }
        }
        compare(&stores, &question_of(&(0, 48, 1, 0, 0, 5)));
    }
}

#[track_caller]
fn compare(stores: &Stores, question: &Question) {
    let [memory, sqlite] = stores.answers(question).map(sorted);
    assert_eq!(memory, sqlite);
}
