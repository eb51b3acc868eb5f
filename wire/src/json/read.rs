//! The reader: an object's members one by one, or a word on which key is wrong and why.

use std::fmt;

/// What is wrong with a text, in words that name the key: `user.cookie must be a text`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong(pub String);

/// Reads the object that `text` is: `member` is called with each key and reads its value.
///
/// ```
/// let (mut name, mut size) = (String::new(), 0);
/// waymark_wire::json::read(r#"{"name":"a","size":3}"#, &mut |key, value| match key {
///     "name" => value.text().map(|text| name = text),
///     "size" => value.integer(0, 10).map(|number| size = number),
///     _ => Err(waymark_wire::json::unknown()),
/// })?;
/// assert_eq!((name.as_str(), size), ("a", 3));
/// # Ok::<(), waymark_wire::json::Wrong>(())
/// ```
///
/// # Errors
/// [`Wrong`] where the text is no JSON object, or `member` refuses a value.
pub fn read(text: &str, member: Member<'_>) -> Result<(), Wrong> {
    let mut reader = Reader { text, at: 0 };
    reader.members(member)?;
    match reader.peek() {
        None => Ok(()),
        Some(_) => Err(wrong(" has something after its end")),
    }
}

/// Reads the value of the member with that key.
pub type Member<'m> = &'m mut dyn FnMut(&str, &mut Reader<'_>) -> Result<(), Wrong>;

/// The answer of a [`Member`] to a key that it does not know.
#[cold]
pub fn unknown() -> Wrong {
    wrong(" is not known here")
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

/// A text that is being read, at the value to read next.
pub struct Reader<'t> {
    text: &'t str,
    at: usize,
}

#[cold]
fn wrong(what: &str) -> Wrong {
    Wrong(what.to_owned())
}

const NOT_JSON: &str = " is not JSON";

impl<'t> Reader<'t> {
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

    fn slice(&self, from: usize, to: usize) -> &'t str {
        self.text.get(from..to).unwrap_or_default()
    }

    /// A text.
    ///
    /// # Errors
    /// [`Wrong`] where the value is none.
    pub fn text(&mut self) -> Result<String, Wrong> {
        self.piece()
    }

    /// A whole number from `least` to `most`.
    ///
    /// # Errors
    /// [`Wrong`] where the value is none.
    pub fn integer(&mut self, least: i64, most: i64) -> Result<i64, Wrong> {
        self.peek();
        let start = self.at;
        while self.text.as_bytes().get(self.at).is_some_and(|byte| byte.is_ascii_digit() || b"+-.eE".contains(byte)) {
            self.at += 1;
        }
        let number = parse_int(self.slice(start, self.at)).ok_or_else(|| wrong(" must be a whole number"))?;
        if least <= number && number <= most { Ok(number) } else { Err(wrong(" is out of range")) }
    }

    /// `true` or `false`.
    ///
    /// # Errors
    /// [`Wrong`] where the value is neither.
    pub fn boolean(&mut self) -> Result<bool, Wrong> {
        if self.skip_word("true") {
            Ok(true)
        } else if self.skip_word("false") {
            Ok(false)
        } else {
            Err(wrong(" must be true or false"))
        }
    }

    /// Whether the value is `null`, which is then read.
    pub fn is_null(&mut self) -> bool {
        self.skip_word("null")
    }

    /// An object: `member` is called with each key and reads its value.
    ///
    /// # Errors
    /// [`Wrong`] where the value is none, or `member` refuses a value: the words then begin with the key.
    pub fn members(&mut self, member: Member<'_>) -> Result<(), Wrong> {
        if !self.skip(b'{') {
            return Err(wrong(" must be an object"));
        }
        let mut first = true;
        while !self.skip(b'}') {
            if !first && !self.skip(b',') {
                return Err(wrong(NOT_JSON));
            }
            first = false;
            let key = self.piece().map_err(|_| wrong(NOT_JSON))?;
            if !self.skip(b':') {
                return Err(wrong(NOT_JSON));
            }
            member(&key, self).map_err(|wrong| keyed(&key, wrong))?;
        }
        Ok(())
    }

    fn piece(&mut self) -> Result<String, Wrong> {
        if !self.skip(b'"') {
            return Err(wrong(" must be a text"));
        }
        let mut piece = String::new();
        loop {
            let start = self.at;
            let end = self.text.bytes().skip(start).position(|byte| byte == b'"' || byte == b'\\');
            self.at = start + end.ok_or_else(|| wrong(NOT_JSON))?;
            piece.push_str(self.slice(start, self.at));
            if self.skip(b'"') {
                return Ok(piece);
            }
            self.at += 1;
            piece.push(self.escape()?);
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
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Wrong {}

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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    /// What an object with a name, a switch and a nested count says.
    fn outer(text: &str) -> Result<(String, bool, i64), String> {
        let (mut name, mut on, mut count) = (String::new(), false, 0);
        let done = read(text, &mut |key, value| match key {
            "name" => value.text().map(|text| name = text),
            "on" => value.boolean().map(|yes| on = yes),
            "inner" if value.is_null() => Ok(()),
            "inner" => value.members(&mut |key, value| match key {
                "count" => value.integer(0, 9).map(|number| count = number),
                _ => Err(unknown()),
            }),
            _ => Err(unknown()),
        });
        done.map(|()| (name, on, count)).map_err(|wrong| wrong.0)
    }

    #[test]
    fn what_is_wrong_names_the_key() {
        for (text, why) in [
            (r#"{"name":1}"#, "name must be a text"),
            (r#"{"name":"a","nmae":1}"#, "nmae is not known here"),
            (r#"{"on":1}"#, "on must be true or false"),
            (r#"{"inner":1}"#, "inner must be an object"),
            (r#"{"inner":{"count":1.5}}"#, "inner.count must be a whole number"),
            (r#"{"inner":{"count":-1}}"#, "inner.count is out of range"),
            (r#"{"name":"a"} x"#, " has something after its end"),
            (r#"{"name""#, " is not JSON"),
            (r#"{"name":"a""on":true}"#, " is not JSON"),
            ("[]", " must be an object"),
            ("", " must be an object"),
        ] {
            assert_eq!(outer(text), Err(why.to_owned()), "{text}");
        }
    }

    #[test]
    fn escapes_and_white_space_are_read() {
        let text = " { \"name\" : \"\\u0041\\n\\ud83d\\ude00\\\"\" ,\n\"inner\":null,\"on\":true}";
        assert_eq!(outer(text), Ok(("A\n😀\"".to_owned(), true, 0)));
    }

    proptest! {
        #[test]
        fn what_serde_json_writes_is_read(name: String, on: bool, count in 0i64..10) {
            let text = serde_json::to_string_pretty(&json!({"name": name, "on": on, "inner": {"count": count}})).unwrap();
            prop_assert_eq!(outer(&text), Ok((name, on, count)));
        }

        #[test]
        fn any_text_is_read_or_refused_but_never_panics(text in "(?s).{0,40}", name: String, cut in 0..60usize) {
            let _ = outer(&text);
            let whole = json!({"name": name, "inner": {"count": 3}}).to_string();
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
