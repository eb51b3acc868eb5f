//! The site and the collector that stored entries belong to. All names in the browser's storage come from here. Several
//! sites and several collectors may share an origin.

use crate::identity::pseudonym;
use waymark_wire::level::{Key, Name, Part};

/// A site and its collector, in the form used in storage names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// The site's key.
    pub site: String,
    /// The collector's tag ([`pseudonym::tag`]).
    collector: String,
}

impl Scope {
    /// The scope of a site and a collector's address. Slashes at the end of the address are ignored.
    pub fn of(site: &str, collector: &str) -> Self {
        Scope { site: site.to_owned(), collector: pseudonym::tag(collector.trim_end_matches('/')) }
    }

    /// The name of a key that has one entry per scope.
    pub fn name(&self, key: Key) -> String {
        self.name_of(key, &[])
    }

    /// The name of one of several entries of a key: the site, the collector if the key is bound to a collector, then
    /// `parts`.
    pub fn name_of(&self, key: Key, parts: &[&str]) -> String {
        let mut all = Vec::with_capacity(4);
        if key.parts.first() == Some(&Part::Collector) {
            all.push(self.collector.as_str());
        }
        all.extend_from_slice(parts);
        key.name(&self.site, &all)
    }

    /// The prefix of all names of a key that begin with `parts`.
    pub fn prefix(&self, key: Key, parts: &[&str]) -> String {
        let mut prefix = self.name_of(key, parts);
        prefix.push_str(".");
        prefix
    }

    /// Whether the name is bound to this collector or to none.
    pub fn is_of_collector(&self, name: &Name<'_>) -> bool {
        let [first, ..] = name.parts;
        name.key.parts.first() != Some(&Part::Collector) || first == self.collector
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_keys_bound_to_a_collector_name_it() {
        let scope = Scope::of("shop", "https://collect.example.com");
        assert_eq!(scope.name(Key::EUID), "wm-euid.shop");
        assert_eq!(scope.name(Key::TAB), "wm-tab.shop.6d006da9");
        assert_eq!(scope.prefix(Key::OUTBOX, &["x"]), "wm-out.shop.6d006da9.x.");
        for key in Key::ALL.iter().filter(|key| !key.parts.contains(&Part::Tab) && **key != Key::STATE) {
            assert_eq!(Key::of(&scope.name(*key), "shop"), Some(*key));
        }
    }

    #[test]
    fn a_slash_at_the_end_of_the_address_is_ignored() {
        let scope = Scope::of("shop", "https://collect.example.com");
        assert_eq!(Scope::of("shop", "https://collect.example.com//"), scope);
        let name = scope.name(Key::TAB);
        let name = Name::read(&name, "shop").unwrap();
        assert!(scope.is_of_collector(&name));
        assert_eq!(Scope::of("shop", "/").name(Key::TAB), "wm-tab.shop.1cfb0df4");
        for other in ["https://collect.example.org", "http://collect.example.com", "/collect", "/"] {
            assert!(!Scope::of("shop", other).is_of_collector(&name), "{other}");
        }
    }
}
