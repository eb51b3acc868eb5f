//! The names of entries that a site's recorder stores in the browser. All names are written and recognised here, so
//! that an entry of the page, or of another site on the same origin, is never taken for the recorder's.

use super::{Key, Part};
use crate::limits::BATCH_EVENTS;
use crate::state;

/// The maximum number of digits in a user's storage key.
const STORAGE_KEY_DIGITS: usize = 19;

/// The maximum number of parts after the site.
const MAX_PARTS: usize = 4;

/// A parsed name of a site's recorder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name<'n> {
    /// The key that the name belongs to.
    pub key: Key,
    /// The parts after the site, as in [`Key::parts`]. Unused places are empty.
    pub parts: [&'n str; MAX_PARTS],
}

impl<'n> Name<'n> {
    /// Parses `name`; `None` if the recorder of `site` does not write such a name.
    pub fn read(name: &'n str, site: &str) -> Option<Name<'n>> {
        Key::ALL.iter().find_map(|key| key.read(name, site))
    }
}

impl Key {
    /// The keys that may be stored if the user agreed to `purposes`.
    pub fn allowed_for(purposes: u8) -> Vec<Key> {
        Key::ALL.iter().copied().filter(|key| key.purposes & purposes != 0).collect()
    }

    /// The key of `name`; `None` if the recorder of `site` does not write exactly this name.
    ///
    /// ```
    /// use waymark_wire::level::Key;
    ///
    /// assert_eq!(Key::of("wm-euid.shop", "shop"), Some(Key::EUID));
    /// assert_eq!(Key::of("wm-euid.shop.eu", "shop"), None);
    /// assert_eq!(Key::of("wm-theme", "shop"), None);
    /// ```
    pub fn of(name: &str, site: &str) -> Option<Key> {
        Name::read(name, site).map(|name| name.key)
    }

    /// The key's name for `site`, followed by `parts`.
    pub fn name(self, site: &str, parts: &[&str]) -> String {
        let mut name = String::from(self.base);
        for part in [site].iter().chain(parts) {
            name.push_str(".");
            name.push_str(part);
        }
        name
    }

    fn read<'n>(self, name: &'n str, site: &str) -> Option<Name<'n>> {
        let mut rest = name.strip_prefix(self.base)?.strip_prefix(".")?.strip_prefix(site)?;
        let mut parts = [""; MAX_PARTS];
        for (part, text) in self.parts.iter().zip(&mut parts) {
            rest = rest.strip_prefix(".")?;
            let end = rest.bytes().position(|byte| byte == b'.').unwrap_or(rest.len());
            (*text, rest) = rest.split_at_checked(end)?;
            if !part.is(text) {
                return None;
            }
        }
        // Each kind of state allows only certain entry names.
        let [_, kind, entry, _] = parts;
        let is_one = self != Key::STATE || state::check(kind, &swap_dots(entry), "0").is_ok();
        (is_one && rest.is_empty()).then_some(Name { key: self, parts })
    }
}

impl Part {
    /// Whether `text` is valid for the part.
    fn is(self, text: &str) -> bool {
        match self {
            Part::Collector => text.len() == 8 && text.bytes().all(is_hex),
            Part::Tab => {
                let fits = |(at, byte)| if matches!(at, 8 | 13 | 18 | 23) { byte == b'-' } else { is_hex(byte) };
                text.len() == 36 && text.bytes().enumerate().all(fits)
            }
            Part::First => is_number(text) && text.parse::<u64>().is_ok(),
            Part::Events => is_number(text) && text.parse().is_ok_and(|events: usize| events <= BATCH_EVENTS),
            Part::User => is_number(text) && text.len() <= STORAGE_KEY_DIGITS,
            // `Key::read` checks both together.
            Part::Kind | Part::Entry => true,
        }
    }
}

