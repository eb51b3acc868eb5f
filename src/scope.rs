//! The site and the collector that stored items belong to. All names in the browser's storage come from here. Several sites,
//! and several collectors, may share an origin.

use crate::identity::pseudonym;
use waymark_wire::level::{Key, Name, Part};

/// A site and its collector, as names in the browser's storage carry them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// The site's key.
    pub site: String,
    /// The collector's tag.
    collector: String,
}

impl Scope {
    /// The scope of a site and a collector's address. Slashes at the end of the address make no difference.
    pub fn of(site: &str, collector: &str) -> Self {
        Scope { site: site.to_owned(), collector: pseudonym::tag(collector.trim_end_matches('/')) }
    }

    /// The name of a key that exists once.
    pub fn name(&self, key: Key) -> String {
        self.name_of(key, &[])
    }

    /// The name of one of several items of a key: the site, the collector where the key is bound to one, these parts.
    pub fn name_of(&self, key: Key, parts: &[&str]) -> String {
        let mut all = Vec::with_capacity(4);
        if key.parts.first() == Some(&Part::Collector) {
            all.push(self.collector.as_str());
        }
        all.extend_from_slice(parts);
        key.name(&self.site, &all)
    }

    /// The prefix of all names of a key with these parts.
    pub fn prefix(&self, key: Key, parts: &[&str]) -> String {
        let mut prefix = self.name_of(key, parts);
        prefix.push_str(".");
        prefix
    }

    /// Whether the name is bound to no collector, or to this one.
    pub fn is_of_collector(&self, name: &Name<'_>) -> bool {
        let [first, ..] = name.parts;
        name.key.parts.first() != Some(&Part::Collector) || first == self.collector
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_bound_to_a_collector_names_it_and_nothing_else_does() {
        let scope = Scope::of("shop", "https://collect.example.com");
        assert_eq!(scope.name(Key::EUID), "wm-euid.shop");
        assert_eq!(scope.name(Key::TAB), "wm-tab.shop.6d006da9");
        assert_eq!(scope.prefix(Key::OUTBOX, &["x"]), "wm-out.shop.6d006da9.x.");
        for key in Key::ALL.iter().filter(|key| !key.parts.contains(&Part::Tab) && **key != Key::STATE) {
            assert_eq!(Key::of(&scope.name(*key), "shop"), Some(*key));
        }
    }

    #[test]
    fn a_slash_at_the_end_makes_no_other_collector() {
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
