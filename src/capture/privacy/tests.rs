use super::super::marks::{FOREIGN_ATTRIBUTES, FOREIGN_CLASSES};
use super::super::memory::page;
use super::*;

fn rules() -> Rules {
    Rules { reads_text: true, honours_foreign: true, ..Rules::default() }
}

/// The privacy of the element `#x` on a page.
fn at(html: &str, rules: &Rules) -> (Strength, Option<&'static str>) {
    let Privacy { strength, rule, .. } = of(&page(html).find("#x"), rules);
    (strength, rule)
}

#[test]
fn an_element_is_as_private_as_what_is_around_it() {
    for (html, strength) in [
        ("<b id=x>", Strength::Open),
        ("<div data-wm-privacy=mask><p><b id=x>", Strength::Censored),
        ("<div data-wm-privacy=hide><p><b id=x>", Strength::Hidden),
        ("<div class='a WM-hide'><b id=x>", Strength::Censored),
        ("<div data-wm-privacy=nonsense><b id=x>", Strength::Censored),
        ("<div data-wm-privacy=mask><p data-wm-privacy=show><b id=x>", Strength::Open),
        ("<div data-wm-privacy=show><p data-wm-privacy=mask><b id=x>", Strength::Censored),
        ("<div class=wm-hide><p data-wm-privacy=show><b id=x>", Strength::Censored),
        ("<div data-wm-privacy=hide><p data-wm-privacy=mask><b id=x>", Strength::Hidden),
    ] {
        assert_eq!(at(html, &rules()).0, strength, "{html}");
    }
}

#[test]
fn t50_show_lifts_nothing_but_mask() {
    for html in
        ["<div data-wm-privacy=hide><b id=x data-wm-privacy=show>", "<div class=rr-block><b id=x data-wm-privacy=show>"]
    {
        assert_eq!(at(html, &rules()).0, Strength::Hidden, "{html}");
    }
    assert_eq!(at("<input id=x type=password data-wm-privacy=show>", &rules()).0, Strength::Censored);
}

#[test]
fn t20_privacy_is_inherited_across_hosts_and_slots() {
    for (html, strength) in [
        ("<x-a data-wm-privacy=hide><shadow><x-b><shadow><x-c><shadow><b id=x>", Strength::Hidden),
        ("<x-a><shadow><div class=wm-hide><slot></slot></div></shadow><b id=x></b></x-a>", Strength::Censored),
        (
            "<x-a><shadow><div class=wm-hide><slot name=s></slot></div><slot></slot></shadow><b id=x></b></x-a>",
            Strength::Open,
        ),
        ("<x-a class=wm-hide><shadow><slot></slot></shadow><b id=x></b></x-a>", Strength::Censored),
    ] {
        assert_eq!(at(html, &rules()).0, strength, "{html}");
    }
}

#[test]
fn t24_fields_that_hold_secrets_are_always_censored() {
    for (html, strength) in [
        ("<input id=x type=PassWord>", Strength::Censored),
        ("<input id=x type=file>", Strength::Censored),
        ("<input id=x type=hidden>", Strength::Hidden),
        ("<input id=x autocomplete='section-a shipping cc-number'>", Strength::Censored),
        ("<select id=x autocomplete=cc-exp-month>", Strength::Censored),
        ("<input id=x autocomplete=new-password>", Strength::Censored),
        ("<input id=x autocomplete=ONE-TIME-CODE>", Strength::Censored),
        ("<input id=x autocomplete=name>", Strength::Open),
        ("<form autocomplete=off><input id=x>", Strength::Open),
    ] {
        assert_eq!(at(html, &rules()).0, strength, "{html}");
    }
    let field = page("<input id=x type=password>").find("#x");
    assert_eq!(of(&field, &rules()).rule, Some("a password field"));
    field.set("type", "text");
    assert_eq!(of(&field, &rules()).rule, Some("a password field"), "it was one");
}

#[test]
fn t47_lists_of_ids_classes_and_selectors_censor() {
    let listed = |rules: Rules| at("<div id=a class='b c'><b id=x>", &rules);
    let list = |name: &str| vec!["z".to_owned(), name.to_owned()];
    assert_eq!(listed(Rules { ids: list("a"), ..rules() }), (Strength::Censored, Some("censor.ids")));
    assert_eq!(listed(Rules { classes: list("c"), ..rules() }), (Strength::Censored, Some("censor.classes")));
    assert_eq!(listed(Rules { selectors: list("div.b"), ..rules() }), (Strength::Censored, Some("censor.selectors")));
    assert_eq!(listed(Rules { ids: list("b"), ..rules() }), (Strength::Open, None));
}

#[test]
fn t48_an_invalid_selector_censors_everything() {
    let rules = Rules { selectors: vec!["p".to_owned(), ":!!".to_owned()], ..rules() };
    assert_eq!(at("<b id=x>", &rules), (Strength::Censored, Some("censor.selectors is invalid")));
}

#[test]
fn t49_the_marks_of_other_tools_count_unless_the_site_says_otherwise() {
    let off = Rules { honours_foreign: false, ..rules() };
    let strength = |name: &str| {
        let hides = ["block", "no-capture", "ignore", "hidden", "exclude"].iter().any(|word| name.contains(word));
        if hides { Strength::Hidden } else { Strength::Censored }
    };
    for name in FOREIGN_CLASSES {
        for html in
            [format!("<div class='a {name}'><input id=x>"), format!("<input id=x class={}>", name.to_uppercase())]
        {
            // This one is about fields themselves.
            let expected =
                if name.contains("user-input") && html.contains("div") { Strength::Open } else { strength(name) };
            assert_eq!(at(&html, &rules()).0, expected, "{html}");
            assert_eq!(at(&html, &off).0, Strength::Open, "{html}");
        }
    }
    for name in FOREIGN_ATTRIBUTES {
        for value in ["", "=false", "=true"] {
            let html = format!("<div {name}{value}><b id=x>");
            assert_eq!(at(&html, &rules()), (strength(name), Some(*name)), "{html}");
            assert_eq!(at(&html, &off).0, Strength::Open, "{html}");
        }
    }
    for (value, strength) in [
        ("hidden", Strength::Hidden),
        ("mask", Strength::Censored),
        ("allow", Strength::Open),
        ("mask-user-input", Strength::Open),
    ] {
        assert_eq!(at(&format!("<div data-dd-privacy={value}><b id=x>"), &rules()).0, strength, "{value}");
    }
    assert_eq!(at("<div class=ph-no-capture><p class=dd-privacy-allow><b id=x>", &rules()).0, Strength::Hidden);
}

#[test]
fn t40_an_element_that_is_too_deep_is_censored() {
    let deep = |depth: usize| format!("{}<b id=x>", "<i>".repeat(depth));
    assert_eq!(at(&deep(900), &rules()).0, Strength::Open);
    assert_eq!(at(&deep(5_000), &rules()), (Strength::Censored, Some("too deep")));
}

#[test]
fn t39_an_element_whose_names_are_too_long_to_read_is_censored() {
    let listed = Rules { ids: vec!["other".to_owned()], ..rules() };
    for (attribute, rules) in [("class", rules()), ("id", listed)] {
        let body = page("<div><b id=x>");
        body.find("div").set(attribute, &"a ".repeat(500_000));
        assert_eq!(of(&body.find("#x"), &rules).rule, Some("too many classes"));
    }
    let body = page("<div><b id=x>");
    body.find("div").set("style", &"a ".repeat(500_000));
    assert_eq!(of(&body.find("#x"), &rules()).strength, Strength::Open);
}
