//! The reader: text becomes what serde's derives want, or a word on which key is wrong and why.

use serde::de::{self, Deserialize, DeserializeSeed, IntoDeserializer, MapAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// What is wrong with a text, in words that name the key: `user.cookie must be a text`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong(pub String);

/// Reads `text` as a `T`.
///
/// # Errors
/// [`Wrong`] where the text is no JSON, or not what `T` wants.
pub fn read<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T, Wrong> {
    let mut reader = Reader { text, at: 0 };
    let value = T::deserialize(&mut reader)?;
    match reader.peek() {
        None => Ok(value),
        Some(_) => Err(wrong(" has something after its end")),
    }
}

/// The whole number that `text` is in decimal, if it is one.
pub fn parse_int(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let mut number = 0i64;
    for byte in digits.bytes() {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        number = number.checked_mul(10)?.checked_add(i64::from(digit))?;
    }
    if digits.is_empty() {
        return None;
    }
    Some(if digits.len() < text.len() { -number } else { number })
}

struct Reader<'de> {
    text: &'de str,
    at: usize,
}

#[cold]
fn wrong(what: &str) -> Wrong {
    Wrong(what.to_owned())
}

const NOT_JSON: &str = " is not JSON";

impl<'de> Reader<'de> {
    /// The next byte that is no white space.
    fn peek(&mut self) -> Option<u8> {
        loop {
            let byte = *self.text.as_bytes().get(self.at)?;
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return Some(byte);
            }
            self.at += 1;
        }
    }

    fn skip(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.at += usize::from(there);
        there
    }

    fn skip_word(&mut self, word: &str) -> bool {
        self.peek();
        let there = self.text.get(self.at..).is_some_and(|rest| rest.starts_with(word));
        if there {
            self.at += word.len();
        }
        there
    }

    fn slice(&self, from: usize, to: usize) -> &'de str {
        self.text.get(from..to).unwrap_or_default()
    }

    fn text(&mut self) -> Result<Cow<'de, str>, Wrong> {
        if !self.skip(b'"') {
            return Err(wrong(" must be a text"));
        }
        let mut start = self.at;
        let mut unescaped = String::new();
        loop {
            let byte = *self.text.as_bytes().get(self.at).ok_or_else(|| wrong(NOT_JSON))?;
            let piece = self.slice(start, self.at);
            self.at += 1;
            match byte {
                b'"' if unescaped.is_empty() => return Ok(Cow::Borrowed(piece)),
                b'"' => {
                    unescaped.push_str(piece);
                    return Ok(Cow::Owned(unescaped));
                }
                b'\\' => {
                    unescaped.push_str(piece);
                    unescaped.push(self.escape()?);
                    start = self.at;
                }
                _ => {}
            }
        }
    }

    /// The character that an escape stands for, its backslash read already.
    fn escape(&mut self) -> Result<char, Wrong> {
        let byte = self.text.as_bytes().get(self.at).copied().unwrap_or_default();
        self.at += 1;
        Ok(match byte {
            b'"' | b'\\' | b'/' => char::from(byte),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let high = self.hex4()?;
                let surrogate = (0xd800..0xdc00).contains(&high) && self.slice(self.at, self.at + 2) == "\\u";
                let code = if surrogate {
                    self.at += 2;
                    let low = self.hex4()?;
                    0x1_0000 + ((high - 0xd800) << 10) + (low.wrapping_sub(0xdc00) & 0x3ff)
                } else {
                    high
                };
                char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            _ => return Err(wrong(NOT_JSON)),
        })
    }

    fn hex4(&mut self) -> Result<u32, Wrong> {
        let mut code = 0;
        for _ in 0..4 {
            let byte = self.text.as_bytes().get(self.at).copied().unwrap_or_default();
            self.at += 1;
            code = code * 16 + char::from(byte).to_digit(16).ok_or_else(|| wrong(NOT_JSON))?;
        }
        Ok(code)
    }

    fn integer(&mut self) -> Result<i64, Wrong> {
        self.peek();
        let start = self.at;
        while self.text.as_bytes().get(self.at).is_some_and(|byte| byte.is_ascii_digit() || b"+-.eE".contains(byte)) {
            self.at += 1;
        }
        parse_int(self.slice(start, self.at)).ok_or_else(|| wrong(" must be a whole number"))
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Wrong {}

impl de::Error for Wrong {
    // The texts of serde's own complaints would bring core's formatting along.
    fn custom<T: fmt::Display>(_: T) -> Self {
        wrong(" is not what it must be")
    }

    fn invalid_type(_: de::Unexpected<'_>, _: &dyn de::Expected) -> Self {
        wrong(" has the wrong type")
    }

    fn invalid_value(_: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        let _ = expected;
        wrong(" is out of range")
    }

    fn unknown_field(field: &str, _: &'static [&'static str]) -> Self {
        keyed(field, wrong(" is not known here"))
    }

    fn missing_field(field: &'static str) -> Self {
        keyed(field, wrong(" is missing"))
    }

    fn duplicate_field(field: &'static str) -> Self {
        keyed(field, wrong(" is there twice"))
    }
}

