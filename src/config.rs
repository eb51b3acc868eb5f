//! What a page asks for when it starts the recorder, within what the site's owner set at the collector; as
//! `waymark_wire::setting` has the settings: what each may be, its default, and the safest value, which stands in for one
//! that is refused. They are kept as text and looked up by name: all of them are asked for at the start or when a page
//! changes, none per event.

use waymark_wire::level::{Allowed, Level, Switch};
use waymark_wire::limits::is_site_key;
use waymark_wire::setting::{Setting, row, safer};
use waymark_wire::text::{next_part, parse_int};

/// A site's settings.
#[derive(Clone, Debug)]
pub struct Config {
    /// `name value`, a line each: those that hold of what the page asks for, in the order in which it gave them.
    page: String,
    /// The same of what the site's owner set at the collector; empty while that is not known.
    site: String,
    /// What was wrong with the page's others, a line each.
    pub refused: String,
}

impl Config {
    /// What holds where nobody sets anything.
    pub const fn new() -> Self {
        Config { page: String::new(), site: String::new(), refused: String::new() }
    }

    /// Reads the page's settings, a line each (see [`waymark_wire::setting`]). What is wrong with one is noted in
    /// [`Config::refused`]; the rest hold.
    ///
    /// # Errors
    /// That the site's key or the collector's address is missing or can be none: nothing can be done without.
    pub fn read(&mut self, settings: &str) -> Result<(), &'static str> {
        (self.page, self.refused) = held(settings);
        let collector = self.text("collector");
        if !is_site_key(self.text("site")) {
            Err("site must be the site's key: 1 to 64 of A-Z a-z 0-9 _ . -")
        } else if !["https://", "http://", "/"].iter().any(|start| collector.starts_with(start)) {
            Err("collector must be an address such as https://collect.example.com")
        } else {
            Ok(())
        }
    }

    /// Takes what the site's owner set, a line each: from here on what the page asks for may restrict it, and never widens
    /// it. Says whether that is what it is; a site's level is always told. Settings that this recorder does not know yet
    /// are passed over.
    pub fn take_site(&mut self, settings: &str) -> bool {
        let (site, _) = held(settings);
        let is_one = !last(&site, "level").is_empty();
        if is_one {
            self.site = site;
        }
        is_one
    }

    /// Whether the page itself says level 0: nobody needs to be asked for more.
    pub fn wants_nothing(&mut self) -> bool {
        last(&self.page, "level") == "0" && self.take_site("level n 0")
    }

    /// Whether it is known what the site's owner set.
    pub fn has_site(&self) -> bool {
        !self.site.is_empty()
    }

    /// Whether page and site name the same data centre, as far as both name one.
    pub fn is_in_one_region(&self) -> bool {
        let [page, site] = [&self.page, &self.site].map(|lines| last(lines, "region"));
        page == site || page.is_empty() || site.is_empty()
    }

    /// What the page asks for and does not get, a line each.
    pub fn overruled(&self) -> String {
        let mut lines = String::new();
        for (name, value) in pairs(&self.page) {
            if self.text(name) != value && !name.starts_with("user") && name != "collect.query" {
                lines.push_str(name);
                lines.push_str(" is as the site's settings at the collector say\n");
            }
        }
        lines
    }

    /// A setting's text, where it is no list: the safer of what page and site said last, else the default. Where none is
    /// safer the site's counts.
    pub fn text(&self, name: &str) -> &str {
        let (default, ..) = row(name);
        let default = if default == "-" { "" } else { default };
        let [page, site] = [&self.page, &self.site].map(|lines| last(lines, name));
        let held = if site.is_empty() { default } else { site };
        if page.is_empty() {
            return held;
        }
        safer(name, held, page).unwrap_or(if site.is_empty() { page } else { site })
    }

    /// A whole number.
    pub fn number(&self, name: &str) -> i64 {
        parse_int(self.text(name)).unwrap_or_default()
    }

    /// A boolean.
    pub fn is(&self, name: &str) -> bool {
        self.text(name) == "true"
    }

    /// Hands over every line of a list whose name begins with `prefix`, in order: the rest of its name, and its value. Of
    /// the providers of `user` the site's list counts where there is one, but for a page that tells nobody apart; of
    /// other lists what both have, and the site's where the page says nothing.
    pub fn each<'c>(&'c self, prefix: &str, line: &mut dyn FnMut(&'c str, &'c str)) {
        let (mut from, mut both) = (&self.site, "");
        if !prefix.starts_with("user") {
            both = &self.page;
        } else if last(&self.page, "user") == "none" || !pairs(from).any(|(name, _)| name.starts_with("user")) {
            from = &self.page;
        }
        let is_restricted = pairs(both).any(|(name, _)| name == prefix);
        for pair in pairs(from) {
            if let Some(rest) = pair.0.strip_prefix(prefix)
                && (!is_restricted || pairs(both).any(|other| other == pair))
            {
                line(rest, pair.1);
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

/// Those lines of `settings` that hold, as `name value`, and what is wrong with the others.
fn held(settings: &str) -> (String, String) {
    let (mut lines, mut refused) = (String::new(), String::new());
    let mut rest = settings;
    while !rest.is_empty() {
        let setting = Setting::read(next_part(&mut rest, b'\n'));
        let (_, safe, rule) = row(setting.name);
        let value = match setting.refusal(rule) {
            None => setting.value,
            Some(why) => {
                refused.push_str(&why);
                refused.push_str("\n");
                safe
            }
        };
        if value != "-" {
            for part in [setting.name, " ", value, "\n"] {
                lines.push_str(part);
            }
        }
    }
    (lines, refused)
}

/// The names and values, line by line.
fn pairs(lines: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = lines;
    std::iter::from_fn(move || {
        let mut value = next_part(&mut rest, b'\n');
        (!value.is_empty()).then(|| (next_part(&mut value, b' '), value))
    })
}

/// What was said last of a setting; empty where nothing was.
fn last<'l>(lines: &'l str, name: &str) -> &'l str {
    pairs(lines).filter(|pair| pair.0 == name).last().map_or("", |pair| pair.1)
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

    fn read_within(site: &str, page: &str) -> Config {
        let mut config = read(page);
        assert!(config.take_site(site));
        config
    }

    fn list(config: &Config, prefix: &str) -> Vec<String> {
        let mut list = Vec::new();
        config.each(prefix, &mut |rest, value| list.push(format!("{rest} {value}")));
        list
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
        const KEY: &str = "site must be the site's key: 1 to 64 of A-Z a-z 0-9 _ . -";
        for (settings, why) in [
            ("", KEY),
            ("site n 1\ncollector s /c", KEY),
            ("site s a b\ncollector s /c", KEY),
            ("site s wm~\ncollector s /c", KEY),
            ("site s \u{e9}\ncollector s /c", KEY),
            (&format!("site s {}\ncollector s /c", "x".repeat(65)), KEY),
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
                "s" => "some-text".to_owned(),
                "b" => "true".to_owned(),
                "n" => rule.split(' ').next_back().unwrap().to_owned(),
                _ => rule.split(' ').next_back().unwrap().to_owned(),
            };
            let letter = if kind == "e" { "s" } else { kind };
            let mut config = read(&format!("{name} {letter} {}", if name == "collector" { "/c" } else { &good }));
            config.take_site(&format!("level n 3\n{name} {letter} {good}"));
            assert_eq!(config.refused, "", "{name}");
            assert_eq!(config.text(name), good, "{name}");
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
                "consent must be one of implied anonymous wait",
                "collect.title must be true or false",
                "user must be one of generated none",
                "identity.hash must be true or false",
            ]
        );
        assert_eq!(config.number("level"), 0, "the safest");
        assert_eq!((config.text("consent"), config.is("identity.hash")), ("wait", true));
        assert_eq!(config.number("batch.events"), 250);
        let mut providers = Vec::new();
        config.each("user.", &mut |kind, at| providers.push((kind, at)));
        assert_eq!(providers, [("variable", "app.user")]);
        assert!(!config.allowed().field(Field::Title));
    }

    #[test]
    fn a_page_restricts_what_its_site_says_and_never_widens_it() {
        for (site, page, name, holds) in [
            ("level n 1", "level n 3", "level", "1"),
            ("level n 3", "level n 1", "level", "1"),
            ("level n 1\ncollect.title b false", "collect.title b true", "collect.title", "false"),
            ("level n 1", "collect.title b false", "collect.title", "false"),
            ("level n 1", "collect.hash b true", "collect.hash", "false"),
            ("level n 1\nidentity.hash b true", "identity.hash b false", "identity.hash", "true"),
            ("level n 1", "identity.hash b true", "identity.hash", "true"),
            ("level n 1\nidentity.days n 30", "identity.days n 90", "identity.days", "30"),
            ("level n 1", "identity.days n 400", "identity.days", "365"),
            ("level n 1\nconsent s wait", "consent s implied", "consent", "wait"),
            ("level n 1\nconsent s anonymous", "consent s wait", "consent", "wait"),
            ("level n 1\ngpc s deny", "gpc s limit", "gpc", "deny"),
            ("level n 1", "dnt s limit", "dnt", "limit"),
            ("level n 1\nmanual b true", "manual b false", "manual", "true"),
            ("level n 1\nsampling n 10", "sampling n 50", "sampling", "10"),
            // Of these none is safer: the site's counts where it says something.
            ("level n 1\nbatch.events n 5", "batch.events n 9", "batch.events", "5"),
            ("level n 1", "batch.events n 9", "batch.events", "9"),
            ("level n 1\ngate s app.may", "gate s app.always", "gate", "app.may"),
            ("level n 1", "gate s app.may", "gate", "app.may"),
            ("level n 1", "state s cookie", "state", "cookie"),
        ] {
            let config = read_within(site, page);
            assert_eq!(config.text(name), holds, "{site:?} {page:?}");
            let asked = page.rsplit(' ').next().unwrap();
            assert_eq!(config.overruled().is_empty(), asked == holds, "{site:?} {page:?}");
        }
    }

    #[test]
    fn a_site_s_providers_count_and_its_query_is_the_most() {
        let site = "level n 1\ngate s user.may\nuser.cookie s a\nuser.selector s #b\nuser.attribute s c";
        assert_eq!(list(&read_within(site, "user.cookie s z"), "user."), ["cookie a", "selector #b", "attribute c"]);
        assert_eq!(list(&read_within(site, "user s none"), "user"), [" none"]);
        assert_eq!(list(&read_within("level n 1\ngate s user.may", "user.cookie s z"), "user."), ["cookie z"]);
        let site = "level n 1\ncollect.query s a\ncollect.query s b";
        assert_eq!(list(&read_within(site, ""), "collect.query"), [" a", " b"]);
        assert_eq!(list(&read_within(site, "collect.query s b\ncollect.query s c"), "collect.query"), [" b"]);
        assert!(list(&read_within("level n 1", "collect.query s c"), "collect.query").is_empty());
    }

    #[test]
    fn only_a_site_s_settings_are_taken_for_them_and_what_is_unknown_is_passed_over() {
        let mut config = read("level n 3");
        for other in ["", "!404", "title s Welcome", "levels n 1"] {
            assert!(!config.take_site(other) && !config.has_site(), "{other:?}");
        }
        assert!(config.take_site("level n 2\nlevle n 3\nplayback.fps n 3\ncollect.title s maybe\nregion s eu"));
        assert_eq!((config.number("level"), config.is("collect.title"), &*config.refused), (2, false, ""));
        assert!(config.is_in_one_region());
        assert!(read_within("level n 1\nregion s eu", "region s eu").is_in_one_region());
        assert!(!read_within("level n 1\nregion s us", "region s eu").is_in_one_region());
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
