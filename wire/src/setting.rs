//! The recorder's settings: one table of their names, with what each may be, its default, and the safest value. The
//! recorder reads what a page says by it, the collector what a site's owner configures.
//!
//! A setting is handed over as a line of its dotted name, its kind and its value. The loader flattens the page's object
//! to such lines, so that no JSON reader has to travel to the page.

use crate::text::{next_part, parse_int};

/// The settings of `waymark('init', settings)`: name, default, what stands in for a refused one, and what it may be
/// ([`Setting::refusal`]); `-` is an empty text. Of booleans, and where the second and the third differ, one answer is safer than
/// another ([`safer`]). docs/configuration.md says what each means.
pub const TABLE: &str = "site - - s;collector - - s;level 1 0 n 0 3;env 0 0 n 0 1000;permId -1 -1 n -1 2147483647;\
    batch.events 250 250 n 1 1000;batch.bytes 45000 45000 n 1 60000;batch.ageMs 5000 5000 n 0 3600000;\
    user - none e generated none;user.cookie - - s;user.variable - - s;user.localStorage - - s;\
    user.sessionStorage - - s;user.selector - - s;user.meta - - s;user.function - - s;user.idToken - - s;\
    user.attribute - ! s;user.claim - ! s;\
    identity.waitMs 1000 1000 n 0 10000;identity.hash false true b;identity.salt - - s;identity.link true false b;\
    identity.days 365 1 n 1 400;\
    collect.url true false b;collect.pathname true false b;collect.query - - s;collect.hash false false b;\
    collect.title true false b;collect.pageViews true false b;collect.browserName true false b;\
    collect.browserVersion true false b;collect.mobile true false b;collect.osName true false b;\
    collect.osVersion true false b;collect.screen true false b;collect.timezone true false b;\
    consent implied wait e implied anonymous wait;gpc limit deny e limit deny;dnt ignore deny e ignore limit deny;\
    gate - ! s;manual false true b;state localStorage localStorage e localStorage cookie;sampling 100 0 n 0 100;\
    region - - e us eu";

/// A setting that is being read: `user.cookie s shop_user`, `level n 1`.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'t> {
    /// Its dotted name.
    pub name: &'t str,
    /// What it says.
    pub value: &'t str,
    /// `s` a text, `n` a number, `b` a boolean, or another type's first letter.
    kind: &'t str,
}

impl<'t> Setting<'t> {
    /// Reads a line.
    pub fn read(line: &'t str) -> Self {
        let mut value = line;
        let name = next_part(&mut value, b' ');
        let kind = next_part(&mut value, b' ');
        Setting { name, value, kind }
    }

    /// What is wrong with it, or nothing. `rule` is what the table of settings says: `s` any text, `b` a boolean,
    /// `n 0 3` a whole number from 0 to 3, `e a b` one of the words, the safest last.
    pub fn refusal(&self, rule: &str) -> Option<String> {
        let mut allowed = rule;
        let kind = next_part(&mut allowed, b' ');
        let (good, must) = match kind {
            "s" => (self.kind == "s" && !self.value.is_empty(), "must be a text"),
            "b" => (self.kind == "b" && matches!(self.value, "true" | "false"), "must be true or false"),
            "n" => {
                let mut bounds = allowed;
                let least = parse_int(next_part(&mut bounds, b' '));
                let number = if self.kind == "n" { parse_int(self.value) } else { None };
                (number.is_some() && number >= least && number <= parse_int(bounds), "must be a whole number within ")
            }
            "e" => (self.kind == "s" && has_word(allowed, self.value), "must be one of "),
            _ => (false, "is no setting"),
        };
        if good {
            return None;
        }
        let mut why = self.name.to_owned();
        for part in [" ", must, allowed] {
            why.push_str(part);
        }
        Some(why)
    }
}

/// Whether `word` is one of `words`, which have a space between them.
pub fn has_word(words: &str, word: &str) -> bool {
    let mut rest = words;
    while !rest.is_empty() {
        if next_part(&mut rest, b' ') == word {
            return true;
        }
    }
    false
}

/// Of two values of a setting, neither of which its rule refuses, the one that collects or keeps less; nothing where there is
/// no such thing, as with texts. An empty one is one that was not said.
pub fn safer<'v>(name: &str, one: &'v str, two: &'v str) -> Option<&'v str> {
    let (default, safe, mut words) = row(name);
    let kind = next_part(&mut words, b' ');
    // How much it collects.
    let rank = |value: &str| match kind {
        "n" => parse_int(value).unwrap_or(i64::MAX),
        "b" => i64::from(value != safe),
        _ => {
            let (mut rank, mut rest) = (0, words);
            while !rest.is_empty() && !value.is_empty() {
                rank -= 1;
                if next_part(&mut rest, b' ') == value {
                    break;
                }
            }
            rank
        }
    };
    (kind == "b" || (default != safe && kind != "s")).then(|| if rank(two) < rank(one) { two } else { one })
}

/// A setting's default, what stands in for a refused one, and its rule.
pub fn row(name: &str) -> (&'static str, &'static str, &'static str) {
    let mut rows = TABLE;
    while !rows.is_empty() {
        let mut row = next_part(&mut rows, b';');
        if next_part(&mut row, b' ') == name {
            return (next_part(&mut row, b' '), next_part(&mut row, b' '), row);
        }
    }
    ("-", "-", "")
}
