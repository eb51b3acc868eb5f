//! Which pages may send: origins as browsers name them, and `https://*.example.com` for every subdomain of one.

/// Whether `origin` is one that `pattern` names. A pattern with a star takes subdomains of any depth, and neither the
/// domain itself nor another scheme or port.
pub(super) fn is_taken_by(pattern: &str, origin: &str) -> bool {
    let Some((scheme, domain)) = pattern.split_once("*.") else { return pattern == origin };
    let subdomain = origin
        .strip_prefix(scheme)
        .and_then(|host| host.strip_suffix(domain))
        .and_then(|subdomain| subdomain.strip_suffix('.'));
    subdomain.is_some_and(|name| name.split('.').all(|label| !label.is_empty() && label.bytes().all(is_plain)))
}

/// What is wrong with a configured origin, if anything is.
pub(super) fn refuse(pattern: &str) -> Option<String> {
    let Some((scheme, domain)) = pattern.split_once("*.") else {
        return (!is_origin(pattern)).then(|| {
            format!(
                "origin `{pattern}` must be scheme and host as browsers send them, such as https://www.example.com \
                 or http://localhost:3000, in lower case and without a path; https://*.example.com is its subdomains"
            )
        });
    };
    let good = matches!(scheme, "https://" | "http://")
        && is_origin(&format!("{scheme}{domain}"))
        && (domain.contains('.') || domain.split(':').next() == Some("localhost"));
    (!good).then(|| {
        format!(
            "origin `{pattern}` must have its one star first, in place of the subdomains of a domain that is yours: \
             https://*.example.com"
        )
    })
}

/// Whether `text` is what a browser would put into an `Origin` header.
fn is_origin(text: &str) -> bool {
    let Some(host) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else { return false };
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, Some(port)),
        _ => (host, None),
    };
    !name.is_empty()
        && name.bytes().all(|byte| is_plain(byte) || b".[]:".contains(&byte))
        && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|number| number.to_string() == port))
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_what_a_browser_sends() {
        for good in [
            "https://example.com",
            "http://localhost:3000",
            "http://127.0.0.1",
            "http://[::1]:80",
            "https://*.example.com",
            "https://*.example.com:8443",
            "http://*.localhost:3000",
        ] {
            assert_eq!(refuse(good), None, "{good}");
        }
        for bad in [
            "",
            "*",
            "null",
            "example.com",
            "https://",
            "https://a/",
            "https://A.com",
            "https://a:x",
            "ftp://a",
            "https://*",
            "https://*.com",
            "https://*example.com",
            "https://www.*.example.com",
            "https://*.*.example.com",
            "*.example.com",
            "//*.example.com",
            "https://*.",
        ] {
            assert!(refuse(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn a_star_is_every_subdomain_and_nothing_else() {
        let pattern = "https://*.example.com";
        for good in ["https://www.example.com", "https://a.b.c.example.com", "https://x-1.example.com"] {
            assert!(is_taken_by(pattern, good), "{good}");
        }
        for bad in [
            "https://example.com",
            "https://.example.com",
            "https://evilexample.com",
            "http://www.example.com",
            "https://www.example.com:8443",
            "https://www.example.com.evil.example",
            "https://evil.example/.example.com",
            "https://evil.example:80.example.com",
            "https://a..example.com",
            "null",
            "",
        ] {
            assert!(!is_taken_by(pattern, bad), "{bad}");
        }
        assert!(is_taken_by("http://*.localhost:3000", "http://shop.localhost:3000"));
        assert!(!is_taken_by("http://*.localhost:3000", "http://shop.localhost"));
        assert!(is_taken_by("https://example.com", "https://example.com"));
        assert!(!is_taken_by("https://example.com", "https://www.example.com"));
    }
}
