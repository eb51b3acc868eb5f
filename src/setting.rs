//! One setting as the loader hands it over: a line of its dotted name, its kind and its value. The loader flattens the
//! page's object, so that no JSON reader has to travel to the page.

use waymark_wire::text::{next_part, parse_int};

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
    /// `n 0 3` a whole number from 0 to 3, `e a b` one of the words.
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
