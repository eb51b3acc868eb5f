//! What a page asks for when it starts the recorder, as `waymark_wire::setting` has the settings: what each may be, its
//! default, and the safest value, which stands in for one that is refused. They are kept as text and looked up by name:
//! all of them are asked for at the start or when a page changes, none per event.

use waymark_wire::level::{Allowed, Level, Switch};
use waymark_wire::setting::{Setting, row};
use waymark_wire::text::{next_part, parse_int};

/// A site's settings.
#[derive(Clone, Debug)]
pub struct Config {
    /// `name value`, a line each: those that hold, in the order in which the page gave them.
    lines: String,
    /// What was wrong with the others, a line each.
    pub refused: String,
}

impl Config {
    /// What holds where a site sets nothing.
    pub const fn new() -> Self {
        Config { lines: String::new(), refused: String::new() }
    }

    /// Reads the settings, a line each (see [`waymark_wire::setting`]). What is wrong with one is noted in
    /// [`Config::refused`]; the rest hold.
    ///
    /// # Errors
    /// That the site's key or the collector's address is missing: nothing can be done without.
    pub fn read(&mut self, settings: &str) -> Result<(), &'static str> {
        let mut rest = settings;
        while !rest.is_empty() {
            let setting = Setting::read(next_part(&mut rest, b'\n'));
            let (_, safe, rule) = row(setting.name);
            let value = match setting.refusal(rule) {
                None => setting.value,
                Some(why) => {
                    self.refused.push_str(&why);
                    self.refused.push_str("\n");
                    safe
                }
            };
            if value != "-" {
                for part in [setting.name, " ", value, "\n"] {
                    self.lines.push_str(part);
                }
            }
        }
        let collector = self.text("collector");
        if self.text("site").is_empty() {
            Err("site must be the site's key")
        } else if !["https://", "http://", "/"].iter().any(|start| collector.starts_with(start)) {
            Err("collector must be an address such as https://collect.example.com")
        } else {
            Ok(())
        }
    }

    /// A setting's text: what was said last, else the default.
    pub fn text(&self, name: &str) -> &str {
        let (default, ..) = row(name);
        let mut text = if default == "-" { "" } else { default };
        self.each(name, |rest, value| {
            if rest.is_empty() {
                text = value;
            }
        });
        text
    }

    /// A whole number.
    pub fn number(&self, name: &str) -> i64 {
        parse_int(self.text(name)).unwrap_or_default()
    }

    /// A boolean.
    pub fn is(&self, name: &str) -> bool {
        self.text(name) == "true"
    }

    /// Hands over every line whose name begins with `prefix`, in order: the rest of its name, and its value.
    pub fn each<'c>(&'c self, prefix: &str, mut line: impl FnMut(&'c str, &'c str)) {
        let mut rest = self.lines.as_str();
        while !rest.is_empty() {
            let mut value = next_part(&mut rest, b'\n');
            if let Some(name) = next_part(&mut value, b' ').strip_prefix(prefix) {
                line(name, value);
            }
        }
    }

    /// What the site's level and switches allow.
    pub fn allowed(&self) -> Allowed {
        let mut allowed = Allowed::at(Level::of(self.number("level") as u8));
        let mut names = Switch::NAMES;
        for switch in Switch::ALL {
            if self.text(next_part(&mut names, b' ')) == "false" {
                allowed.without(switch);
            }
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use waymark_wire::Field;

    const LEAST: &str = "site s k\ncollector s /c\n";

    fn read(settings: &str) -> Config {
        let mut config = Config::new();
        config.read(&format!("{LEAST}{settings}")).unwrap();
        config
    }

    #[test]
    fn a_site_and_a_collector_are_enough() {
        let config = read("");
        assert_eq!((config.text("site"), config.text("collector")), ("k", "/c"));
        assert_eq!((config.number("level"), config.number("env"), config.number("permId")), (1, 0, -1));
        assert_eq!((config.number("batch.events"), config.number("batch.bytes")), (250, 45_000));
        assert_eq!((config.text("consent"), config.text("gpc"), config.text("user")), ("implied", "limit", ""));
        assert!(config.is("identity.link") && !config.is("identity.hash"));
        assert_eq!(config.refused, "");
    }

    #[test]
    fn without_a_site_or_a_collector_nothing_starts() {
        for (settings, why) in [
            ("", "site must be the site's key"),
            ("site n 1\ncollector s /c", "site must be the site's key"),
            ("site s k", "collector must be an address such as https://collect.example.com"),
            ("site s k\ncollector s c.example", "collector must be an address such as https://collect.example.com"),
        ] {
            assert_eq!(Config::new().read(settings), Err(why));
        }
    }

    #[test]
    fn every_setting_takes_what_its_rule_says_and_has_a_safe_value() {
        let mut rows = waymark_wire::setting::TABLE;
        while !rows.is_empty() {
            let mut row = next_part(&mut rows, b';');
            let name = next_part(&mut row, b' ');
            let (default, safe) = (next_part(&mut row, b' '), next_part(&mut row, b' '));
            let (kind, rule) = row.split_once(' ').unwrap_or((row, ""));
            let good = match kind {
                "s" => "some text".to_owned(),
                "b" => "true".to_owned(),
                "n" => rule.split(' ').next_back().unwrap().to_owned(),
                _ => rule.split(' ').next_back().unwrap().to_owned(),
            };
            let letter = if kind == "e" { "s" } else { kind };
            let config = read(&format!("{name} {letter} {}", if name == "collector" { "/c" } else { &good }));
            assert_eq!(config.refused, "", "{name}");
            assert_eq!(config.text(name), if name == "collector" { "/c" } else { &good }, "{name}");
            for value in [default, safe] {
                let setting = format!("{name} {letter} {value}");
                let refusal = Setting::read(&setting).refusal(row);
                assert!(value == "-" || value == "!" || refusal.is_none(), "{name}: {refusal:?}");
            }
            // The safe value is in force where the setting is of the wrong type.
            if !matches!(name, "site" | "collector") {
                let refused = read(&format!("{name} o [object Object]"));
                assert_eq!(refused.text(name), if safe == "-" { "" } else { safe }, "{name}");
                assert_eq!(refused.refused.lines().count(), 1, "{name}");
            }
        }
    }

    #[test]
    fn wrong_settings_are_named_one_by_one_and_the_rest_hold() {
        let config = read(
            "levle n 1\nlevel n 7\nuser.cookie n 3\nuser.variable s app.user\nenv n 1.5\nbatch.events n 0\n\
             consent s never\ncollect.title s no\nuser s me\nidentity.hash n 1",
        );
        assert_eq!(
            config.refused.lines().collect::<Vec<_>>(),
            [
                "levle is no setting",
                "level must be a whole number within 0 3",
                "user.cookie must be a text",
                "env must be a whole number within 0 1000",
                "batch.events must be a whole number within 1 1000",
                "consent must be one of implied wait anonymous",
                "collect.title must be true or false",
                "user must be one of none generated",
                "identity.hash must be true or false",
            ]
        );
        assert_eq!(config.number("level"), 0, "the safest");
        assert_eq!((config.text("consent"), config.is("identity.hash")), ("wait", true));
        assert_eq!(config.number("batch.events"), 250);
        let mut providers = Vec::new();
        config.each("user.", |kind, at| providers.push((kind, at)));
        assert_eq!(providers, [("variable", "app.user")]);
        assert!(!config.allowed().field(Field::Title));
    }

    #[test]
    fn switches_remove_fields() {
        let allowed = read("collect.url b false\ncollect.browserVersion b false\nidentity.link b false").allowed();
        for gone in [Field::Hostname, Field::Pathname, Field::BrowserVersion, Field::BrowserString, Field::Hash] {
            assert!(!allowed.field(gone), "{gone:?}");
        }
        assert!(allowed.field(Field::Title) && allowed.field(Field::BrowserName));
        assert!(!allowed.kind("identify") && allowed.kind("pageView"));
    }
}
