//! Makes untrusted JSON safe for every reader of an export: finds numbers outside the range of a double, and replaces
//! line breaks and unpaired surrogates.

use serde_json::value::RawValue;
use std::borrow::Cow;

/// Whether a number in `json` is outside the range of a double. JSON allows `1e999`, but a reader of an export then
/// fails, reads infinity, or computes the number digit by digit. No browser writes such a number.
pub(crate) fn has_endless_number(json: &str) -> bool {
    /// A number with up to this many digits and no exponent fits into a double.
    const DIGITS: usize = 300;
    let bytes = json.as_bytes();
    let (mut at, mut in_string) = (0, false);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => in_string = !in_string,
            b'\\' => at += 1,
            b'0'..=b'9' if !in_string => {
                let rest = bytes.get(at..).unwrap_or_default();
                let is_part = |byte: &&u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
                let length = rest.iter().take_while(is_part).count();
                let number = json.get(at..at + length).unwrap_or_default();
                let may_be = length > DIGITS || number.contains(['e', 'E']);
                if may_be && number.parse().is_ok_and(f64::is_infinite) {
                    return true;
                }
                // The loop itself steps over the last digit.
                at += length - 1;
            }
            _ => {}
        }
        at += 1;
    }
    false
}

/// The data as it is stored, without line breaks and unpaired surrogates. Line breaks between members become spaces,
/// because exports have one event per line. (A JSON string cannot contain a raw line break.)
pub(crate) fn one_line(data: &RawValue) -> Box<RawValue> {
    let text = data.get();
    let breaks = text.bytes().any(|byte| byte == b'\n' || byte == b'\r');
    let broken = if breaks { Cow::Owned(text.replace(['\n', '\r'], " ")) } else { Cow::Borrowed(text) };
    match (mended(&broken), broken) {
        (None, Cow::Borrowed(_)) => data.to_owned(),
        (None, Cow::Owned(text)) | (Some(text), _) => RawValue::from_string(text).unwrap_or_else(|_| data.to_owned()),
    }
}

/// Replaces each unpaired surrogate by U+FFFD; `None` if there is none. A text that JavaScript cut in the middle of an
/// emoji ends in an unpaired surrogate. Browsers write it as `\ud83d`, and many JSON readers refuse a line that has
/// one.
fn mended(json: &str) -> Option<String> {
    let unit = |at: usize| {
        let digits = json.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    let (mut out, mut done, mut at) = (String::new(), 0, 0);
    while let Some(found) = json.get(at..)?.find('\\') {
        at += found;
        match (unit(at), unit(at + 6)) {
            (Some(0xd800..0xdc00), Some(0xdc00..0xe000)) => at += 12,
            (Some(0xd800..0xe000), _) => {
                out.extend([json.get(done..at)?, "\\ufffd"]);
                at += 6;
                done = at;
            }
            _ => at += 2,
        }
    }
    if done == 0 {
        return None;
    }
    out.push_str(json.get(done..)?);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn numbers_outside_the_range_of_a_double_are_found() {
        let digits = |count: usize| format!("{{\"a\":[{}]}}", "9".repeat(count));
        for good in [r#"{"a":1e308,"b":-1.5E-400}"#, r#"{"a":"1e999\"1e999\\"}"#, r#"{"1e999":0}"#, &digits(308), "{}"]
        {
            assert!(!has_endless_number(good), "{good}");
        }
        for bad in [r#"{"a":1e999}"#, r#"{"a":[-13E94694]}"#, r#"{"\\":2.5e+309}"#, &digits(310)] {
            assert!(has_endless_number(bad), "{bad}");
            assert!(serde_json::from_str::<Value>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn only_unpaired_surrogates_are_replaced() {
        for good in [r#"{"a":"\ud83d\ude00"}"#, r#"{"a":"\\ud83d"}"#, r#"{"a":"\u00e9\n"}"#, "{}"] {
            assert_eq!(mended(good), None, "{good}");
        }
        for (bad, good) in [
            (r#"{"a":"x\ud83d"}"#, r#"{"a":"x\ufffd"}"#),
            (r#"{"a":"\ude00\uD83D"}"#, r#"{"a":"\ufffd\ufffd"}"#),
            (r#"{"\ud83d\ud83d\ude00é\\":1}"#, r#"{"\ufffd\ud83d\ude00é\\":1}"#),
        ] {
            assert!(serde_json::from_str::<Value>(bad).is_err(), "{bad}");
            assert_eq!(mended(bad).as_deref(), Some(good));
            assert!(serde_json::from_str::<Value>(good).is_ok(), "{good}");
        }
    }
}
