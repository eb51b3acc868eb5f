//! The questions that are measured: each view that reads many events, about the whole month.

use super::month::{DAYS, SITE, START};
use std::time::Duration;
use waymark_collector::insights::{Bucket, Funnel, FunnelStep, Order, Question, Unit, View, Zone};
use waymark_collector::store::Selection;

pub fn views_of(session: String) -> Vec<View> {
    let step = |kind: &str| FunnelStep {
        text: kind.into(),
        kind: kind.into(),
        filters: Vec::new(),
        properties: Vec::new(),
        step: None,
    };
    let steps = ["pageView", "play", "complete", "goal"].map(step).into();
    let window = Duration::from_secs(86_400);
    vec![
        View::Overview,
        View::Contents,
        View::Steps { content: "3".to_owned() },
        View::Funnel(Funnel { steps, unit: Unit::User, order: Order::InOrder, window }),
        View::Sessions,
        View::Session { id: session },
        View::Users,
        View::Retention,
        View::Pages,
        View::Health,
    ]
}

pub fn question(view: View) -> Question {
    let (from, to) = (START, START + DAYS * 86_400_000);
    let selection = Selection { site: SITE.to_owned(), from, to, ..Selection::default() };
    Question { selection, zone: Zone::utc(), now: to, bucket: Bucket::Day, limit: 100, view }
}
