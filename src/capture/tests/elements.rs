use super::*;
use serde_json::json;

fn clicked(html: &str) -> Value {
    one(Scene::new(html).click("#x"))
}

#[test]
fn t03_controls_that_bear_the_names_of_properties_change_nothing() {
    let mut scene = Scene::new(
        "<form id=f action=/go><input name=action><input name=attributes><input name=nodeType>\
         <button id=x name=submit>Go</button></form>",
    );
    assert_eq!(one(scene.click("#x"))["name"], "submit");
    assert_eq!(one(scene.submit("#f", Some("#x")))["form"]["href"], "https://shop.example//go");
}

#[test]
fn t20_a_path_passes_the_hosts_of_shadow_trees() {
    let event = clicked(
        "<x-a class=card><shadow><x-b><shadow>\
         <div><button class='big css-1x2y'><i id=x></i></button></div></shadow></x-b></shadow></x-a>",
    );
    assert_eq!(event["el"]["path"], "html>body>x-a.card >> x-b >> div>button.big");
    // A mask in the shadow tree around the slot.
    let event =
        clicked("<x-a><shadow><p class=wm-hide><slot></slot></p></shadow><button id=x title=Ann>Ann</button></x-a>");
    assert_eq!((&event["censored"], event.get("text"), event.get("title")), (&json!(true), None, None));
    // One around a part of a button.
    let event =
        clicked("<button id=x>Hi <x-a><shadow><p data-wm-privacy=mask><slot></slot></p></shadow>Ann</x-a></button>");
    assert_eq!(event["text"], "Hi");
}

#[test]
fn t32_a_masked_part_of_a_button_is_not_read() {
    for html in [
        "<button id=x>Log out <span data-wm-privacy=mask>Ann Example</span></button>",
        "<button id=x>Log out <span data-wm-privacy=hide>Ann Example</span></button>",
        "<button id=x>Log out <span class=ph-no-capture>Ann Example</span></button>",
        "<button id=x>Log out <span hidden>Ann Example</span><i aria-hidden=true>Ann</i><style>a</style></button>",
    ] {
        assert_eq!(clicked(html)["text"], "Log out", "{html}");
    }
}

#[test]
fn t33_long_deep_and_empty_texts() {
    assert!(clicked(&format!("<button id=x>{}</button>", "a ".repeat(2_500))).get("text").is_none());
    assert!(clicked(&format!("<button id=x>{}</button>", "<i>a</i>".repeat(2_000))).get("text").is_none());
    assert_eq!(clicked("<button id=x><img alt='Add to cart'></button>")["text"], "Add to cart");
    assert_eq!(clicked("<button id=x><img alt=no>Yes</button>")["text"], "Yes");
    assert!(clicked("<button id=x></button>").get("text").is_none());
    assert_eq!(
        clicked(&format!("<button id=x>{}</button>", "é".repeat(250)))["text"].as_str().unwrap().chars().count(),
        100
    );
}

#[test]
fn t34_numbers_and_addresses_in_a_text_are_redacted() {
    let event = clicked(
        "<button id=x title='mail ann@example.org'>Pay <b>4111</b> <b>1111</b> <b>1111</b><b>1111</b></button>",
    );
    assert_eq!((&event["text"], &event["title"]), (&json!("Pay [card]"), &json!("mail [email]")));
}

#[test]
fn t38_made_up_names_are_no_steps_of_a_path() {
    for (html, path) in [
        (
            "<div id=user-1234567 class='u-ann@example.org css-abc _x1 row wide third'>\
             <p id=:r1a:><b class=mui-x></b><b>\
             <button class=go><i id=x></i></button></b></p></div>",
            "html>body>div.row.wide>p>b:nth-of-type(2)>button.go",
        ),
        ("<main id=top><p><b><i id=x></i></b></p></main>", "i#x"),
        ("<main id=top><p><b><button><i id=x></i></button></b></p></main>", "main#top>p>b>button"),
        ("<p><button>A</button><button class=a><i id=x></i></button></p>", "html>body>p>button.a:nth-of-type(2)"),
        // No positions in a censored region.
        (
            "<p class=wm-hide><button>1</button><button><i id=x></i></button></p><p></p>",
            "html>body>p.wm-hide:nth-of-type(1)>button",
        ),
    ] {
        assert_eq!(clicked(html)["el"]["path"], path, "{html}");
    }
    let event = clicked("<button id=user-1234567 class='u-ann@example.org row' data-x=1><i id=x></i></button>");
    assert_eq!((&event["el"]["id"], &event["el"]["classes"]), (&json!("user-#"), &json!(["[email]", "row"])));
}

