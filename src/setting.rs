//! One setting as the loader hands it over: a line of its dotted name, its kind and its value. The loader flattens the
//! page's object, so that no JSON reader has to travel to the page.

use crate::text::{next_part, parse_int};

/// A setting that is being read: `user.cookie s shop_user`, `level n 1`.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'t> {
    /// Its dotted name.
    pub name: &'t str,
    /// `s` a text, `n` a number, or another type's name.
    kind: &'t str,
    value: &'t str,
}

/// What is wrong with a setting.
pub type Wrong = &'static str;

impl<'t> Setting<'t> {
    /// Reads a line.
    pub fn read(line: &'t str) -> Self {
        let mut value = line;
        let name = next_part(&mut value, b' ');
        let kind = next_part(&mut value, b' ');
        Setting { name, kind, value }
    }

    /// Its text.
    ///
    /// # Errors
    /// That it is none, or empty.
    pub fn text(self, into: &mut String) -> Result<(), Wrong> {
        if self.kind != "s" || self.value.is_empty() {
            return Err("must be a text");
        }
        *into = self.value.to_owned();
        Ok(())
    }

    /// Its whole number from `least` to `most`.
    ///
    /// # Errors
    /// That it is none, or another.
    pub fn integer(self, least: i32, most: i32) -> Result<i32, Wrong> {
        let number = if self.kind == "n" { parse_int(self.value) } else { None };
        match number {
            None => Err("must be a whole number"),
            Some(number) if (i64::from(least)..=i64::from(most)).contains(&number) => Ok(number as i32),
            Some(_) => Err("is out of range"),
        }
    }
}
