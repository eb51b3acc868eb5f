//! Reads what is kept or told as plain text: parts with a byte between them, whole numbers. `str::split` and
//! `str::parse` would bring a kilobyte of searchers and error texts into the wasm.

/// Takes the part before the next `separator` off `rest`; all of it where there is none.
pub fn next_part<'t>(rest: &mut &'t str, separator: u8) -> &'t str {
    let end = rest.bytes().position(|byte| byte == separator).unwrap_or(rest.len());
    let part = rest.get(..end).unwrap_or_default();
    *rest = rest.get(end + 1..).unwrap_or_default();
    part
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
    match (digits.is_empty(), digits.len() < text.len()) {
        (true, _) => None,
        (_, negative) => Some(if negative { -number } else { number }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_number_is_what_it_says(number: i64) {
            prop_assume!(number != i64::MIN);
            prop_assert_eq!(parse_int(&number.to_string()), Some(number));
        }

        #[test]
        fn what_is_no_number_is_none(text in "[^0-9]*|[0-9]+[^0-9]+|9{20}") {
            prop_assert_eq!(parse_int(&text), None);
        }
    }

    #[test]
    fn parts_come_one_by_one_and_then_nothing() {
        let mut rest = "a\n\nb";
        let parts: Vec<&str> = (0..4).map(|_| next_part(&mut rest, b'\n')).collect();
        assert_eq!(parts, ["a", "", "b", ""]);
    }
}