#[test]
fn t39_long_attributes_are_left_out() {
    let scene = Scene::new("<button id=x>A</button>");
    let button = scene.body.find("#x");
    for at in 0..10_000 {
        button.set(&format!("data-{at}"), "x");
    }
    button.set("title", &"x".repeat(1_000_000));
    button.set("aria-label", &"y".repeat(1_000_000));
    let event = one(Scene { ..scene }.click("#x"));
    assert_eq!((event.get("title"), event.get("label"), &event["text"]), (None, None, &json!("A")));
}

#[test]
fn an_event_never_exceeds_its_limit() {
    let long = "日本語".repeat(40);
    let attributes: String =
        ["aria-expanded", "aria-current", "rel", "target", "tabindex", "enctype", "method", "aria-haspopup"]
            .map(|name| format!(" {name}={long}"))
            .concat();
    let classes = (0..20).map(|at| format!("{}{}", long, "x".repeat(at))).collect::<Vec<_>>().join(" ");
    let html = format!(
        "<a id=x href=/{long}{long} class='{classes}' title={long} name={long} aria-label={long} \
         data-testid={long}{attributes}>{long}</a>"
    );
    // `values` checks the limit.
    assert_eq!(clicked(&html)["el"]["tag"], "a");
}

#[test]
fn a_field_is_described_by_its_labels_and_never_by_its_content() {
    let event = clicked(
        "<span id=a>First</span><span id=b>name</span>\
         <input id=x type=text name=first value=Ann placeholder=Ann aria-labelledby='a b' data-testid=t aria-checked=true \
         required maxlength=9>",
    );
    assert_eq!(event["label"], "First name");
    assert_eq!((&event["name"], &event["el"]["test"]), (&json!("first"), &json!("data-testid=t")));
    assert_eq!(event["el"]["attrs"], json!({ "required": "true" }));
    assert!(!event.to_string().contains("Ann"), "{event}");
    // A label that is private is not read.
    assert!(clicked("<label for=x class=wm-hide>Ann</label><input id=x>").get("label").is_none());
    assert!(clicked("<textarea id=x>Ann</textarea>").get("text").is_none());
}

#[test]
fn a_site_may_list_attributes_but_not_those_that_may_show_a_value() {
    let listed = ["data-plan", "value", "onclick", "STYLE", "placeholder"].map(str::to_owned).to_vec();
    let html = "<button id=x data-plan=gold value=ann onclick=ann() style=ann placeholder=ann>A</button>";
    let event = one(Scene::with(html, Rules { attributes: listed, ..open_rules() }).click("#x"));
    assert_eq!(event["el"]["attrs"], json!({ "data-plan": "gold" }));
}

#[test]
fn without_texts_the_structure_is_left() {
    let rules = Rules { reads_text: false, ..open_rules() };
    let mut scene = Scene::with("<a id=x href=/ title=t data-testid=q rel=next>Ann</a>", rules);
    let event = one(scene.click("#x"));
    let el = json!({ "tag": "a", "id": "x", "path": "a#x" });
    assert_eq!(event, json!({ "type": "elementClick", "el": el, "censored": true, "by": "mouse" }));
    let explained = serde_json::to_value(scene.capture.explain(&scene.body.find("#x"))).unwrap();
    assert_eq!((&explained["privacy"], &explained["rule"]), (&json!("censored"), &json!("experience.text")));
}

#[test]
fn a_name_of_the_site_s_own_stands_for_everything() {
    let event = clicked("<div id=x data-wm-name='Plan 12345' title=Ann>Ann</div>");
    assert_eq!((&event["text"], event.get("title")), (&json!("Plan #"), None));
}

#[test]
fn what_a_click_would_record_is_explained_as_it_is_recorded() {
    let mut scene =
        Scene::new("<button id=x>Pay</button><p class=wm-hide><b id=y>A</b></p><p class=rr-block><b id=z>A</b></p>");
    let explain = |scene: &Scene, selector: &str| {
        serde_json::to_value(scene.capture.explain(&scene.body.find(selector))).unwrap()
    };
    for (selector, privacy, rule) in [
        ("#x", "open", None),
        ("#y", "censored", Some("wm-hide")),
        ("#z", "hidden", Some("rr-block")),
        ("body", "page", None),
    ] {
        let mut explained = explain(&scene, selector);
        assert_eq!(
            (&explained["privacy"], explained.get("rule").and_then(Value::as_str)),
            (&json!(privacy), rule),
            "{selector}"
        );
        let mut recorded = scene.click(selector).pop().unwrap_or_default();
        if let Some(recorded) = recorded.as_object_mut() {
            for added in ["type", "by", "x", "y"] {
                recorded.remove(added);
            }
        }
        assert_eq!(explained["data"].take(), recorded, "{selector}");
    }
}

