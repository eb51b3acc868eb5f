use crate::script::{Replaced, js, text};
use wasm_bindgen_test::wasm_bindgen_test;
use waymark::browser::{signals, user_agent};
use waymark::facts::{Brand, Signals, UserAgent};

#[wasm_bindgen_test]
fn the_browser_is_what_it_says_it_is() {
    let agent = user_agent::read();
    assert_eq!(agent.text, text("return navigator.userAgent"));
    let has_hints = js("return !!navigator.userAgentData").as_bool().unwrap();
    let platform = has_hints.then(|| text("return navigator.userAgentData.platform"));
    assert_eq!(agent.platform, platform.filter(|platform| !platform.is_empty()));
    assert_eq!(agent.is_mobile, has_hints.then_some(false));
    let brands: Vec<String> = agent.brands.into_iter().map(|brand| brand.name + " " + &brand.version).collect();
    let expected = "return (navigator.userAgentData?.brands || []).map(({ brand, version }) => brand + ' ' + version)";
    assert_eq!(brands, serde_wasm_bindgen::from_value::<Vec<String>>(js(expected)).unwrap());
}

#[wasm_bindgen_test]
fn the_browser_is_known_for_what_it_is() {
    let agent = user_agent::read();
    let (name, version) = agent.browser();
    let engine = text(
        "const ua = navigator.userAgent;
         return ua.includes('Firefox') ? 'Firefox' : ua.includes('Chrome') ? 'Chrom' : 'Safari'",
    );
    assert!(name.starts_with(&engine), "{name}");
    assert!(version.unwrap().starts_with(|digit: char| digit.is_ascii_digit()), "{version:?}");
    assert_eq!(agent.os().0, "Linux");
    assert!(!agent.is_mobile());
}

#[wasm_bindgen_test]
fn client_hints_are_taken_where_there_are_any() {
    let hints = "{ platform: 'Windows', mobile: true, brands: [{ brand: 'Brave', version: '150' }] }";
    let _replaced = Replaced::new("navigator", "userAgentData", hints);
    let agent = user_agent::read();
    assert_eq!((agent.platform.as_deref(), agent.is_mobile), (Some("Windows"), Some(true)));
    assert_eq!(agent.brands, [Brand { name: "Brave".to_owned(), version: "150".to_owned() }]);
}

#[wasm_bindgen_test]
fn without_client_hints_nothing_is_known_of_them() {
    let _replaced = Replaced::new("navigator", "userAgentData", "undefined");
    let is_automated = js("return navigator.webdriver").as_bool().unwrap_or_default();
    let expected = UserAgent { text: text("return navigator.userAgent"), is_automated, ..UserAgent::default() };
    assert_eq!(user_agent::read(), expected);
}

#[wasm_bindgen_test]
fn a_browser_that_software_drives_says_so() {
    for (value, is_automated) in [("true", true), ("false", false), ("undefined", false)] {
        let _replaced = Replaced::new("navigator", "webdriver", value);
        assert_eq!(user_agent::read().is_automated, is_automated, "{value}");
    }
}

#[wasm_bindgen_test]
fn hints_that_an_extension_emptied_are_empty() {
    for hints in ["{}", "{ brands: 7, platform: 7, mobile: 'no' }", "{ brands: [undefined, 7, { brand: 7 }] }", "7"] {
        let _replaced = Replaced::new("navigator", "userAgentData", hints);
        let agent = user_agent::read();
        assert_eq!(agent.platform, None, "{hints}");
        assert!(agent.brands.iter().all(|brand| brand.name.is_empty() && brand.version.is_empty()), "{hints}");
        assert_eq!(agent.text, text("return navigator.userAgent"), "{hints}");
    }
}

#[wasm_bindgen_test]
fn what_the_user_wishes_is_what_the_browser_says() {
    for (gpc, dnt, expected) in [
        ("undefined", "undefined", Signals { gpc: false, dnt: false }),
        ("false", "'0'", Signals { gpc: false, dnt: false }),
        ("false", "'unspecified'", Signals { gpc: false, dnt: false }),
        ("true", "null", Signals { gpc: true, dnt: false }),
        ("undefined", "'1'", Signals { gpc: false, dnt: true }),
        ("true", "'1'", Signals { gpc: true, dnt: true }),
    ] {
        let _gpc = Replaced::new("navigator", "globalPrivacyControl", gpc);
        let _dnt = Replaced::new("navigator", "doNotTrack", dnt);
        assert_eq!(signals::read(), expected, "{gpc} {dnt}");
    }
}
