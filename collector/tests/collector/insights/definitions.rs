//! Every number and column has a definition, and the documentation has them all.

use super::data::*;
use std::time::Duration;
use waymark_collector::insights::definitions::{ALL, Unit, find};
use waymark_collector::insights::{Funnel, FunnelStep, Goals, Order, View};

fn views() -> Vec<View> {
    let step = || FunnelStep {
        text: "play".to_owned(),
        kind: "play".to_owned(),
        filters: vec![],
        properties: vec![],
        step: None,
    };
    let funnel = Funnel {
        steps: vec![step(), step()],
        unit: waymark_collector::insights::Unit::Session,
        order: Order::InOrder,
        window: Duration::from_secs(1),
    };
    vec![
        View::Overview,
        View::Contents,
        View::Steps { content: "7".to_owned() },
        View::Funnel(funnel),
        View::Goals(Goals { goals: vec![step()], content: None }),
        View::Sessions,
        View::Session { id: "s1".to_owned() },
        View::Users,
        View::Retention,
        View::Pages,
        View::Flow { path: "/".to_owned() },
        View::Progress,
        View::Autoplay,
        View::Friction,
        View::Health,
    ]
}

#[test]
fn every_number_and_column_has_a_definition_and_no_definition_is_of_nothing() {
    let stores = Stores::of(&[made(0, "play", "s1", "a").of_play("p1").step(1)]);
    let mut used = Vec::new();
    for view in views() {
        let mut asked = question(view.clone());
        asked.selection.to = START + 100 * DAY;
        let report = stores.ask(&asked).report;
        let columns = report.tables.iter().flat_map(|table| table.columns.iter().copied());
        for name in report.numbers.iter().map(|number| number.name).chain(columns) {
            used.push(find(view.name(), name).unwrap_or_else(|| panic!("{} has no {name}", view.name())));
        }
    }
    for definition in ALL {
        assert!(used.contains(&definition), "nothing is {} {}", definition.view, definition.name);
    }
}

/// The table in docs/insights.md.
fn table() -> String {
    let unit = |unit| match unit {
        Unit::Count => "count",
        Unit::Share => "share",
        Unit::Ratio => "ratio",
        Unit::Duration => "ms",
        Unit::Time => "epoch ms",
        Unit::Text => "text",
    };
    let mut text = "| view | name | title | unit | definition |\n|---|---|---|---|---|\n".to_owned();
    for of in ALL {
        let view = if of.view.is_empty() { "all" } else { of.view };
        text += &format!("| {view} | `{}` | {} | {} | {} |\n", of.name, of.title, unit(of.unit), of.text);
    }
    text
}

#[test]
fn the_documentation_has_the_definitions() {
    const BEGIN: &str = "<!-- definitions -->\n";
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/insights.md");
    let page = std::fs::read_to_string(file).unwrap();
    let (before, rest) = page.split_once(BEGIN).unwrap();
    let (written, after) = rest.split_once("<!-- /definitions -->").unwrap();
    if std::env::var_os("WAYMARK_WRITE_DOCS").is_some() {
        std::fs::write(file, format!("{before}{BEGIN}{}<!-- /definitions -->{after}", table())).unwrap();
    } else {
        assert_eq!(written, table(), "run this test with WAYMARK_WRITE_DOCS=1");
    }
}
