//! Browser and operating system, from client hints if the browser has them, else from the user-agent string. Values
//! that browsers freeze or invent (the OS versions of Windows, macOS, reduced Android and iOS since 26, the end of
//! reduced versions) are left out. `fixtures/` has what real browsers say, and what it must give.

use crate::facts::UserAgent;

/// What shows a browser.
#[derive(Clone, Copy)]
enum Mark {
    /// A brand of the client hints, with the version.
    Brand(&'static str),
    /// A part of the user-agent string. The version follows it, if there is one.
    Token(&'static str),
    /// A part of the user-agent string, and the part that the version follows.
    Apart(&'static str, &'static str),
}

use Mark::{Apart, Brand, Token};

/// Browsers, each with its common name. The first match counts. An app's view also names the browser that it shows the
/// page with, and a browser also the one that it is built on, so apps stand first and engines last.
const BROWSERS: &[(&str, Mark)] = &[
    ("Instagram", Token("Instagram ")),
    ("Threads", Token("Barcelona ")),
    ("Messenger", Apart("FBAN/Messenger", "FBAV/")),
    ("Messenger", Apart("FB_IAB/MESSENGER", "FBAV/")),
    ("Facebook", Apart("FBAN/", "FBAV/")),
    ("Facebook", Apart("FB_IAB/", "FBAV/")),
    ("TikTok", Token("musical_ly app_version/")),
    ("TikTok", Token("trill app_version/")),
    ("TikTok", Token("musical_ly_")),
    ("TikTok", Token("trill_")),
    ("WeChat", Token("MicroMessenger/")),
    ("LINE", Token(" Line/")),
    ("KakaoTalk", Token("KAKAOTALK/")),
    ("Naver", Token("NAVER(")),
    ("Snapchat", Token("Snapchat/")),
    ("Pinterest", Token("[Pinterest/")),
    ("Twitter", Token("Twitter for iPhone/")),
    ("Twitter", Token("TwitterAndroid")),
    ("LinkedIn", Token("LinkedInApp")),
    ("Baidu", Token("baiduboxapp/")),
    ("Google", Token("GSA/")),
    ("QQ", Token(" QQ/")),
    ("Edge", Brand("Microsoft Edge")),
    ("Edge", Token("Edg/")),
    ("Edge", Token("EdgA/")),
    ("Edge", Token("EdgiOS/")),
    ("Edge", Token("Edge/")),
    ("Opera GX", Brand("Opera GX")),
    ("Opera GX", Token("OPX/")),
    ("Opera", Brand("Opera")),
    ("Opera", Token("OPR/")),
    ("Opera", Token("OPT/")),
    ("Samsung Internet", Brand("Samsung Internet")),
    ("Samsung Internet", Token("SamsungBrowser/")),
    ("Vivaldi", Brand("Vivaldi")),
    ("Vivaldi", Token("Vivaldi/")),
    ("Yandex", Brand("YaBrowser")),
    ("Yandex", Token("YaBrowser/")),
    ("Yandex", Token("YaSearchBrowser/")),
    ("DuckDuckGo", Brand("DuckDuckGo")),
    // The number after it is not the browser's.
    ("DuckDuckGo", Token("DuckDuckGo")),
    ("DuckDuckGo", Token("Ddg")),
    ("Ecosia", Token("Ecosia ios@")),
    ("Ecosia", Token("Ecosia android@")),
    ("Huawei Browser", Token("HuaweiBrowser/")),
    ("Honor Browser", Token("HonorBrowser/")),
    ("Honor Browser", Token("honorbrowser/")),
    ("UC Browser", Token("UCBrowser/")),
    ("QQ Browser", Token("QQBrowser/")),
    ("QQ Browser", Token("QQBrowserLite/")),
    ("Whale", Brand("Whale")),
    ("Whale", Token("Whale/")),
    ("Silk", Token("Silk/")),
    ("MIUI Browser", Token("MiuiBrowser/")),
    ("MIUI Browser", Token("MiuiBrowser")),
    ("Mint Browser", Token("Mint Browser/")),
    ("Vivo Browser", Token("VivoBrowser/")),
    ("HeyTap Browser", Token("HeyTapBrowser/")),
    ("Quark", Token("Quark/")),
    ("Quark", Token("QuarkPC/")),
    ("Sogou", Token("SogouMobileBrowser/")),
    ("Sogou", Token("MetaSr")),
    ("360 Browser", Token("QIHU")),
    ("Maxthon", Token("MxBrowser/")),
    ("Puffin", Token("Puffin/")),
    ("Seznam", Token("SznProhlizec/")),
    ("Avast", Token("Avast/")),
    ("Avast", Token("AvastSecureBrowser/")),
    ("Norton", Token("Norton/")),
    ("CCleaner", Token("CCleaner/")),
    ("Avira", Token("Avira/")),
    ("Aloha", Token("AlohaBrowser/")),
    ("Aloha", Token("ABB/")),
    ("Firefox Focus", Token(" Focus/")),
    ("Brave", Brand("Brave")),
    ("Brave", Token("Brave/")),
    ("Brave", Token(" Brave")),
    ("Pale Moon", Token("PaleMoon/")),
    ("Waterfox", Token("Waterfox/")),
    ("Electron", Token("Electron/")),
    ("Firefox", Token("FxiOS/")),
    ("Firefox", Token("Firefox/")),
    ("Chrome", Brand("Google Chrome")),
    ("Chrome", Token("CriOS/")),
    ("Android WebView", Brand("Android WebView")),
    ("Android WebView", Apart("; wv)", "Chrome/")),
    ("Chromium", Brand("Chromium")),
    ("Chromium", Token("Chromium/")),
    ("Chrome", Token("Chrome/")),
    ("Safari", Token("Version/")),
    // The number after it is frozen.
    ("WebKit", Token("AppleWebKit")),
];

/// The tokens that identify an operating system, its name, and the token before the version if the version is real.
const SYSTEMS: &[(&str, &str, Option<&str>)] = &[
    ("HarmonyOS", HARMONY, None),
    ("OpenHarmony", HARMONY, Some("OpenHarmony ")),
    ("iPhone", IOS, Some("iPhone OS ")),
    ("iPod", IOS, Some("iPhone OS ")),
    ("iPad", IOS, Some("CPU OS ")),
    // Browsers of iOS that ask for a page's desktop version name macOS.
    ("CriOS/", IOS, None),
    ("FxiOS/", IOS, None),
    ("EdgiOS/", IOS, None),
    ("Android", "Android", Some("Android ")),
    ("CrOS", "ChromeOS", None),
    ("Windows Phone", "Windows Phone", Some("Windows Phone ")),
    ("Windows", "Windows", None),
    ("Macintosh", "macOS", None),
    ("Tizen", "Tizen", Some("Tizen ")),
    ("Web0S", "webOS", None),
    ("KAIOS", "KaiOS", Some("KAIOS/")),
    ("PlayStation", "PlayStation", None),
    ("Linux", "Linux", None),
];

const HARMONY: &str = "HarmonyOS";
const IOS: &str = "iOS";

/// The parts that every reduced user-agent string of Android has, for every version of the phone.
const REDUCED: [&str; 2] = ["Android 10; K)", "Android 10; K;"];

/// The end of every reduced version, in every browser.
const REDUCED_VERSION: &str = ".0.0.0";

/// The versions in which WebKit froze the system's, and the first version that it hides so.
const FROZEN_IOS: [&str; 2] = ["18.6", "18.7"];
const HIDDEN_IOS: u32 = 26;

/// The browsers of iOS that write the system's version themselves.
const TELL_IOS: [&str; 3] = ["CriOS/", "GSA/", "EdgiOS/"];

impl UserAgent {
    /// The browser's name, and its version if it is known.
    pub fn browser(&self) -> (&'static str, Option<&str>) {
        let found = BROWSERS.iter().find_map(|&(name, mark)| self.version_at(mark).map(|version| (name, version)));
        let (name, version) = found.unwrap_or(("unknown", ""));
        (name, some(version.strip_suffix(REDUCED_VERSION).unwrap_or(version)))
    }

    /// The version beside `mark`; empty if it has none; `None` if there is no such mark.
    fn version_at(&self, mark: Mark) -> Option<&str> {
        match mark {
            Brand(name) => self.brands.iter().find(|brand| brand.name == name).map(|brand| &*brand.version),
            Token(token) => version_after(&self.text, token),
            Apart(token, before) => {
                self.text.contains(token).then(|| version_after(&self.text, before).unwrap_or_default())
            }
        }
    }

    /// The operating system's name, and its version if the browser still gives the real one.
    pub fn os(&self) -> (&str, Option<String>) {
        let said = SYSTEMS.iter().find(|(token, ..)| self.text.contains(token));
        let hinted = self.platform.as_deref().map(|name| if name == "Chrome OS" { "ChromeOS" } else { name });
        let name = match said {
            // It calls itself Android in its hints.
            Some((_, HARMONY, _)) => HARMONY,
            _ => hinted.or(said.map(|said| said.1)).unwrap_or("unknown"),
        };
        let before = said.filter(|said| said.1 == name).and_then(|said| said.2);
        let version = before.and_then(|before| some(version_after(&self.text, before)?));
        let version = version.map(|version| version.replace('_', "."));
        (name, if name == IOS { self.ios_version(version) } else { version.filter(|_| !self.is_reduced()) })
    }

    /// The version of iOS, of which the system part says `said`. WebKit froze that part.
    fn ios_version(&self, said: Option<String>) -> Option<String> {
        let said = said?;
        if major(&said) >= HIDDEN_IOS {
            return Some(said);
        }
        match version_after(&self.text, "Version/") {
            Some(version) if major(version) >= HIDDEN_IOS => Some(version.to_owned()),
            None if FROZEN_IOS.contains(&&*said) && !TELL_IOS.iter().any(|token| self.text.contains(token)) => None,
            _ => Some(said),
        }
    }

    fn is_reduced(&self) -> bool {
        REDUCED.iter().any(|part| self.text.contains(part))
    }

    /// Whether the browser is a phone's.
    pub fn is_mobile(&self) -> bool {
        self.is_mobile.unwrap_or_else(|| self.text.contains("Mobi") && !self.text.contains("iPad"))
    }
}

fn some(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// The number before the first dot; 0 if there is none.
fn major(version: &str) -> u32 {
    version.split('.').next().and_then(|number| number.parse().ok()).unwrap_or_default()
}

/// The version that follows `token`: up to the first character that is not a digit, dot or underscore. `None` if there
/// is no such token.
fn version_after<'t>(text: &'t str, token: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(token)?;
    let end = rest.find(|char: char| !char.is_ascii_digit() && !matches!(char, '.' | '_')).unwrap_or(rest.len());
    Some(rest.get(..end)?.trim_end_matches('.'))
}

#[cfg(test)]
mod tests;
