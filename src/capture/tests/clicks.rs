use super::*;
use serde_json::json;

#[test]
fn t01_an_icon_in_a_button_is_the_button() {
    let mut scene = Scene::new("<button class='a b'><svg><path id=x></path></svg> Save</button>");
    let event = one(scene.click("#x"));
    assert_eq!(
        (&event["el"]["tag"], &event["text"], &event["el"]["classes"]),
        (&json!("button"), &json!("Save"), &json!(["a", "b"]))
    );
    assert_eq!((&event["by"], &event["x"], &event["y"]), (&json!("mouse"), &json!(10), &json!(20)));
    assert!(event.get("plain").is_none() && event.get("censored").is_none());
}

#[test]
fn t02_a_link_of_an_image_is_a_link() {
    let mut scene = Scene::new("<svg><a xlink:href=/next><text id=x>Next</text></a></svg>");
    let event = one(scene.click("#x"));
    assert_eq!((&event["el"]["tag"], &event["el"]["href"]), (&json!("a"), &json!("https://shop.example//next")));
}

#[test]
fn t06_an_element_that_is_taken_off_the_page_is_described_as_it_was_pressed() {
    let mut scene = Scene::new("<div id=out><button id=x>Add</button></div>");
    scene.press("#x");
    scene.body.find("#x").remove();
    assert_eq!(one(scene.release("#out"))["text"], "Add");
}

#[test]
fn t07_a_text_that_changes_on_the_press_is_the_one_that_was_pressed() {
    let mut scene = Scene::new("<button id=x>Save</button>");
    scene.press("#x");
    scene.body.find("#x").fill("Saving…");
    assert_eq!(one(scene.release("#x"))["text"], "Save");
    scene.press("#x");
    scene.wait(10_001);
    assert_eq!(one(scene.release("#x"))["text"], "Saving…", "a press waits ten seconds");
}

#[test]
fn t08_a_press_on_one_and_a_release_on_another_is_about_what_both_are_in() {
    let mut scene = Scene::new("<div id=out><button id=a>A</button><button id=b>B</button></div>");
    scene.press("#a");
    let event = one(scene.release("#out"));
    assert_eq!((&event["el"]["id"], &event["plain"]), (&json!("out"), &json!(true)));
    assert!(event.get("text").is_none());
}

#[test]
fn t09_a_text_that_is_selected_across_a_button_is_a_plain_click_and_no_frustration() {
    let mut scene = Scene::new("<div id=out class=btn><p id=p>A text</p><button id=x>Buy</button></div>");
    scene.press("#p");
    scene.capture.interrupt();
    let event = one(scene.release("#out"));
    assert_eq!((&event["el"]["id"], &event["plain"], event.get("text")), (&json!("out"), &json!(true), None));
    assert_eq!(scene.wait(10_000), Vec::<Value>::new());
    // The text of the button itself is selected.
    for _ in 0..4 {
        scene.press("#x");
        scene.capture.interrupt();
        assert_eq!(one(scene.release("#x"))["text"], "Buy");
        scene.capture.interrupt();
    }
    assert_eq!(scene.wait(10_000), Vec::<Value>::new());
}

#[test]
fn t12_a_label_s_click_is_its_control_s_and_counts_once() {
    for html in [
        "<label for=c id=x>News</label><input id=c type=checkbox>",
        "<label id=x>News<input id=c type=checkbox></label>",
        "<x-a><shadow><label for=c id=x>News</label><input id=c type=checkbox></shadow></x-a>",
    ] {
        let mut scene = Scene::new(html);
        let event = one(scene.click("#x"));
        assert_eq!(
            (&event["el"]["id"], &event["via"], &event["label"]),
            (&json!("c"), &json!("label"), &json!("News")),
            "{html}"
        );
        assert_eq!(scene.key("#c"), Vec::<Value>::new(), "{html}");
        assert_eq!(scene.key("#c").len(), 1, "the next one is the user's");
    }
    let mut scene = Scene::new("<label>I read <a href=/terms id=x>the terms</a><input id=c type=checkbox></label>");
    assert_eq!(one(scene.click("#x"))["el"]["tag"], "a");
    let mut scene = Scene::new("<label id=x>News<input id=c type=checkbox></label>");
    scene.click("#x");
    scene.now += 51;
    assert_eq!(scene.click("#c").len(), 1, "too late for a forwarded click");
}

#[test]
fn t13_a_key_has_no_place() {
    for html in
        ["<button id=x>A</button>", "<a href=/ id=x>A</a>", "<input type=checkbox id=x>", "<summary id=x>A</summary>"]
    {
        let event = one(Scene::new(html).key("#x"));
        assert_eq!(event["by"], "key", "{html}");
        assert!(event.get("x").is_none() && event.get("y").is_none(), "{html}");
    }
}

#[test]
fn t14_a_click_of_assistive_technology_is_a_key_s_or_a_mouse_s() {
    let mut scene = Scene::new("<button id=x>A</button>");
    assert_eq!(one(scene.key("#x"))["by"], "key");
    assert_eq!(one(scene.release("#x"))["by"], "mouse", "the browser counts it as a click");
}

#[test]
fn t15_enter_in_a_field_is_a_submit_and_no_click() {
    let form = "<form id=f><input id=i><button id=b>Go</button><button id=c>Other</button></form>\
                <input id=o><button id=p form=f>P</button>";
    let mut scene = Scene::new(form);
    scene.focused = Some(scene.body.find("#i"));
    assert_eq!(scene.key("#b"), Vec::<Value>::new());
    assert_eq!(one(scene.submit("#f", Some("#b")))["by"], "enter");
    assert_eq!(scene.key("#p"), Vec::<Value>::new(), "a button outside of its form");
    scene.submit("#f", Some("#p"));
    assert_eq!(one(scene.submit("#f", None))["by"], "enter", "a form without a button");
    scene.focused = Some(scene.body.find("#b"));
    assert_eq!(scene.key("#b").len(), 1, "the button itself has the focus");
    assert_eq!(one(scene.submit("#f", Some("#b")))["by"], "button");
    scene.focused = Some(scene.body.find("#o"));
    assert_eq!(scene.key("#c").len(), 1, "a field of no form");
}

