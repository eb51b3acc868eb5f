//! Puts the wasm bytes inside the script: one request instead of two is worth more than any kilobyte. Every byte is one
//! character U+0000 to U+00FF of a string literal, which brotli packs as tightly as the bytes themselves; only the
//! backslash, the quote and the two line breaks that a literal may not hold are escaped. The script must be served as
//! UTF-8.

use anyhow::{Result, bail, ensure};
use base64ct::{Base64, Encoding as _};
use sha2::{Digest as _, Sha256};

use crate::integrity;

const PLACEHOLDER: &str = "__WASM__";

/// Replaces the one string `"__WASM__"` of a script by the bytes.
pub fn into_script(script: &str, wasm: &[u8]) -> Result<String> {
    let Some((before, after)) = script.split_once(PLACEHOLDER) else {
        bail!("the bundled loader does not say \"{PLACEHOLDER}\": www/loader.js must, once, where the wasm belongs");
    };
    if after.contains(PLACEHOLDER) {
        bail!("the bundled loader says \"{PLACEHOLDER}\" more than once: www/loader.js must only once");
    }
    let quotes = (before.chars().next_back(), after.chars().next());
    let (Some(open @ ('"' | '\'' | '`')), Some(close)) = quotes else {
        bail!("{PLACEHOLDER} in the bundled loader is not a string of its own");
    };
    if open != close {
        bail!("{PLACEHOLDER} in the bundled loader is only a part of a string");
    }
    let before = &before[..before.len() - 1];
    let after = &after[1..];
    Ok(format!("{before}{}{after}", literal(wasm)))
}

/// Puts in the hashes of another file, such as `CAPTURE`: the first 16 hex digits of its SHA-256, as the collector has
/// them in addresses, and the whole SHA-256, by which the browser checks the file.
pub fn with_hash(script: &str, name: &str, file: &[u8]) -> Result<String> {
    let integrity = Base64::encode_string(&Sha256::digest(file));
    let mut script = script.to_owned();
    for (kind, value) in [("HASH", hash(file)), ("INTEGRITY", integrity)] {
        let placeholder = format!("__{name}_{kind}__");
        ensure!(script.matches(&placeholder).count() == 1, "the bundled loader must say {placeholder} once");
        script = script.replace(&placeholder, &value);
    }
    Ok(script)
}

/// Replaces the one name `__RECORDER__` of a script by a function.
pub fn with_function(script: &str, function: &str) -> Result<String> {
    const NAME: &str = "__RECORDER__";
    ensure!(script.matches(NAME).count() == 1, "the bundled loader must say {NAME} once: www/compat.js");
    Ok(script.replace(NAME, &format!("({function})")))
}

/// The snippet's source, changed so that it loads exactly this script.
pub fn pinned(snippet: &str, script: &[u8]) -> Result<String> {
    const ADDRESS: &str = "collector + '/waymark.js'";
    const LOADED: &str = "script.src = src;";
    let (hash, integrity) = (hash(script), integrity::of(script));
    let mut pinned = snippet.to_owned();
    for (plain, value) in [
        (ADDRESS, format!("collector + '/v/{hash}/waymark.js'")),
        (LOADED, format!("script.crossOrigin = 'anonymous'; script.integrity = '{integrity}'; {LOADED}")),
    ] {
        ensure!(pinned.matches(plain).count() == 1, "www/snippet.js must say `{plain}` once");
        pinned = pinned.replace(plain, &value);
    }
    Ok(pinned)
}

/// The first 16 hex digits of a file's SHA-256, as the collector has them in addresses.
fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes as a JavaScript string literal, each byte one character.
pub fn literal(bytes: &[u8]) -> String {
    let count = |quote: u8| bytes.iter().filter(|byte| **byte == quote).count();
    let quote = if count(b'\'') < count(b'"') { '\'' } else { '"' };
    let mut text = String::with_capacity(bytes.len() * 3 / 2);
    text.push(quote);
    for byte in bytes {
        match char::from(*byte) {
            '\n' => text.push_str("\\n"),
            '\r' => text.push_str("\\r"),
            character => {
                if character == '\\' || character == quote {
                    text.push('\\');
                }
                text.push(character);
            }
        }
    }
    text.push(quote);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a JavaScript engine makes of the literal.
    fn unescaped(literal: &str) -> Vec<u8> {
        let mut characters = literal[1..literal.len() - 1].chars();
        let mut bytes = Vec::new();
        while let Some(character) = characters.next() {
            let character = match character {
                '\\' => match characters.next().unwrap() {
                    'n' => '\n',
                    'r' => '\r',
                    other => other,
                },
                plain => plain,
            };
            bytes.push(u8::try_from(u32::from(character)).unwrap());
        }
        bytes
    }

    #[test]
    fn every_byte_survives() {
        let bytes: Vec<u8> = (0..=255).chain((0..=255).rev()).collect();
        assert_eq!(unescaped(&literal(&bytes)), bytes);
    }

    #[test]
    fn the_rarer_quote_is_taken() {
        assert_eq!(literal(b"a\"\"'b"), "'a\"\"\\'b'");
        assert_eq!(literal(b"a''b"), "\"a''b\"");
    }

    #[test]
    fn nothing_but_four_characters_is_escaped() {
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(literal(&bytes).matches('\\').count(), 4 + 1, "a backslash is escaped by a backslash");
    }

    #[test]
    fn the_placeholder_is_replaced_in_any_quotes() {
        for script in ["f(\"__WASM__\")", "f('__WASM__')", "f(`__WASM__`)"] {
            assert_eq!(into_script(script, b"\0asm").unwrap(), "f(\"\0asm\")");
        }
    }

    #[test]
    fn the_hashes_of_level_2_are_put_in() {
        let script = "f('v/__CAPTURE_HASH__/capture.wasm','sha256-__CAPTURE_INTEGRITY__')";
        let script = with_hash(script, "CAPTURE", b"").unwrap();
        let whole = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        assert_eq!(script, format!("f('v/e3b0c44298fc1c14/capture.wasm','{whole}')"));
        assert!(with_hash("f()", "CAPTURE", b"").is_err());
    }

    #[test]
    fn the_recorder_as_javascript_is_put_in() {
        assert_eq!(with_function("f(__RECORDER__)", "(a) => a").unwrap(), "f(((a) => a))");
        assert!(with_function("f()", "g").is_err());
    }

    #[test]
    fn a_pinned_snippet_loads_one_build() {
        let snippet = "const src = collector + '/waymark.js';\nscript.src = src;\n";
        let pinned = pinned(snippet, b"").unwrap();
        assert!(pinned.starts_with("const src = collector + '/v/e3b0c44298fc1c14/waymark.js';\n"), "{pinned}");
        let set = "script.crossOrigin = 'anonymous'; script.integrity = 'sha384-OLBgp1Gsljh";
        assert!(pinned.contains(set), "{pinned}");
        assert!(super::pinned("load()", b"").is_err());
    }

    #[test]
    fn a_loader_without_one_whole_placeholder_is_refused() {
        for (script, complaint) in [
            ("f()", "does not say"),
            ("f('__WASM__','__WASM__')", "more than once"),
            ("f(__WASM__)", "not a string"),
            ("f('__WASM__ ')", "only a part"),
        ] {
            let error = into_script(script, b"").unwrap_err().to_string();
            assert!(error.contains(complaint), "{script}: {error}");
        }
    }
}