fn is_hex(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

/// Whether `text` is a whole number as the recorder writes it: digits without leading zeros.
fn is_number(text: &str) -> bool {
    let is_padded = text.len() > 1 && text.starts_with("0");
    !text.is_empty() && !is_padded && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Converts a state entry's name to its form in a storage name, and back: replaces each `.` by `~` and each `~` by `.`.
/// Entry names do not contain `~`.
pub fn swap_dots(name: &str) -> String {
    let swap = |byte| match byte {
        b'.' => b'~',
        b'~' => b'.',
        other => other,
    };
    // An ASCII character is replaced by another one, so the text stays UTF-8.
    String::from_utf8(name.bytes().map(swap).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TAB: &str = "9ef11e58-809f-4d93-855d-22f12c3fd401";

    #[test]
    fn names_that_only_resemble_the_recorder_s_are_not_recognised() {
        for name in [
            "",
            "wm-",
            "wm-theme",
            "wm-euid",
            "wm-euid.",
            "wm-euid.other",
            "wm-euid.demo.",
            "wm-euid.demo.x",
            "wm-euid-demo",
            "wm-euid.Demo",
            " wm-euid.demo",
            "wm-out-mine",
            "wm-out.demo",
            "wm-state.demo",
            "wm-state.demo.0",
            "wm-state.demo.0.task",
            "wm-state.demo.0.tour.7",
            "wm-state.demo.0.task.seven",
            "wm-state.demo.0.task.07",
            "wm-state.demo.00.task.7",
            "wm-state.demo.ann.task.7",
            "wm-state.demo.0.data.a.b",
            "wm-state.demo.0.data.",
            "wm-state.demo.0.data.a b",
            "wm-state.demo.99999999999999999999.task.7",
            "wm-settings.demo",
            "wm-settings.demo.1234567",
            "wm-settings.demo.1234567G",
            "wm-settings.demo.1234567A",
            "wm-tab.demo.12345678.x",
            "wm-lease.demo.12345678",
            "wm-lease.demo.12345678.x",
            "wm-out.demo.12345678.9ef11e58-809f-4d93-855d-22f12c3fd401",
            "wm-out.demo.12345678.9ef11e58-809f-4d93-855d-22f12c3fd401.1",
            "wm-out.demo.12345678.9ef11e58-809f-4d93-855d-22f12c3fd401.1.2.3",
            "wm-out.demo.12345678.9ef11e58-809f-4d93-855d-22f12c3fd401.01.2",
            "wm-out.demo.12345678.9ef11e58-809f-4d93-855d-22f12c3fd401.-1.2",
            "wm-out.demo.12345678.9ef11e58-809f-4d93-855d-22f12c3fd401.1.1001",
            "wm-out.demo.12345678.9EF11E58-809F-4D93-855D-22F12C3FD401.1.2",
            "wm-out.demo.12345678.x.1.2",
        ] {
            assert_eq!(Key::of(name, "demo"), None, "{name}");
        }
    }

    #[test]
    fn a_name_contains_its_parts() {
        let parts = ["12345678", TAB, "12", "3"];
        let name = Key::OUTBOX.name("demo", &parts);
        assert_eq!(name, format!("wm-out.demo.12345678.{TAB}.12.3"));
        assert_eq!(Name::read(&name, "demo"), Some(Name { key: Key::OUTBOX, parts }));
        let name = Key::STATE.name("demo", &["0", "data", &swap_dots("a.b")]);
        assert_eq!(name, "wm-state.demo.0.data.a~b");
        assert_eq!(Name::read(&name, "demo").map(|name| name.parts), Some(["0", "data", "a~b", ""]));
        assert_eq!(swap_dots("é.a~"), "é~a.");
    }

    /// A short site key of few letters, so that one key is often part of another key or resembles a part of a name.
    fn any_site() -> impl Strategy<Value = String> {
        prop_oneof![
            "[ab.-]{1,4}",
            "[A-Za-z0-9_.-]{1,64}",
            "a(\\.(0|12345678|data|task|7|9ef11e58-809f-4d93-855d-22f12c3fd401)){0,4}",
        ]
    }

    /// A name that the recorder of the site writes.
    fn any_name(site: &str) -> impl Strategy<Value = (Key, String)> + use<> {
        let site = site.to_owned();
        let entry = prop_oneof![
            ("[a-b.]{1,9}|[A-Za-z0-9_.-]{1,64}|a\\.0\\.data\\.a").prop_map(|name| ("data", name)),
            (prop::sample::select(vec!["walkthru", "autoplay", "goal", "task", "course"]), 0..99u32)
                .prop_map(|(kind, number)| (kind, number.to_string())),
        ];
        let drawn = ("[0-9a-f]{8}|12345678", any::<u128>(), 0..1_000_000u64, 0..=1_000u32, any::<u64>(), entry);
        (prop::sample::select(Key::ALL), drawn).prop_map(move |(key, drawn)| {
            let (collector, tab, first, events, user, (kind, entry)) = drawn;
            let text = |part: &Part| match part {
                Part::Collector => collector.clone(),
                Part::Tab => uuid::Uuid::from_u128(tab).to_string(),
                Part::First => first.to_string(),
                Part::Events => events.to_string(),
                Part::User => (user >> 1).to_string(),
                Part::Kind => kind.to_owned(),
                Part::Entry => swap_dots(&entry),
            };
            let parts: Vec<String> = key.parts.iter().map(text).collect();
            let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
            (key, key.name(&site, &parts))
        })
    }

    proptest! {
        #[test]
        fn a_name_belongs_to_exactly_one_site(
            (site, (key, name)) in any_site().prop_flat_map(|site| { let names = any_name(&site); (Just(site), names) }),
            other in any_site(),
        ) {
            prop_assert_eq!(Key::of(&name, &site), Some(key), "{}", name);
            if other != site {
                prop_assert_eq!(Key::of(&name, &other), None, "{} of {}", name, site);
            }
            // The name does not belong to a site whose key is part of the name either.
            for (at, _) in name.match_indices('.') {
                let part = &name[at + 1..];
                for (end, _) in part.match_indices('.').chain([(part.len(), "")]) {
                    prop_assert!(part[..end] == *site || Key::of(&name, &part[..end]).is_none(), "{}", name);
                }
            }
        }

        #[test]
        fn a_recognised_name_survives_a_round_trip(
            name in "wm-(consent|settings|state|euid|out|tab|lease|[a-z]{0,6})[.-]?[a-z0-9.:-]{0,30}|.{0,30}",
            site in "[a-z.]{1,9}",
        ) {
            // Writing a parsed name gives the same name.
            if let Some(Name { key, parts }) = Name::read(&name, &site) {
                prop_assert_eq!(key.name(&site, &parts[..key.parts.len()]), name);
            }
        }
    }
}
