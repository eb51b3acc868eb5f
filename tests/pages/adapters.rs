//! The adapters with the real libraries in a real browser: what the table says arrives, however a tour goes.

use crate::{escaped, flush, wrong};
use serde_json::{Value, json};
use support::browser::Browser;
use support::world::World;

/// What a user does with a tour of three steps, and for which libraries what is recorded of it: the verb, the step that
/// was asked for, the step that was shown.
struct Case {
    acts: &'static str,
    /// Of the tour: steps whose element is `missing`, the step to start `at`, and what else the library's file has.
    setup: &'static str,
    expected: &'static [(&'static str, &'static str)],
}

const THROUGH: &str = "play 1/1, step 2/2, step 3/3, complete 3/3";
const CLOSED: &str = "play 1/1, close 1/1";
const CLOSED_LAST: &str = "play 1/1, step 2/2, step 3/3, close 3/3";
const TWICE: &str = "play 1/1, step 2/2, close 2/2, play 1/1, step 2/2, close 2/2";
/// Joyride's x, Escape and overlay go on to the next step.
const GOES_ON: &str = "play 1/1, step 2/2";

const fn case(acts: &'static str, setup: &'static str, expected: &'static [(&'static str, &'static str)]) -> Case {
    Case { acts, setup, expected }
}

