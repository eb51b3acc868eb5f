use super::*;
use serde_json::json;

#[test]
fn t24_a_password_field_gives_its_structure_only() {
    let mut scene = Scene::new(
        "<label for=p>Secret</label><input id=p class=a name=pw title=t type=password autocomplete=off data-testid=q>",
    );
    for kind in ["password", "text"] {
        scene.body.find("#p").set("type", kind);
        scene.change("#p");
        let event = one(scene.wait(1_000));
        let expected = json!({ "tag": "input", "id": "p", "classes": ["a"], "type": kind, "path": "input#p" });
        assert_eq!(event, json!({ "type": "elementChange", "el": expected, "censored": true, "by": "user" }));
    }
}

#[test]
fn a_hidden_field_never_changes_and_a_custom_element_neither() {
    let mut scene = Scene::new("<input type=hidden id=h><x-a id=a></x-a>");
    for field in ["#h", "#a"] {
        scene.change(field);
    }
    assert_eq!(scene.wait(5_000), Vec::<Value>::new());
}

#[test]
fn t25_a_visit_to_an_editor_is_one_change_without_a_text() {
    for html in [
        "<div contenteditable id=e>My secret <b id=b>text</b></div><input id=i>",
        "<div contenteditable=plaintext-only id=e><p contenteditable><b id=b>my secret text</b></p></div><input id=i>",
        "<x-a><shadow><div contenteditable=true id=e><b id=b>my secret text</b></div></shadow></x-a><input id=i>",
    ] {
        let mut scene = Scene::new(html);
        let [editor, inside, field] = ["#e", "#b", "#i"].map(|selector| scene.body.find(selector));
        let now = scene.now;
        scene.capture.focus(&editor, now);
        assert_eq!(scene.capture.blur(&editor, now), [], "nothing was put in");
        scene.capture.focus(&editor, now);
        (0..100).for_each(|_| scene.capture.input(&inside));
        let event = one(values(scene.capture.blur(&editor, now)));
        assert_eq!((&event["type"], &event["el"]["id"]), (&json!("elementChange"), &json!("e")));
        assert!(!event.to_string().contains("secret"), "{event}");
        scene.capture.focus(&editor, now);
        scene.capture.input(&inside);
        assert_eq!(scene.capture.focus(&field, now).len(), 1, "the focus went elsewhere");
    }
}

#[test]
fn t26_a_select_says_nothing_of_its_options() {
    let mut scene = Scene::new(
        "<label for=s>Country</label><select id=s multiple>\
         <optgroup label=Secret><option id=o value=secret>Secret</option></optgroup></select>",
    );
    scene.change("#s");
    let event = one(scene.wait(1_000));
    assert_eq!((&event["label"], event.to_string().to_lowercase().contains("secret")), (&json!("Country"), false));
    let event = one(scene.click("#o"));
    assert_eq!(
        (&event["el"]["tag"], event.to_string().to_lowercase().contains("secret")),
        (&json!("select"), false),
        "{event}"
    );
}

#[test]
fn t27_changes_of_one_field_within_a_second_are_one_event() {
    let mut scene = Scene::new("<input id=d type=date><input id=r type=range>");
    for _ in 0..3 {
        scene.change("#d");
        assert_eq!(scene.wait(900), Vec::<Value>::new());
    }
    scene.change("#r");
    let events = scene.wait(1_000);
    assert_eq!((events.len(), &events[0]["count"], events[1].get("count")), (2, &json!(3), None));
    scene.change("#d");
    let now = scene.now;
    assert_eq!(scene.capture.blur(&scene.body.find("#d"), now).len(), 1, "leaving the field ends it");
    scene.change("#d");
    assert_eq!(scene.capture.leave(now).len(), 1, "leaving the page, too");
}

#[test]
fn t20_a_change_that_is_seen_in_two_trees_counts_once() {
    let mut scene = Scene::new("<x-a><shadow><slot></slot></shadow><input id=i></x-a>");
    let field = scene.body.find("#i");
    for stamp in [1.5, 1.5, 2.5, 2.5] {
        assert_eq!(scene.capture.change(&field, true, stamp, scene.now), []);
        scene.now += 1;
    }
    assert_eq!(one(scene.wait(1_000))["count"], 2);
}

#[test]
fn t28_what_is_composed_or_spoken_is_one_change_and_what_is_composed_late_another() {
    let mut scene = Scene::new("<div contenteditable id=e></div><input id=i>");
    let (editor, field, now) = (scene.body.find("#e"), scene.body.find("#i"), scene.now);
    scene.capture.focus(&editor, now);
    for syllable in ["こ", "こん", "今", "今日"] {
        editor.fill(syllable);
        scene.capture.input(&editor);
    }
    let event = one(values(scene.capture.blur(&editor, now)));
    assert!(!event.to_string().contains('今'), "{event}");
    // A browser that ends the composition after the focus has gone.
    scene.capture.input(&editor);
    assert_eq!(scene.capture.focus(&field, now).len(), 1);
    // Speech has no keys and no focus.
    scene.capture.input(&editor);
    assert_eq!(scene.capture.leave(now).len(), 1);
    // In a field the browser says when it has changed.
    scene.capture.input(&field);
    assert_eq!(scene.capture.blur(&field, now), []);
}

#[test]
fn t29_what_the_browser_fills_in_is_told_apart_and_what_a_script_says_does_not_count() {
    let mut scene = Scene::new("<input id=a><input id=f filled>");
    for field in ["#a", "#f"] {
        let field = scene.body.find(field);
        let now = scene.now;
        scene.capture.change(&field, false, 1.0, now);
    }
    let event = one(scene.wait(1_000));
    assert_eq!((&event["el"]["id"], &event["by"]), (&json!("f"), &json!("autofill")));
    scene.change("#f");
    assert_eq!(one(scene.wait(1_000))["by"], "autofill");
}

#[test]
fn t30_a_file_field_gives_its_structure_only() {
    let mut scene = Scene::new("<input id=f type=file name=secret>");
    scene.change("#f");
    let event = one(scene.wait(1_000));
    assert_eq!((&event["censored"], event.get("name")), (&json!(true), None));
}
