//! The characters of a text as the patterns compare them: invisible characters are removed, white space is one space,
//! digits of every script and full-width forms are ASCII, and every dash is a hyphen.

/// The zeros of the scripts' decimal digits (Unicode's general category Nd); each is followed by its 1 to 9.
const ZEROS: &[u32] = &[
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0, 0xf20,
    0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0,
    0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30, 0x10d40, 0x11066, 0x110f0, 0x11136, 0x111d0,
    0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x116d0, 0x116da, 0x11730, 0x118e0, 0x11950, 0x11bf0, 0x11c50,
    0x11d50, 0x11da0, 0x11f50, 0x16130, 0x16a60, 0x16ac0, 0x16b50, 0x16d70, 0x1ccf0, 0x1d7ce, 0x1d7d8, 0x1d7e2,
    0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e4f0, 0x1e5f1, 0x1e950, 0x1fbf0,
];

/// A character of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Character {
    /// The character as it was written.
    pub(super) written: char,
    /// The character as the patterns compare it; NUL in a replacement, which no pattern matches.
    pub(super) plain: char,
}

impl Character {
    fn new(written: char) -> Self {
        Character { written, plain: plain(written) }
    }

    /// A character of a replacement.
    pub(super) fn replacement(written: char) -> Self {
        Character { written, plain: '\0' }
    }
}

/// A part of a text that a pattern matches, and its replacement.
pub(super) struct Match {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) word: &'static str,
}

/// The plain character at an index; NUL beyond the end.
pub(super) fn plain_at(text: &[Character], at: usize) -> char {
    text.get(at).map_or('\0', |one| one.plain)
}

/// The text's characters. White space and control characters are one space, none at the ends.
pub(super) fn characters(text: &str) -> Vec<Character> {
    let mut characters: Vec<Character> = Vec::with_capacity(text.len());
    for word in text.split(|one: char| one.is_whitespace() || one.is_control()) {
        let before = characters.len();
        for visible in word.chars().filter(|&one| !is_invisible(one)) {
            if characters.len() == before && before > 0 {
                characters.push(Character::new(' '));
            }
            characters.push(Character::new(visible));
        }
    }
    characters
}

/// Soft hyphens, zero-width characters, marks of direction and variation selectors.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

fn plain(character: char) -> char {
    let code = character as u32;
    if code < 0x80 {
        return character;
    }
    let zero = ZEROS.iter().find(|&&zero| (zero..zero + 10).contains(&code));
    let ascii = match code {
        _ if zero.is_some() => zero.map(|zero| code - zero + u32::from(b'0')),
        0x2010..=0x2015 | 0x2212 | 0xfe58 | 0xfe63 => Some(u32::from(b'-')),
        // Full-width forms.
        0xff01..=0xff5e => Some(code - 0xff01 + 0x21),
        _ => None,
    };
    ascii.and_then(char::from_u32).unwrap_or(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain_text(text: &str) -> String {
        characters(text).iter().map(|one| one.plain).collect()
    }

    #[test]
    fn what_cannot_be_seen_does_not_divide_a_text() {
        for (text, expected) in [
            (" a \u{a0}\n\u{200b} b\u{0} ", "a b"),
            ("4\u{200d}1\u{ad}1\u{2060}1", "4111"),
            ("\u{202e}12\u{202c}", "12"),
            ("\u{200b}", ""),
            ("\u{fffd}x", "\u{fffd}x"),
        ] {
            assert_eq!(plain_text(text), expected, "{text:?}");
        }
    }

    #[test]
    fn digits_of_every_script_and_full_width_forms_are_ascii() {
        for text in ["0123456789", "٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९", "０１２３４５６７８９", "𝟬𝟭𝟮𝟯𝟰𝟱𝟲𝟳𝟴𝟵", "᮰᮱᮲᮳᮴᮵᮶᮷᮸᮹"]
        {
            assert_eq!(plain_text(text), "0123456789", "{text}");
        }
        assert_eq!(plain_text("ａｎｎ＠ｘ．ｏｒｇ 1–2−3"), "ann@x.org 1-2-3");
    }
}
