//! Allowed page origins, as browsers send them, and `https://*.example.com` for all subdomains. Apps and extensions
//! have schemes of their own. A page without an origin sends `null`.

mod form;

use form::{NONE, browsers_v6, is_guid, is_origin, is_plain, is_web, split_port, usual_port};

/// Whether `origin` is one that `pattern` names. A pattern with a star takes subdomains of any depth, and neither the
/// domain itself nor another scheme or port.
pub(super) fn is_taken_by(pattern: &str, origin: &str) -> bool {
    if let Some(scheme) = pattern.strip_suffix('*') {
        return origin.strip_prefix(scheme).is_some_and(is_guid);
    }
    let Some((scheme, domain)) = pattern.split_once("*.") else {
        // Browsers do not agree on the case of names that are not the web's.
        return pattern == origin || (!is_web(pattern) && pattern.eq_ignore_ascii_case(origin));
    };
    let subdomain = origin
        .strip_prefix(scheme)
        .and_then(|host| host.strip_suffix(domain))
        .and_then(|subdomain| subdomain.strip_suffix('.'));
    subdomain.is_some_and(|name| name.split('.').all(|label| !label.is_empty() && label.bytes().all(is_plain)))
}

/// What is wrong with a configured origin, if anything is: it would match no page, or more than one would expect.
pub(super) fn refuse(pattern: &str) -> Option<String> {
    if is_good(pattern) {
        return None;
    }
    if pattern.contains('*') && as_browsers_send(pattern).is_none() {
        return Some(format!(
            "`{pattern}` must have its one star first, in place of the subdomains of a domain that is yours: \
             https://*.example.com; for any origin leave `origins` out"
        ));
    }
    let form = format!("`{pattern}` must be scheme and host as browsers send them, in lower case");
    Some(match as_browsers_send(pattern) {
        Some(good) => format!("{form}, without a path and without the scheme's usual port: write `{good}`"),
        None => format!(
            "{form} and without a path, such as https://www.example.com, http://localhost:3000, capacitor://localhost or \
             null; https://*.example.com is its subdomains"
        ),
    })
}

fn is_good(pattern: &str) -> bool {
    let Some((scheme, domain)) = pattern.split_once("*.") else { return is_origin(pattern) };
    matches!(scheme, "https://" | "http://")
        && is_origin(&format!("{scheme}{domain}"))
        && domain.starts_with(|first: char| first.is_ascii_alphanumeric())
        && (domain.contains('.') || domain.split(':').next() == Some("localhost"))
}

