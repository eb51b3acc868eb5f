//! What a page shows: redacted before it is cut, it tells no address and no number, between any other texts.

#![no_main]

use libfuzzer_sys::fuzz_target;
use waymark::capture::redact;

const SECRETS: [&str; 4] = ["ann@example.org", "4111 1111 1111 1111", "550e8400-e29b-41d4-a716-446655440000", "90210 4711"];

fuzz_target!(|texts: (&str, &str)| {
    let (before, after) = texts;
    let redacted = redact::text(&[before, after].concat());
    let mut digits = 0;
    for character in redacted.chars() {
        digits = if character.is_ascii_digit() { digits + 1 } else { 0 };
        assert!(digits < 5, "{redacted}");
    }
    for limit in [0, 1, 100] {
        let cut = redact::cut(&redacted, limit);
        assert!(redacted.starts_with(cut) && cut.chars().count() <= limit);
    }
    for secret in SECRETS {
        assert!(!redact::text(&[before, " ", secret, " ", after].concat()).contains(secret), "{secret}");
    }
    for secret in [SECRETS[0], SECRETS[2]] {
        assert!(!redact::tokens(&[before, "/", secret, "/", after].concat()).contains(secret), "{secret}");
    }
});
