use crate::script::{Replaced, THROWS, js, text};
use wasm_bindgen_test::wasm_bindgen_test;
use waymark::browser::console::warn_once;

#[wasm_bindgen_test]
fn a_line_is_written_once() {
    js("window.warned = []");
    let _replaced = Replaced::new("console", "warn", "(line) => warned.push(line)");
    warn_once("a test of the console");
    warn_once("a test of the console");
    warn_once("another test of the console");
    assert_eq!(text("return warned.join()"), "waymark: a test of the console,waymark: another test of the console");
}

#[wasm_bindgen_test]
fn a_console_that_throws_does_no_harm() {
    let _replaced = Replaced::new("console", "warn", THROWS);
    warn_once("a test of a console that throws");
}
