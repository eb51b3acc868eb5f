use super::*;
use crate::facts::Brand;

/// Real user-agent strings, each with the expected browser, operating system and whether it is a phone.
const REAL: &[(&str, &str, &str, bool)] = &[
    // Windows
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/72.0.3626.121 Safari/537.36",
        "Chrome 72.0.3626.121",
        "Windows",
        false,
    ),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36",
        "Chrome 148.0.0.0",
        "Windows",
        false,
    ),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36 Edg/148.0.0.0",
        "Edge 148.0.0.0",
        "Windows",
        false,
    ),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/64.0.3282.140 Safari/537.36 Edge/18.17763",
        "Edge 18.17763",
        "Windows",
        false,
    ),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
        "Firefox 140.0",
        "Windows",
        false,
    ),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/134.0.0.0 Safari/537.36 OPR/119.0.0.0",
        "Opera 119.0.0.0",
        "Windows",
        false,
    ),
    // macOS
    (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36",
        "Chrome 148.0.0.0",
        "macOS",
        false,
    ),
    (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
        "Safari 18.5",
        "macOS",
        false,
    ),
    (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0",
        "Firefox 140.0",
        "macOS",
        false,
    ),
    (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36 Edg/148.0.0.0",
        "Edge 148.0.0.0",
        "macOS",
        false,
    ),
    (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/134.0.0.0 Safari/537.36 OPR/119.0.0.0",
        "Opera 119.0.0.0",
        "macOS",
        false,
    ),
    // Linux
    (
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36",
        "Chrome 148.0.0.0",
        "Linux",
        false,
    ),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox 140.0", "Linux", false),
    ("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0", "Firefox 115.0", "Linux", false),
    (
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
        "Safari 18.0",
        "Linux",
        false,
    ),
    // Android
    (
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Mobile Safari/537.36",
        "Chrome 148.0.0.0",
        "Android",
        true,
    ),
    (
        "Mozilla/5.0 (Linux; Android 9; SM-G960F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/72.0.3626.121 Mobile Safari/537.36",
        "Chrome 72.0.3626.121",
        "Android 9",
        true,
    ),
    (
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
        "Samsung Internet 28.0",
        "Android",
        true,
    ),
    ("Mozilla/5.0 (Android 14; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0", "Firefox 140.0", "Android 14", true),
    (
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Mobile Safari/537.36 EdgA/148.0.0.0",
        "Edge 148.0.0.0",
        "Android",
        true,
    ),
    (
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/134.0.0.0 Mobile Safari/537.36 OPR/89.0.0.0",
        "Opera 89.0.0.0",
        "Android",
        true,
    ),
    (
        "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36",
        "Chrome 148.0.0.0",
        "Android",
        false,
    ),
    // iOS
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
        "Safari 18.5",
        "iOS 18.5",
        true,
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/137.0.7151.51 Mobile/15E148 Safari/604.1",
        "Chrome 137.0.7151.51",
        "iOS 17.5.1",
        true,
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) FxiOS/139.0 Mobile/15E148 Safari/605.1.15",
        "Firefox 139.0",
        "iOS 18.5",
        true,
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 EdgiOS/136.0.3240.91 Mobile/15E148 Safari/604.1",
        "Edge 136.0.3240.91",
        "iOS 17.7",
        true,
    ),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1 OPT/5.4.0",
        "Opera 5.4.0",
        "iOS 18.5",
        true,
    ),
    (
        "Mozilla/5.0 (iPad; CPU OS 12_5_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.1.2 Mobile/15E148 Safari/604.1",
        "Safari 12.1.2",
        "iOS 12.5.7",
        false,
    ),
    // ChromeOS
    (
        "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36",
        "Chrome 148.0.0.0",
        "ChromeOS",
        false,
    ),
    // Unknown
    ("curl/8.5.0", "unknown", "unknown", false),
    ("", "unknown", "unknown", false),
];

fn spoken((name, version): (&str, Option<impl AsRef<str>>)) -> String {
    version.map_or_else(|| name.to_owned(), |version| format!("{name} {}", version.as_ref()))
}

#[test]
fn real_user_agents_are_recognised() {
    for &(user_agent, browser, os, mobile) in REAL {
        let agent = UserAgent { text: user_agent.to_owned(), ..UserAgent::default() };
        assert_eq!(spoken(agent.browser()), browser, "{user_agent}");
        assert_eq!(spoken(agent.os()), os, "{user_agent}");
        assert_eq!(agent.is_mobile(), mobile, "{user_agent}");
    }
}

#[test]
fn client_hints_come_before_the_user_agent() {
    // Real client hints. Browsers add an invented brand so that sites do not rely on the order.
    for (brands, platform, browser, os) in [
        (
            &[("Not/A)Brand", "99"), ("Google Chrome", "148"), ("Chromium", "148")][..],
            "Windows",
            "Chrome 148",
            "Windows",
        ),
        (&[("Chromium", "148"), ("Microsoft Edge", "148"), ("Not/A)Brand", "99")], "macOS", "Edge 148", "macOS"),
        (&[("Chromium", "134"), ("Opera", "119"), ("Not:A-Brand", "24")], "Linux", "Opera 119", "Linux"),
        (&[("Samsung Internet", "28.0"), ("Chromium", "130")], "Android", "Samsung Internet 28.0", "Android"),
        (&[("Not?A_Brand", "24"), ("Chromium", "148")], "Chrome OS", "Chromium 148", "ChromeOS"),
    ] {
        let brand = |&(name, version): &(&str, &str)| Brand { name: name.to_owned(), version: version.to_owned() };
        let agent = UserAgent {
            text: REAL[0].0.to_owned(),
            brands: brands.iter().map(brand).collect(),
            platform: Some(platform.to_owned()),
            is_mobile: Some(true),
        };
        assert_eq!(spoken(agent.browser()), browser);
        assert_eq!(spoken(agent.os()), os);
        assert!(agent.is_mobile());
    }
}

#[test]
fn the_user_agent_is_used_if_no_brand_is_known() {
    let unknown = Brand { name: "Not/A)Brand".to_owned(), version: "99".to_owned() };
    let agent = UserAgent { text: REAL[0].0.to_owned(), brands: vec![unknown], ..UserAgent::default() };
    assert_eq!(spoken(agent.browser()), "Chrome 72.0.3626.121");
}