/// What is wrong, said of the member `key`.
#[cold]
fn keyed(key: &str, wrong: Wrong) -> Wrong {
    let mut text = key.to_owned();
    if !wrong.0.starts_with(' ') {
        text.push('.');
    }
    text.push_str(&wrong.0);
    Wrong(text)
}

macro_rules! integers {
    ($($method:ident)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
            visitor.visit_i64(self.integer()?)
        }
    )*};
}

impl<'de> de::Deserializer<'de> for &mut Reader<'de> {
    type Error = Wrong;

    integers!(deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64);
    integers!(deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64);

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        if self.skip_word("true") {
            visitor.visit_bool(true)
        } else if self.skip_word("false") {
            visitor.visit_bool(false)
        } else {
            Err(wrong(" must be true or false"))
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.text()? {
            Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
            Cow::Owned(text) => visitor.visit_string(text),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_string(self.text()?.into_owned())
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        if self.skip_word("null") { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        self.deserialize_map(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        if !self.skip(b'{') {
            return Err(wrong(" must be an object"));
        }
        visitor.visit_map(Members { reader: self, key: Cow::Borrowed(""), first: true })
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Wrong> {
        Err(wrong(" is of a kind that is not read here"))
    }

    serde::forward_to_deserialize_any! {
        i128 u128 f32 f64 char bytes byte_buf unit unit_struct newtype_struct seq tuple tuple_struct enum identifier
        ignored_any
    }
}

/// The members of an object, one after the other.
struct Members<'r, 'de> {
    reader: &'r mut Reader<'de>,
    key: Cow<'de, str>,
    first: bool,
}

impl<'de> Members<'_, 'de> {
    /// Reads the next key and its colon; false at the end of the object.
    fn next_key(&mut self) -> Result<bool, Wrong> {
        if self.reader.skip(b'}') {
            return Ok(false);
        }
        if !self.first && !self.reader.skip(b',') {
            return Err(wrong(NOT_JSON));
        }
        self.first = false;
        self.key = self.reader.text().map_err(|_| wrong(NOT_JSON))?;
        if self.reader.skip(b':') { Ok(true) } else { Err(wrong(NOT_JSON)) }
    }
}

impl<'de> MapAccess<'de> for Members<'_, 'de> {
    type Error = Wrong;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Wrong> {
        if self.next_key()? { seed.deserialize((&*self.key).into_deserializer()).map(Some) } else { Ok(None) }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Wrong> {
        seed.deserialize(&mut *self.reader).map_err(|wrong| keyed(&self.key, wrong))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde::Serialize;
    use std::collections::BTreeMap;

    #[derive(Debug, Default, PartialEq, Serialize, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        name: String,
        #[serde(default)]
        inner: Option<Inner>,
        #[serde(default)]
        on: bool,
    }

    #[derive(Debug, Default, PartialEq, Serialize, serde::Deserialize)]
    struct Inner {
        count: u32,
    }

    fn outer(text: &str) -> Result<Outer, String> {
        read(text).map_err(|wrong| wrong.0)
    }

    #[test]
    fn what_is_wrong_names_the_key() {
        for (text, why) in [
            (r#"{"name":1}"#, "name must be a text"),
            (r#"{}"#, "name is missing"),
            (r#"{"name":"a","nmae":1}"#, "nmae is not known here"),
            (r#"{"name":"a","name":"b"}"#, "name is there twice"),
            (r#"{"name":"a","on":1}"#, "on must be true or false"),
            (r#"{"name":"a","inner":1}"#, "inner must be an object"),
            (r#"{"name":"a","inner":{"count":1.5}}"#, "inner.count must be a whole number"),
            (r#"{"name":"a","inner":{"count":-1}}"#, "inner.count is out of range"),
            (r#"{"name":"a"} x"#, " has something after its end"),
            (r#"{"name""#, " is not JSON"),
        ] {
            assert_eq!(outer(text), Err(why.to_owned()), "{text}");
        }
    }

    #[test]
    fn escapes_and_white_space_are_read() {
        let text = " { \"name\" : \"\\u0041\\n\\ud83d\\ude00\\\"\" ,\n\"inner\":null,\"on\":true}";
        assert_eq!(outer(text), Ok(Outer { name: "A\n😀\"".to_owned(), inner: None, on: true }));
    }

    proptest! {
        #[test]
        fn what_serde_json_writes_is_read(map: BTreeMap<String, i64>) {
            let text = serde_json::to_string_pretty(&map).unwrap();
            prop_assert_eq!(read::<BTreeMap<String, i64>>(&text), Ok(map));
        }

        #[test]
        fn any_text_is_read_or_refused_but_never_panics(text in "(?s).{0,40}", cut in 0..60usize) {
            let _ = outer(&text);
            let whole = serde_json::to_string(&Outer { name: text, inner: Some(Inner { count: 3 }), on: true }).unwrap();
            prop_assert!(outer(&whole).is_ok());
            let part: String = whole.chars().take(cut).collect();
            let _ = outer(&part);
        }

        #[test]
        fn a_number_is_what_it_says(number: i64) {
            prop_assume!(number != i64::MIN);
            prop_assert_eq!(parse_int(&number.to_string()), Some(number));
        }
    }
}
