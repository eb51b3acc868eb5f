//! A small JSON writer for the recorder: texts, whole numbers, booleans and objects, which is all that a batch is made
//! of. It is called member by member. Derived serde code, even behind a serializer this small, made the wasm larger by
//! a kilobyte and more (docs/size.md); the collector and the tests read the same types with serde's derives, and a test
//! compares the two.

/// An object that is being written at the end of a text.
///
/// ```
/// let mut out = String::new();
/// waymark_wire::json::Object::open(&mut out).text("name", "a").int("size", 3).close();
/// assert_eq!(out, r#"{"name":"a","size":3}"#);
/// ```
pub struct Object<'o> {
    out: &'o mut String,
    empty: bool,
}

impl<'o> Object<'o> {
    /// Begins an object.
    pub fn open(out: &'o mut String) -> Self {
        out.push_str("{");
        Object { out, empty: true }
    }

    /// The text to append the value of member `key` to, a JSON value. `key` needs no escaping.
    pub fn member(&mut self, key: &str) -> &mut String {
        self.out.push_str(if self.empty { "\"" } else { ",\"" });
        self.empty = false;
        self.out.push_str(key);
        self.out.push_str("\":");
        self.out
    }

    /// A text.
    pub fn text(&mut self, key: &str, value: &str) -> &mut Self {
        push_str(self.member(key), value);
        self
    }

    /// A whole number.
    pub fn int(&mut self, key: &str, value: i64) -> &mut Self {
        push_int(self.member(key), value);
        self
    }

    /// `true` or `false`.
    pub fn boolean(&mut self, key: &str, value: bool) -> &mut Self {
        self.member(key).push_str(if value { "true" } else { "false" });
        self
    }

    /// Ends the object.
    pub fn close(&mut self) {
        self.out.push_str("}");
    }
}

/// Appends `text` as a JSON string, quotes included. (Whole pieces: pushing a `char` brings UTF-8's encoder along.)
pub fn push_str(out: &mut String, text: &str) {
    out.push_str("\"");
    let mut copied = 0;
    for (at, byte) in text.bytes().enumerate() {
        if byte >= 0x20 && byte != b'"' && byte != b'\\' {
            continue;
        }
        out.push_str(text.get(copied..at).unwrap_or_default());
        copied = at + 1;
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            _ => {
                out.push_str(if byte < 0x10 { "\\u000" } else { "\\u001" });
                push_digit(out, byte & 0xf);
            }
        }
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    out.push_str("\"");
}

/// Appends `number` in decimal.
pub fn push_int(out: &mut String, number: i64) {
    if number < 0 {
        out.push_str("-");
    }
    push_digits(out, number.unsigned_abs());
}

fn push_digits(out: &mut String, number: u64) {
    if number >= 10 {
        push_digits(out, number / 10);
    }
    push_digit(out, (number % 10) as u8);
}

fn push_digit(out: &mut String, digit: u8) {
    let at = usize::from(digit);
    out.push_str("0123456789abcdef".get(at..=at).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    proptest! {
        #[test]
        fn an_object_is_what_was_put_into_it(text in "(?s).*", int: i64, boolean: bool) {
            let mut out = String::new();
            let mut object = Object::open(&mut out);
            Object::open(object.text("text", &text).member("inner")).int("int", int).boolean("boolean", boolean).close();
            object.close();
            let read: Value = serde_json::from_str(&out).unwrap();
            prop_assert_eq!(read, json!({"text": text, "inner": {"int": int, "boolean": boolean}}));
        }
    }

    #[test]
    fn an_object_may_be_empty() {
        let mut out = String::new();
        Object::open(&mut out).close();
        assert_eq!(out, "{}");
    }
}
