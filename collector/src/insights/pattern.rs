//! Patterns of texts, in which `*` stands for any text.

/// Whether a text is like a pattern.
pub(super) fn is_like(text: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let mut last = None;
    for part in parts {
        let Some(between) = last.replace(part) else { continue };
        match rest.find(between) {
            Some(at) => rest = rest.get(at + between.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    last.map_or(rest.is_empty(), |last| rest.ends_with(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_any_text() {
        for (text, pattern, is) in [
            ("/a", "/a", true),
            ("/a/b", "/a*", true),
            ("/a/b/c", "/a/*/c", true),
            ("/a//c", "/a/*/c", true),
            ("/a/c", "/a/*/c", false),
            ("/aba", "/ab*ba", false),
            ("/a/b/x/b", "*/b", true),
            ("", "*", true),
            ("/x/y", "/*/z", false),
            ("/ab", "/a*b*b", false),
        ] {
            assert_eq!(is_like(text, pattern), is, "{text} {pattern}");
        }
    }
}