const TABLE: &[Case] = &[
    // To the end. Reactour has no button for that: closed on its last step it is complete.
    case("start next next next", "{}", &[("driver shepherd intro intro7 joyride joyride2", THROUGH)]),
    case(
        "start next next x",
        "{}",
        &[("driver shepherd intro intro7 joyride joyride2", CLOSED_LAST), ("reactour", THROUGH)],
    ),
    case("start right right right", "{}", &[("driver shepherd intro intro7", THROUGH)]),
    // To another end.
    case("start x", "{}", &[("driver shepherd intro intro7 reactour", CLOSED), ("joyride joyride2", GOES_ON)]),
    case("start esc", "{}", &[("driver shepherd intro intro7 reactour", CLOSED), ("joyride joyride2", GOES_ON)]),
    case("start overlay", "{}", &[("driver intro intro7 reactour", CLOSED), ("joyride joyride2", GOES_ON)]),
    case("start overlay! code", "{}", &[("shepherd", CLOSED)]),
    case("start skip", "{}", &[("joyride joyride2", CLOSED)]),
    case("start code", "{}", &[("driver shepherd intro intro7 joyride joyride2 reactour", CLOSED)]),
    case("start next unmount", "{}", &[("reactour", "play 1/1, step 2/2, close 2/2")]),
    case("start next unmount stop!", "{}", &[("joyride joyride2", "play 1/1, step 2/2, close 2/2")]),
    // Back, and again.
    case(
        "start next back code",
        "{}",
        &[("driver shepherd intro intro7 joyride joyride2 reactour", "play 1/1, step 2/2, step 1/1, close 1/1")],
    ),
    case(
        "start next code start next code",
        "{}",
        &[
            ("driver shepherd", TWICE),
            ("joyride joyride2", "play 1/1, step 2/2, close 2/2, play 2/2, step 3/3, close 3/3"),
            ("reactour", "play 1/1, step 2/2, close 2/2, play 2/2, step 3/3, complete 3/3"),
        ],
    ),
    // Intro.js 8 shows nothing where the same tour is started twice.
    case("start next code gone! start next code", "{}", &[("intro7", TWICE)]),
    case("start code", r#"{ "at": 1 }"#, &[("driver shepherd joyride reactour", "play 2/2, close 2/2")]),
    // Elements that are not there: skipped, or shown in the middle of the page.
    case(
        "start next next",
        r#"{ "missing": [2] }"#,
        &[("driver shepherd joyride joyride2", "play 1/1, step 2/3, complete 2/3")],
    ),
    case("start next next next", r#"{ "missing": [2] }"#, &[("intro intro7", THROUGH)]),
    case("start next next x", r#"{ "missing": [2] }"#, &[("reactour", THROUGH)]),
    case("start code", r#"{ "missing": [1] }"#, &[("driver shepherd joyride joyride2", "play 1/2, close 1/2")]),
    case(
        "start next next",
        r#"{ "missing": [3] }"#,
        &[("driver shepherd joyride joyride2", "play 1/1, step 2/2, complete 2/2")],
    ),
    case("start!", r#"{ "missing": [1, 2, 3] }"#, &[("driver shepherd", "playFailed 1/-")]),
    case("start! ended!", r#"{ "missing": [1, 2, 3] }"#, &[("joyride joyride2", "playFailed 1/-")]),
    case("start! code!", r#"{ "none": true }"#, &[("reactour intro intro7", "playFailed 1/-")]),
    // What waits longer than five seconds for its element has failed, and then goes on as it likes.
    case("start! failed! code!", r#"{ "missing": [1, 2, 3], "wait": 20000 }"#, &[("shepherd", "playFailed 1/-")]),
    // React mounts everything twice, and Joyride 2 does not tell of its second step then.
    case(
        "start next next next",
        r#"{ "strict": true }"#,
        &[("joyride", THROUGH), ("joyride2", "play 1/1, step 3/3, complete 3/3")],
    ),
    case("start next next x", r#"{ "strict": true }"#, &[("reactour", THROUGH)]),
    // A site that does not let its users go at first.
    case("start next next next! next", r#"{ "veto": true }"#, &[("intro intro7", THROUGH)]),
    case("start x! x", r#"{ "veto": true }"#, &[("shepherd", CLOSED)]),
    // Every tour of the library, without a call for each.
    case("start next next next", r#"{ "every": true }"#, &[("shepherd", THROUGH)]),
    case("start code", r#"{ "every": true, "at": 1 }"#, &[("shepherd", "play 2/2, close 2/2")]),
    // Recording that has ended.
    case("start next stop! next code", "{}", &[("shepherd intro intro7", "play 1/1, step 2/2")]),
];

/// Plays every case of a library and compares what arrived.
async fn plays_as_the_table_says(library: &str, browser: &Browser, world: &World) {
    open_library(browser, world, library, "{}").await;
    let cases = TABLE.iter().flat_map(|case| {
        let mut expected = case.expected.iter().filter(|(libraries, _)| libraries.split(' ').any(|one| one == library));
        expected.next().map(|(_, verbs)| (case, *verbs))
    });
    let (mut wanted, mut faults) = (Vec::new(), Vec::new());
    for (place, (case, verbs)) in cases.enumerate() {
        let mut setup: Value = serde_json::from_str(case.setup).unwrap();
        setup["acts"] = json!(case.acts);
        setup["content"] = json!({ "id": place, "name": "A tour", "startedBy": "user" });
        let fault = browser.promised(&format!("play({setup}).then(() => '', String)")).await;
        wanted.push((case.acts, case.setup, verbs.to_owned()));
        faults.push(fault);
    }
    flush(browser).await;
    let events = world.wait_for(|events| events.len() > wanted.len()).await;
    let of = |place: usize| events.iter().filter(move |event| event["data"]["oId"] == place);
    let found: Vec<_> =
        wanted.iter().enumerate().map(|(place, (acts, setup, _))| (*acts, *setup, verbs(of(place)))).collect();
    assert_eq!(found, wanted, "{library}: {faults:?}");
    assert!(faults.iter().all(|fault| fault == ""), "{library}: {faults:?}");
    for (place, case) in wanted.iter().enumerate() {
        // One play, from its beginning to its end, has one ID.
        let mut plays: Vec<&Value> = of(place).map(|event| &event["data"]["pId"]).collect();
        let begun = of(place).filter(|event| matches!(event["type"].as_str(), Some("play" | "playFailed"))).count();
        plays.dedup();
        assert_eq!(plays.len(), begun, "{library}: {case:?}");
    }
    assert_eq!(wrong(browser).await, json!([]));
}

/// Opens the page of a library, with settings of the page.
pub(crate) async fn open_library(browser: &Browser, world: &World, library: &str, settings: &str) {
    let settings = escaped(settings);
    browser.goto(&world.page(&format!("pages/tours.html?settings={settings}&tours={library}"))).await;
    browser.wait_for("window.play").await;
}

/// Each event as `verb asked/shown`.
pub(crate) fn verbs<'e>(events: impl Iterator<Item = &'e Value>) -> String {
    let told = |event: &Value| {
        let step = |name: &str| event["data"].get(name).map_or("-".to_owned(), Value::to_string);
        let verb = event["type"].as_str().unwrap_or_default();
        format!("{verb} {}/{}", step("oRequestedSubObject"), step("oActualSubObject"))
    };
    events.map(told).collect::<Vec<_>>().join(", ")
}

pub async fn tours_of_driver_js_are_recorded(browser: &Browser, world: &World) {
    plays_as_the_table_says("driver", browser, world).await;
}

pub async fn tours_of_shepherd_are_recorded(browser: &Browser, world: &World) {
    plays_as_the_table_says("shepherd", browser, world).await;
}

pub async fn tours_of_intro_js_are_recorded(browser: &Browser, world: &World) {
    plays_as_the_table_says("intro", browser, world).await;
    assert_eq!(browser.run("return window.calls", &[]).await, json!(["complete", "complete", "exit"]));
}

pub async fn hints_of_intro_js_are_tips(browser: &Browser, world: &World) {
    open_library(browser, world, "intro", "{}").await;
    browser.promised("hints({ id: 7, name: 'Hints' })").await;
    let hint = |n: usize| format!("document.querySelectorAll('.introjs-hint')[{n}]");
    for place in [0, 1] {
        browser.wait_for(&hint(place)).await;
        browser.run(&format!("{}.click()", hint(place)), &[]).await;
        browser
            .wait_for(&format!("document.querySelector('.introjs-tooltip')?.textContent.includes('#t{}')", place + 1))
            .await;
    }
    browser.run("document.querySelector('.introjs-tooltip .introjs-button').click()", &[]).await;
    browser.wait_for("!document.querySelector('.introjs-tooltip')").await;
    browser.run(&format!("recording.stop(); {}.click()", hint(0)), &[]).await;
    browser.wait_for("heard === 3").await;
    flush(browser).await;
    let events = world.wait_for(|events| events.len() > 4).await;
    let tips = || events.iter().filter(|event| event["data"]["oId"] == 7);
    assert_eq!(verbs(tips()), "play 1/1, close 1/1, play 2/2, close 2/2");
    assert!(tips().all(|event| event["data"]["type"] == "tip"), "{events:?}");
    assert_eq!(wrong(browser).await, json!([]));
}

pub async fn tours_of_intro_js_7_are_recorded(browser: &Browser, world: &World) {
    plays_as_the_table_says("intro7", browser, world).await;
    assert_eq!(browser.run("return window.calls", &[]).await, json!(["complete", "complete", "exit"]));
}

pub async fn tours_of_joyride_are_recorded(browser: &Browser, world: &World) {
    plays_as_the_table_says("joyride", browser, world).await;
    assert_eq!(browser.run("return window.heard.some((line) => line.startsWith('tour:end'))", &[]).await, true);
}

pub async fn tours_of_joyride_2_are_recorded(browser: &Browser, world: &World) {
    plays_as_the_table_says("joyride2", browser, world).await;
    assert_eq!(browser.run("return window.heard.some((line) => line.startsWith('tour:end'))", &[]).await, true);
}

pub async fn tours_of_reactour_are_recorded(browser: &Browser, world: &World) {
    plays_as_the_table_says("reactour", browser, world).await;
}
