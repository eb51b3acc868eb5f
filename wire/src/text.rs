//! Reads what is kept or told as plain text: parts with a byte between them. `str::split` would bring a kilobyte of
//! searchers into the wasm.

/// Takes the part before the next `separator` off `rest`; all of it where there is none.
pub fn next_part<'t>(rest: &mut &'t str, separator: u8) -> &'t str {
    let end = rest.bytes().position(|byte| byte == separator).unwrap_or(rest.len());
    let part = rest.get(..end).unwrap_or_default();
    *rest = rest.get(end + 1..).unwrap_or_default();
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_come_one_by_one_and_then_nothing() {
        let mut rest = "a\n\nb";
        let parts: Vec<&str> = (0..4).map(|_| next_part(&mut rest, b'\n')).collect();
        assert_eq!(parts, ["a", "", "b", ""]);
    }
}
