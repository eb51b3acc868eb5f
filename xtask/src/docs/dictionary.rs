//! The data dictionary, from the table of levels in `wire`.

use std::path::PathBuf;

use waymark_wire::level::{DataField, Field, Key, Kind, Level, Part, StorageArea, Switch, purpose};

use super::markdown::{code, table};
use crate::project::Project;

const HEAD: &str = "\
# Data dictionary

All data that the recorder collects, sends and stores, with the level from which it does. This page is generated from the
table in [wire/src/level/table.rs](../wire/src/level/table.rs): change the table, then run `cargo xtask docs`. Recorder and
collector use the same table: a field that it does not contain is neither sent nor stored. Apart from its events, a batch
contains only the data that delivery needs ([wire.md](wire.md)).
";

const EVENTS: &str = "\
An event has a `time` (epoch ms, the browser's clock), a `type` and `data`. The page gives `data`, by `record` or by
`state.set` ([state.md](state.md)). The recorder adds to it only the members in this table and, for guidance content, `pId`
and `libVer` ([guidance.md](guidance.md)). These types have a meaning to the recorder. All other types that a page records,
guidance content included, are collected from level 1 on.
";

const DATA: &str = "\
What the recorder captures by itself ([experience.md](experience.md)). The collector stores no other member of these events'
`data`, also where a page records them. Members that say nothing are left out. A censored element has none that
`experience.text` removes.
";

const KEYS: &str = "\
The recorder stores these keys in the browser, all of them first-party. `<site>` is the site's key, and `<collector>` 8 hex
digits, a hash of the collector's address without slashes at its end: sites and collectors that share an origin have separate
keys. The recorder reads, lists and removes the keys of its own site, for every collector, and sends the batches for its own
collector. It never touches a key with another name. A key is stored only if the user's answer, or the default before an
answer, covers one of its purposes; other keys are removed. No key is stored if the level of the site or the page is 0, or a
signal of the browser makes it 0. The hash that distinguishes users here is short and without a salt: a person with access to
the browser who guesses an ID can confirm the guess.
";

const COLLECTOR: &str = "\
It writes these beside what the recorder sent ([wire/src/event.rs](../wire/src/event.rs)):

| field | meaning |
|---|---|
| `id` | the event's id, worked out from its time, its tab and its number |
| `wm.uId` | the account of the site's owner, never a person |
| `server.site` | the site's key |
| `server.tab`, `server.seq` | the browser tab's GUID, and the event's number in it |
| `server.sent`, `server.received` | when it was sent (the browser's clock) and when it arrived (the collector's) |
| `server.corrected` | when it happened by the collector's clock; only where the browser's was off by more than 5 minutes |
| `server.bot` | only where software used the page: `userAgent` where the request's User-Agent is that of a crawler, a monitor or a headless browser, `webdriver` where the browser said that software drives it; never where the site keeps bots as they are |
| `server.place` | country and city of the IP address, from the operator's MaxMind DB file; without one it is not there |
| `server.ip` | the IP address it came from, without its host part: /24 of IPv4, /48 of IPv6 |
";

pub fn path(project: &Project) -> PathBuf {
    project.root().join("docs").join("data-dictionary.md")
}

pub fn page() -> String {
    let sections = [
        HEAD.to_owned(),
        section(
            "Levels",
            "Each level holds what the ones below it hold. A site sets `level`; 1 by default.\n",
            levels(),
        ),
        section("Fields", "What events carry beside their own data.\n", fields()),
        section("Events", EVENTS, kinds()),
        section("Data of the events of level 2", DATA, data()),
        section(
            "Switches",
            "What a site can switch off, or has to switch on, at each level ([configuration.md](configuration.md)).\n",
            switches(),
        ),
        section("Cookies and storage keys", KEYS, keys()),
        section("Purposes", "What a user can agree to.\n", purposes()),
        format!("\n## What the collector adds\n\n{COLLECTOR}"),
    ];
    sections.concat()
}

fn section(title: &str, opening: &str, table: String) -> String {
    format!("\n## {title}\n\n{opening}\n{table}")
}