/// What browsers send for the page that is meant, where that can be told.
fn as_browsers_send(pattern: &str) -> Option<String> {
    let lower = pattern.trim().to_ascii_lowercase();
    let (scheme, rest) = lower.split_once("://").unwrap_or(("https", &lower));
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let (name, port) = split_port(host);
    let inside = name.strip_prefix('[').and_then(|name| name.strip_suffix(']'));
    let name = match inside.and_then(|ip| ip.parse().ok()) {
        Some(ip) => format!("[{}]", browsers_v6(ip)),
        None => name.to_owned(),
    };
    let port =
        port.filter(|port| Some(*port) != usual_port(scheme)).map_or_else(String::new, |port| format!(":{port}"));
    let whole = format!("{scheme}://{name}{port}");
    // A word alone is more likely a mistake than a host.
    let is_meant = lower.contains("://") || name.contains('.') || name == "localhost";
    [lower.clone(), whole].into_iter().find(|good| (is_meant || good == NONE) && is_good(good))
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
            "http://[::1]:3000",
            "http://[2001:db8::1]",
            "http://[::ffff:7f00:1]",
            "https://example.com:80",
            "http://example.com:443",
            "http://localhost",
            "https://xn--bcher-kva.example",
            "https://my_shop.example",
            "https://*.example.com",
            "https://*.example.com:8443",
            "http://*.localhost:3000",
            "null",
            "file://",
            "capacitor://localhost",
            "ionic://localhost",
            "tauri://localhost",
            "app://.",
            "app://-",
            "app://shop.example",
            "my-app+x://bundle:8080",
            "chrome-extension://aapbdbdomjkkjkaonfhkkikfgjllcleb",
            "moz-extension://2c127fa4-62c7-4e4f-90e5-472b45eecfdc",
            "moz-extension://*",
            "safari-web-extension://B9D1A6A4-1D55-4A8C-9B6E-0E9B5C7E2D11",
            "safari-web-extension://*",
        ] {
            assert_eq!(refuse(good), None, "{good}");
        }
        for bad in [
            "",
            "*",
            "*.example.com/",
            "example.com",
            "localhost",
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
            "https://*..com",
            "https://a..com",
            "https://.a.com",
            "https://a.com:0",
            "https://a.com:080",
            "https://a.com:65536",
            "https://a b.com",
            "https://b\u{fc}cher.example",
            "http://127.1",
            "http://127.0.0.01",
            "http://0x7f000001",
            "http://[::1",
            "file:///",
            "file://home",
            "chrome-extension://aapbdbdomjkkjkaonfhkkikfgjllcle",
            "chrome-extension://zapbdbdomjkkjkaonfhkkikfgjllcleb",
            "chrome-extension://*",
            "moz-extension://shop",
            "app://*",
            "app://",
            "app://shop/",
            "capacitor://local host",
            "capacitor:localhost",
            "htps://example.com",
            "htttps://example.com",
            "ttp://example.com",
            "ws://example.com",
            "wss://example.com",
            "data://a",
            "1app://a",
            "://a",
        ] {
            assert!(refuse(bad).is_some(), "{bad}");
        }
    }

    #[test]
    fn a_refusal_says_what_to_write() {
        for (bad, good) in [
            ("https://a.com:443", "https://a.com"),
            ("http://a.com:80", "http://a.com"),
            ("http://[::1]:80", "http://[::1]"),
            ("https://A.com", "https://a.com"),
            ("HTTPS://WWW.Example.COM/", "https://www.example.com"),
            ("https://a.com/shop?x#y", "https://a.com"),
            ("https://user:word@a.com:8443/", "https://a.com:8443"),
            ("https://*.A.com:443/", "https://*.a.com"),
            ("*.example.com", "https://*.example.com"),
            ("shop.example", "https://shop.example"),
            ("localhost:3000", "https://localhost:3000"),
            (" https://a.com ", "https://a.com"),
            ("http://[0:0:0:0:0:0:0:1]:3000", "http://[::1]:3000"),
            ("http://[::ffff:127.0.0.1]", "http://[::ffff:7f00:1]"),
            ("NULL", "null"),
            ("Capacitor://localhost/", "capacitor://localhost"),
            ("file:///", "file://"),
        ] {
            let reason = refuse(bad).unwrap();
            assert!(reason.ends_with(&format!(": write `{good}`")), "{reason}");
            assert_eq!(refuse(good), None);
        }
        for bad in ["", "example", "htps://example.com", "https://b\u{fc}cher.example", "http://127.1"] {
            assert!(refuse(bad).unwrap().contains("such as https://www.example.com"), "{bad}");
        }
        assert!(refuse("*").unwrap().ends_with("for any origin leave `origins` out"));
    }

    #[test]
    fn pages_that_are_not_of_the_web_are_taken_where_they_are_named() {
        for (pattern, origin) in [
            ("null", "null"),
            ("file://", "file://"),
            ("capacitor://localhost", "capacitor://localhost"),
            ("app://shop", "app://Shop"),
            ("moz-extension://*", "moz-extension://2c127fa4-62c7-4e4f-90e5-472b45eecfdc"),
            (
                "safari-web-extension://B9D1A6A4-1D55-4A8C-9B6E-0E9B5C7E2D11",
                "safari-web-extension://b9d1a6a4-1d55-4a8c-9b6e-0e9b5c7e2d11",
            ),
        ] {
            assert!(is_taken_by(pattern, origin), "{pattern}");
        }
        for (pattern, origin) in [
            ("null", "file://"),
            ("null", ""),
            ("file://", "null"),
            ("https://a.com", "null"),
            ("capacitor://localhost", "http://localhost"),
            ("capacitor://localhost", "ionic://localhost"),
            ("moz-extension://*", "moz-extension://evil.example"),
            ("moz-extension://*", "https://a.example/moz-extension://2c127fa4-62c7-4e4f-90e5-472b45eecfdc"),
            ("moz-extension://*", "safari-web-extension://2c127fa4-62c7-4e4f-90e5-472b45eecfdc"),
            ("https://a.com", "https://A.com"),
        ] {
            assert!(!is_taken_by(pattern, origin), "{pattern} {origin}");
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
