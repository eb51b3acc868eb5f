//! The recorder's settings of a site, by the recorder's own table in `waymark_wire::setting`: names, what each may be and
//! defaults are defined there. They are handed to the recorder in the order in which they stand in the file, and what
//! the collector stores is read from the same.

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::fmt;
use std::str::FromStr;
use waymark_wire::level::{Allowed, Level, Switch};
use waymark_wire::setting::{self, Setting};

/// What a site's settings say. Its JSON is what `init` takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    said: Vec<(String, Said)>,
    /// What follows from it, which every batch asks for.
    allowed: Allowed,
}

/// A value that the table allows.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Said {
    Bool(bool),
    Number(i64),
    Text(String),
    List(Vec<Said>),
    Table(Vec<(String, Said)>),
}

impl Settings {
    fn new(said: Vec<(String, Said)>) -> Self {
        let mut settings = Settings { said, allowed: Allowed::at(Level::Off) };
        let mut allowed = Allowed::at(Level::of(settings.text("level").parse().unwrap_or_default()));
        Switch::ALL.into_iter().filter(|&switch| settings.is_off(switch)).for_each(|switch| allowed.without(switch));
        settings.allowed = allowed;
        settings
    }

    /// What may be collected, and so what may be stored.
    pub fn allowed(&self) -> Allowed {
        self.allowed
    }

    /// The same at this level.
    pub(crate) fn at(&self, level: Level) -> Settings {
        let said = self.said.iter().filter(|(name, _)| name != "level").cloned();
        let level = ("level".to_owned(), Said::Number(level as i64));
        Settings::new(std::iter::once(level).chain(said).collect())
    }

    /// Whether the switch is off.
    pub fn is_off(&self, switch: Switch) -> bool {
        match switch {
            Switch::Query => self.text(switch.name()).is_empty(),
            // Where something is asked first, users are told apart after all.
            Switch::User => self.providers().first().is_some_and(|(kind, value)| kind.is_empty() && value == "none"),
            _ => self.text(switch.name()) == "false",
        }
    }

    /// A setting's text: what is said last, else the recorder's default.
    pub fn text(&self, name: &str) -> String {
        let (default, ..) = setting::row(name);
        let said = self.lines().into_iter().rfind(|(said, _)| said == name);
        said.map_or_else(|| default.trim_matches('-').to_owned(), |(_, value)| value)
    }

    /// Every text of a setting that may be a list.
    pub fn texts(&self, name: &str) -> Vec<String> {
        self.lines().into_iter().filter(|(said, _)| said == name).map(|(_, value)| value).collect()
    }

    /// Where the end user's ID comes from, in the order in which it is asked: `cookie` and its name. The kind of `none`
    /// and `generated` is empty.
    pub fn providers(&self) -> Vec<(String, String)> {
        let kind = |name: &str| name.strip_prefix("user").map(|kind| kind.trim_start_matches('.').to_owned());
        self.lines().into_iter().filter_map(|(name, value)| kind(&name).map(|kind| (kind, value))).collect()
    }

    /// Every value with its whole name, in order.
    fn lines(&self) -> Vec<(String, String)> {
        fn add(name: &str, said: &Said, lines: &mut Vec<(String, String)>) {
            match said {
                Said::Bool(is) => lines.push((name.to_owned(), is.to_string())),
                Said::Number(number) => lines.push((name.to_owned(), number.to_string())),
                Said::Text(text) => lines.push((name.to_owned(), text.clone())),
                Said::List(list) => list.iter().for_each(|said| add(name, said, lines)),
                Said::Table(table) => table.iter().for_each(|(key, said)| add(&format!("{name}.{key}"), said, lines)),
            }
        }
        let mut lines = Vec::new();
        self.said.iter().for_each(|(name, said)| add(name, said, &mut lines));
        lines
    }
}

impl Default for Settings {
    fn default() -> Self {
        Settings::new(Vec::new())
    }
}

/// Settings as a file has them: `level = 2`, `collect.title = false`, a line each.
impl FromStr for Settings {
    type Err = Box<toml::de::Error>;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        toml::from_str(text).map_err(Box::new)
    }
}

