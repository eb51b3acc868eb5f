//! Patterns of account, card and phone numbers, and of all other long numbers.

use super::characters::{Character, Match, plain_at};

/// Shorter runs of digits stay.
const DIGITS: usize = 5;
/// The most separators between two digits of one number, as in `(555) 0123`.
const SEPARATORS: usize = 2;
/// The lengths of card numbers.
const CARD: std::ops::RangeInclusive<usize> = 13..=19;
/// The digits of a phone number with its country.
const PHONE: usize = 7;
/// The lengths of IBANs.
const IBAN: std::ops::RangeInclusive<usize> = 15..=34;

/// A card number, a phone number, or any other number of five digits or more.
pub(super) fn digits(text: &[Character], start: usize, _: usize) -> Option<Match> {
    let is_international = plain_at(text, start) == '+';
    let first = start + usize::from(is_international || plain_at(text, start) == '(');
    if !plain_at(text, first).is_ascii_digit() {
        return None;
    }
    let (mut at, mut end, mut count, mut between) = (first, first, 0, 0);
    // The sum of Luhn's check depends on the place from the end: one for an even and one for an odd count of digits.
    let mut luhn = [0u32; 2];
    while between <= SEPARATORS {
        match plain_at(text, at) {
            one if one.is_ascii_digit() => {
                let digit = one.to_digit(10).unwrap_or_default();
                let doubled = digit * 2 - if digit > 4 { 9 } else { 0 };
                luhn = [
                    luhn[0] + if count % 2 == 0 { doubled } else { digit },
                    luhn[1] + if count % 2 == 0 { digit } else { doubled },
                ];
                (count, between, end) = (count + 1, 0, at + 1);
                // No check is made of longer numbers, whose sums could overflow.
                if count > *CARD.end() {
                    luhn = [1; 2];
                }
            }
            ' ' | '.' | ',' | '-' | '(' | ')' => between += 1,
            _ => break,
        }
        at += 1;
    }
    let word = match count {
        ..DIGITS => return None,
        PHONE.. if is_international => "[phone]",
        _ if CARD.contains(&count) && luhn[count % 2] % 10 == 0 => "[card]",
        _ => "#",
    };
    Some(Match { start, end, word })
}

/// An IBAN, with spaces or hyphens between its groups or without.
pub(super) fn iban(text: &[Character], start: usize, from: usize) -> Option<Match> {
    let is_part = |one: char| one.is_ascii_alphanumeric();
    if start > from && is_part(plain_at(text, start - 1)) {
        return None;
    }
    let [a, b, c, d] = [0, 1, 2, 3].map(|at| plain_at(text, start + at));
    if !(a.is_ascii_alphabetic() && b.is_ascii_alphabetic() && c.is_ascii_digit() && d.is_ascii_digit()) {
        return None;
    }
    // The check is that of the number with its first four characters at its end.
    let append = |sum: u32, one: char| {
        let value = one.to_digit(36).unwrap_or_default();
        (if value < 10 { sum * 10 } else { sum * 100 } + value) % 97
    };
    let (mut at, mut count, mut sum, mut end) = (start + 4, 4, 0, None);
    while count < *IBAN.end() {
        let skipped = usize::from(matches!(plain_at(text, at), ' ' | '-'));
        let one = plain_at(text, at + skipped);
        if !is_part(one) {
            break;
        }
        at += skipped + 1;
        (count, sum) = (count + 1, append(sum, one));
        let is_whole = IBAN.contains(&count) && !is_part(plain_at(text, at));
        if is_whole && [a, b, c, d].into_iter().fold(sum, append) == 1 {
            end = Some(at);
        }
    }
    end.map(|end| Match { start, end, word: "[iban]" })
}
