//! Rage and dead clicks, and forms.

use super::data::*;
use waymark_collector::insights::{Cell, View};

fn click(time: i64, kind: &'static str, session: &'static str, path: &str, element: &str) -> Made {
    made(time, kind, session, "a").path(path).with("data.el", serde_json::json!({ "path": element }))
}

/// - s1 views /cart: two rage clicks on the pay button, and a dead one. It changes a field and sends the form.
/// - s2 views /cart: a dead click on the pay button, one on a link. It changes a field, and sends nothing.
/// - s3 views /cart and /help: nothing.
/// - s4 had a rage click before the range, and views /help.
/// - A bot's rage click counts nowhere, and neither does a click whose data has no element's path of the right form.
fn stores() -> Stores {
    Stores::of(&[
        click(-MINUTE, "rageClick", "s4", "/help", "button"),
        made(0, "pageView", "s4", "d").path("/help"),
        made(0, "pageView", "s1", "a").path("/cart"),
        click(MINUTE, "rageClick", "s1", "/cart", "button.pay"),
        click(2 * MINUTE, "rageClick", "s1", "/cart", "button.pay"),
        click(3 * MINUTE, "deadClick", "s1", "/cart", "button.pay"),
        click(4 * MINUTE, "elementChange", "s1", "/cart", "input.card"),
        made(5 * MINUTE, "formSubmit", "s1", "a")
            .path("/cart")
            .with("data", serde_json::json!({ "form": { "path": "form.pay" }, "prevented": true })),
        made(HOUR, "pageView", "s2", "b").path("/cart"),
        click(HOUR + MINUTE, "deadClick", "s2", "/cart", "button.pay"),
        click(HOUR + 2 * MINUTE, "deadClick", "s2", "/cart", "a.terms"),
        click(HOUR + 3 * MINUTE, "elementChange", "s2", "/cart", "input.name"),
        click(HOUR + 4 * MINUTE, "elementChange", "s2", "/cart", "input.card"),
        made(2 * HOUR, "pageView", "s3", "c").path("/cart"),
        made(2 * HOUR, "pageView", "s3", "c").path("/help"),
        click(3 * HOUR, "rageClick", "r1", "/cart", "button.pay").with("server.bot", true),
    ])
}

#[test]
fn clicks_are_counted_by_page_and_element() {
    let answer = stores().ask(&question(View::Friction));
    // s1 and s2, of the four sessions with a view.
    assert_eq!(numbers(&answer, "rage_clicks dead_clicks sessions"), counts(&[2, 3, 2]));
    assert_eq!(numbers(&answer, "share"), [Cell::Real(0.5)]);
    let columns = "path rage_clicks dead_clicks sessions first last session";
    assert_eq!(rows(&answer, "pages", columns), ["/cart 2 3 2 +1 +62 s2"]);
    // Three sessions viewed /cart.
    assert_eq!(rows(&answer, "pages", "share"), [(2.0 / 3.0).to_string()]);
    let elements = rows(&answer, "elements", "element rage_clicks dead_clicks sessions first last session");
    assert_eq!(elements, ["button.pay 2 2 2 +1 +61 s2", "a.terms 0 1 1 +62 +62 s2"]);
}

#[test]
fn forms_are_sent_or_left() {
    let answer = stores().ask(&question(View::Friction));
    assert_eq!(rows(&answer, "forms", "path form submits prevented sessions"), ["/cart form.pay 1 1 1"]);
    // s2 sent no form after its last change.
    assert_eq!(rows(&answer, "unsent", "path element sessions"), ["/cart input.card 1"]);
}

#[test]
fn data_of_another_form_is_no_element() {
    let odd = [
        made(0, "deadClick", "s1", "a").with("data", serde_json::json!({ "el": 7 })),
        made(1, "rageClick", "s1", "a").with("data", serde_json::json!([1])),
    ];
    let answer = Stores::of(&odd).ask(&question(View::Friction));
    assert_eq!(rows(&answer, "elements", "path element rage_clicks dead_clicks"), ["/ - 1 1"]);
}
