//! Redaction: replaces what identifies a person or opens a door in a text by a word, `[email]`, `[token]`, `[uuid]`,
//! `[iban]`, `[card]`, `[phone]` or `#`. In: a text that a page shows or an address has. Out: the text that may be
//! collected. It takes time in proportion to the text's length, and runs before a text is cut to its limit.

mod characters;
mod numbers;
mod tokens;

use self::characters::{Character, Match, characters};
use std::borrow::Cow;

/// Finds the first match at or after an index. `from` is the end of the match before: a word begins there, too.
type Pattern = fn(&[Character], at: usize, from: usize) -> Option<Match>;

/// Redacts a text of a page: e-mail addresses, tokens, UUIDs, account and card numbers, phone numbers, and every run of
/// five digits or more. White space is collapsed.
///
/// ```
/// use waymark::capture::redact;
///
/// assert_eq!(redact::text("Pay  ann@example.org"), "Pay [email]");
/// assert_eq!(redact::text("Order 12 345"), "Order #");
/// ```
pub fn text(text: &str) -> String {
    let mut found = characters(text);
    for pattern in [tokens::email as Pattern, numbers::iban, tokens::token, numbers::digits] {
        replace(&mut found, pattern);
    }
    found.iter().map(|one| one.written).collect()
}

/// Redacts a part of an address or a title: e-mail addresses, tokens and UUIDs. Numbers stay, because reports need
/// them. A text without a match stays as it is.
pub fn tokens(text: &str) -> Cow<'_, str> {
    let mut found = characters(text);
    let patterns = [tokens::email as Pattern, tokens::token, tokens::long_number];
    // Every pattern is applied, whether or not one before it matched.
    if patterns.into_iter().filter(|&pattern| replace(&mut found, pattern)).count() > 0 {
        Cow::Owned(found.iter().map(|one| one.written).collect())
    } else {
        Cow::Borrowed(text)
    }
}

/// The first `limit` characters of a text.
pub fn cut(text: &str, limit: usize) -> &str {
    text.char_indices().nth(limit).and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

/// Replaces every match of the pattern. Returns whether there is one.
fn replace(text: &mut Vec<Character>, pattern: Pattern) -> bool {
    let mut out: Vec<Character> = Vec::new();
    let (mut at, mut done) = (0, 0);
    while at < text.len() {
        match pattern(text, at, done) {
            Some(Match { start, end, word }) => {
                out.extend(text.get(done..start).unwrap_or_default());
                out.extend(word.chars().map(Character::replacement));
                (at, done) = (end, end);
            }
            None => at += 1,
        }
    }
    if done == 0 {
        return false;
    }
    out.extend(text.get(done..).unwrap_or_default());
    *text = out;
    true
}

#[cfg(test)]
mod tests;
