//! Patterns of e-mail addresses and tokens.

use super::characters::{Character, Match, plain_at};

/// The shortest hexadecimal token.
const HEX: usize = 16;
/// The shortest token of letters, digits, `-` and `_`.
const TOKEN: usize = 20;
/// The lengths of a UUID's parts.
const UUID: [usize; 5] = [8, 4, 4, 4, 12];

/// A character of a word in any script. The exact letters of other scripts do not matter here.
fn is_word(one: char) -> bool {
    one.is_ascii_alphanumeric() || one >= '\u{80}'
}

fn is_local(one: char) -> bool {
    is_word(one)
        || matches!(one, '.' | '_' | '%' | '+' | '-' | '\'' | '!' | '$' | '*' | '^' | '`' | '{' | '|' | '}' | '~')
}

fn is_domain(one: char) -> bool {
    is_word(one) || matches!(one, '.' | '-')
}

/// The end of the run of such characters that begins at `at`.
fn run(text: &[Character], at: usize, is_part: impl Fn(char) -> bool) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.iter().take_while(|one| is_part(one.plain)).count()
}

/// Whether a run of such characters begins at `at`.
fn begins(text: &[Character], at: usize, from: usize, is_part: impl Fn(char) -> bool) -> bool {
    is_part(plain_at(text, at)) && (at == from || !is_part(plain_at(text, at - 1)))
}

/// An e-mail address.
pub(super) fn email(text: &[Character], start: usize, from: usize) -> Option<Match> {
    if !begins(text, start, from, is_local) {
        return None;
    }
    let local = run(text, start, is_local);
    let mut end = local;
    while plain_at(text, end) == '@' {
        let domain = run(text, end + 1, is_domain);
        if domain == end + 1 {
            break;
        }
        end = domain;
    }
    // A full stop ends a sentence, not an address.
    while end > local && matches!(plain_at(text, end - 1), '.' | '-') {
        end -= 1;
    }
    (end > local + 1).then_some(Match { start, end, word: "[email]" })
}

fn is_base64url(one: char) -> bool {
    one.is_ascii_alphanumeric() || matches!(one, '-' | '_')
}

/// A JSON Web Token, a UUID, a hexadecimal token, or another token.
pub(super) fn token(text: &[Character], at: usize, from: usize) -> Option<Match> {
    if !begins(text, at, from, is_base64url) {
        return None;
    }
    let end = run(text, at, is_base64url);
    let uuid = uuid(text, at, end);
    let before = uuid.as_ref().map_or(end, |uuid| uuid.start);
    let opaque = || opaque(text, at, before).or_else(|| hex(text, at, before));
    if uuid.is_some() { opaque().or(uuid) } else { web_token(text, at, end).or_else(opaque) }
}

fn uuid(text: &[Character], start: usize, end: usize) -> Option<Match> {
    let is_uuid = |start: usize| {
        let mut at = start;
        for (number, length) in UUID.into_iter().enumerate() {
            if number > 0 {
                if plain_at(text, at) != '-' {
                    return false;
                }
                at += 1;
            }
            if !(at..at + length).all(|at| plain_at(text, at).is_ascii_hexdigit()) {
                return false;
            }
            at += length;
        }
        true
    };
    let start = (start..end).find(|&at| is_uuid(at))?;
    Some(Match { start, end: start + 36, word: "[uuid]" })
}

/// `eyJ` is the beginning of a JSON object in base64.
fn web_token(text: &[Character], start: usize, end: usize) -> Option<Match> {
    let begins = ['e', 'y', 'J'].into_iter().enumerate().all(|(at, one)| plain_at(text, start + at) == one);
    let mut last = end;
    while begins && plain_at(text, last) == '.' && is_base64url(plain_at(text, last + 1)) {
        last = run(text, last + 1, is_base64url);
    }
    (last > end).then_some(Match { start, end: last, word: "[token]" })
}

fn hex(text: &[Character], start: usize, end: usize) -> Option<Match> {
    let is_hex = |one: char| one.is_ascii_hexdigit();
    let mut at = start;
    while at < end {
        let last = run(text, at, is_hex).min(end);
        let part = text.get(at..last).unwrap_or_default();
        let has_digit = part.iter().any(|one| one.plain.is_ascii_digit());
        let has_letter = part.iter().any(|one| one.plain.is_ascii_alphabetic());
        if part.len() >= HEX && has_digit && has_letter {
            return Some(Match { start: at, end: last, word: "[token]" });
        }
        at = last.max(at + 1);
    }
    None
}

/// A long run of letters and digits that is not made of words: `10-ways-to-save-energy` is, and so is
/// `phone-15-pro-256gb-review`.
fn opaque(text: &[Character], start: usize, end: usize) -> Option<Match> {
    let part = text.get(start..end).unwrap_or_default();
    let has = |is_one: fn(&char) -> bool| part.iter().any(|one| is_one(&one.plain));
    if part.len() < TOKEN || !has(char::is_ascii_alphabetic) || !has(char::is_ascii_digit) {
        return None;
    }
    let (mut words, mut mixed) = (0, 0);
    for part in part.split(|one| matches!(one.plain, '-' | '_')) {
        match kind(part) {
            Part::Word => words += 1,
            Part::Mixed => mixed += 1,
            Part::Opaque => return Some(Match { start, end, word: "[token]" }),
            Part::Other => {}
        }
    }
    (mixed >= words).then_some(Match { start, end, word: "[token]" })
}

/// A part of a run between `-` and `_`.
enum Part {
    /// Three letters or more, in one case but for the first.
    Word,
    /// A few letters and digits, such as `256gb`.
    Mixed,
    /// No word and no number.
    Opaque,
    /// Nothing, a number, or one or two letters.
    Other,
}

fn kind(part: &[Character]) -> Part {
    let digits = part.iter().filter(|one| one.plain.is_ascii_digit()).count();
    let rest = part.get(1..).unwrap_or_default();
    let is_upper = |one: &Character| one.plain.is_ascii_uppercase();
    let is_one_case = rest.iter().all(is_upper) || !rest.iter().any(is_upper);
    match digits {
        0 if is_one_case && part.len() > 2 => Part::Word,
        0 if is_one_case => Part::Other,
        _ if digits == part.len() => Part::Other,
        _ if part.len() <= 5 => Part::Mixed,
        _ => Part::Opaque,
    }
}

/// A number of sixteen digits or more: in an address it is a token.
pub(super) fn long_number(text: &[Character], start: usize, from: usize) -> Option<Match> {
    let is_digit = |one: char| one.is_ascii_digit();
    if !begins(text, start, from, is_digit) {
        return None;
    }
    let end = run(text, start, is_digit);
    (end - start >= HEX).then_some(Match { start, end, word: "[token]" })
}
