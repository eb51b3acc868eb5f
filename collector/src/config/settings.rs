//! A site's recorder settings in TOML: `waymark_wire::Settings`.

use super::document::{self, join};
use super::error::ConfigError;
use super::findings::Findings;
use super::table::Table;
use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};
use waymark_wire::Settings;
use waymark_wire::settings::Value;

/// Reads settings as they stand below `[sites.settings]`: `level = 2`, `collect.title = false`, a line each.
///
/// # Errors
/// All settings that are wrong, with their lines.
pub fn read_settings(text: &str) -> Result<Settings, ConfigError> {
    let mut findings = Findings::default();
    let table = document::parse(text, &mut findings);
    let settings = read_table("", &table, &mut findings);
    findings.finish("the settings", settings)
}

/// The settings in the table `key` of a site.
pub(super) fn read(table: &mut Table<'_>, key: &'static str) -> Settings {
    let Some((path, value)) = table.entry(key) else { return Settings::default() };
    match value.get_ref().as_table() {
        Some(settings) => read_table(&path, settings, table.findings()),
        None => {
            table.findings().add(&path, "must be a table");
            Settings::default()
        }
    }
}

/// The names of the settings, and of their groups, below a group such as `batch.`, or below none.
pub(super) fn names_in(group: &str) -> Vec<&'static str> {
    let rests = Settings::NAMES.iter().filter_map(|name| name.strip_prefix(group));
    let mut names: Vec<_> = rests.map(|rest| rest.split_once('.').map_or(rest, |(first, _)| first)).collect();
    names.dedup();
    names
}

fn read_table(path: &str, table: &DeTable<'_>, findings: &mut Findings) -> Settings {
    let mut problems = Vec::new();
    let settings = Settings::read(&members(table), &mut problems);
    for problem in problems {
        findings.add(&join(path, &problem.name), reason(&problem.name, problem.must_be));
    }
    settings
}

/// What is wrong with a setting. `must_be` says it of a setting that exists.
fn reason(name: &str, must_be: &'static str) -> String {
    if Settings::NAMES.contains(&name) || name.starts_with("user.") {
        return must_be.to_owned();
    }
    let group = format!("{name}.");
    if !names_in(&group).is_empty() {
        return format!("must be a table of {}", names_in(&group).join(", "));
    }
    let group = name.split_once('.').map(|(group, _)| format!("{group}.")).unwrap_or_default();
    let known = Some(names_in(&group)).filter(|names| !names.is_empty()).unwrap_or_else(|| names_in(""));
    format!("unknown setting; the settings here are {}", known.join(", "))
}

fn members(table: &DeTable<'_>) -> Value {
    Value::Object(table.iter().map(|(key, value)| (key.get_ref().to_string(), any(value))).collect())
}

fn any(value: &Spanned<DeValue<'_>>) -> Value {
    match value.get_ref() {
        DeValue::Table(table) => members(table),
        DeValue::Array(items) => Value::List(items.iter().map(any).collect()),
        // Only a number of more than 64 bits cannot be read. No setting takes NaN.
        _ => Value::deserialize(ValueDeserializer::from(value.clone())).unwrap_or(Value::Number(f64::NAN)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn providers_have_the_order_of_the_file() {
        let settings = read_settings(
            "user.variable = \"app.user\"\nuser.cookie = \"shop\"\nlevel = 2\n[collect]\nquery = [\"b\", \"a\"]\ntitle = false",
        );
        assert_eq!(
            serde_json::to_string(&settings.unwrap()).unwrap(),
            r#"{"level":2,"user":[{"variable":"app.user"},{"cookie":"shop"}],"collect":{"query":["b","a"],"title":false}}"#
        );
        let settings = read_settings("user = [{ selector = \"#a\", attribute = \"data-id\" }, \"none\"]").unwrap();
        assert_eq!(
            serde_json::to_string(&settings).unwrap(),
            r##"{"user":[{"selector":"#a","attribute":"data-id"},"none"]}"##
        );
    }

    fn mistakes(text: &str) -> Vec<(Option<usize>, String, String)> {
        let Err(ConfigError::Mistakes(mistakes)) = read_settings(text) else { panic!("{text}") };
        mistakes.list.into_iter().map(|mistake| (mistake.line, mistake.key, mistake.reason)).collect()
    }

    #[test]
    fn what_the_recorder_would_refuse_is_refused_with_its_line() {
        for (text, key, reason) in [
            ("level = 4", "level", "must be a whole number from 0 to 3"),
            ("level = 1.5", "level", "must be a whole number from 0 to 3"),
            ("level = \"2\"", "level", "must be a whole number from 0 to 3"),
            ("level = [1, 2]", "level", "must be a whole number from 0 to 3"),
            ("consent = \"never\"", "consent", "must be one of implied, anonymous, wait"),
            ("collect.title = \"no\"", "collect.title", "must be true or false"),
            ("user.cookie = \"\"", "user.cookie", "must be a text of one line"),
            ("user.cookie = \"a\\nlevel = 3\"", "user.cookie", "must be a text of one line"),
            ("batch.size = 1", "batch.size", "unknown setting; the settings here are events, bytes, ageMs"),
            ("batch = 1", "batch", "must be a table of events, bytes, ageMs"),
            ("gpc.title = 1", "gpc", "must be one of limit, deny"),
            ("gate = { \"$function\" = 1 }", "gate", "must be a function, or its dotted path from window"),
        ] {
            assert_eq!(mistakes(text), [(Some(1), key.to_owned(), reason.to_owned())], "{text}");
        }
        for name in ["site", "sampling", "region", "levle"] {
            let [(line, key, reason)] = &*mistakes(&format!("\n\n{name} = 1")) else { panic!("{name}") };
            assert_eq!((*line, key.as_str()), (Some(3), name));
            assert!(reason.starts_with("unknown setting; the settings here are user, level, env, "), "{reason}");
        }
    }

    #[test]
    fn all_wrong_settings_are_told() {
        let told = mistakes("level = 4\nuser = { cookie = \"\", shoe = 1 }\n[collect]\ntitle = 1\nurl = 1");
        let keys: Vec<_> = told.iter().map(|(line, key, _)| (line.unwrap(), key.as_str())).collect();
        let user = [(2, "user.cookie"), (2, "user.shoe")];
        assert_eq!(keys, [&[(1, "level")], &user[..], &[(4, "collect.title"), (5, "collect.url")]].concat());
    }
}
