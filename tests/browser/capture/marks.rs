//! T49, T47, T48: marks of what is around an element. A walk leaves out the elements that have none (`www/nodes.js`): these
//! are the marks that it must find.

use super::Stage;
use wasm_bindgen_test::wasm_bindgen_test;
use waymark::capture::Rules;

/// The attributes of an element around another one, and the other's privacy.
const AROUND: &[(&str, &str)] = &[
    ("", "open"),
    ("class='a b' title=c", "open"),
    ("class='wm-hidden not-wm-hide'", "open"),
    ("class='a WM-Hide b'", "censored"),
    ("class='a\tRR-MASK'", "censored"),
    ("class=ph-no-capture", "hidden"),
    ("class=FS-exclude", "hidden"),
    ("data-wm-privacy=mask", "censored"),
    ("data-wm-privacy=hide", "hidden"),
    ("data-sentry-mask", "censored"),
    ("data-sentry-block=false", "hidden"),
    ("data-dd-privacy=mask", "censored"),
    ("data-hj-suppress", "censored"),
];

/// Marks that a site lists.
const LISTED: &[(&str, &str)] = &[
    ("id=other class=other", "open"),
    ("id=Listed class=Listed", "open"),
    ("id=listed", "censored"),
    ("class='a listed'", "censored"),
    ("class='a 50% b'", "censored"),
    ("class='a &quot;]'", "censored"),
    ("data-zone=a", "censored"),
];

fn html(attributes: &str) -> String {
    format!("<div {attributes}><p class=wide><button id=x>A</button></p></div>")
}

async fn privacy(attributes: &str, rules: Rules) -> String {
    let stage = Stage::with(&html(attributes), rules).await;
    stage.explain("document.getElementById('x')")["privacy"].as_str().unwrap().to_owned()
}

#[wasm_bindgen_test]
async fn t49_marks_around_an_element_are_found() {
    for (attributes, expected) in AROUND {
        // The second time it is known of the classes whether they are marks.
        for _ in 0..2 {
            assert_eq!(privacy(attributes, Rules::default()).await, *expected, "{attributes}");
        }
    }
    let long = format!("class='{} wm-hide'", "word ".repeat(300));
    assert_eq!(privacy(&long, Rules::default()).await, "censored");
}

#[wasm_bindgen_test]
async fn t47_what_a_site_lists_is_found_around_an_element() {
    let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    for (attributes, expected) in LISTED {
        assert_eq!(privacy(attributes, Rules::default()).await, "open", "{attributes}, before it is listed");
        let plain = Rules {
            ids: texts(&["listed"]),
            classes: texts(&["listed", ""]),
            selectors: texts(&["p.none", "[data-zone]"]),
            ..Rules::default()
        };
        let any = Rules { classes: texts(&["50%", "\"]", "listed"]), ..plain.clone() };
        if !attributes.contains(['%', '&']) {
            assert_eq!(privacy(attributes, plain).await, *expected, "{attributes}");
        }
        assert_eq!(privacy(attributes, any).await, *expected, "{attributes}");
    }
}

#[wasm_bindgen_test]
async fn t48_an_invalid_selector_censors_what_has_no_marks() {
    for invalid in ["p:!!", "", "p,", "/*", "[a=\"b"] {
        let rules = Rules { selectors: vec!["b".to_owned(), invalid.to_owned()], ..Rules::default() };
        let is_valid = invalid == "[a=\"b";
        assert_eq!(privacy("", rules).await, if is_valid { "open" } else { "censored" }, "{invalid}");
    }
}