#[test]
fn t16_a_submit_that_a_script_asks_for_has_no_by() {
    let mut scene = Scene::new(
        "<form id=f method=DIALOG action=/pay?card=1><input><input type=hidden><fieldset></fieldset>\
         <button id=b formmethod=post>Go</button></form>",
    );
    let event = one(scene.submit("#f", None));
    assert!(event.get("by").is_none());
    assert_eq!((&event["method"], &event["fields"], &event["prevented"]), (&json!("dialog"), &json!(2), &json!(true)));
    assert_eq!((&event["form"]["href"], event.get("el")), (&json!("https://shop.example//pay"), None));
    let event = one(scene.submit("#f", Some("#b")));
    assert_eq!((&event["method"], &event["el"]["id"]), (&json!("post"), &json!("b")));
}

#[test]
fn t17_the_middle_button_is_told() {
    let mut scene = Scene::new("<a href=/ id=x>A</a>");
    let click = Click { button: 1, has_modifier: true, ..scene.click_of("#x") };
    assert_eq!(one(values(scene.capture.click(&click)))["button"], 1);
    assert!(one(scene.click("#x")).get("button").is_none());
}

#[test]
fn t18_a_press_that_becomes_a_scroll_or_has_no_click_leaves_nothing() {
    let mut scene = Scene::new("<button id=x>Buy</button><button id=off disabled>Off</button>");
    for pressed in ["#x", "#off"] {
        // A scroll, or two fingers.
        scene.press(pressed);
        scene.capture.cancel();
        let pointer = scene.pointer(pressed);
        assert_eq!(scene.capture.release(&pointer), None);
        assert_eq!(scene.wait(20_000), Vec::<Value>::new());
    }
    // A long press opens a menu.
    scene.press("#x");
    let pointer = scene.pointer("#x");
    assert_eq!(scene.capture.release(&pointer), None);
    assert_eq!(scene.wait(20_000), Vec::<Value>::new());
    assert!(!scene.capture.is_attentive(), "nothing is listened to for a press that is over");
    assert_eq!(one(scene.key("#x"))["by"], "key", "the next click is one of its own");
}

#[test]
fn t23_what_a_library_shows_elsewhere_is_as_private_as_the_place_where_it_stands() {
    let html = "<main class=wm-hide id=component>A</main>\
                <div id=portal><button id=x title=Ann>Ann</button></div><div class=wm-hide><b id=y>Ann</b></div>";
    let mut scene = Scene::new(html);
    assert_eq!(one(scene.click("#x"))["title"], "Ann");
    assert_eq!(one(scene.click("#y"))["censored"], true);
}

#[test]
fn t31_a_control_belongs_to_the_form_that_it_names() {
    let mut scene =
        Scene::new("<form id=f><dialog><input id=i></dialog></form><input id=j form=f><input id=k form=no>");
    scene.change("#i");
    scene.change("#j");
    scene.change("#k");
    let events = scene.submit("#f", None);
    let kinds: Vec<&Value> = events.iter().map(|event| &event["type"]).collect();
    assert_eq!(kinds, ["elementChange", "elementChange", "formSubmit"]);
    assert_eq!(events[2]["fields"], 2);
}

#[test]
fn the_page_itself_is_not_clicked_and_what_is_hidden_neither() {
    let mut scene = Scene::new("<p><b id=x>A</b></p><div data-wm-privacy=hide><button id=y>1</button></div>");
    let event = one(scene.click("#x"));
    assert_eq!((&event["plain"], &event["el"]["path"]), (&json!(true), &json!("b#x")));
    assert_eq!(scene.click("body"), Vec::<Value>::new());
    assert_eq!(scene.click("#y"), Vec::<Value>::new());
    // Censored or hidden between press and click.
    scene.press("#x");
    scene.body.find("p").set("class", "wm-hide");
    let event = one(scene.release("#x"));
    assert_eq!((&event["censored"], event.get("x"), &event["el"]["tag"]), (&json!(true), None, &json!("b")));
    scene.press("#x");
    scene.body.find("p").set("data-wm-privacy", "hide");
    assert_eq!(scene.release("#x"), Vec::<Value>::new());
}

#[test]
fn t44_what_waits_ends_with_its_capture() {
    let mut scene = Scene::new("<button id=x>A</button><input id=i>");
    scene.press("#x");
    scene.change("#i");
    scene.capture = Capture::new(open_rules());
    assert_eq!(scene.wait(20_000), Vec::<Value>::new());
}

#[test]
fn t47_a_list_that_changes_censors_what_waits() {
    let mut scene = Scene::new("<button id=x>A</button><input id=i name=n>");
    scene.press("#x");
    scene.change("#i");
    scene.capture.set_rules(Rules { ids: vec!["x".to_owned(), "i".to_owned()], ..open_rules() });
    let events = [one(scene.release("#x")), one(scene.wait(1_000))];
    assert!(
        events
            .iter()
            .all(|event| event["censored"] == true && event.get("text").is_none() && event.get("name").is_none()),
        "{events:?}"
    );
}

#[test]
fn guidance_content_is_told_apart() {
    let mut scene = Scene::new("<div class=driver-popover><button id=x>Next</button></div>");
    assert_eq!(one(scene.click("#x"))["in"], "guidance");
}
