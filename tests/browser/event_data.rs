use crate::script::js;
use wasm_bindgen_test::wasm_bindgen_test;
use waymark::CallError;
use waymark::browser::event_data::{self, EventData};

/// The JSON and the note of the data that the body of a function returns.
fn read(body: &str) -> (String, String) {
    let EventData { json, note } = event_data::read(&js(body)).unwrap();
    (json, note.map(String::from).unwrap_or_default())
}

#[wasm_bindgen_test]
fn what_json_has_a_form_for_is_as_json_has_it() {
    for (data, json) in [
        ("{ a: 1, b: 'x', c: [true, null], d: { e: {} } }", r#"{"a":1,"b":"x","c":[true,null],"d":{"e":{}}}"#),
        ("{}", "{}"),
        ("{ a: undefined, b: NaN, c: [undefined, Symbol()], d: {} }", r#"{"b":null,"c":[null,null],"d":{}}"#),
        ("{ at: new Date(0), map: new Map([[1, 2]]) }", r#"{"at":"1970-01-01T00:00:00.000Z","map":{}}"#),
        ("{ toJSON: () => ({ a: {} }) }", r#"{"a":{}}"#),
        ("{ '\"key\\\\\\n': '\"\\\\\\u2028', e: {} }", "{\"\\\"key\\\\\\n\":\"\\\"\\\\\u{2028}\",\"e\":{}}"),
        ("{ text: '{}', same: Object.freeze([]) }", r#"{"text":"{}","same":[]}"#),
    ] {
        assert_eq!(read(&format!("return {data}")), (json.to_owned(), String::new()), "{data}");
    }
    assert_eq!(read("return { toJSON() {} }").0, "");
}

#[wasm_bindgen_test]
fn what_json_has_no_form_for_is_replaced_and_named() {
    for (body, json, note) in [
        (
            "return { total: 12n, big: [2n ** 70n] }",
            r#"{"total":"12","big":["1180591620717411303424"]}"#,
            "total by its digits, big.0 by its digits",
        ),
        (
            "const cart = { items: [1] }; cart.owner = { cart }; return { cart }",
            r#"{"cart":{"items":[1],"owner":{"cart":"[circular]"}}}"#,
            "cart.owner.cart by [circular]",
        ),
        ("const one = {}; return { a: one, b: one, c: 1n }", r#"{"a":{},"b":{},"c":"1"}"#, "c by its digits"),
        (
            "return { at: document.createElement('p'), page: document, n: 1 }",
            r#"{"at":"[node]","page":"[node]","n":1}"#,
            "at by [node], page by [node]",
        ),
        ("return { w: window, n: 1 }", r#"{"w":"[window]","n":1}"#, "w by [window]"),
        (
            "return { n: 1, get bad() { throw new Error('mine') }, f() {} }",
            r#"{"n":1,"bad":"[unreadable]","f":"[function]"}"#,
            "bad by [unreadable], f by [function]",
        ),
        ("return { onClick() {} }", r#"{"onClick":"[function]"}"#, "onClick by [function]"),
        ("return { a: { toJSON() { throw 1 } }, b: 2 }", r#"{"a":"[unreadable]","b":2}"#, "a by [unreadable]"),
        (
            "return { a: new Proxy({}, { ownKeys() { throw 1 } }), b: 2 }",
            r#"{"a":"[unreadable]","b":2}"#,
            "a by [unreadable]",
        ),
    ] {
        assert_eq!(read(body), (json.to_owned(), format!("replaced in data: {note}")), "{body}");
    }
    let (_, note) = read("return { list: Array.from({ length: 30 }, () => 1n) }");
    assert!(note.ends_with("list.9 by its digits, and more"), "{note}");
}

#[wasm_bindgen_test]
fn what_is_past_the_limits_is_left_to_them() {
    let (json, _) = read("let deep = {}; for (let n = 0; n < 100000; n++) deep = { deep }; return { deep, n: 1n }");
    assert_eq!(waymark_wire::limits::refuse_data(&json), Some("data nests over 32 levels deep"), "{}", json.len());
    let (json, _) = read("return { n: 1n, list: Array.from({ length: 1e6 }, () => 'x'.repeat(100)) }");
    assert_eq!(waymark_wire::limits::refuse_data(&json), Some("data is over 32,768 bytes"));
    let (json, _) = read("let wide = [1n]; for (let n = 0; n < 30; n++) wide = [wide, wide]; return { wide }");
    assert_eq!(waymark_wire::limits::refuse_data(&json), Some("data is over 32,768 bytes"));
}

#[wasm_bindgen_test]
fn data_whose_members_cannot_be_listed_is_refused() {
    let refusal = event_data::read(&js("return new Proxy({}, { ownKeys() { throw new Error('mine') } })")).unwrap_err();
    assert!(refusal.error.contains("mine"), "{}", refusal.error);
    let refusal = event_data::read(&js("return document.body")).unwrap_err();
    assert_eq!(refusal, CallError::DataNotObject.into());
}
