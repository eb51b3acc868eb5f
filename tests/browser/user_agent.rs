use crate::script::{Replaced, text};
use wasm_bindgen_test::wasm_bindgen_test;
use waymark::browser::user_agent;

#[wasm_bindgen_test]
fn the_browser_is_known_for_what_it_is() {
    let agent = user_agent::read();
    assert_eq!(agent.user_agent, text("return navigator.userAgent"));
    let (name, version) = agent.browser();
    let engine = text(
        "const ua = navigator.userAgent;
         return ua.includes('Firefox') ? 'Firefox' : ua.includes('Chrome') ? 'Chrom' : 'Safari'",
    );
    assert!(name.starts_with(&engine), "{name}");
    assert!(version.starts_with(|digit: char| digit.is_ascii_digit()), "{version}");
    assert_eq!(agent.os().0, "Linux");
    assert!(!agent.mobile());
}

#[wasm_bindgen_test]
fn client_hints_are_taken_where_there_are_any() {
    let hints = "{ platform: 'Windows', mobile: true, brands: [{ brand: 'Brave', version: '150' }] }";
    let _replaced = Replaced::new("navigator", "userAgentData", hints);
    let agent = user_agent::read();
    assert_eq!((agent.platform.as_str(), agent.mobile, agent.brands.as_str()), ("Windows", Some(true), "Brave\n150\n"));
}

#[wasm_bindgen_test]
fn hints_that_an_extension_emptied_are_empty() {
    for hints in ["{}", "{ brands: 7, platform: 7, mobile: 'no' }", "{ brands: [undefined, 7, { brand: 7 }] }", "7"] {
        let _replaced = Replaced::new("navigator", "userAgentData", hints);
        let agent = user_agent::read();
        assert_eq!((agent.platform.as_str(), agent.brands.trim()), ("", ""), "{hints}");
        assert_eq!(agent.user_agent, text("return navigator.userAgent"), "{hints}");
    }
}