impl Serialize for Settings {
    fn serialize<S: Serializer>(&self, writer: S) -> Result<S::Ok, S::Error> {
        writer.collect_map(self.said.iter().map(|(name, said)| (name, said)))
    }
}

impl Serialize for Said {
    fn serialize<S: Serializer>(&self, writer: S) -> Result<S::Ok, S::Error> {
        match self {
            Said::Bool(is) => writer.serialize_bool(*is),
            Said::Number(number) => writer.serialize_i64(*number),
            Said::Text(text) => writer.serialize_str(text),
            Said::List(list) => writer.collect_seq(list),
            Said::Table(table) => {
                let mut map = writer.serialize_map(Some(table.len()))?;
                table.iter().try_for_each(|(key, said)| map.serialize_entry(key, said))?;
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Settings {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        fn flatten(name: String, said: Said, flat: &mut Vec<(String, Said)>) {
            match said {
                Said::Table(table) => {
                    let whole = |key: String| if name.is_empty() { key } else { format!("{name}.{key}") };
                    table.into_iter().for_each(|(key, said)| flatten(whole(key), said, flat));
                }
                said => flat.push((name, said)),
            }
        }
        let mut flat = Vec::new();
        flatten(String::new(), Value { name: "" }.deserialize(reader)?, &mut flat);
        Ok(Settings::new(flat))
    }
}

/// Reads what stands under a name, so that an error is shown where it is.
struct Value<'n> {
    name: &'n str,
}

impl Value<'_> {
    fn check<E: Error>(&self, kind: &str, value: &str) -> Result<(), E> {
        let (_, _, rule) = setting::row(self.name);
        if value.chars().any(char::is_control) {
            return Err(E::custom(format!("{} must be a text of one line", self.name)));
        }
        match Setting::read(&format!("{} {kind} {value}", self.name)).refusal(rule) {
            Some(why) => Err(E::custom(why)),
            None => Ok(()),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = Said;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Said, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = Said;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a setting of the recorder")
    }

    fn visit_bool<E: Error>(self, is: bool) -> Result<Said, E> {
        self.check("b", &is.to_string()).map(|()| Said::Bool(is))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Said, E> {
        self.check("n", &number.to_string()).map(|()| Said::Number(number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Said, E> {
        // No setting is a fraction: the rule says what it must be instead.
        self.check("f", &number.to_string()).map(|()| Said::Text(number.to_string()))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Said, E> {
        self.check("s", text).map(|()| Said::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Said, A::Error> {
        if !matches!(self.name, "user" | "collect.query") {
            return Err(A::Error::custom(format!("{} cannot be a list", self.name)));
        }
        let mut list = Vec::new();
        while let Some(said) = seq.next_element_seed(Value { name: self.name })? {
            list.push(said);
        }
        Ok(Said::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Said, A::Error> {
        let mut table = Vec::new();
        while let Some(key) = map.next_key_seed(Key { under: self.name })? {
            let name = whole(self.name, &key);
            table.push((key, map.next_value_seed(Value { name: &name })?));
        }
        Ok(Said::Table(table))
    }
}

/// Reads a key, which must lead to a setting.
struct Key<'n> {
    under: &'n str,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = String;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<String, D::Error> {
        let key = String::deserialize(reader)?;
        let name = whole(self.under, &key);
        if matches!(&*name, "site" | "collector") {
            return Err(D::Error::custom(format!("{name} is what the page says to find its settings")));
        }
        if matches!(&*name, "sampling" | "region") {
            let its = if name == "region" { "account's" } else { "site's own, above [sites.settings]" };
            return Err(D::Error::custom(format!("{name} is the {its}")));
        }
        if names().any(|known| known == name || below(known, &name)) {
            return Ok(key);
        }
        let near: Vec<_> = names().filter(|known| self.under.is_empty() || below(known, self.under)).collect();
        let near = if near.is_empty() { String::new() } else { format!("; there are {}", near.join(", ")) };
        Err(D::Error::custom(format!("{name} is no setting of the recorder{near}")))
    }
}

fn names() -> impl Iterator<Item = &'static str> {
    let names = setting::TABLE.split(';').filter_map(|row| row.split(' ').next());
    names.filter(|name| !matches!(*name, "site" | "collector" | "sampling" | "region"))
}

fn whole(under: &str, key: &str) -> String {
    if under.is_empty() { key.to_owned() } else { format!("{under}.{key}") }
}

/// Whether `name` is below `path`, as `collect.title` is below `collect`.
fn below(name: &str, path: &str) -> bool {
    name.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Settings {
        text.parse().unwrap()
    }

    #[test]
    fn a_site_that_says_nothing_collects_level_1_but_query_and_hash() {
        let mut allowed = Allowed::at(Level::Engagement);
        allowed.without(Switch::Query);
        allowed.without(Switch::Hash);
        assert_eq!(Settings::default().allowed(), allowed);
        let all = read("level = 3\ncollect.query = \"page\"\ncollect.hash = true");
        assert_eq!(all.allowed(), Allowed::at(Level::Playback));
    }

    #[test]
    fn every_switch_can_be_off() {
        for switch in Switch::ALL {
            let said = match switch {
                Switch::Query => String::new(),
                Switch::User => "user = \"none\"".to_owned(),
                _ => format!("{} = false", switch.name()),
            };
            assert!(read(&said).is_off(switch), "{}", switch.name());
        }
        let sometimes = read("user = [{ selector = \"#a\" }, \"none\"]");
        assert!(!sometimes.is_off(Switch::User), "there are users whose ID is found");
    }

    #[test]
    fn the_json_has_the_order_of_the_file() {
        let settings = read(
            "user.variable = \"app.user\"\nuser.cookie = \"shop\"\nlevel = 2\n[collect]\nquery = [\"b\", \"a\"]\ntitle = false",
        );
        assert_eq!(
            serde_json::to_string(&settings).unwrap(),
            r#"{"user.variable":"app.user","user.cookie":"shop","level":2,"collect.query":["b","a"],"collect.title":false}"#
        );
        let settings = read("user = [{ selector = \"#a\", attribute = \"data-id\" }, \"none\"]");
        assert_eq!(
            serde_json::to_string(&settings).unwrap(),
            r##"{"user":[{"selector":"#a","attribute":"data-id"},"none"]}"##
        );
        let asked = [("selector", "#a"), ("attribute", "data-id"), ("", "none")];
        assert_eq!(settings.providers(), asked.map(|(kind, value)| (kind.to_owned(), value.to_owned())));
    }

    #[test]
    fn what_the_recorder_would_refuse_is_refused_with_its_line() {
        for (text, why) in [
            ("level = 4", "level must be a whole number within 0 3"),
            ("level = 1.5", "level must be a whole number within 0 3"),
            ("level = \"2\"", "level must be a whole number within 0 3"),
            ("level = [1, 2]", "level cannot be a list"),
            ("consent = \"never\"", "consent must be one of implied anonymous wait"),
            ("collect.title = \"no\"", "collect.title must be true or false"),
            ("user.cookie = \"\"", "user.cookie must be a text"),
            ("user.cookie = \"a\\nlevel n 3\"", "user.cookie must be a text of one line"),
            ("site = \"a\"", "site is what the page says to find its settings"),
            ("sampling = 10", "sampling is the site's own, above [sites.settings]"),
            ("region = \"eu\"", "region is the account's"),
            (
                "batch.size = 1",
                "batch.size is no setting of the recorder; there are batch.events, batch.bytes, batch.ageMs",
            ),
            ("gpc.title = 1", "gpc.title is no setting of the recorder"),
        ] {
            let error = text.parse::<Settings>().unwrap_err();
            assert_eq!(error.message(), why, "{text}");
            assert!(error.span().is_some(), "{text}");
        }
        let error = "\n\nlevle = 1".parse::<Settings>().unwrap_err().to_string();
        assert!(error.starts_with("TOML parse error at line 3, column 1"), "{error}");
        assert!(error.contains("levle is no setting of the recorder; there are level, env"), "{error}");
    }
}
