//! Settings of the page and of the site's owner.

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use serde_json::{Map, Value, json};
use waymark_wire::settings::Settings;

/// A setting, valid or not.
#[derive(Debug, Arbitrary)]
pub struct Setting<'a> {
    name: u8,
    value: Choice<'a>,
}

/// The value of a setting.
#[derive(Debug, Arbitrary)]
enum Choice<'a> {
    Flag(bool),
    Number(u16),
    Signed(i64),
    Word(u8),
    Text(&'a str),
    Texts(Vec<&'a str>),
    User(Vec<(u8, &'a str)>),
}

const WORDS: [&str; 14] = [
    "implied",
    "wait",
    "anonymous",
    "limit",
    "deny",
    "ignore",
    "localStorage",
    "cookie",
    "none",
    "generated",
    "us",
    "eu",
    "app.may",
    "user",
];

const PROVIDERS: [&str; 11] = [
    "cookie",
    "variable",
    "localStorage",
    "sessionStorage",
    "selector",
    "attribute",
    "meta",
    "function",
    "idToken",
    "claim",
    "nowhere",
];

fn pick<'w>(words: &[&'w str], number: u8) -> &'w str {
    words[usize::from(number) % words.len()]
}

impl Setting<'_> {
    fn name(&self) -> &'static str {
        pick(Settings::NAMES, self.name)
    }

    fn value(&self) -> Value {
        match &self.value {
            Choice::Flag(flag) => json!(flag),
            Choice::Number(number) => json!(number),
            Choice::Signed(number) => json!(number),
            Choice::Word(word) => json!(pick(&WORDS, *word)),
            Choice::Text(text) => json!(text),
            Choice::Texts(texts) => json!(texts),
            Choice::User(places) => {
                places.iter().map(|(kind, place)| (pick(&PROVIDERS, *kind).to_owned(), json!(place))).collect()
            }
        }
    }
}

fn object(settings: &[Setting<'_>]) -> Map<String, Value> {
    settings.iter().map(|setting| (setting.name().to_owned(), setting.value())).collect()
}

/// The argument of `init`.
pub fn page(settings: &[Setting<'_>]) -> String {
    let mut object = object(settings);
    object.insert("site".to_owned(), json!("demo"));
    object.insert("collector".to_owned(), json!("/"));
    Value::Object(object).to_string()
}

/// The collector's reply with the settings of the site's owner. Level 3, unless they have another one.
pub fn site(settings: &[Setting<'_>]) -> String {
    let mut object = object(settings);
    object.entry("level").or_insert(json!(3));
    json!({ "settings": object }).to_string()
}