fn levels() -> String {
    let rows = Level::ALL.map(|level| {
        let (name, meaning) = level.describe();
        vec![number(level), name.to_owned(), meaning.to_owned()]
    });
    table(&["level", "name", "adds"], rows)
}

fn fields() -> String {
    let rows = Field::ALL.iter().map(|field| {
        let (level, bits) = field.rule();
        vec![code(field.path()), number(level), removed_by(bits), field.meaning().to_owned()]
    });
    table(&["field", "from level", "removed by", "meaning"], rows)
}

fn kinds() -> String {
    let rows = Kind::ALL.iter().map(|kind| {
        let (level, bits) = Kind::rule(kind.name);
        vec![code(kind.name), number(level), removed_by(bits), kind.meaning.to_owned()]
    });
    table(&["type", "from level", "removed by", "meaning"], rows)
}

fn data() -> String {
    let rows = DataField::ALL.iter().map(|field| {
        let removed_by = if field.is_text { code(Switch::Text.name()) } else { "-".to_owned() };
        vec![code(field.path), removed_by, field.meaning.to_owned()]
    });
    table(&["member", "removed by", "meaning"], rows)
}

fn switches() -> String {
    let rows = Switch::ALL.map(|switch| {
        let (default, off) = match switch {
            Switch::Query => ("off", "by default; a site lists the parameters that it wants"),
            Switch::Hash => ("off", "by default; `true` switches it on"),
            Switch::User => ("on", "`'none'`; where the page calls `identify` all the same, its ID is collected"),
            Switch::Link => ("on", "`false`, and Global Privacy Control"),
            _ => ("on", "`false`"),
        };
        let fields =
            Field::ALL.iter().filter(|field| field.rule().1 & switch.bit() != 0).map(|field| code(field.path()));
        let kinds = Kind::ALL.iter().filter(|kind| Kind::rule(kind.name).1 & switch.bit() != 0);
        let data = DataField::ALL.iter().filter(|field| field.is_text && switch == Switch::Text);
        let removes = fields.chain(kinds.map(|kind| format!("events `{}`", kind.name)));
        let removes = removes.chain(data.map(|field| format!("`data.{}`", field.path)));
        vec![code(switch.name()), default.to_owned(), off.to_owned(), removes.collect::<Vec<_>>().join(", ")]
    });
    table(&["setting", "default", "is off by", "removes"], rows)
}

fn keys() -> String {
    let rows = Key::ALL.iter().map(|key| {
        let (lifetime, meaning) = key.meaning();
        vec![
            code(&pattern(key)),
            area_name(key).to_owned(),
            named(key.purposes),
            lifetime.to_owned(),
            meaning.to_owned(),
        ]
    });
    table(&["key", "where", "purpose", "lifetime", "meaning"], rows)
}

/// Where the key is stored.
pub(super) fn area_name(key: &Key) -> &'static str {
    match key.area {
        StorageArea::Session => "sessionStorage",
        StorageArea::Local => "localStorage",
        StorageArea::CookieAndLocal => "cookie and localStorage",
        StorageArea::Cookie => "cookie",
    }
}

/// What a key's names look like.
pub(super) fn pattern(key: &Key) -> String {
    let parts = key.parts.iter().map(|part| match part {
        Part::Collector => "<collector>",
        Part::Tab => "<tab>",
        Part::First => "<first number>",
        Part::Events => "<events>",
        Part::User => "<user>",
        Part::Kind => "<kind>",
        Part::Entry => "<name>",
    });
    [key.base, "<site>"].into_iter().chain(parts).collect::<Vec<_>>().join(".")
}

fn purposes() -> String {
    let rows = purpose::NAMES.iter().enumerate().map(|(bit, name)| {
        let meaning = match 1 << bit {
            purpose::FUNCTIONAL => "remembering how far the user is in tours, tasks and courses",
            purpose::ANALYTICS => "events, and the IDs that tell users, sessions and tabs apart",
            _ => "the record that can be played back",
        };
        vec![code(name), meaning.to_owned()]
    });
    table(&["purpose", "meaning"], rows)
}

fn number(level: Level) -> String {
    (level as u8).to_string()
}

