//! Reads what is kept or told as plain text: parts with a byte between them, whole numbers. `str::split` and
//! `str::parse` would bring a kilobyte of searchers and error texts into the wasm.

/// Takes the part before the next `separator` off `rest`; all of it where there is none.
pub fn next_part<'t>(rest: &mut &'t str, separator: u8) -> &'t str {
    let end = rest.bytes().position(|byte| byte == separator).unwrap_or(rest.len());
    let part = rest.get(..end).unwrap_or_default();
    *rest = rest.get(end + 1..).unwrap_or_default();
    part
}

/// The whole number that `text` is in decimal, if it is one of at most 18 digits.
pub fn parse_int(text: &str) -> Option<i64> {
    let digits = text.strip_prefix("-").unwrap_or(text);
    // 18 digits always fit; no time and no setting has more.
    if digits.is_empty() || digits.len() > 18 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = digits.bytes().fold(0, |number, digit| number * 10 + i64::from(digit - b'0'));
    Some(if digits.len() < text.len() { -number } else { number })
}

/// Where `part` is in `text`. `str::find` would bring its two-way search into the wasm.
pub fn find(text: &str, part: &str) -> Option<usize> {
    (0..text.len()).find(|&at| text.as_bytes().get(at..).is_some_and(|rest| rest.starts_with(part.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_number_is_what_it_says(number in -999_999_999_999_999_999i64..1_000_000_000_000_000_000) {
            prop_assert_eq!(parse_int(&number.to_string()), Some(number));
        }

        #[test]
        fn what_is_no_number_is_none(text in "[^0-9]*|[0-9]+[^0-9]+|9{20}") {
            prop_assert_eq!(parse_int(&text), None);
        }
    }

    #[test]
    fn a_part_is_found_where_it_first_is() {
        assert_eq!(find("abcabc", "bc"), Some(1));
        assert_eq!(find("abc", "abcd"), None);
        assert_eq!(find("", "a"), None);
    }

    #[test]
    fn parts_come_one_by_one_and_then_nothing() {
        let mut rest = "a\n\nb";
        let parts: Vec<&str> = (0..4).map(|_| next_part(&mut rest, b'\n')).collect();
        assert_eq!(parts, ["a", "", "b", ""]);
    }
}
