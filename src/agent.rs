//! Which browser and which operating system: from the client hints where the browser gives them, else from its
//! user-agent string. What browsers freeze or invent in that string (the OS versions of Windows, macOS and reduced
//! Android) is left out rather than repeated.

use waymark_wire::text::{find, next_part};

/// What the browser says of itself.
#[derive(Clone, Debug, Default)]
pub struct Agent {
    /// `navigator.userAgent`.
    pub user_agent: String,
    /// `navigator.userAgentData.brands`: name, line break, major version, line break.
    pub brands: String,
    /// `navigator.userAgentData.platform`, empty where unknown.
    pub platform: String,
    /// `navigator.userAgentData.mobile`, only where there are hints.
    pub mobile: Option<bool>,
}

/// What stands before the version in the brands (their line break included) or the user-agent string, and the name that
/// the browser goes by. The first that is there counts: browsers built on another name that one too, so the particular
/// stand before the general. (One text each: a table of references takes more bytes of every page's transfer.)
const BROWSERS: &str = "Microsoft Edge\n=Edge;Opera\n=Opera;Samsung Internet\n=Samsung Internet;Brave\n=Brave;\
    Vivaldi\n=Vivaldi;YaBrowser\n=Yandex;Google Chrome\n=Chrome;Chromium\n=Chromium;\
    Edg/=Edge;EdgA/=Edge;EdgiOS/=Edge;Edge/=Edge;OPR/=Opera;OPX/=Opera;OPT/=Opera;\
    SamsungBrowser/=Samsung Internet;Vivaldi/=Vivaldi;YaBrowser/=Yandex;FxiOS/=Firefox;Firefox/=Firefox;\
    CriOS/=Chrome;Chrome/=Chrome;Version/=Safari;AppleWebKit/=WebKit";

/// What tells a system, its name, and what stands before the version where that is true.
const SYSTEMS: &str = "iPhone=iOS=iPhone OS ;iPod=iOS=iPhone OS ;iPad=iOS=CPU OS ;Android=Android=Android ;\
    CrOS=ChromeOS=;Windows Phone=Windows Phone=Windows Phone ;Windows=Windows=;Macintosh=macOS=;Linux=Linux=";

/// What every reduced user agent says, whatever the phone runs.
const REDUCED: &str = "Android 10; K)";

impl Agent {
    /// The browser's name and its version, which is empty where unknown.
    pub fn browser(&self) -> (&'static str, &str) {
        let (mut name, mut version) = ("unknown", "");
        for text in [&self.user_agent, &self.brands] {
            if let Some((token, known)) = row(BROWSERS, text) {
                name = known;
                version = after(text, token);
            }
        }
        (name, version)
    }

    /// The operating system's name, and its version where the browser still tells the true one.
    pub fn os(&self) -> (&str, String) {
        let (mut name, mut version) = ("unknown", String::new());
        if self.platform == "Chrome OS" {
            name = "ChromeOS";
        } else if !self.platform.is_empty() {
            name = &self.platform;
        } else if let Some((_, mut before)) = row(SYSTEMS, &self.user_agent) {
            name = next_part(&mut before, b'=');
            if !before.is_empty() && find(&self.user_agent, REDUCED).is_none() {
                let mut parts = after(&self.user_agent, before);
                version.push_str(next_part(&mut parts, b'_'));
                while !parts.is_empty() {
                    version.push_str(".");
                    version.push_str(next_part(&mut parts, b'_'));
                }
            }
        }
        (name, version)
    }

    /// Whether the browser is one for phones.
    pub fn mobile(&self) -> bool {
        self.mobile
            .unwrap_or_else(|| find(&self.user_agent, "Mobi").is_some() && find(&self.user_agent, "iPad").is_none())
    }
}

/// The table's first row whose first part is in `text`: that part and the rest of the row.
fn row(table: &'static str, text: &str) -> Option<(&'static str, &'static str)> {
    let mut rows = table;
    while !rows.is_empty() {
        let mut row = next_part(&mut rows, b';');
        let token = next_part(&mut row, b'=');
        if find(text, token).is_some() {
            return Some((token, row));
        }
    }
    None
}

/// The version that follows `token`: up to the first character that is no digit, dot or underscore.
fn after<'a>(text: &'a str, token: &str) -> &'a str {
    let start = find(text, token).unwrap_or_default() + token.len();
    let rest = text.get(start..).unwrap_or_default();
    let length = rest.bytes().take_while(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'_')).count();
    rest.get(..length).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// User-agent strings as these browsers send them, and what they tell: browser, OS, phone.
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
        (
            "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:115.0) Gecko/20100101 Firefox/115.0",
            "Firefox 115.0",
            "Linux",
            false,
        ),
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
        // Nobody we know
        ("curl/8.5.0", "unknown", "unknown", false),
        ("", "unknown", "unknown", false),
    ];

    fn spoken((name, version): (&str, impl AsRef<str>)) -> String {
        format!("{name} {}", version.as_ref()).trim_end().to_owned()
    }

    #[test]
    fn real_user_agents_are_known_for_what_they_are() {
        for &(user_agent, browser, os, mobile) in REAL {
            let agent = Agent { user_agent: user_agent.to_owned(), ..Agent::default() };
            assert_eq!(spoken(agent.browser()), browser, "{user_agent}");
            assert_eq!(spoken(agent.os()), os, "{user_agent}");
            assert_eq!(agent.mobile(), mobile, "{user_agent}");
        }
    }

    #[test]
    fn client_hints_come_before_the_user_agent() {
        // As these browsers give them; the invented brand keeps sites from relying on the order.
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
            let agent = Agent {
                user_agent: REAL[0].0.to_owned(),
                brands: brands.iter().map(|(name, version)| format!("{name}\n{version}\n")).collect(),
                platform: platform.to_owned(),
                mobile: Some(true),
            };
            assert_eq!(spoken(agent.browser()), browser);
            assert_eq!(spoken(agent.os()), os);
            assert!(agent.mobile());
        }
    }

    #[test]
    fn hints_without_a_known_brand_leave_the_word_to_the_user_agent() {
        let agent =
            Agent { user_agent: REAL[0].0.to_owned(), brands: "Not/A)Brand\n99\n".to_owned(), ..Agent::default() };
        assert_eq!(spoken(agent.browser()), "Chrome 72.0.3626.121");
    }
}