fn removed_by(bits: u32) -> String {
    let names = Switch::ALL.iter().filter(|switch| bits & switch.bit() != 0).map(|switch| code(switch.name()));
    let names: Vec<String> = names.collect();
    if names.is_empty() { "-".to_owned() } else { names.join(", ") }
}

fn named(purposes: u8) -> String {
    if purposes == purpose::ALL {
        return "any".to_owned();
    }
    let names = purpose::NAMES.iter().enumerate().filter(|(bit, _)| purposes >> bit & 1 == 1);
    names.map(|(_, name)| *name).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use std::fs;
    use waymark_wire::Settings;

    fn read(path: &str) -> String {
        fs::read_to_string(Project::here().root().join(path)).unwrap()
    }

    /// Each setting's default and what stands in for a wrong value, as the types of the settings say.
    fn settings() -> BTreeMap<String, [String; 2]> {
        let plain = |json: &str| match json {
            "null" | "[]" => "-".to_owned(),
            json => json.replace('"', ""),
        };
        let described = Settings::descriptions().into_iter().map(|one| {
            // A gate that is wrong is closed, which JSON has no word for.
            let safest = if one.name == "gate" { "!".to_owned() } else { plain(&one.safest) };
            (one.name, [plain(&one.default), safest])
        });
        // What belongs to a page, and the places of a user's ID, are types of their own.
        let none = || ["-", "-"].map(str::to_owned);
        let page = ["site", "collector", "region"].map(|name| (name, none()));
        let places =
            ["cookie", "variable", "localStorage", "sessionStorage", "selector", "meta", "function", "idToken"];
        let places = places.map(|kind| (format!("user.{kind}"), none()));
        let other = [
            ("sampling", ["100", "0"]),
            ("user", ["-", "none"]),
            ("user.attribute", ["-", "!"]),
            ("user.claim", ["-", "!"]),
        ];
        let other = other.map(|(name, values)| (name, values.map(str::to_owned)));
        let named = described.chain(page).chain(other).map(|(name, values)| (name.to_owned(), values));
        named.chain(places).collect()
    }

    /// The same as `docs/configuration.md` tells it: name, type, default, instead.
    fn told() -> BTreeMap<String, [String; 2]> {
        let page = read("docs/configuration.md");
        let (recorder, _) = page.split_once("\n## The collector\n").unwrap();
        let rows = recorder.lines().filter_map(|line| line.strip_prefix("| `"));
        let plain = |cell: &str| match cell.trim() {
            "none" | "required" | "fatal" => "-".to_owned(),
            "closed" => "!".to_owned(),
            cell => cell.replace(['`', ',', '\''], ""),
        };
        rows.map(|row| {
            let cells: Vec<&str> = row.split(" | ").collect();
            (cells[0].trim_end_matches('`').to_owned(), [plain(cells[2]), plain(cells[3])])
        })
        .collect()
    }

    #[test]
    fn the_data_dictionary_is_what_the_table_says() {
        let committed = fs::read_to_string(path(&Project::here())).unwrap_or_default();
        assert!(committed == page(), "docs/data-dictionary.md is not what the table says: run `cargo xtask docs`");
    }

    #[test]
    fn the_dictionary_names_every_field_event_key_and_switch() {
        let page = page();
        let fields = Field::ALL.iter().map(|field| field.path());
        let others = Kind::ALL.iter().map(|kind| kind.name).chain(Switch::ALL.iter().map(|switch| switch.name()));
        for name in fields.chain(others) {
            assert!(page.contains(&format!("\n| `{name}` |")), "{name}");
        }
        assert!(Key::ALL.iter().all(|key| page.contains(&format!("\n| `{}`", pattern(key)))));
    }

    #[test]
    fn the_page_on_configuration_has_every_setting_with_its_default_and_its_safest_value() {
        assert!(settings().len() > 40, "{:?}", settings());
        let (held, told) = (settings(), told());
        for (name, values) in &held {
            assert_eq!(told.get(name), Some(values), "docs/configuration.md on `{name}`");
        }
        let unknown: Vec<_> = told.keys().filter(|name| !held.contains_key(*name)).collect();
        assert!(unknown.is_empty(), "docs/configuration.md has what is no setting: {unknown:?}");
    }
}
