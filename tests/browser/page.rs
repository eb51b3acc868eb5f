use crate::script::{js, text};
use wasm_bindgen_test::wasm_bindgen_test;
use waymark::browser::page::{self, AddressFilter, Viewport};

const NOTHING: AddressFilter<'_> = AddressFilter { query: &[], hash: false };

fn at(address: &str) -> Address {
    js(&format!("history.replaceState({{}}, '', '{address}')"));
    Address
}

/// Brings the page back to where it was.
struct Address;

impl Drop for Address {
    fn drop(&mut self) {
        js("history.replaceState({}, '', location.pathname)");
    }
}

#[wasm_bindgen_test]
fn the_page_is_what_the_browser_says_it_is() {
    js("document.title = 'Line one\\nand \"two\"'");
    let facts = page::read(NOTHING);
    assert_eq!(facts.protocol, text("return location.protocol"));
    assert_eq!(facts.hostname, text("return location.hostname"));
    assert_eq!(facts.pathname, text("return location.pathname"));
    assert_eq!(facts.title, text("return document.title"));
    assert_eq!(facts.is_iframe, js("return self != top").as_bool().unwrap());
    assert_eq!(f64::from(facts.timezone), js("return new Date().getTimezoneOffset()").as_f64().unwrap());
}

#[wasm_bindgen_test]
fn of_the_query_only_what_is_named_is_kept() {
    let _address = at("?a=1&secret=2&b=%20&a=3#there");
    assert_eq!(page::read(NOTHING).search, "");
    assert_eq!(page::read(AddressFilter { query: &["b", "a"], hash: false }).search, "?a=1&b=+&a=3");
    assert_eq!(page::read(AddressFilter { query: &["other"], hash: false }).search, "");
}

#[wasm_bindgen_test]
fn the_fragment_is_kept_where_the_site_says_so() {
    let _address = at("#there");
    assert_eq!(page::read(NOTHING).hash, "");
    assert_eq!(page::read(AddressFilter { query: &[], hash: true }).hash, "#there");
}

#[wasm_bindgen_test]
fn long_texts_are_cut() {
    js("document.title = '\u{e9}'.repeat(3000)");
    assert_eq!(page::read(NOTHING).title.chars().count(), 1_000);
    js("document.title = ''");
}

#[wasm_bindgen_test]
fn the_viewport_is_measured_when_it_is_asked_for_and_not_with_each_reading() {
    let size = |expression| js(expression).as_f64().unwrap() as i32;
    let measured = Viewport { height: size("return innerHeight"), width: size("return innerWidth") };
    assert_eq!(page::measure(), measured);
    let _replaced = crate::script::Replaced::new("window", "innerWidth", "7");
    assert_eq!(page::read(NOTHING).viewport, measured);
    assert_eq!(page::measure().width, 7);
    assert_eq!(page::read(NOTHING).viewport.width, 7);
}

#[wasm_bindgen_test]
fn elements_whose_names_shadow_the_document_are_read_past() {
    js("document.title = 'the title'; document.cookie = 'shadowed=ann';
        document.body.insertAdjacentHTML('beforeend', `<div id=shadows>
          <img name=title><img name=cookie><img name=visibilityState><form name=querySelector></form></div>`)");
    assert_eq!(text("return document.title.tagName"), "IMG", "the page shadows its title");
    assert_eq!(page::read(NOTHING).title, "the title");
    assert_eq!(waymark::browser::cookies::read("shadowed").as_deref(), Some("ann"));
    let selector = waymark::browser::provider::Provider::Selector("#shadows".into(), Some("id".into()));
    assert_eq!(selector.id().as_deref(), Some("shadows"));
    assert!(!page::is_hidden());
    js("document.getElementById('shadows').remove(); document.cookie = 'shadowed=; max-age=0'; document.title = ''");
}
