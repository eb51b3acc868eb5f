//! Browser and operating system, from client hints if the browser has them, else from the user-agent string. Values
//! that browsers freeze or invent in that string (the OS versions of Windows, macOS and reduced Android) are left out.

use crate::facts::UserAgent;

/// The brands of the client hints, each with the browser's common name. The first match counts. A browser that is built
/// on another one also names that browser's brand, so derived browsers stand before their base.
const BRANDS: &[(&str, &str)] = &[
    ("Microsoft Edge", "Edge"),
    ("Opera", "Opera"),
    ("Samsung Internet", "Samsung Internet"),
    ("Brave", "Brave"),
    ("Vivaldi", "Vivaldi"),
    ("YaBrowser", "Yandex"),
    ("Google Chrome", "Chrome"),
    ("Chromium", "Chromium"),
];

/// The tokens before the version in a user-agent string, each with the browser's common name, in the same order.
const BROWSERS: &[(&str, &str)] = &[
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("Edge/", "Edge"),
    ("OPR/", "Opera"),
    ("OPX/", "Opera"),
    ("OPT/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("YaBrowser/", "Yandex"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Version/", "Safari"),
    ("AppleWebKit/", "WebKit"),
];

/// The tokens that identify an operating system, its name, and the token before the version if the version is real.
const SYSTEMS: &[(&str, &str, Option<&str>)] = &[
    ("iPhone", "iOS", Some("iPhone OS ")),
    ("iPod", "iOS", Some("iPhone OS ")),
    ("iPad", "iOS", Some("CPU OS ")),
    ("Android", "Android", Some("Android ")),
    ("CrOS", "ChromeOS", None),
    ("Windows Phone", "Windows Phone", Some("Windows Phone ")),
    ("Windows", "Windows", None),
    ("Macintosh", "macOS", None),
    ("Linux", "Linux", None),
];

/// The part that every reduced user-agent string of Android has, whatever the phone's version.
const REDUCED: &str = "Android 10; K)";

impl UserAgent {
    /// The browser's name, and its version if it is known.
    pub fn browser(&self) -> (&'static str, Option<&str>) {
        for &(brand, name) in BRANDS {
            if let Some(brand) = self.brands.iter().find(|known| known.name == brand) {
                return (name, some(&brand.version));
            }
        }
        match BROWSERS.iter().find(|(token, _)| self.text.contains(token)) {
            Some((token, name)) => (name, some(version_after(&self.text, token))),
            None => ("unknown", None),
        }
    }

    /// The operating system's name, and its version if the browser still gives the real one.
    pub fn os(&self) -> (&str, Option<String>) {
        if let Some(platform) = &self.platform {
            return (if platform == "Chrome OS" { "ChromeOS" } else { platform }, None);
        }
        let Some(&(_, name, before)) = SYSTEMS.iter().find(|(token, ..)| self.text.contains(token)) else {
            return ("unknown", None);
        };
        let before = before.filter(|_| !self.text.contains(REDUCED));
        let version = before.and_then(|before| some(version_after(&self.text, before)));
        (name, version.map(|version| version.replace('_', ".")))
    }

    /// Whether the browser is a phone's.
    pub fn is_mobile(&self) -> bool {
        self.is_mobile.unwrap_or_else(|| self.text.contains("Mobi") && !self.text.contains("iPad"))
    }
}

fn some(text: &str) -> Option<&str> {
    Some(text).filter(|text| !text.is_empty())
}

/// The version that follows `token`: up to the first character that is not a digit, dot or underscore.
fn version_after<'t>(text: &'t str, token: &str) -> &'t str {
    let rest = text.split_once(token).map_or("", |(_, rest)| rest);
    let end = rest.find(|char: char| !char.is_ascii_digit() && !matches!(char, '.' | '_')).unwrap_or(rest.len());
    &rest[..end]
}

#[cfg(test)]
mod tests;