#[test]
fn an_explanation_names_the_element_of_the_event_and_the_one_that_decides_on_it() {
    let scene = Scene::new(
        "<button id=a><i id=b>A</i></button><div id=c class=wm-hide><p class=fs-mask><a id=d href=/>A</a></p></div>
         <div id=e class=rr-block><b id=f>A</b></div><input id=g type=password><label id=h for=a>A</label>",
    );
    for (selector, element, region) in [
        ("#a", Some("#a"), None),
        ("#b", Some("#a"), None),
        ("#d", Some("#d"), Some("#c")),
        ("#f", None, Some("#e")),
        ("#g", Some("#g"), Some("#g")),
        ("#h", Some("#a"), None),
        ("body", None, None),
    ] {
        let explained = scene.capture.explain(&scene.body.find(selector));
        let expected = [element, region].map(|selector| selector.map(|selector| scene.body.find(selector)));
        assert_eq!([explained.element, explained.region], expected, "{selector}");
    }
}

/// The parts of `#x`, as `part`, `+` if it is recorded, and the rule.
fn parts(html: &str, rules: Rules) -> String {
    let scene = Scene::with(html, rules);
    let explained = scene.capture.explain(&scene.body.find("#x"));
    let data = serde_json::to_value(&explained.data).unwrap();
    for part in explained.parts.iter().filter(|part| ["text", "label", "name", "title"].contains(&&*part.part)) {
        assert_eq!(data.get(&part.part).is_some(), part.recorded, "{part:?} of {data}");
    }
    let written = explained.parts.iter().map(|part| {
        let sign = if part.recorded { "+" } else { "-" };
        let rule = part.rule.map(|rule| format!(" ({rule})")).unwrap_or_default();
        format!("{}{sign}{rule}", part.part)
    });
    written.collect::<Vec<_>>().join(", ")
}

#[test]
fn each_part_is_explained_by_the_rule_that_decides_on_it() {
    let link = "<a id=x href=/ title=t name=n rel=next data-testid=q aria-label=l>A</a>";
    let kept = "text+, label+, name+, title+, test+, href+, place+, attrs.rel+";
    assert_eq!(parts(link, open_rules()), kept);
    let all = |rule: &str| kept.replace("+, ", &format!("- ({rule}), ")).replace('+', &format!("- ({rule})"));
    assert_eq!(parts(&format!("<p class=wm-hide>{link}</p>"), open_rules()), all("wm-hide"));
    assert_eq!(parts(link, Rules { reads_text: false, ..open_rules() }), all("experience.text"));
    let listed = ["data-plan", "value", "style"].map(str::to_owned).to_vec();
    for (html, expected) in [
        ("<button id=x>Log out <b data-wm-privacy=mask>Ann</b></button>", "text+ (data-wm-privacy), place+"),
        ("<button id=x><b class=rr-block>Ann</b></button>", "text- (rr-block), place+"),
        ("<button id=x data-wm-name=Ann>A</button>", "text+ (data-wm-name), place+"),
        ("<b id=x title=t>A</b>", "text- (not interactive), title+, place+"),
        ("<input id=x name=n>", "text- (a field), name+, place+, value- (never)"),
        (
            "<label for=x class=fs-mask>A</label><input id=x>",
            "text- (a field), label- (fs-mask), place+, value- (never)",
        ),
        (
            "<button id=x style=a data-plan=gold>A</button>",
            "text+, place+, attrs.data-plan+ (experience.attributes), style- (never)",
        ),
        ("<div data-wm-privacy=hide><button id=x>A</button></div>", ""),
    ] {
        let rules =
            if html.contains("gold") { Rules { attributes: listed.clone(), ..open_rules() } } else { open_rules() };
        assert_eq!(parts(html, rules), expected, "{html}");
    }
    let long = format!("<button id=x>{}</button>", "word ".repeat(100));
    assert_eq!(parts(&long, open_rules()), "text- (too long), place+");
    assert_eq!(
        parts("<input id=x type=password name=n>", open_rules()),
        "text- (a password field), name- (a password field), place- (a password field), value- (never)"
    );
}
