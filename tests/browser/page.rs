use crate::script::{Replaced, js, text};
use wasm_bindgen_test::wasm_bindgen_test;
use waymark::browser::page::{self, PageSnapshot};
use waymark::browser::{cookies, provider};
use waymark::facts::{AddressFilter, PageChange, PageFacts};
use waymark_wire::Screen;
use waymark_wire::settings::{Providers, Value};

const NOTHING: AddressFilter = AddressFilter { query: Vec::new(), hash: false };

fn keeping(query: &[&str]) -> AddressFilter {
    AddressFilter { query: query.iter().map(|&name| name.to_owned()).collect(), hash: false }
}

fn at(address: &str) -> Address {
    js(&format!("history.replaceState({{}}, '', '{address}')"));
    Address(text("return location.pathname"))
}

/// Brings the page back to where it was.
struct Address(String);

impl Drop for Address {
    fn drop(&mut self) {
        js(&format!("history.replaceState({{}}, '', '{}')", self.0));
        js("document.title = ''");
    }
}

#[wasm_bindgen_test]
fn the_page_is_what_the_browser_says_it_is() {
    js("document.title = 'Line one\\nand \"two\"'");
    let facts = page::read(&NOTHING);
    assert_eq!(facts.location.protocol, Some(text("return location.protocol")));
    assert_eq!(facts.location.hostname, Some(text("return location.hostname")));
    assert_eq!(facts.location.pathname, Some(text("return location.pathname")));
    assert_eq!(facts.title, text("return document.title"));
    assert_eq!(facts.is_iframe, js("return self != top").as_bool().unwrap());
    assert_eq!(f64::from(facts.timezone), js("return new Date().getTimezoneOffset()").as_f64().unwrap());
}

#[wasm_bindgen_test]
fn of_the_query_only_what_is_named_is_kept() {
    let _address = at("?a=1&secret=2&b=%20&a=3#there");
    let search = |filter| page::read(&filter).location.search;
    assert_eq!(search(NOTHING), None);
    assert_eq!(search(keeping(&["b", "a"])).as_deref(), Some("?a=1&b=%20&a=3"));
    assert_eq!(search(keeping(&["other"])), None);
}

#[wasm_bindgen_test]
fn the_fragment_is_kept_where_the_site_says_so() {
    let _address = at("#there");
    assert_eq!(page::read(&NOTHING).location.hash, None);
    assert_eq!(page::read(&AddressFilter { hash: true, ..NOTHING }).location.hash.as_deref(), Some("#there"));
}

#[wasm_bindgen_test]
fn the_viewport_is_measured_when_it_is_asked_for_and_not_with_each_reading() {
    let size = |expression| js(expression).as_f64().map(|size| size as u32);
    let measured = Screen { height: size("return innerHeight"), width: size("return innerWidth") };
    assert_eq!(page::measure(), measured);
    let _replaced = Replaced::new("window", "innerWidth", "7");
    assert_eq!(page::read(&NOTHING).screen, measured);
    assert_eq!(page::measure().width, Some(7));
    assert_eq!(page::read(&NOTHING).screen.width, Some(7));
}

#[wasm_bindgen_test]
fn elements_whose_names_shadow_the_document_are_read_past() {
    js("document.title = 'the title'; document.cookie = 'shadowed=ann';
        document.body.insertAdjacentHTML('beforeend', `<div id=shadows>
          <img name=title><img name=cookie><img name=visibilityState><form name=querySelector></form></div>`)");
    assert_eq!(text("return document.title.tagName"), "IMG", "the page shadows its title");
    assert_eq!(page::read(&NOTHING).title, "the title");
    assert_eq!(cookies::read("shadowed").as_deref(), Some("ann"));
    let user: Value = serde_json::from_str(r##"{"selector":"#shadows","attribute":"id"}"##).unwrap();
    let selector = Providers::read(&user, &mut Vec::new()).0.remove(0);
    assert_eq!(provider::id_of(&selector).as_deref(), Some("shadows"));
    assert!(!page::is_hidden());
    js("document.getElementById('shadows').remove(); document.cookie = 'shadowed=; max-age=0'; document.title = ''");
}

#[wasm_bindgen_test]
fn a_page_that_was_read_is_the_same_until_its_title_changes() {
    let _address = at("?");
    js("document.title = 'one'");
    page::read(&NOTHING);
    assert_eq!(page::change(), PageChange::Same);
    js("document.title = 'two'");
    assert_eq!(page::change(), PageChange::Updated);
    assert_eq!(page::change(), PageChange::Updated, "until it is read again");
    page::read(&NOTHING);
    assert_eq!(page::change(), PageChange::Same);
}

#[wasm_bindgen_test]
fn an_address_that_nobody_has_told_of_is_a_navigation() {
    let _address = at("?");
    page::read(&NOTHING);
    js("history.pushState({}, '', '?elsewhere')");
    assert_eq!(page::change(), PageChange::Navigated);
    page::read(&NOTHING);
    assert_eq!(page::change(), PageChange::Same);
}

#[wasm_bindgen_test]
fn a_replaced_address_is_none_and_only_another_path_is_told() {
    let _address = at("?");
    page::read(&NOTHING);
    js("history.replaceState({}, '', '?replaced')");
    assert!(!page::note_replaced(), "the same path");
    assert_eq!(page::change(), PageChange::Updated);
    js("history.replaceState({}, '', '/replaced')");
    assert_eq!(page::change(), PageChange::Navigated, "not noted yet");
    assert!(page::note_replaced());
    assert_eq!(page::change(), PageChange::Updated);
    page::read(&NOTHING);
    assert_eq!(page::change(), PageChange::Same);
    assert!(!page::note_replaced(), "it was read since");
}

#[wasm_bindgen_test]
fn a_call_that_had_to_wait_finds_the_page_as_it_was() {
    let _address = at("?now");
    js("document.title = 'now'");
    let place =
        |title: &str| Some(PageSnapshot { href: "https://shop.example.com/past?a=1#then".into(), title: title.into() });
    let then = page::at(place("then"), || page::read(&AddressFilter { hash: true, ..keeping(&["a"]) }));
    let PageFacts { location, title, .. } = then;
    assert_eq!(
        (location.protocol.as_deref(), location.hostname.as_deref()),
        (Some("https:"), Some("shop.example.com"))
    );
    assert_eq!((location.pathname.as_deref(), &*title), (Some("/past"), "then"));
    assert_eq!((location.search.as_deref(), location.hash.as_deref()), (Some("?a=1"), Some("#then")));
    assert_eq!(page::change(), PageChange::Updated, "it goes on as the same view");

    let now = page::read(&NOTHING);
    assert_eq!((now.location.pathname, &*now.title), (Some(text("return location.pathname")), "now"));
    assert_eq!(page::at(place(""), || page::read(&NOTHING)).title, "now", "none was parsed yet");
    page::read(&NOTHING);
    assert_eq!(page::at(place("then"), page::change), PageChange::Updated);
    assert_eq!(page::at(None, || page::read(&NOTHING)), page::read(&NOTHING));
}
